"""The yardstick of orders: pgbench's TPC-B, 64 clients, on the same server.

Its transaction updates three rows, reads one and inserts one, statement by statement, with a
durable commit. With scale 1 all clients want one and the same row of `pgbench_branches`, as all
orders of a hot question want its market's; with scale 100 they spread over a hundred of them.
"""

import re

from tests.bench.stage import Stage

CLIENTS = 64
JOBS = 2


class Pgbench:
    def __init__(self, stage: Stage, *, scale: int) -> None:
        self._stage = stage
        self._database = f"pgbench_{scale}"
        if not stage.exists(self._database):
            stage.say(f"filling pgbench at scale {scale}")
            stage.postgres_tool("createdb", self._database)
        stage.postgres_tool("pgbench", "-i", "-q", "-s", str(scale), self._database)

    def rate(self, seconds: float) -> float:
        """Return its transactions per second."""
        self._stage.settle()
        printed = self._stage.postgres_tool(
            "pgbench", "-n", "-c", str(CLIENTS), "-j", str(JOBS),
            "-T", str(max(1, round(seconds))), self._database,
        )  # fmt: skip
        found = re.search(r"^tps = ([\d.]+)", printed, re.MULTILINE)
        if found is None:
            raise RuntimeError(f"pgbench did not say its rate:\n{printed}")
        return float(found[1])
