"""Who lives in the demo world: those who can sign in, and a crowd of different skill."""

import random
from dataclasses import dataclass, replace

PASSWORD = "oddsdesk-demo"  # noqa: S105 - printed for everybody who loads the demo world
EDITOR = "eve"
SECOND_EDITOR = "erin"
SIGN_INS = ("alice", "bob", "charlie", EDITOR, SECOND_EDITOR)
CHALLENGER = "alice"
CONSOLE_PREFIX = "demo-"
EMAIL_DOMAIN = "example.com"

CROWD = (
    "amber-fox", "andrzej-k", "base-rate-bea", "brier-patch", "caspian-cat", "chidi", "dagny",
    "dov-ben", "elif-s", "farrukh", "fermi-fan", "gulnara", "halfway-house", "henrik",
    "imogen-t", "isfahan-owl", "jonas-m", "kestrel", "lagos-lou", "leyla", "long-tail-lena",
    "marta-v", "mei-ling", "noor", "odd-even", "oleks", "outside-view", "paolo", "quiet-prior",
    "rasmus", "rue-morgue", "sigma-two", "steppe-wolf", "tamsin", "tea-leaf", "tomoko",
    "umbrella-guy", "vasco", "wren", "yusuf-a", "zeynep", "zoltan",
)  # fmt: skip

CONSOLE_CROWD = (
    "ada", "bruno", "chen", "dara", "emeka", "fenna", "goran", "hana", "ivo", "jaya", "kofi",
    "lotte",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A forecaster's habits; everything that differs between a good one and a bad one."""

    name: str
    noise: float  # standard deviation of the error of a forecast, in log-odds
    leaning: float  # how much likelier than it is the first outcome always seems, in log-odds
    boldness: float  # what log-odds are multiplied by: above 1 is overconfident
    lag: float  # days until the news arrives
    zeal: float  # chance of taking part in a question
    stakes: float  # chance that a forecast comes with a stake
    trades: float  # orders placed per question taken part in
    purse: float  # typical credits put into one order or stake


def crowd_of(size: int, *, seed: int) -> tuple[Person, ...]:
    """Return alice, bob and charlie, and then so many others, the same for every seed alike."""
    familiar = (
        Person(
            name="alice", noise=0.25, leaning=0.0, boldness=1.05, lag=0.3, zeal=1.0, stakes=0.6,
            trades=1.2, purse=22,
        ),
        Person(
            name="bob", noise=0.7, leaning=0.25, boldness=1.3, lag=1.5, zeal=0.8, stakes=0.4,
            trades=1.4, purse=20,
        ),
        Person(
            name="charlie", noise=0.5, leaning=0.0, boldness=0.9, lag=2.0, zeal=0.25, stakes=0.3,
            trades=0.5, purse=15,
        ),
    )  # fmt: skip
    return (*familiar, *(_person(name, seed) for name in CROWD[:size]))


def console_crowd(*, seed: int) -> tuple[Person, ...]:
    """Return the small crowd of the console demonstration, whose members never miss a question."""
    people = (_person(f"{CONSOLE_PREFIX}{name}", seed) for name in CONSOLE_CROWD)
    return tuple(replace(person, zeal=1.0) for person in people)


def _person(name: str, seed: int) -> Person:
    chance = random.Random(f"{seed}:person:{name}")  # noqa: S311 - make-believe, not secrets
    clumsiness = chance.betavariate(1.6, 2.2)
    return Person(
        name=name,
        noise=0.15 + 1.0 * clumsiness,
        leaning=chance.gauss(0.1, 0.3) * clumsiness,
        boldness=chance.uniform(0.75, 1.1) + 0.7 * clumsiness * chance.random(),
        lag=6 * clumsiness * chance.random(),
        zeal=chance.uniform(0.3, 0.8),
        stakes=chance.uniform(0.1, 0.6),
        trades=chance.uniform(0.2, 2.2),
        purse=chance.choice((8, 12, 20, 30)),
    )
