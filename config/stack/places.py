"""Where the embedded services keep their files: pure paths, nothing is created or started."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple
from urllib.parse import quote

DATABASE_NAME = "oddsdesk"
DATABASE_USER = "oddsdesk"
SOCKET_DIRECTORY_LENGTH_MAX = 85
"""A socket's whole path must fit in about 104 bytes, and PostgreSQL adds its own file name."""

_PLAIN_PATH = re.compile(r"[A-Za-z0-9/._@+-]+")
"""What survives URLs and command lines of both servers without any quoting."""


class Urls(NamedTuple):
    database_url: str
    valkey_url: str


@dataclass(frozen=True)
class Places:
    """Every path under one directory of the stack; `directory` must be absolute."""

    directory: Path

    @property
    def postgres(self) -> Path:
        return self.directory / "postgres"

    @property
    def valkey(self) -> Path:
        return self.directory / "valkey"

    @property
    def logs(self) -> Path:
        return self.directory / "logs"

    @property
    def beat(self) -> Path:
        return self.directory / "beat"

    @property
    def sockets(self) -> Path:
        """Where the sockets are; a short private directory when the natural path is too long."""
        natural = self.directory / "sockets"
        fits = len(os.fsencode(natural)) <= SOCKET_DIRECTORY_LENGTH_MAX
        if fits and _PLAIN_PATH.fullmatch(str(natural)):
            return natural
        return Path("/tmp") / self._private_name  # noqa: S108 - ownership is checked before use

    @property
    def refuge(self) -> Path:
        """Where root's PostgreSQL lives when it must run as another user."""
        return Path("/var/tmp") / self._private_name  # noqa: S108 - ownership is checked before use

    @property
    def start_lock(self) -> Path:
        return self.directory / "start.lock"

    @property
    def users_lock(self) -> Path:
        return self.directory / "users.lock"

    @property
    def run_lock(self) -> Path:
        return self.directory / "run.lock"

    @property
    def kept(self) -> Path:
        """Present while `up` wants the services to outlive whoever uses them."""
        return self.directory / "kept"

    @property
    def urls(self) -> Urls:
        sockets = quote(str(self.sockets), safe="/@+")
        return Urls(
            f"postgresql:///{DATABASE_NAME}?host={sockets}&user={DATABASE_USER}",
            f"unix://{self.sockets}/valkey.sock",
        )

    @property
    def _private_name(self) -> str:
        digest = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:12]
        return f"oddsdesk-{os.geteuid()}-{digest}"


def places_of(directory: Path) -> Places:
    return Places(Path(os.path.abspath(directory)))


def default_directory() -> Path:
    """Return `.local` beside `manage.py`."""
    return Path(__file__).resolve().parents[2] / ".local"


def urls_for(directory: Path) -> Urls:
    """Return the URLs that the services of `directory` have once they run."""
    return places_of(directory).urls
