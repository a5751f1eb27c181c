"""Where things are follows from the directory alone, and sockets always fit."""

import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from config.stack import Services, default_directory, urls_for
from config.stack.errors import PlaceUnsafe
from config.stack.places import SOCKET_DIRECTORY_LENGTH_MAX, places_of

LONG = "a-directory-name-that-is-already-rather-long/" * 3


def test_the_default_directory_lies_beside_manage_py() -> None:
    assert default_directory().name == ".local"
    assert (default_directory().parent / "manage.py").exists()


def test_urls_name_the_sockets_below_the_directory() -> None:
    database_url, valkey_url = urls_for(Path("/srv/odds"))

    assert database_url == "postgresql:///oddsdesk?host=/srv/odds/sockets&user=oddsdesk"
    assert valkey_url == "unix:///srv/odds/sockets/valkey.sock"


def test_asking_for_urls_creates_nothing(tmp_path: Path) -> None:
    urls_for(tmp_path / "stack")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "directory",
    ["/srv/" + LONG, "/srv/with a space", "/srv/ünïcode", "/srv/a?b&c#d%20"],
    ids=["long", "space", "accents", "URL characters"],
)
def test_a_path_that_sockets_or_urls_cannot_carry_gets_a_short_one(directory: str) -> None:
    first, again = urls_for(Path(directory)), urls_for(Path(directory))
    host = parse_qs(urlsplit(first.database_url).query)["host"][0]

    assert first == again
    assert host.startswith(f"/tmp/oddsdesk-{os.geteuid()}-")
    assert len(host) <= SOCKET_DIRECTORY_LENGTH_MAX
    assert first.valkey_url == f"unix://{host}/valkey.sock"
    assert first != urls_for(Path(directory + "2"))


def test_a_stack_in_a_long_path_starts_and_only_its_owner_can_enter(directory: Path) -> None:
    with Services(directory / LONG, durable=False, postgres=False) as services:
        sockets = services.places.sockets

        assert sockets.parent == Path("/tmp")
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert (sockets / "valkey.sock").is_socket()

    services.erase()

    assert not sockets.exists()


def test_a_socket_directory_that_somebody_planted_is_refused(directory: Path) -> None:
    places = places_of(directory / LONG)
    elsewhere = directory.parent / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    places.sockets.symlink_to(elsewhere)

    try:
        with pytest.raises(PlaceUnsafe, match="belongs to someone else") as refused:
            Services(directory / LONG, durable=False, postgres=False).__enter__()
    finally:
        places.sockets.unlink()

    assert refused.value.code == "stack_place_unsafe"
    assert not places.valkey.exists()
    assert elsewhere.stat().st_mode & 0o777 == 0o755
