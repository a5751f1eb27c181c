"""Health checks for containers, which have no curl: `python -m config.stack.probe ...`.

probe http 127.0.0.1:8000 /healthz     exits 0 when it answers 200
probe fresh /tmp/beat 600              exits 0 when a file there is younger (seconds)
"""

import os
import socket
import sys
import time
from pathlib import Path

ANSWER_SECONDS = 3.0
STATUS_LINE_BYTES = 64
USAGE_ERROR = 2


def answers(host: str, port: int, path: str) -> bool:
    """Return whether an HTTP server says 200 when asked for the first of `ALLOWED_HOSTS`."""
    name = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip().lstrip(".")
    request = f"GET {path} HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"
    try:
        with socket.create_connection((host, port), timeout=ANSWER_SECONDS) as connection:
            connection.sendall(request.encode())
            return b" 200 " in connection.recv(STATUS_LINE_BYTES).split(b"\r\n", 1)[0]
    except OSError:
        return False


def is_fresh(path: Path, seconds: float) -> bool:
    """Return whether `path`, or a file in that directory, was written in the last `seconds`."""
    files = list(path.iterdir()) if path.is_dir() else [path] if path.exists() else []
    return any(time.time() - file.stat().st_mtime < seconds for file in files)


def main(words: list[str]) -> int:
    """Return the exit code of one check."""
    match words:
        case ["http", address, path]:
            host, _, port = address.rpartition(":")
            return 0 if answers(host, int(port), path) else 1
        case ["fresh", path, seconds]:
            return 0 if is_fresh(Path(path), float(seconds)) else 1
    sys.stderr.write(__doc__ or "")
    return USAGE_ERROR


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
