"""`make run`: the embedded services under `.local/`, or those that the environment names."""

import os

from config.env import read_environment
from config.settings.base import *
from config.settings.base import shared_settings
from config.stack import default_directory, urls_for

database_url, valkey_url = urls_for(default_directory())
environment = read_environment(
    os.environ,
    database_url=database_url,
    valkey_url=valkey_url,
    django_secret_key="only-for-this-computer-and-refused-nowhere-else-because-local",
    allowed_hosts="localhost,127.0.0.1,[::1],testserver",
    base_url=f"http://127.0.0.1:{os.environ.get('PORT', '8000')}",
    log_json="false",
    log_level="INFO",
)

globals().update(shared_settings(environment))

DEBUG = True
INTERNAL_IPS = ["127.0.0.1"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
