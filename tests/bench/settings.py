"""Production's settings, with one address more: the yardstick of orders over HTTP."""

from config.settings.production import *  # noqa: F403

ROOT_URLCONF = "tests.bench.addresses"
