"""Pages and API, served by granian's threads."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from config.one_core import take_one_core

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.production")

application = get_wsgi_application()

if settings.WEB_ONE_CORE:  # type: ignore[misc]  # the stubs miss computed settings
    take_one_core()
