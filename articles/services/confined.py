"""The process that reads one page or one feed within its limits; see `confinement`.

It imports what its reader needs and no more: a feed is read in a third of the time in which
trafilatura could be imported, and trafilatura without the languages that it guesses when asked,
which bring numpy along, in three quarters.
"""

import json
import resource
import sys
from dataclasses import asdict
from datetime import datetime
from importlib import import_module
from types import ModuleType
from typing import Any, Final, cast

from articles.core.errors import ArticleError

MEMORY_BYTES: Final = 1_500_000_000

_READERS: Final = {
    "page": ("articles.services.extraction", "extract", "PAGE_BYTES_MAX"),
    "feed": ("articles.services.feed_parsing", "parse_feed", "FEED_BYTES_MAX"),
}


def read(arguments: str) -> int:
    """Read a page or a feed from standard input, write what it says to standard output."""
    request = json.loads(arguments)
    sys.modules["py3langid"] = cast("ModuleType", None)  # as though it were not installed
    module, name, bytes_max = _READERS[request["reader"]]
    reader = import_module(module)
    limits = (request["cpu_seconds"], request["cpu_seconds"] + 1)
    resource.setrlimit(resource.RLIMIT_CPU, limits)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere the address space cannot be limited
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    content = sys.stdin.buffer.read(getattr(reader, bytes_max) + 1)
    try:
        found = getattr(reader, name)(content, charset=request["charset"], url=request["url"])
    except ArticleError as refusal:
        answer: dict[str, Any] = {"code": refusal.code, "message": str(refusal)}
    else:
        answer = asdict(found)
    json.dump(answer, sys.stdout, default=datetime.isoformat)
    return 0


if __name__ == "__main__":
    sys.exit(read(sys.argv[1]))
