"""Lines of a page that are not its story: ages, bylines, buttons, footers, calls to subscribe."""

import re
from typing import Final

NOISE_LENGTH_MAX: Final = 300
TITLE_LENGTH_MAX: Final = 220

_UNIT: Final = r"(?:second|sec|minute|min|hour|hr|day|week|month|year)s?"
AGE: Final = re.compile(rf"\b(\d{{1,3}}|an?)\s{{1,3}}({_UNIT})\s{{1,3}}ago", re.IGNORECASE)

ENDING_TITLE: Final = re.compile(
    r"""
    (?:(?:related|more|other|similar|latest|recent|trending|popular|top|recommended|must)[\s-]{1,3}
       (?:news|stories|articles|posts|headlines|content|reading|reads|coverage|topics|read|videos)
      |related|comments?(?:\s{0,2}\(?\d{1,5}\)?)?|\d{1,5}\s{1,2}comments?|leave\s{1,2}a\s{1,2}(?:comment|reply)
      |join\s{1,2}the\s{1,2}(?:discussion|conversation)|you\s(?:may|might)\salso\s(?:like|enjoy)
      |(?:most\s(?:read|popular|viewed|shared))|(?:more\s(?:from|on|in)\s.{1,50})|recommended(?:\sfor\syou)?
      |trending(?:\snow)?|don['’]t\smiss|what\sto\sread\snext|(?:up\s)?next|editor['’]?s['’]?\spicks?
      |about\sthe\sauthors?|sign\sup\sfor\s.{1,60}|share\sthis(?:\s(?:article|story|post|page))?
      |footnotes?|references|sponsored(?:\scontent)?|around\sthe\sweb)
    \s{0,2}[:.»›>…]{0,3}
    """,
    re.IGNORECASE | re.VERBOSE,
)
PAUSING_TITLE: Final = re.compile(
    r"""
    (?:read\s(?:more|also|next)|also\sread|see\salso|see\smore|related\s(?:links?|to\sthis\sstory)|in\sthis\s(?:story|article)
      |more\sstories|learn\smore|table\sof\scontents|contents|key\s(?:points|takeaways)|watch|listen)
    \s{0,2}[:.»›>…]{0,3}
    """,
    re.IGNORECASE | re.VERBOSE,
)

# Buttons, bylines and menus. A whole sentence that happens to start with such a word is none.
_BUTTON: Final = re.compile(
    r"""
    (?:(?:[Bb]y|BY)\s{1,2}[A-Z][\w.'’-]{1,30}(?:\s{1,2}[A-Z][\w.'’-]{0,30}){0,4}(?:\s?(?:,|\||and|for)\s?.{0,80})?$
      |(?i:(?:first\s)?(?:published|posted|updated|last\s(?:updated|modified)|created)
          (?:\s(?:on|at))?\b\s?:?\s.{0,80}$
      |(?:share|tweet|print|email|save|bookmark|follow\sus|listen|subscribe|log\s?in|sign\s?(?:in|up)
          |register|menu|search|skip\sto|home|news|terms\sof|privacy|cookies?\b|help\scent|contact\sus
          |about\sus|advertis|sponsored|loading|back\sto\stop|post-main|stay\sinformed)\b.{0,60}$))
    """,
    re.VERBOSE,
)
_OPENING: Final = re.compile(
    r"""
    (?:(?:photo(?:graph)?|image|picture|credit|source|video|illustration|getty|graphic|caption)s?
          \s{0,2}(?:by\s|credit|:|/|©)
      |(?:click|tap)\shere|(?:read\s(?:more|also)|also\sread|see\salso|related)\s?:
      |read\sthe\sfull|story\scontinues|continue\sreading|scroll\sto
      |(?:get|receive|stay|sign\sup|subscribe|join|download|follow|enter\syour|become\sa|support\sour
          |donate|unlock|try|start\syour|never\smiss|don['’]t\smiss)\b.{0,160}
          \b(?:newsletters?|inbox|informed|highlights|headlines|subscribers?|subscription|our\sapp
          |e?mail|alerts|membership|free\strial|journalism|whatsapp|telegram|channel)\b
      |(?:we|this\s(?:web)?site)\suses?\scookies|by\s(?:continuing|clicking|signing\sup)
      |(?:additional\s)?(?:reporting|editing|writing|edited|reported|translated|reviewed)\sby\s
      |this\s(?:article|story|post|content)\s(?:was|is|has\sbeen|first|originally)
          \s(?:first\s|originally\s)?(?:published|appeared|produced|sponsored|translated|generated)
      |(?:disclaimer|disclosure|editor['’]s\snote|correction|note)\s?:
      |the\s(?:views|opinions)\s(?:expressed|and\sopinions)
      |©|\(c\)\s|all\srights\sreserved|copyright\s(?:©|\(c\)|\d{4}|by\s))
    """,
    re.VERBOSE | re.IGNORECASE,
)
_INSIDE: Final = re.compile(
    r"""
    \d{1,3}\s{0,2}min(?:ute)?s?\s{1,2}read\b|all\srights\sreserved|privacy\spolicy|terms\sof\s(?:service|use)|cookie\spolicy
    |loading\scomments|©\s?\d{4}|\bsign\sup\s(?:for|to)\s(?:our|the|my)\b|\bsubscribe\s(?:to|now|today)\b|view\sall\sposts
    |not\s(?:constitute\s)?(?:financial|investment|legal)\sadvice
    """,
    re.IGNORECASE | re.VERBOSE,
)
_TERMINAL: Final = re.compile(r"""[.!?…:]["'”’»)\]]{0,3}$""")
_IMAGE: Final = re.compile(r"[\w./%-]{0,80}\.(?:png|jpe?g|gif|webp|svg|mp4|pdf)", re.IGNORECASE)


def is_age_line(line: str) -> bool:
    """Whether a short line only says how old something is ("2 weeks ago3 comments")."""
    match = AGE.search(line)
    return match is not None and match.start() <= 12 and len(line) - match.end() <= 40


def is_sentence_like(line: str) -> bool:
    """Whether a line reads as prose: it ends like a sentence, or is far too long for a title."""
    return len(line) > TITLE_LENGTH_MAX or (
        line.count(" ") >= 4 and _TERMINAL.search(line[-8:]) is not None
    )


def is_noise_line(line: str) -> bool:
    """Whether a line is noise wherever it stands. Long lines are never judged by a pattern."""
    if len(line) > NOISE_LENGTH_MAX:
        return False
    if not any(character.isalpha() for character in line) or _IMAGE.fullmatch(line):
        return True
    if (len(line) <= 60 and is_age_line(line)) or _INSIDE.search(line):
        return True
    if _OPENING.match(line):
        return True
    return not is_sentence_like(line) and _BUTTON.match(line) is not None
