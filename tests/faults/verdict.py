"""How a scenario went."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(kw_only=True)
class Verdict:
    """What was seen, and what should not have been."""

    seen: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
