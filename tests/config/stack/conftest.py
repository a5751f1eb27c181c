"""A directory for a stack of its own, which is gone afterwards whatever happened in it."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from config.stack import Services


@pytest.fixture
def directory() -> Iterator[Path]:
    """Short, so that the sockets fit; and open, so that another user can be sent there."""
    with tempfile.TemporaryDirectory(prefix="oddsdesk-stack-", ignore_cleanup_errors=True) as name:
        Path(name).chmod(0o755)
        stack = Path(name) / "stack"
        yield stack
        Services(stack).erase()
