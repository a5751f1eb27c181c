"""docker-compose.yml keeps the compose specification, and every command in it works."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from compose_spec import PyCompose

from config.stack import Services, liveness
from config.stack.compose_secrets import write_secrets
from config.stack.run import free_port

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {"ALLOWED_HOSTS": "odds.example.org", "BASE_URL": "http://odds.example.org"}
OURS = ["migrate", "web", "worker", "worker-slow", "beat"]
BEAT_HOME = "/var/lib/oddsdesk"
HEALTHY_SECONDS = 60.0
STOP_SECONDS = 30.0
LOG_SHOWN = 3_000


def interpolated(text: str) -> str:
    """Fill in `${NAME:-default}` and `${NAME:?complaint}` as Compose does."""

    def value(match: re.Match[str]) -> str:
        name, default = match["name"], match["default"]
        if name in GIVEN:
            return GIVEN[name]
        assert default is not None, f"{name} must be given"
        return default

    pattern = r"\$\{(?P<name>[A-Z_]+)(:-(?P<default>[^}]*)|:\?[^}]*)\}"
    return re.sub(pattern, value, text)


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load(interpolated((ROOT / "docker-compose.yml").read_text()))
    return loaded


def services() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = compose()["services"]
    return found


SERVICES = services()


def specified(changes: dict[str, Any]) -> PyCompose:
    """Return our file, with changes, as the specification reads it, or fail on its first fault."""
    document = compose()
    document["services"]["web"].update(changes)
    read = PyCompose.from_yaml(yaml.safe_dump(document))
    read.validate()
    return read


def test_the_file_keeps_the_compose_specification() -> None:
    assert sorted(specified({}).service_names()) == sorted(["postgres", "valkey", "nginx", *OURS])


@pytest.mark.parametrize(
    "fault",
    [
        {"unheard_of": 1},
        {"secrets": ["undeclared"]},
        {"networks": ["undeclared"]},
        {"healthcheck": {"test": ["RUN", "true"]}},
        {"read_only": "perhaps"},
    ],
    ids=lambda fault: next(iter(fault)),
)
def test_a_file_with_a_fault_would_be_noticed(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        specified(fault)


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_is_confined(name: str) -> None:
    service = SERVICES[name]

    assert service["user"].split(":")[0] not in {"0", "root"}
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert set(service["deploy"]["resources"]["limits"]) == {"cpus", "memory", "pids"}
    assert not service.get("privileged")


def test_every_volume_is_declared_or_a_file_of_ours() -> None:
    sources = [
        mount.split(":")[0] for service in SERVICES.values() for mount in service.get("volumes", [])
    ]

    named = {source for source in sources if not source.startswith("./")}
    assert named == set(compose()["volumes"])
    assert all((ROOT / source).is_file() for source in sources if source not in named)


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_every_service_that_stays_tells_whether_it_is_well(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


@pytest.mark.parametrize("name", SERVICES)
def test_every_service_waits_for_what_it_needs(name: str) -> None:
    for other, wanted in SERVICES[name].get("depends_on", {}).items():
        if wanted["condition"] == "service_healthy":
            assert "healthcheck" in SERVICES[other]
        else:
            assert wanted["condition"] == "service_completed_successfully"
            assert SERVICES[other]["restart"] == "no"


def test_only_nginx_can_be_reached_and_the_servers_cannot_reach_out() -> None:
    assert [name for name in SERVICES if "ports" in SERVICES[name]] == ["nginx"]
    assert SERVICES["postgres"]["networks"] == SERVICES["valkey"]["networks"] == ["inside"]
    assert compose()["networks"]["inside"] == {"internal": True}


def test_no_secret_stands_in_an_environment() -> None:
    for service in SERVICES.values():
        for name, text in service.get("environment", {}).items():
            if name.endswith("_FILE"):
                assert text.removeprefix("/run/secrets/") in service["secrets"]
            assert not re.search(r"PASSWORD$|(SECRET|API)_KEY$|^DATABASE_URL$", name)


def test_only_who_asks_the_language_model_has_its_key() -> None:
    holders = [name for name in SERVICES if "llm_api_key" in SERVICES[name].get("secrets", [])]

    assert holders == ["worker-slow"]
    assert SERVICES["worker-slow"]["environment"] == {
        **SERVICES["web"]["environment"],
        "LLM_API_KEY_FILE": "/run/secrets/llm_api_key",
    }


def test_the_workers_take_every_queue_that_the_schedule_uses() -> None:
    from config.celery import app

    used = {entry["options"]["queue"] for entry in app.conf.beat_schedule.values()}
    commands = [SERVICES[name]["command"] for name in ("worker", "worker-slow")]
    taken = ",".join(command[command.index("--queues") + 1] for command in commands)

    assert used <= set(taken.split(","))


def test_secrets_are_written_once_and_fit_together(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"

    first, again = write_secrets(directory), write_secrets(directory)

    assert set(first) == {*compose()["secrets"], ".gitignore"}
    assert again == []
    assert directory.stat().st_mode & 0o777 == 0o700
    password = (directory / "postgres_password").read_text()
    assert (directory / "database_url").read_text() == (
        f"postgresql://oddsdesk:{password}@postgres/oddsdesk"
    )
    assert len((directory / "django_secret_key").read_text()) >= 50


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """What a container sees: secrets by file, servers of its own, nothing of ours."""
    home = tmp_path_factory.mktemp("compose")
    write_secrets(home / "secrets")
    declared = SERVICES["web"]["environment"]
    with Services(home / "stack", durable=False) as stack:
        (home / "secrets" / "database_url").write_text(stack.database_url)
        yield {
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            **{
                name: text.replace("/run/secrets", str(home / "secrets"))
                for name, text in declared.items()
            },
            "VALKEY_URL": stack.valkey_url,
        }
        with psycopg.connect(stack.database_url) as connection:
            assert connection.execute("SELECT count(*) FROM django_migrations").fetchone() != (0,)


class Container:
    """One service's command and health check, as they run outside a container."""

    def __init__(self, name: str, environment: dict[str, str], home: Path) -> None:
        self._environment = environment
        self._port = str(free_port(18_000))
        self._home = home / "home"
        self._home.mkdir()
        self._log = home / "log"
        self._check = self._adapted(SERVICES[name].get("healthcheck", {}).get("test", []))
        with self._log.open("wb") as log:
            self.running = subprocess.Popen(
                self._adapted(SERVICES[name]["command"]),
                cwd=ROOT,
                env=environment,
                stdout=log,
                stderr=log,
            )

    def _adapted(self, words: list[str]) -> list[str]:
        return [
            re.sub(r"\b8000\b", self._port, word)
            .replace(BEAT_HOME, str(self._home))
            .replace("0.0.0.0", "127.0.0.1")
            .replace("$$", "$")
            for word in words
        ]

    def is_healthy(self) -> bool:
        form, *words = self._check
        command = words if form == "CMD" else ["/bin/sh", "-c", *words]
        checked = subprocess.run(
            command, cwd=ROOT, env=self._environment, capture_output=True, check=False
        )
        return checked.returncode == 0

    def become_healthy(self) -> bool:
        return liveness.wait_until(
            lambda: self.running.poll() is not None or self.is_healthy(), HEALTHY_SECONDS
        )

    def stop(self) -> int:
        self.running.terminate()
        return self.running.wait(STOP_SECONDS)

    def log(self) -> str:
        return self._log.read_text(errors="replace")[-LOG_SHOWN:]


@pytest.fixture(scope="module")
def migrated(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> None:
    migrate = Container("migrate", environment, tmp_path_factory.mktemp("migrate"))
    code = migrate.running.wait(HEALTHY_SECONDS)
    assert code == 0, migrate.log()
    migrate.stop()


@pytest.mark.usefixtures("migrated")
@pytest.mark.parametrize("name", [name for name in OURS if name != "migrate"])
def test_every_command_gets_well_and_stops_when_told(
    name: str, environment: dict[str, str], tmp_path: Path
) -> None:
    container = Container(name, environment, tmp_path)

    became_healthy = container.become_healthy() and container.running.poll() is None
    log = container.log()

    assert container.stop() == 0, log
    assert became_healthy, log
