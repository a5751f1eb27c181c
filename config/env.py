"""The environment, read once, typed, and loud on nonsense.

Each field of `Environment` is one setting; its sentence is also its line in `.env.example`.
A secret can be given by file: `NAME_FILE=/run/secrets/name` stands for the contents as `NAME`.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

SECRET_KEY_LENGTH_MIN = 50
LLM_SECONDS_MAX = 180  # less than articles.tasks lets a consultation take
LLM_TOKENS_READ_MAX = 60_000  # what asking about the longest article costs beside the answers
LLM_ANSWERS_MAX = 6
LLM_MODEL_LENGTH_MAX = 120
VALKEY_SCHEMES = {"unix", "redis", "rediss"}


def _text(value: str) -> str:
    return value


def _flag(value: str) -> bool:
    words = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
    try:
        return words[value.lower()]
    except KeyError:
        raise ValueError("say true or false") from None


def _number(value: str) -> int:
    if not (value.isascii() and value.isdigit()):
        raise ValueError("give a whole number of zero or more")
    return int(value)


def _words(value: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in value.split(",") if word.strip())


def _secret_key(value: str) -> str:
    if len(value) < SECRET_KEY_LENGTH_MIN or len(set(value)) < 5:
        raise ValueError(
            f"give at least {SECRET_KEY_LENGTH_MIN} random characters, for example the output "
            "of: python3 -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    return value


def _base_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path.strip("/"):
        raise ValueError("give scheme and host only, such as https://odds.example.org")
    return f"{parts.scheme}://{parts.netloc}"


def _endpoint_url(value: str) -> str:
    if not value:
        return ""
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
        raise ValueError("give the address of the API, such as http://localhost:8080/v1")
    if parts.query or parts.fragment or parts.path.rstrip("/").endswith("/chat/completions"):
        raise ValueError("leave out what follows /v1; /chat/completions is added to it")
    _ = parts.port  # which complains by itself of what is no port
    return value.rstrip("/")


def _model_name(value: str) -> str:
    if len(value) > LLM_MODEL_LENGTH_MAX or not value.isprintable():
        raise ValueError(f"give a name of at most {LLM_MODEL_LENGTH_MAX} characters")
    return value


def _api_key(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError("give the key alone, on one line, without spaces")
    return value


def _number_within(least: int, most: int) -> Callable[[str], int]:
    def read(value: str) -> int:
        number = _number(value)
        if not least <= number <= most:
            raise ValueError(f"give a whole number from {least} to {most}")
        return number

    return read


def _database_url(value: str) -> str:
    if not value.startswith(("postgresql://", "postgres://")):
        raise ValueError("give postgresql://user:password@host:5432/name; only PostgreSQL works")
    try:
        parameters = conninfo_to_dict(value)
    except ProgrammingError as error:
        raise ValueError(str(error).strip()) from None
    if not parameters.get("dbname"):
        raise ValueError("name the database: postgresql://user:password@host:5432/name")
    return value


def _valkey_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in VALKEY_SCHEMES or not (parts.netloc or parts.path):
        raise ValueError("give redis://host:6379 or unix:///path/to/valkey.sock")
    return value.rstrip("/")


def setting(
    read: Callable[[str], Any], sentence: str, *, default: Any = MISSING, secret: bool = False
) -> Any:
    return field(default=default, metadata={"read": read, "sentence": sentence, "secret": secret})


@dataclass(frozen=True, kw_only=True)
class Environment:
    """Every setting that an operator can make."""

    database_url: str = setting(_database_url, "Where PostgreSQL 16 or newer is.", secret=True)
    valkey_url: str = setting(
        _valkey_url,
        "Where Valkey (or Redis) is; databases 0 (queue) and 1 (cache) are used.",
        secret=True,
    )
    django_secret_key: str = setting(
        _secret_key, "Signs sessions and tokens; at least 50 random characters.", secret=True
    )
    allowed_hosts: tuple[str, ...] = setting(
        _words, "Host names that this site answers to, separated by commas."
    )
    base_url: str = setting(_base_url, "The address that people see, used in links and in the API.")
    log_level: str = setting(
        _text, "The least serious level that is logged: DEBUG, INFO, WARNING.", default="INFO"
    )
    log_json: bool = setting(_flag, "Log lines as JSON (true) or for people (false).", default=True)
    secure_proxy: bool = setting(
        _flag,
        "Trust X-Forwarded-Proto and -For, which the proxy in front overwrites.",
        default=False,
    )
    email_host: str = setting(_text, "The mail server; empty writes mails to the log.", default="")
    email_port: int = setting(_number, "The mail server's port.", default=587)
    email_user: str = setting(_text, "The user name at the mail server.", default="")
    email_password: str = setting(
        _text, "The password at the mail server.", default="", secret=True
    )
    email_from: str = setting(
        _text, "The sender of mails.", default="Oddsdesk <oddsdesk@localhost>"
    )
    web_one_core: bool = setting(
        _flag,
        "Keep each web process on a core of its own? Only where one container or program has all.",
        default=False,
    )
    fetching: bool = setting(
        _flag, "May editors have articles fetched by URL? Pasting always works.", default=True
    )
    llm_url: str = setting(
        _endpoint_url,
        "Where a language model answers as OpenAI's API does, private or not; empty asks none.",
        default="",
    )
    llm_model: str = setting(
        _model_name, "The language model's name, as its server calls it.", default=""
    )
    llm_api_key: str = setting(
        _api_key,
        "The key for the language model, if its server wants one.",
        default="",
        secret=True,
    )
    llm_timeout_seconds: int = setting(
        _number_within(5, LLM_SECONDS_MAX),
        "How long all answers of the language model about one article may take together.",
        default=90,
    )
    llm_tokens_max: int = setting(
        _number_within(200, 32_000),
        "How many tokens one answer of the language model may have.",
        default=2_000,
    )
    llm_tokens_a_day: int = setting(
        _number_within(0, 1_000_000_000),
        "How many tokens the language model may read and write in a day (UTC), all together.",
        default=500_000,
    )


def read_environment(variables: Mapping[str, str], **defaults: str) -> Environment:
    """Return the settings that `variables` spell out, or refuse with every fault at once.

    `defaults` fill in what is not set, for settings modules that know better (local, test).
    """
    faults: list[str] = []
    values: dict[str, Any] = {}
    for each in fields(Environment):
        try:
            given = _given(each, variables, defaults)
            if given is not None:
                values[each.name] = each.metadata["read"](given)
            elif each.default is MISSING:
                raise ValueError("is not set")  # noqa: TRY301 - gathered with the other faults
            else:
                values[each.name] = each.default
        except (ValueError, OSError) as error:
            faults.append(f"{each.name.upper()}: {error}. {each.metadata['sentence']}")
    faults += _faults_of_the_model(values)
    if faults:
        raise ImproperlyConfigured("The environment is not usable:\n  " + "\n  ".join(faults))
    return Environment(**values)


def _faults_of_the_model(values: Mapping[str, Any]) -> list[str]:
    """What does not fit together in the settings of the language model, where one is to be asked.

    A setting that is wrong by itself is missing here; its fault is named already.
    """
    if not values.get("llm_url"):
        return []
    faults = []
    if values.get("llm_model") == "":
        faults.append("LLM_MODEL: is not set, although LLM_URL is. Name the model to ask.")
    answer = values.get("llm_tokens_max", 0)
    least = LLM_TOKENS_READ_MAX + LLM_ANSWERS_MAX * answer
    if values.get("llm_tokens_a_day", least) < least:
        faults.append(
            f"LLM_TOKENS_A_DAY: give at least {least}; with answers of {answer} tokens, asking "
            "about one article may need as many."
        )
    return faults


def _given(
    each: Field[Any], variables: Mapping[str, str], defaults: Mapping[str, str]
) -> str | None:
    name = each.name.upper()
    if variables.get(name):
        return variables[name].strip()
    if each.metadata["secret"] and variables.get(f"{name}_FILE"):
        return Path(variables[f"{name}_FILE"]).read_text().strip()
    return defaults.get(each.name)


def database_settings(url: str) -> dict[str, Any]:
    """Return Django's DATABASES entry for a PostgreSQL URL, sockets and options included."""
    parameters = conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST"}
    entry: dict[str, Any] = {
        django_name: str(parameters.pop(name))
        for name, django_name in known.items()
        if parameters.get(name)
    }
    return {
        "ENGINE": "django.db.backends.postgresql",
        **entry,
        "PORT": str(parameters.pop("port", "")),
        # Only the engine's own statements are prepared (Django's are put together here), so that
        # PostgreSQL plans each of them once per connection. PgBouncer passes them on since 1.21.
        "OPTIONS": {**parameters, "prepare_threshold": 0},
    }


def valkey_database(url: str, number: int) -> str:
    """Return the URL of one numbered Valkey database, for the cache and for health checks."""
    return f"{url}{'&' if '?' in url else '?'}db={number}"


def broker_url(url: str) -> str:
    """Return what Celery calls the queue's address (it has its own scheme for sockets)."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"redis+socket://{parts.path}?virtual_host=0"
    return urlunsplit((parts.scheme, parts.netloc, "/0", parts.query, ""))
