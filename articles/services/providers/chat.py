"""One conversation with a language model behind an endpoint in the manner of OpenAI.

Whatever the model says is checked against the form that was asked for; what does not fit is shown
to it once, with its faults. No tools are offered, so that nothing it says does anything.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from time import monotonic
from typing import Any, Final, TypeVar

from pydantic import BaseModel, Field, ValidationError

from articles.core.errors import ArticleError
from articles.services import outbound
from articles.services.outbound import (
    FetchFailed,
    FetchTimedOut,
    PageUnavailable,
    ResponseTooLarge,
    TooManyRedirects,
    endpoint_guard,
)

ANSWER_BYTES_MAX: Final = 500_000
CHARACTERS_PER_TOKEN: Final = 3
"""English has four and a half; a guess should rather be too high than too low."""

FAULTS_SHOWN: Final = 8
SHOWN_AGAIN_MAX: Final = 6_000
TOKENS_COUNTED_MAX: Final = 10_000_000
TOO_MANY: Final = 429
_MODEL_REFUSES: Final = frozenset({"content_filter", "refusal"})

Message = Mapping[str, str]


class ModelUnavailable(ArticleError):
    """The language model could not be reached, broke off, was too slow, or says: later."""

    code = "model_unavailable"
    retryable = True

    def __init__(self, sentence: str, *, retry_after: str = "") -> None:
        self.retry_after = retry_after
        super().__init__(sentence)


class ModelBusy(ModelUnavailable):
    """The language model has been asked too much, and says when to come again."""

    code = "model_busy"


class ModelMisconfigured(ArticleError):
    """What answers is no language model, or none that lets us in."""

    code = "model_misconfigured"
    retryable = True


class ModelRefused(ArticleError):
    """The language model does not want to answer about this article."""

    code = "model_refused"


class ModelAnswerInvalid(ArticleError):
    """The language model did not keep to the form that it was asked for."""

    code = "model_answer_invalid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A language model, as the settings name it."""

    url: str
    model: str
    key: str = field(default="", repr=False)
    seconds: float
    tokens_max: int


@dataclass(slots=True)
class Usage:
    """What a conversation has cost so far; guessed, rather too high, where nobody counts."""

    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0


class _Usage(BaseModel):
    prompt_tokens: int = Field(ge=0, le=TOKENS_COUNTED_MAX)
    completion_tokens: int = Field(ge=0, le=TOKENS_COUNTED_MAX)


class _Said(BaseModel):
    content: str | None = None
    refusal: str | None = None


class _Choice(BaseModel):
    message: _Said
    finish_reason: str | None = None


class _Completion(BaseModel):
    choices: list[_Choice] = Field(min_length=1)
    usage: Any = None


Answer = TypeVar("Answer", bound=BaseModel)


class Conversation:
    """Questions to one model, within the time that its endpoint has for all of them together."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._ends = monotonic() + endpoint.seconds
        self.usage = Usage()

    def ask(self, messages: Sequence[Message], form: type[Answer]) -> Answer:
        """What the model answers, in the form asked for; at the second attempt if need be.

        Raises ModelUnavailable, ModelBusy, ModelMisconfigured, ModelRefused, ModelAnswerInvalid.
        """
        said = self._say(messages, form)
        try:
            return form.model_validate_json(json_in(said))
        except ValidationError as error:
            again = [
                *messages,
                {"role": "assistant", "content": said[:SHOWN_AGAIN_MAX]},
                {"role": "user", "content": _complaint(error)},
            ]
        try:
            return form.model_validate_json(json_in(self._say(again, form)))
        except ValidationError:
            raise ModelAnswerInvalid(
                "The language model did not keep to the form that it was asked for, not even when "
                "it was shown what was wrong."
            ) from None

    def _say(self, messages: Sequence[Message], form: type[Answer]) -> str:
        guess_in = tokens_guessed("".join(message["content"] for message in messages))
        self.usage.calls += 1
        try:
            body = self._post(messages, form)
        except (FetchTimedOut, ResponseTooLarge) as error:  # whoever charges, charges for these
            self.usage.tokens_in += guess_in
            self.usage.tokens_out += self._endpoint.tokens_max
            raise _in_words(error) from None
        except ArticleError as error:
            raise _in_words(error) from None
        try:
            completion = _Completion.model_validate_json(body)
        except ValidationError:
            self.usage.tokens_in += guess_in
            raise ModelMisconfigured(
                "What answers at LLM_URL does not speak as a language model does; look at the "
                "address."
            ) from None
        choice = completion.choices[0]
        self._count(completion.usage, guess_in, choice.message.content or "")
        if choice.message.refusal or choice.finish_reason in _MODEL_REFUSES:
            raise ModelRefused("The language model does not want to answer about this article.")
        return choice.message.content or ""

    def _post(self, messages: Sequence[Message], form: type[Answer]) -> bytes:
        seconds = self._ends - monotonic()
        if seconds <= 0:
            raise FetchTimedOut("The time for this conversation is over.")
        url = f"{self._endpoint.url}/chat/completions"
        key = self._endpoint.key
        fetched = outbound.post_json(
            url,
            message={
                "model": self._endpoint.model,
                "messages": list(messages),
                "temperature": 0,
                "max_tokens": self._endpoint.tokens_max,
                "response_format": {
                    "type": "json_schema",
                    "json_schema": {
                        "name": form.__name__.strip("_").lower(),
                        "strict": True,
                        "schema": form.model_json_schema(),
                    },
                },
            },
            headers={"Authorization": f"Bearer {key}"} if key else {},
            bytes_max=ANSWER_BYTES_MAX,
            guard=endpoint_guard(url, seconds=seconds),
        )
        return fetched.body

    def _count(self, counted: Any, guess_in: int, said: str) -> None:
        try:
            usage = _Usage.model_validate(counted)
        except ValidationError:
            self.usage.tokens_in += guess_in
            self.usage.tokens_out += tokens_guessed(said)
        else:
            self.usage.tokens_in += usage.prompt_tokens
            self.usage.tokens_out += usage.completion_tokens


def tokens_guessed(text: str) -> int:
    """How many tokens a text has, rather too many than too few.

    >>> tokens_guessed("four words of English")
    7
    """
    return ceil(len(text) / CHARACTERS_PER_TOKEN)


def json_in(said: str) -> str:
    """The JSON in what a model said: without its thoughts before, and the fence around it.

    >>> json_in('<think>Let me see.</think> ```json\\n{"quotes": []}\\n```')
    '{"quotes": []}'
    """
    answer = said.rpartition("</think>")[2].strip()
    if answer.startswith("```") and answer.endswith("```"):
        answer = answer.strip("`").removeprefix("json").strip()
    return answer


def _complaint(error: ValidationError) -> str:
    faults = [
        f"{'.'.join(map(str, fault['loc'])) or 'the answer'}: {fault['msg']}"
        for fault in error.errors(include_url=False, include_input=False)[:FAULTS_SHOWN]
    ]
    return "\n".join(
        ["Your answer does not have the form that was asked for:", *faults,
         "Answer again, whole, in JSON of that form and nothing else."]
    )  # fmt: skip


def _in_words(error: ArticleError) -> ArticleError:
    """A trouble of the client in words about a language model; no words of the answer in them."""
    if isinstance(error, FetchTimedOut):
        return ModelUnavailable("The language model did not answer in time.")
    if isinstance(error, FetchFailed):
        return _later(error)
    if isinstance(error, ResponseTooLarge):
        return ModelAnswerInvalid("The language model's answer is longer than any may be.")
    sentence = "What answers at LLM_URL is no language model; look at the address."
    if isinstance(error, PageUnavailable):
        sentence = (
            f"The language model answered {error.status}; look at LLM_URL, LLM_MODEL and "
            "LLM_API_KEY."
        )
    elif isinstance(error, TooManyRedirects):
        sentence = "The language model's address redirects; set LLM_URL to where it ends."
    return ModelMisconfigured(sentence)


def _later(error: FetchFailed) -> ModelUnavailable:
    if error.status == TOO_MANY:
        return ModelBusy(
            "The language model has been asked too much (429); it is asked again later.",
            retry_after=error.retry_after,
        )
    if error.status:
        return ModelUnavailable(
            f"The language model answered {error.status}; it is asked again later.",
            retry_after=error.retry_after,
        )
    return ModelUnavailable("The language model could not be reached, or broke off.")
