"""What keeps nonsense out: sentences, subjects and predicates that no editor would ask about."""

import re
from typing import Final

from articles.core.clauses import CONDITION, words_in
from articles.core.lexicon import ACRONYMS, FIRST_AND_SECOND_PERSON, words

SENTENCE_LENGTH_MAX: Final = 600
SENTENCE_WORDS_MIN: Final = 4
CAPITALS_SHARE_MAX: Final = 0.5
ESSAY_SHARE: Final = 0.012
ESSAY_MARKS_MIN: Final = 4

_COUNTERFACTUAL: Final = re.compile(
    r"\b(?:would\shave|could\shave|might\shave|should\shave|had\s(?:been\s)?(?:planned|expected|hoped"
    r"|intended)|(?:was|were)\s(?:\w{1,12}\s)?(?:expected|scheduled|due|set|supposed|meant|planned)"
    r"|no\slonger|used\sto|as\sif|if\sonly)\b",
    re.IGNORECASE,
)
_NEGATED: Final = re.compile(
    r"\b(?:not|never|no|nor|neither|nobody|unlikely|cannot|hardly|without|refus\w{1,4}|declin\w{2,4})\b"
    r"|n['’]t\b",
    re.IGNORECASE,
)
_VIOLENT: Final = re.compile(
    r"\b(?:die|dies|died|death|kill\w{0,4}|murder\w{0,4}|assassinat\w{1,4}|suicide|execut(?:e|ed|ion)"
    r"|bomb\w{0,4}|massacr\w{1,3}|rape\w?|stabb\w{1,4}|behead\w{0,4})\b",
    re.IGNORECASE,
)
_ADVICE: Final = re.compile(
    r"\b(?:should|ought\sto|need\sto|let\sus|imagine|hopefully|frankly|in\smy\sview|arguably"
    r"|it\sis\stime\sto|must\snot)\b",
    re.IGNORECASE,
)

# Verbs that name no outcome by themselves. With an amount they may ("help 5 million people").
_VAGUE_VERBS: Final = words(
    """
    help continue remain play enhance strengthen deepen foster support boost improve address focus
    benefit serve provide contribute shape reshape bring give keep stay face see show reflect mean
    depend seek try work explore look consider discuss ensure create lead drive affect influence
    impact transform change grow evolve think know feel want need use get do able come follow
    attract encourage promote protect maintain develop include involve offer allow enable pave push
    put position emerge tackle respond rely reduce increase rise fall expand speed accelerate ease
    dominate talk go make have take love hate enjoy matter say tell ask learn understand bolster
    cement underpin spur fuel carry struggle suffer prove test challenge define redefine
    determine prompt draw fight resist adapt monitor examine assess review study pursue prioritise
    prioritize embrace highlight underline reveal view leverage destabilize undermine complicate
    hurt harm threaten weigh pose cause trigger hinder slow raise lower cut appear seem happen
    outperform rebound recover weaken share call invite welcome attend spend save find let like
    integrate harness run build turn set pay hit exceed reach top total account cover connect link
    stretch span stand cost last weaken collaborate cooperate coordinate engage participate wait
    miss
    """
)
# What makes some of those concrete: "go on sale", "take effect", "reach an agreement".
_CONCRETE: Final = re.compile(
    r"""
    (?:go\s(?:on\s(?:sale|trial|strike|display)|live|public|ahead|into\s(?:effect|service|operation|production)
         |to\s(?:the\s(?:polls|vote|market|moon)|trial)|before)
      |come\s(?:into\s(?:force|effect|operation|service)|online|on\sstream|before)
      |take\s(?:effect|office|place|over|part\sin\s[A-Z]|delivery|off|control|the\s(?:oath|helm|stand|field))
      |make\s(?:landfall|its\s|his\s|her\s|(?:a|the|its)\s(?:final\s)?(?:decision|ruling|debut|announcement|first))
      |put\s.{2,60}\s(?:to\s(?:a\s)?vote|in(?:to)?\s(?:service|operation|orbit|effect|force))
      |set\s(?:a|an|the|its)\s(?:new\s)?(?:target|date|record|price|cap)
      |get\s(?:approval|permission|a\slicen[cs]e|the\sgreen\slight)
      |bring\s.{2,60}\s(?:into\s(?:force|service|operation|effect)|online|to\smarket)
      |reach\s(?:an?\s|the\s(?:final|moon|summit)|agreement|orbit|full)
      |lead\sthe\s(?:government|delegation|coalition|mission)
      |run\s(?:for|in\sthe)\s
      |hit\s(?:the\s)?(?:shelves|screens|theat(?:re|er)s)
      |build\s(?:a|an|the|its|two|three|four|five|new)\s
      |raise\s(?:interest\srates|rates|its\s(?:key|policy|benchmark)|the\s(?:minimum|retirement|pension|rate))
      |(?:cut|lower|raise|keep|leave|hold)\s(?:its\s|the\s|their\s)?(?:key\s|main\s|benchmark\s|policy\s|base\s)?(?:interest\s)?rates?\b
      |connect\s.{0,40}[A-Z]|link\s.{0,40}[A-Z]
      |open\s
      |face\strial
      |call\s(?:an?\s)?(?:snap\s|early\s|general\s)?(?:election|referendum)
      |review\sthe\s(?:case|ruling|appeal)
      |attend\s.{0,40}[A-Z]
      |cover\sall\s
      |pay\s(?:a|the)\s(?:fine|dividend)
      |turn\soff|test\s(?:a|an|the|its)\s.{0,40}[A-Z]
      |offer\s(?:direct\sflights)
      |share\sthe\s(?:prize)
      |determine\swhether)
    """,
    re.VERBOSE,
)
_BE_CONCRETE: Final = re.compile(
    r"be\s(?:\w{3,12}ly\s)?(?:operational|ready|open|available|law|mandatory|banned|live|complete"
    r"|online|effective|free|in\s(?:place|force|service|operation|orbit|office|effect)"
    r"|on\s(?:sale|the\s(?:ballot|market)|display)|up\sand\srunning"
    r"|built|held|sold|made|cut|chosen|sworn|begun|bought|put|sent|set|won|rebuilt|taken|given"
    r"|drawn|paid|split|shut|spun|brought|read|heard|known\swho|laid|flown|split|withdrawn"
    r"|the\s(?:first|next|new|host|last)\b|[a-z]{3,14}ed)\b"
)
_BE_VAGUE: Final = re.compile(
    r"be\s(?:\w{3,12}ly\s)?(?:needed|required|affected|used|based|impacted|challenged|tested|felt"
    r"|remembered|addressed|considered|discussed|determined|shaped|measured|viewed|focused|limited"
    r"|interested|involved|seen|tempted|forced|followed|watched|supported|accompanied|divided"
    r"|disappointed|pleased|excited|prepared|dedicated|treated|judged|regarded)\b"
)
_BECOME: Final = re.compile(
    r"become\s(?:the\s(?:first|largest|biggest|new|next|youngest|oldest|second|third)|operational|law"
    r"|mandatory|available|effective|president|chair|prime\sminister|chief|a\s(?:full\s)?member"
    r"|an\sobserver|[A-Z])"
)
_MAYBE_PERSONAL: Final = re.compile(
    rf"\b(?:{'|'.join(sorted({word.split(chr(39))[0] for word in FIRST_AND_SECOND_PERSON}))})\b",
    re.IGNORECASE,
)
_QUOTED: Final = re.compile(r"[\"“][^\"“”]{1,600}[\"”]")
_BARE_OBJECT: Final = re.compile(
    r"\b(?:the|this|that|these|those)\s(?:\w{1,14}\s)?(?P<noun>[a-z]{3,16})"
    r"(?=$|\s(?:by|in|on|at|to|from|with|for|and|before|after|into)\b)"
)
# What everybody knows without a name: "open to the public", "adopt the euro".
_KNOWN: Final = words(
    """
    public market markets moon euro polls throne presidency internet country government parliament
    state year first world minimum wage tax rate rates age war election elections vote season
    league cup final title championship summit time
    """
)
_OPEN_REFERENCES: Final = words(
    "it them him his her this these those there here so then that something others"
)
_CONCRETE_BESIDE_AMOUNT: Final = words(
    "see face want need think feel love hate enjoy matter say tell ask know understand"
)


def is_sentence_fit(sentence: str) -> bool:
    """Whether a sentence may speak of the future at all: a plain, whole, sober statement."""
    listed = words_in(sentence)
    if len(listed) < SENTENCE_WORDS_MIN or len(sentence) > SENTENCE_LENGTH_MAX:
        return False
    if sentence.rstrip("\"'”’) ").endswith(("?", "…", "...")):
        return False
    letters, capitals = sum(map(str.isalpha, sentence)), sum(map(str.isupper, sentence))
    if not letters or capitals > CAPITALS_SHARE_MAX * letters:
        return False
    if _personal_words(sentence):
        return False
    return not (_COUNTERFACTUAL.search(sentence) or _VIOLENT.search(sentence))


def is_essay(told: str) -> bool:
    """Whether a text argues rather than reports: full of "I", "we" and "should".

    told is the prose of a story; what others are quoted as saying does not count.
    """
    own = _QUOTED.sub(" ", told)
    opinions = _personal_words(own) + len(_ADVICE.findall(own))
    return opinions >= ESSAY_MARKS_MIN and opinions > ESSAY_SHARE * len(own.split())


def _personal_words(text: str) -> int:
    if not _MAYBE_PERSONAL.search(text):  # most sentences: no need to look at each word
        return 0
    return sum(_is_personal(word) for word in text.split())


def _is_personal(token: str) -> bool:
    """Whether a token is "I", "us" or "your"; "US" is a country."""
    word = token.strip(".,;:!?\"“”'’()—–")
    return word.lower().replace("’", "'") in FIRST_AND_SECOND_PERSON and word not in ACRONYMS


def is_negated(phrase: str) -> bool:
    """Whether a phrase says that something is not to be."""
    return _NEGATED.search(phrase) is not None


def is_conditional(sentence: str) -> bool:
    """Whether a sentence makes what is to happen hang on something else."""
    return CONDITION.search(sentence) is not None


def is_unspecific(predicate: str) -> bool:
    """Whether a predicate speaks of "the treaty" or "the deal" and names nothing."""
    if any(word[0].isupper() or word[0].isdigit() for word in predicate.split()):
        return False
    return any(match["noun"] not in _KNOWN for match in _BARE_OBJECT.finditer(predicate))


def is_concrete(predicate: str, *, measured: bool) -> bool:
    """Whether a predicate names an outcome that can be checked; measured if it has an amount."""
    listed = words_in(predicate)
    if not listed or not listed[0].isalpha() or predicate[0].isupper():
        return False
    return not _OPEN_REFERENCES & set(listed) and _names_outcome(
        predicate, listed, measured=measured
    )


def _names_outcome(predicate: str, listed: list[str], *, measured: bool) -> bool:
    verb = listed[0]
    if verb == "be":
        return _BE_CONCRETE.match(predicate) is not None and not _BE_VAGUE.match(predicate)
    if verb == "become":
        return _BECOME.match(predicate) is not None
    if verb == "have" or (len(listed) == 1 and verb not in _INTRANSITIVE):
        return False
    if verb in _VAGUE_VERBS:
        amount = measured and verb not in _CONCRETE_BESIDE_AMOUNT
        return amount or _CONCRETE.match(predicate) is not None
    return True


_INTRANSITIVE: Final = words(
    """
    open reopen close launch begin start finish end expire resign retire depart land dock step-down
    return resume convene meet vote default merge list debut ship arrive leave withdraw fly
    """
)
