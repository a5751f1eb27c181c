"""Everything from the environment, nothing by default that an attacker could know."""

import os

from django.core.exceptions import ImproperlyConfigured

from config.env import read_environment
from config.settings.base import *
from config.settings.base import shared_settings

environment = read_environment(os.environ)
if "*" in environment.allowed_hosts:
    raise ImproperlyConfigured("ALLOWED_HOSTS: name the hosts; a wildcard is refused here.")

globals().update(shared_settings(environment))

DEBUG = False
SECURE_SSL_REDIRECT = environment.base_url.startswith("https://")
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
if environment.secure_proxy:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
