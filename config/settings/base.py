"""What holds everywhere. The other modules call `shared_settings` with their environment."""

from pathlib import Path
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.templatetags.static import static

from config.desk_colours import DESK_COLOURS
from config.env import Environment, broker_url, database_settings, valkey_database
from config.logging import logging_settings

ROOT = Path(__file__).resolve().parents[2]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"
AUTH_USER_MODEL = "users.User"
SILENCED_SYSTEM_CHECKS = ["auth.W004"]  # emails are unique by Lower("email"), a constraint
SITE_NAME = "Oddsdesk"

INSTALLED_APPS = [
    "config",
    "users",
    "articles",
    "markets",
    "unfold.apps.BasicAppConfig",
    "config.desk.DeskConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "rest_framework",
    "drf_spectacular",
    "pgtrigger",
]

MIDDLEWARE = [
    "config.logging.RequestIdMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
            ],
            "libraries": {"oddsdesk": "markets.web.tags"},
        },
    }
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_SIGNUP_FORM_CLASS = "users.forms.PublicNameForm"
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
PASSWORD_LENGTH_MIN = 12
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}", "OPTIONS": options}
    for name, options in {
        "UserAttributeSimilarityValidator": {"user_attributes": ["email", "name"]},
        "MinimumLengthValidator": {"min_length": PASSWORD_LENGTH_MIN},
        "CommonPasswordValidator": {},
        "NumericPasswordValidator": {},
    }.items()
]

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "users.api.ApiKeyAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["config.api.StrictJSONParser"],
    "DEFAULT_PAGINATION_CLASS": "config.api.NewestFirstPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "config.api.problem_response",
    "URL_FORMAT_OVERRIDE": None,
    "DATETIME_FORMAT": "%Y-%m-%dT%H:%M:%S.%fZ",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Oddsdesk API",
    "DESCRIPTION": "Questions raised by the news, and their odds: now, then, and why.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    "SORT_OPERATIONS": False,
    "SORT_OPERATION_PARAMETERS": False,
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
    "GET_LIB_DOC_EXCLUDES": "markets.api.schema.silent_classes",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "markets.api.schema.close_requests",
    ],
    "ENUM_NAME_OVERRIDES": {
        "QuestionStatus": "markets.api.serializers.questions.STATUSES",
        "TransferCode": "markets.models.TransferCode.values",
        "QuestionType": "markets.models.QuestionType.values",
        "CitationRole": "markets.models.CitationRole.values",
        "Verdict": "markets.models.Verdict.values",
    },
}

UNFOLD = {
    "SITE_TITLE": "Oddsdesk desk",
    "SITE_HEADER": "Oddsdesk",
    "SITE_SUBHEADER": "The editors' desk",
    "SITE_SYMBOL": "balance",
    "SHOW_HISTORY": False,
    "BORDER_RADIUS": "6px",
    "COLORS": DESK_COLOURS,
    "STYLES": [lambda request: static("users/desk.css")],
    "SCRIPTS": [lambda request: static("users/desk.js")],
    "SIDEBAR": {"navigation": "markets.admin.navigation.sidebar"},
    "DASHBOARD_CALLBACK": "markets.admin.dashboard.dashboard",
}


def shared_settings(environment: Environment) -> dict[str, Any]:
    """Return the settings that follow from the environment, for a module to `globals().update`."""
    return {
        "SECRET_KEY": environment.django_secret_key,
        "ALLOWED_HOSTS": list(environment.allowed_hosts),
        "BASE_URL": environment.base_url,
        "CSRF_TRUSTED_ORIGINS": [environment.base_url],
        "DATABASES": {
            "default": {
                **database_settings(environment.database_url),
                "ATOMIC_REQUESTS": False,
                "CONN_MAX_AGE": 60,
                "CONN_HEALTH_CHECKS": True,
            }
        },
        "CACHES": {
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": valkey_database(environment.valkey_url, 1),
                "KEY_PREFIX": "oddsdesk",
            }
        },
        "CELERY_BROKER_URL": broker_url(environment.valkey_url),
        "ALLAUTH_TRUSTED_PROXY_COUNT": int(environment.secure_proxy),
        "EMAIL_BACKEND": (
            "django.core.mail.backends.smtp.EmailBackend"
            if environment.email_host
            else "django.core.mail.backends.console.EmailBackend"
        ),
        "EMAIL_HOST": environment.email_host,
        "EMAIL_PORT": environment.email_port,
        "EMAIL_HOST_USER": environment.email_user,
        "EMAIL_HOST_PASSWORD": environment.email_password,
        "EMAIL_USE_TLS": bool(environment.email_host),
        "DEFAULT_FROM_EMAIL": environment.email_from,
        "ARTICLES_FETCHING": environment.fetching,
        "LLM_URL": environment.llm_url,
        "LLM_MODEL": environment.llm_model,
        "LLM_API_KEY": environment.llm_api_key,
        "LLM_TIMEOUT_SECONDS": environment.llm_timeout_seconds,
        "LLM_TOKENS_MAX": environment.llm_tokens_max,
        "LLM_TOKENS_A_DAY": environment.llm_tokens_a_day,
        "WEB_ONE_CORE": environment.web_one_core,
        "LOGGING": logging_settings(level=environment.log_level, as_json=environment.log_json),
        "LOGGING_CONFIG": "logging.config.dictConfig",
    }
