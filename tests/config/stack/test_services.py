"""The embedded servers start once, recognise themselves, and leave nothing behind."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest
from redis import Redis

from config.stack import Services, liveness
from config.stack.errors import ServerDidNotStart
from config.stack.places import places_of

ROOT = Path(__file__).resolve().parents[3]

UP = """
import sys
from pathlib import Path
from config.stack import Services
services = Services(Path(sys.argv[1]), durable=False)
services.up()
print(*[server.pid for server in services.status()])
"""

HOLD = """
import sys, time
from pathlib import Path
from config.stack import Services
with Services(Path(sys.argv[1]), durable=False):
    print("ready", flush=True)
    time.sleep(60)
"""


def python(code: str, directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", code, str(directory)], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )


def answer(services: Services, query: str) -> object:
    with psycopg.connect(services.database_url) as connection:
        row = connection.execute(query).fetchone()
    return row[0] if row else None


def pids(services: Services) -> dict[str, int | None]:
    return {server.name: server.pid for server in services.status()}


def kill(services: Services, name: str) -> int:
    pid = pids(services)[name]
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert liveness.wait_until(lambda: pids(services)[name] is None, 10)
    return pid


def living(directory: Path) -> list[int]:
    places = places_of(directory)
    return liveness.occupants(places.postgres) + liveness.occupants(places.valkey)


def test_both_servers_answer_inside_the_block_and_are_gone_after_it(directory: Path) -> None:
    with Services(directory, durable=False) as services:
        assert answer(services, "SELECT lower('ÄÖÜ')") == "äöü"
        assert Redis.from_url(services.valkey_url).ping() is True

    assert pids(services) == {"postgres": None, "valkey": None}
    assert living(directory) == []


def test_what_was_written_is_there_at_the_next_start(directory: Path) -> None:
    with Services(directory) as services:
        assert answer(services, "SHOW fsync") == "on"
        with psycopg.connect(services.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        Redis.from_url(services.valkey_url).set("kept", "yes")

    with Services(directory) as services:
        assert answer(services, "SELECT number FROM kept") == 42
        assert Redis.from_url(services.valkey_url).get("kept") == b"yes"


def test_servers_that_need_not_last_do_not_wait_for_the_disk(directory: Path) -> None:
    with Services(directory, durable=False, valkey=False) as services:
        assert answer(services, "SHOW fsync") == "off"
        assert answer(services, "SHOW full_page_writes") == "off"
        assert answer(services, "SHOW synchronous_commit") == "off"
        assert pids(services)["valkey"] is None


def test_five_starts_at_once_give_one_server(directory: Path) -> None:
    starts = [python(UP, directory) for _ in range(5)]
    answers = {start.communicate(timeout=60)[0] for start in starts}

    assert len(answers) == 1
    postgres, valkey = (int(pid) for pid in answers.pop().split())
    assert pids(Services(directory)) == {"postgres": postgres, "valkey": valkey}


def test_the_servers_stay_until_the_last_block_that_uses_them_ends(directory: Path) -> None:
    with Services(directory, durable=False) as outer:
        with Services(directory, durable=False) as inner:
            assert pids(inner) == pids(outer)
        assert answer(outer, "SELECT 1") == 1

    assert living(directory) == []


def test_up_outlives_its_program_and_blocks_until_down(directory: Path) -> None:
    python(UP, directory).communicate(timeout=60)
    with Services(directory) as services:
        before = pids(services)

    assert pids(services) == before
    assert None not in before.values()

    services.down()

    assert living(directory) == []


def test_a_killed_postgres_comes_back_with_all_that_was_acknowledged(directory: Path) -> None:
    with Services(directory, valkey=False) as services:
        with psycopg.connect(services.database_url) as connection:
            connection.execute("CREATE TABLE kept AS SELECT 42 AS number")
        killed = kill(services, "postgres")

        assert services.revive() == ["postgres"]

        assert answer(services, "SELECT number FROM kept") == 42
        assert pids(services)["postgres"] != killed


def test_a_killed_valkey_comes_back_with_what_it_held(directory: Path) -> None:
    with Services(directory, postgres=False) as services:
        client = Redis.from_url(services.valkey_url)
        client.set("kept", "yes")
        client.execute_command("WAITAOF", 1, 0, 2000)
        killed = kill(services, "valkey")

        assert services.revive() == ["valkey"]

        assert client.get("kept") == b"yes"
        assert pids(services)["valkey"] != killed


def test_a_pid_file_that_names_somebody_else_is_not_believed(directory: Path) -> None:
    with Services(directory, durable=False):
        pass
    places = places_of(directory)
    mine = f"{os.getpid()}\n{places.postgres}\n"
    (places.postgres / "postmaster.pid").write_text(mine)
    (places.sockets / ".s.PGSQL.5432.lock").write_text(mine)
    (places.valkey / "valkey.pid").write_text(mine)

    with Services(directory, durable=False) as services:
        assert answer(services, "SELECT 1") == 1
        assert os.getpid() not in pids(services).values()


def test_a_half_made_cluster_is_never_taken_for_one(directory: Path) -> None:
    unfinished = directory / "postgres.unfinished"
    unfinished.mkdir(parents=True)
    (unfinished / "PG_VERSION").write_text("18\n")

    with Services(directory, durable=False, valkey=False) as services:
        assert answer(services, "SELECT current_database()") == "oddsdesk"

    assert not unfinished.exists()


def test_a_server_that_cannot_start_says_why_and_leaves_nothing_running(directory: Path) -> None:
    with Services(directory, durable=False):
        pass
    with (directory / "postgres" / "postgresql.conf").open("a") as configuration:
        configuration.write("unheard_of_setting = 1\n")

    with pytest.raises(ServerDidNotStart, match="unheard_of_setting") as refused:
        Services(directory, durable=False).__enter__()

    assert refused.value.code == "stack_server_did_not_start"
    assert living(directory) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a death")
def test_the_servers_die_with_a_program_that_is_killed(directory: Path) -> None:
    holder = python(HOLD, directory)
    assert holder.stdout is not None
    assert holder.stdout.readline() == "ready\n"
    assert living(directory)

    holder.kill()
    holder.communicate()

    assert liveness.wait_until(lambda: living(directory) == [], 10)


def test_erase_removes_everything(directory: Path) -> None:
    services = Services(directory, durable=False)
    services.up()

    services.erase()

    assert not directory.exists()
    assert not services.places.sockets.exists()
    assert pids(services) == {"postgres": None, "valkey": None}
