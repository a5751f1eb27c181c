"""Production's settings, with one address more: the yardstick of orders over HTTP."""

from config.settings.production import *

ROOT_URLCONF = "tests.bench.addresses"
