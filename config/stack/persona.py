"""Who runs PostgreSQL, which refuses to be root."""

import os
import pwd
import shutil
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from config.stack.errors import PlaceUnsafe
from config.stack.programs import outcome_of

STAND_IN = "nobody"
_NAMESPACE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "--")


@dataclass(frozen=True)
class Persona:
    """How to start a program so that it is not root."""

    prefix: tuple[str, ...] = ()
    user: int | None = None
    group: int | None = None
    popen_options: dict[str, Any] = field(default_factory=dict, compare=False)

    @property
    def is_someone_else(self) -> bool:
        """Whether files must be given to another user of this machine."""
        return self.user is not None


MYSELF = Persona()


@cache
def unprivileged() -> Persona:
    """Return who PostgreSQL runs as here.

    An ordinary user stays who they are. Root enters a user namespace in which it is nobody
    special: no file changes hands. Where namespaces are forbidden it becomes `nobody`.
    """
    if os.geteuid() != 0:
        return MYSELF
    if _namespaces_work():
        return Persona(prefix=_NAMESPACE)
    stand_in = pwd.getpwnam(STAND_IN)
    return Persona(
        user=stand_in.pw_uid,
        group=stand_in.pw_gid,
        popen_options={"user": stand_in.pw_uid, "group": stand_in.pw_gid, "extra_groups": []},
    )


def _namespaces_work() -> bool:
    if shutil.which("unshare") is None:
        return False
    return outcome_of([*_NAMESPACE, "true"]).returncode == 0


def private_directory(path: Path, persona: Persona = MYSELF) -> Path:
    """Make `path` a directory that only `persona` can enter, or refuse what others could plant."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    mine = {os.geteuid(), persona.user if persona.user is not None else os.geteuid()}
    found = path.lstat()
    if path.is_symlink() or found.st_uid not in mine:
        raise PlaceUnsafe(f"{path} belongs to someone else. Remove it, then start again.")
    path.chmod(0o700)
    if persona.is_someone_else:
        os.chown(path, persona.user or -1, persona.group or -1)
    return path
