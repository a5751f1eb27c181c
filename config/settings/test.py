"""`make test`: as close to production as a test may be, with cheap password hashes."""

import os

from config.env import read_environment
from config.settings.base import *
from config.settings.base import shared_settings

environment = read_environment(
    os.environ,
    # The test harness starts real servers and sets both URLs; these defaults only let tools
    # that never connect (mypy's plugin, makemigrations --check) import the settings.
    database_url="postgresql:///oddsdesk",
    valkey_url="redis://127.0.0.1:6379",
    django_secret_key="tests-sign-their-sessions-with-this-and-nobody-else-does-so",
    allowed_hosts="testserver,localhost,127.0.0.1",
    base_url="http://testserver",
    log_json="false",
    log_level="WARNING",
)

globals().update(shared_settings(environment))

DEBUG = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
