"""Is it an article, and in which language? What fails is kept, but marked with the reason."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from articles.core import lexicon
from articles.core.blocks import Block, BlockKind, find_blocks
from articles.models.article import Quality

STORY_WORDS_MIN: Final = 60
# A wall or a teaser is short. What is longer tells its story, whatever words it ends with.
WALL_WORDS_MAX: Final = 150
CONSENT_WORDS_MAX: Final = 300
TEASER_WORDS_MAX: Final = 400
STORY_SHARE_MIN: Final = 0.3
# Running English counts 0.35 to 0.5; other languages in Latin letters stay below 0.1.
ENGLISH_SHARE_MIN: Final = 0.2
WORDS_COUNTED: Final = 2_000
# Of sentences of a dozen words and more, py3langid is right where it is this sure.
CONFIDENCE_MIN: Final = 0.9
LETTERS_MIN: Final = 60
LENGTH_LOOKED_AT: Final = 12_000
ENGLISH: Final = "en"
UNDETERMINED: Final = "und"

_STORY: Final = {BlockKind.PROSE, BlockKind.BULLET, BlockKind.TABLE_ROW}
_WORD: Final = re.compile(r"[^\W\d_]+")
_FUNCTION_WORDS: Final = (
    lexicon.DETERMINERS | lexicon.PRONOUNS | lexicon.PREPOSITIONS | lexicon.CONJUNCTIONS
) | {"is", "are", "was", "were", "be", "been", "has", "have", "had", "will", "would", "not"}
_BOT_WALL: Final = re.compile(
    r"""
    just\sa\smoment\b\W{1,3}|attention\srequired|access\s(?:to\sthis\s(?:page|site)\s)?
    (?:is\s|has\sbeen\s)?denied|are\syou\s(?:a\s)?(?:robot|human)|robot\scheck|not\sa\srobot
    |verif(?:y|ying)\s(?:that\s)?you\sare\s(?:a\s)?human|check(?:ing)?\syour\sbrowser
    |unusual\s(?:traffic|activity)\sfrom|complete\sthe\s(?:security\scheck|captcha)
    |(?:enable|turn\son|requires?)\sjavascript|javascript\s(?:is\s(?:disabled|required)|to\srun)
    |your\s(?:request|access)\s(?:was\s|has\sbeen\s)?blocked|ddos\sprotection\sby
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONSENT: Final = re.compile(
    r"""
    we\s(?:value|care\sabout|respect)\syour\sprivacy|before\syou\scontinue
    |(?:accept|reject|allow)\sall\b|(?:manage|change|set)\s(?:your\s|my\s)?
    (?:cookies?|consent|privacy|preferences|settings)|cookie\s(?:settings|preferences|consent|policy)
    |\b(?:uses?|store|process|with)\b.{0,60}\bcookies
    """,
    re.IGNORECASE | re.VERBOSE,
)
_PAYWALL: Final = re.compile(
    r"""
    (?:subscribe|subscription|sign\sin|log\s?in|register|become\sa\smember)\b.{0,40}
    \bto\s(?:(?:continue|keep|finish)\sreading|read\s(?:on|more|the\s(?:full|rest)|this)|unlock)
    |already\s(?:a\s|have\sa\s)?(?:subscriber|subscription|member)\b
    |(?:exclusive|available|only|reserved|premium)\s(?:to|for)\s(?:our\s)?(?:\w+\s)?
    (?:subscribers|members)|unlock\s(?:this|the)\s(?:full\s)?(?:article|story)
    |free\sarticles?\s(?:left|this\smonth|remaining)
    """,
    re.IGNORECASE | re.VERBOSE,
)


def judge_quality(text: str, *, title: str = "", is_free: bool = True) -> Quality:
    """Whether a normalised text is an article, and if not, what it seems to be instead.

    is_free is what the page itself says of its access.
    """
    blocks = find_blocks(text)
    count = _word_count(text)
    seen = f"{title}\n{text}"
    if count <= WALL_WORDS_MAX and _BOT_WALL.search(seen):
        return Quality.BOT_WALL
    if count <= CONSENT_WORDS_MAX and len(_CONSENT.findall(seen)) >= 2:
        return Quality.CONSENT_PAGE
    if count <= TEASER_WORDS_MAX and (not is_free or _PAYWALL.search(text)):
        return Quality.PAYWALL
    story = story_text(text, blocks)
    if _word_count(story) < STORY_WORDS_MIN:
        return Quality.TOO_SHORT
    visible = sum(block.end - block.start for block in blocks)
    return Quality.GOOD if len(story) >= STORY_SHARE_MIN * visible else Quality.MOSTLY_BOILERPLATE


@dataclass(frozen=True, slots=True)
class Detected:
    """The language that a text seems to be in, and how sure that is, in [0, 1]."""

    language: str
    confidence: float


def judge_language(text: str, *, declared: str = "") -> str:
    """The language of a normalised text, by its words first and by its page's word last.

    English is known by its share of function words. Whatever else is recognised with confidence
    is believed before what the page declares: templates say "en" of every page, so that a
    declaration of English proves nothing. "und" where a text is short or unclear and its page
    does not say what it is.
    """
    story = story_text(text, find_blocks(text))
    if _letter_count(story) < LETTERS_MIN:
        story = text  # of a page of headings, these are all there is
    words = [word.lower() for word in _WORD.findall(story)][:WORDS_COUNTED]
    english = sum(word in _FUNCTION_WORDS for word in words)
    if words and english >= ENGLISH_SHARE_MIN * len(words):
        return ENGLISH
    detected = detect_language(story)
    if detected.confidence >= CONFIDENCE_MIN:
        return detected.language
    return declared if declared and declared != ENGLISH else UNDETERMINED


def detect_language(text: str) -> Detected:
    """What a text seems to be written in; nothing certain is said of less than LETTERS_MIN."""
    told = text[:LENGTH_LOOKED_AT]
    if _letter_count(told) < LETTERS_MIN:
        return Detected(UNDETERMINED, 0.0)
    language, confidence = _identifier().classify(told)
    return Detected(str(language), float(confidence))


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    """The model, read when the first text asks for it: that takes from 0.2 to 1 s."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def story_text(text: str, blocks: list[Block]) -> str:
    """The parts of a text that tell something, without headings, tags and noise."""
    return "\n".join(text[block.start : block.end] for block in blocks if block.kind in _STORY)


def _word_count(text: str) -> int:
    return len(_WORD.findall(text))


def _letter_count(text: str) -> int:
    return sum(map(str.isalpha, text[:LENGTH_LOOKED_AT]))
