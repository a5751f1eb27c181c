"""Which organisation somebody tries to join, and as what."""

import re
from typing import Final

from articles.core.names import body_before, find_names, with_article
from articles.core.story import Story

_AS_ROLE: Final = re.compile(
    r"\bas\s(?:an?\s)?(?P<role>(?:full\s|associate\s|permanent\s)?(?:member|observer|candidate|partner))\b"
)
_OBJECT: Final = re.compile(r"^(?:the\s)?[A-Z]")


def find_joining(story: Story, index: int, cue: re.Match[str], rest: str) -> tuple[str, bool]:
    """The predicate of a question about joining, or "" where the text names no organisation.

    rest is what follows the cue. "Kenya has tried to join as an observer" takes the organisation
    that was named last before; the second value tells whether that was needed.
    """
    role = _AS_ROLE.search(rest)
    body, elided = "", False
    if _OBJECT.match(rest):
        end = story.sentences[index].end
        names = find_names(story, cue.end(), end)
        body = with_article(story, names[0]) if names else ""
        if rest.startswith("the ") and not body.startswith("the "):
            body = f"the {body}" if body else ""
    elif role is not None or not rest:
        named = body_before(story, index)
        body, elided = (with_article(story, named) if named else ""), True
    return (_phrase(body, _role(cue, role)) if body else ""), elided


def _role(cue: re.Match[str], role: re.Match[str] | None) -> str:
    asked = (cue.groupdict().get("role") or "").lower()
    if "observer" in asked:
        return "observer"
    if "candidate" in asked:
        return "candidate"
    return role["role"] if role else "member"


def _phrase(body: str, role: str) -> str:
    if role == "member":
        return f"join {body}"
    if role == "observer":
        return f"become an observer in {body}"
    return f"join {body} as a {role}"
