"""Closed classes of English words that the rules share."""

from typing import Final


def words(listing: str) -> frozenset[str]:
    """The words of a listing, separated by white space."""
    return frozenset(listing.split())


DETERMINERS: Final = words(
    "the a an this that these those its his her their our my your some any every each all both no"
)
PRONOUNS: Final = words(
    """
    i we you he she it they me us him them this that these those who which what there one others
    someone somebody everyone everybody nobody none anyone something everything nothing many some
    most few several all both each here
    """
)
# Abbreviations that would be pronouns in small letters.
ACRONYMS: Final = words("US WHO IT")
FIRST_AND_SECOND_PERSON: Final = words(
    """
    i we you me us my our ours your yours myself ourselves yourself i'm i've i'd i'll we're
    we've we'd we'll you're you've you'll you'd let's
    """
)
PREPOSITIONS: Final = words(
    """
    of in on at by for from with to into onto over under between among against about through during
    before after since until within without across along near around towards toward amid as via per
    despite following including behind beyond outside inside upon
    """
)
CONJUNCTIONS: Final = words("and or but nor so yet because although though while whereas if unless")

FINITE_VERBS: Final = words(
    """
    is are was were am be been has have had does did do will would can could may might must shall
    should cannot isn't aren't wasn't weren't hasn't haven't hadn't doesn't didn't don't won't
    wouldn't can't couldn't mustn't shouldn't it's he's she's they're that's there's
    said says say told tells added adds announced reported reports confirmed warned noted stated
    argued argues believes believe thinks think knows know knew wrote writes met meets broke fell
    rose grew went came gave took made got saw ran began became left lost won held kept brought
    bought sold sent paid put led spoke stood sat shows showed means meant needs seems seemed
    appears appeared remains remained continues continued happened wants refused failed agreed
    signed launched approved rejected called asked urged gets makes takes gives goes comes
    """
)
INDICATOR_NOUNS: Final = words(
    """
    inflation unemployment employment gdp growth economy output exports imports export import trade
    turnover revenue revenues sales profit profits income incomes wages deficit surplus debt
    production consumption capacity emissions generation spending investment investments
    remittances reserves population traffic throughput passengers prices price rate rates arrivals
    deliveries shipments orders deaths cases infections enrolment attendance demand supply
    visitors tourists visits bookings subscribers registrations applications
    births rainfall temperature temperatures index volume transit cargo budget
    """
)
# Those of a whole country: "inflation" belongs to the place that a story is about, "ticket prices"
# need not.
NATIONAL_INDICATORS: Final = words(
    """
    inflation unemployment employment gdp growth economy output exports imports trade deficit
    surplus debt production consumption emissions generation spending investment remittances
    reserves population births deaths arrivals cases infections
    """
)
COMPANY_INDICATORS: Final = words(
    "revenue revenues sales profit profits turnover income deliveries orders shipments bookings"
)
COMMON_OPENERS: Final = (
    words(
        """
    sentencing hearing testing registration voters forecasters regulators
    officials lawmakers voters workers researchers scientists engineers parliament government
    ministers police prosecutors judges doctors farmers teachers nurses students residents
    construction completion work talks negotiations elections voting trials tests results experts
    oil gas passenger electricity cargo house housing food car consumer retail wholesale industrial
    crude wheat steel gold copper coal tourist student voter mortgage core net gross real average
    foreign household youth private public solar wind nuclear air rail freight mobile internet
    software battery container farm grain rice cocoa coffee cotton timber domestic external ticket
    state corporate bank credit loan lending money labour labor factory manufacturing delivery
    services service business tax power energy water carbon methane greenhouse child infant maternal
    life hospital measles malaria vaccine vaccination school university road traffic railway sales
    monthly quarterly yearly weekly daily headline underlying direct bilateral mutual deliveries
    """
    )
    | INDICATOR_NOUNS
)

BODY_WORDS: Final = words(
    """
    bank ministry department parliament house university state court council board port city
    institute office republic bay gulf strait church lake bureau college academy society
    """
)

_ORDINAL_WORDS: Final = """
    zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth
    thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth
"""
_CARDINAL_WORDS: Final = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen
    fifteen sixteen seventeen eighteen nineteen twenty
"""
ORDINALS: Final = tuple(_ORDINAL_WORDS.split())
CARDINALS: Final = tuple(_CARDINAL_WORDS.split())


def ordinal(number: int, *, in_words: bool) -> str:
    """The ordinal of a number: "eighth" or "8th"; past twenty there are only figures."""
    if in_words and number < len(ORDINALS):
        return ORDINALS[number]
    last = 0 if number % 100 in {11, 12, 13} else number % 10
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(last, 'th') }"


def number_of(word: str) -> int | None:
    """The number that a word such as "seven", "7", "seventh" or "7th" stands for."""
    lower = word.lower()
    if lower in CARDINALS:
        return CARDINALS.index(lower)
    if lower in ORDINALS:
        return ORDINALS.index(lower)
    digits = lower[:-2] if lower.endswith(("st", "nd", "rd", "th")) else lower
    return int(digits) if digits.isdecimal() and digits.isascii() and len(digits) <= 4 else None
