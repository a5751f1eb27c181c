"""Write `secrets/*` for docker-compose.yml, each once; `make secrets` runs this file by itself."""

import secrets
import sys
from collections.abc import Callable
from pathlib import Path

BYTES = 48
_ROOT = Path(__file__).resolve().parents[2]


def write_secrets(directory: Path) -> list[str]:
    """Create what is missing in `directory` and return the names of it.

    The directory keeps other users of the host out. The files in it must be readable for
    everybody, because Compose mounts them as they are into containers that run as other users.
    """
    directory.mkdir(mode=0o700, exist_ok=True)
    password = directory / "postgres_password"
    if not password.exists():
        (directory / "database_url").unlink(missing_ok=True)
    wanted: dict[str, Callable[[], str]] = {
        ".gitignore": lambda: "*\n",
        "postgres_password": lambda: secrets.token_urlsafe(BYTES),
        "database_url": lambda: f"postgresql://oddsdesk:{password.read_text()}@postgres/oddsdesk",
        "django_secret_key": lambda: secrets.token_urlsafe(BYTES),
        "llm_api_key": lambda: "",  # somebody else's: filled in by hand, where one is needed
    }
    written = []
    for name, text in wanted.items():
        file = directory / name
        if not file.exists():
            file.write_text(text())
            file.chmod(0o644)
            written.append(name)
    return written


if __name__ == "__main__":
    names = [name for name in write_secrets(_ROOT / "secrets") if not name.startswith(".")]
    sys.stdout.write(f"secrets/: {', '.join(names) or 'nothing was missing'}\n")
