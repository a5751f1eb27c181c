"""Real PostgreSQL and Valkey servers out of wheels, for `make run`, `make demo` and `make test`.

Nothing here needs Django to be set up: settings ask for the URLs, tests start the servers.
"""

from config.stack.errors import StackError
from config.stack.places import Urls, default_directory, urls_for
from config.stack.services import ServerStatus, Services

__all__ = ["ServerStatus", "Services", "StackError", "Urls", "default_directory", "urls_for"]
