import pytest

from articles.core.grounding import invented_names, invented_numbers, read_ground

GROUND = read_ground(
    "Anna Lind, who leads Halvik Ferries, met Peter Berg of the Regional Council on Monday. The "
    "council's three members want 41 spans, two of its ships, 14 crowns, $10.7 billion and 4% "
    "more, or 1,200 jobs, before the eighth G20 meeting. J. P. Moe agrees.",
    "The strait bridge",
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Will Anna Lind of Halvik Ferries meet the Regional Council by 30 June?",
        "Will Berg's council agree?",
        "Will the strait bridge open?",
        "Will the Council of Halvik agree in March?",
        "Will J. P. Moe agree?",
        "Who will lead the G20?",
    ],
)
def test_names_of_the_article_are_known(sentence):
    assert invented_names(sentence, GROUND) == []


@pytest.mark.parametrize(
    ("sentence", "invented"),
    [
        ("Will Osmark agree?", ["Osmark"]),
        ("Will Anna Berg agree?", ["Anna Berg"]),
        ("Will the Halvik Council agree?", []),  # "council" is no name: it is written small too
        ("Will Peter Moe and Acme Coin agree?", ["Acme", "Coin", "Peter Moe"]),
        ("Osmark must agree", ["Osmark"]),
    ],
)
def test_other_names_are_invented(sentence, invented):
    assert invented_names(sentence, GROUND) == invented


@pytest.mark.parametrize(
    "sentence",
    [
        "have 41 spans",
        "have three members",
        "have 3 members",
        "sell two ships",
        "exceed $10.7 billion",
        "grow by 4 percent",
        "give 1200 jobs",
        "hold the 8th meeting",
        "be one of the first",
    ],
)
def test_numbers_of_the_article_are_known(sentence):
    assert invented_numbers(sentence, GROUND) == []


@pytest.mark.parametrize(
    ("sentence", "invented"),
    [
        ("have 42 spans", ["42"]),
        ("have five members", ["five members"]),
        ("lose three percent of its members", ["three percent"]),
        ("exceed $10.7 million", ["$10.7 million"]),
        ("exceed €10.7 billion", ["€10.7 billion"]),
        ("grow by 41%", ["41%"]),
        ("hold the ninth meeting", ["ninth"]),
        ("open in 2031", ["2031"]),
        ("give 1,201 jobs, or 14 percent", ["1,201 jobs", "14 percent"]),
    ],
)
def test_other_numbers_are_invented(sentence, invented):
    assert invented_numbers(sentence, GROUND) == invented
