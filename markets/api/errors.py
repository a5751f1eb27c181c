"""Every code with which the API says no, and the HTTP status that goes with it.

The table is in order of precedence: a request that is wrong in several ways is refused for the
first of them. Codes never change once published. A refusal mostly brings its own, more precise
sentence; the one here stands in where it does not, and explains the code in the reference.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from articles.api import refusals
from articles.api.refusals import ApiRefusal


@dataclass(frozen=True)
class Meaning:
    """What goes with a code: its status, and a sentence that says what to do."""

    status: HTTPStatus
    sentence: str


@dataclass(frozen=True)
class Chapter:
    """Codes that are refused at the same step."""

    title: str
    rows: tuple[tuple[str, HTTPStatus, str] | type[ApiRefusal], ...]


_S = HTTPStatus

CHAPTERS = (
    Chapter(
        "The call",
        (
            ("bad_request", _S.BAD_REQUEST, "The request is not well-formed HTTP for this host."),
            ("not_found", _S.NOT_FOUND, "Nothing is at this address; /api/v1/docs lists what is."),
            (
                "not_acceptable",
                _S.NOT_ACCEPTABLE,
                "Answers are application/json; accept that, or leave the Accept header out.",
            ),
            (
                "api_key_invalid",
                _S.UNAUTHORIZED,
                "The API key is mistyped, expired or revoked; issue a new one.",
            ),
            (
                "authentication_failed",
                _S.UNAUTHORIZED,
                "The credentials were not recognised; check them, or leave them out.",
            ),
            (
                "not_authenticated",
                _S.UNAUTHORIZED,
                "Sign in, or send an API key as 'Authorization: Bearer odk_…'.",
            ),
            refusals.ScopeMissing,
            (
                "permission_denied",
                _S.FORBIDDEN,
                "You may not do this. Browsers that sign in by cookie also need the CSRF token.",
            ),
            (
                "throttled",
                _S.TOO_MANY_REQUESTS,
                "Too many requests; wait for as long as Retry-After says.",
            ),
            (
                "method_not_allowed",
                _S.METHOD_NOT_ALLOWED,
                "This address does not take that method; the Allow header names those it takes.",
            ),
        ),
    ),
    Chapter(
        "Headers, parameters, body",
        (
            refusals.UnknownParameter,
            refusals.InvalidParameter,
            refusals.InvalidCursor,
            refusals.IdempotencyKeyMissing,
            (
                "invalid_request_key",
                _S.BAD_REQUEST,
                "An Idempotency-Key is 1 to 80 printable ASCII characters.",
            ),
            (
                "unsupported_media_type",
                _S.UNSUPPORTED_MEDIA_TYPE,
                "Send the body as JSON, with 'Content-Type: application/json'.",
            ),
            refusals.BodyTooLarge,
            refusals.MalformedJson,
            refusals.InvalidRequest,
        ),
    ),
    Chapter(
        "What is asked about",
        (
            refusals.QuestionNotFound,
            ("market_not_found", _S.NOT_FOUND, "This question has no market, so it has no price."),
            refusals.ArticleNotFound,
            refusals.OrderNotFound,
            refusals.ForecastNotFound,
            ("draft_not_found", _S.NOT_FOUND, "There is no such draft."),
        ),
    ),
    Chapter(
        "Who asks",
        (
            ("editor_needed", _S.FORBIDDEN, "Only editors may do this; ask one of them."),
            (
                "conflict_of_interest",
                _S.FORBIDDEN,
                "Whoever traded or forecast on a question does not decide it; ask another editor.",
            ),
            (
                "second_person_needed",
                _S.FORBIDDEN,
                "Somebody other than the proposer has to confirm a resolution.",
            ),
            (
                "not_a_participant",
                _S.FORBIDDEN,
                "Only those who traded or forecast on a question may challenge its resolution.",
            ),
        ),
    ),
    Chapter(
        "The meaning",
        (
            (
                "request_key_reused",
                _S.UNPROCESSABLE_ENTITY,
                "This Idempotency-Key came with a different request before; take a new one.",
            ),
            (
                "invalid_claim",
                _S.UNPROCESSABLE_ENTITY,
                "A claim names at least one outcome of the question, each once, and not all.",
            ),
            (
                "invalid_probabilities",
                _S.UNPROCESSABLE_ENTITY,
                "Give every outcome a probability from 0.001 to 0.999; together they make 1.",
            ),
            (
                "invalid_forecast",
                _S.UNPROCESSABLE_ENTITY,
                "The rationale is too long, or the forecast ends before it begins.",
            ),
            (
                "invalid_order",
                _S.UNPROCESSABLE_ENTITY,
                "Give either a budget or shares, and shares when selling.",
            ),
            (
                "invalid_amount",
                _S.UNPROCESSABLE_ENTITY,
                'Amounts are decimal strings with at most six places, such as "12.5".',
            ),
            ("invalid_budget", _S.UNPROCESSABLE_ENTITY, "A budget is a positive amount."),
            ("invalid_prior", _S.UNPROCESSABLE_ENTITY, "A prior gives each outcome a chance."),
            ("invalid_liquidity", _S.UNPROCESSABLE_ENTITY, "A subsidy is a positive amount."),
            (
                "invalid_question",
                _S.UNPROCESSABLE_ENTITY,
                "The question's fields contradict each other; the detail says which.",
            ),
            (
                "invalid_resolution",
                _S.UNPROCESSABLE_ENTITY,
                "The resolution's weights or evidence do not fit the question.",
            ),
        ),
    ),
    Chapter(
        "The state of things",
        (
            ("market_not_open", _S.CONFLICT, "Only open questions are traded."),
            ("question_not_open", _S.CONFLICT, "Only open and halted questions take forecasts."),
            (
                "insufficient_credits",
                _S.CONFLICT,
                "The wallet has fewer credits available than this costs; ask for less.",
            ),
            ("insufficient_shares", _S.CONFLICT, "You hold fewer shares than you want to sell."),
            (
                "price_out_of_range",
                _S.CONFLICT,
                "The order would move its claim's price out of 0.001 to 0.999; ask for less.",
            ),
            (
                "shares_out_of_range",
                _S.CONFLICT,
                "So many shares are beyond what the market's liquidity can price; ask for less.",
            ),
            (
                "slippage",
                _S.CONFLICT,
                "The price moved beyond max_cost or min_shares; ask for a new quote.",
            ),
            (
                "not_fillable",
                _S.CONFLICT,
                "Nothing can be filled within the limit, or not all of a fill-or-kill order.",
            ),
        ),
    ),
    Chapter(
        "Us",
        (
            (
                "busy",
                _S.SERVICE_UNAVAILABLE,
                "Too many orders wait here; send the same request again after Retry-After.",
            ),
            (
                "unavailable",
                _S.SERVICE_UNAVAILABLE,
                "The database does not answer; send the same request again after Retry-After.",
            ),
            (
                "internal_error",
                _S.INTERNAL_SERVER_ERROR,
                "The fault is ours and is logged; quote the request_id when you report it.",
            ),
        ),
    ),
)


def _meanings() -> Iterator[tuple[str, Meaning]]:
    for chapter in CHAPTERS:
        for row in chapter.rows:
            if isinstance(row, tuple):
                code, status, sentence = row
                yield code, Meaning(status, sentence)
            else:
                yield row.code, Meaning(row.status, row.sentence)


CODES: Mapping[str, Meaning] = dict(_meanings())
