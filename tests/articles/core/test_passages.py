import pytest

from articles.core.passages import PASSAGES_MAX, Passage, find_passages
from tests.articles.core.corpus import NOON


def only(text: str) -> Passage:
    (passage,) = find_passages(text, NOON)
    return passage


@pytest.mark.parametrize(
    ("text", "rule", "family"),
    [
        ("Delta Bridge is expected to open in May 2027.", "expected_to", "expected"),
        ("The Delta Cup final is scheduled for 3 May 2027.", "scheduled_for", "expected"),
        ("The IMF expects Ghana to repay $2 billion in 2027.", "forecast_to", "expected"),
        ("Ghana has pledged to close the Volta mine by 2028.", "pledged_to", "pledged"),
        ("Ghana plans to close the Volta mine by 2028.", "plans_to", "pledged"),
        ("Ghana is planning to close the Volta mine by 2028.", "planning_to", "pledged"),
        ("Ghana unveiled plans to close the Volta mine by 2028.", "announced_plans_to", "pledged"),
        ("Ghana must close the Volta mine by 2028.", "must", "must"),
        ("Ghana has until 3 May 2027 to close the Volta mine.", "has_until", "must"),
        ("The Volta Dam is under construction in Ghana.", "under_construction", "pending"),
        ("The Volta Dam in Ghana is nearly finished.", "nearly_done", "pending"),
        ("The Volta Dam in Ghana is about 80% complete.", "share_done", "pending"),
        ("A ban on nets in Lake Volta is under review.", "under_consideration", "pending"),
        ("A pact between Ghana and Togo is being negotiated.", "under_negotiation", "pending"),
        ("Ghana is negotiating a trade deal with Togo.", "negotiating", "pending"),
        ("Ghana has applied to join the Sahel Union.", "applied_to_join", "joining"),
        ("Ghana seeks membership of the Sahel Union.", "applied_for_membership", "joining"),
        ("Togo said the Volta Dam would open in May 2027.", "said_would", "expected"),
        ("The Volta Dam should open in May 2027.", "should_happen", "expected"),
        ("Volta Air expects to open a base in Accra in May 2027.", "expects_to", "expected"),
        ("A judge gave Volta Air until 3 May 2027 to sell its base in Accra.", "has_until", "must"),
        ("Ghana has set 3 May 2027 as the date of the election.", "date_set", "expected"),
        ("Ghana decides on 3 May 2027 whether to ban nets.", "decides", "vote"),
        (
            "Volta Stars meet Accra Lions in the final of the Delta Cup on 3 May 2027.",
            "match_announced",
            "match",
        ),
        ("The contract with Volta Ferries expires on 3 May 2027.", "expires", "expiry"),
        ("The Volta Museum opens on 3 May 2027.", "opens", "opening"),
        ("Ghana's parliament votes on the Volta Act on 3 May.", "votes_on", "vote"),
        ("Copper output in Ghana could fall by 20% in 2027.", "may", "warning"),
        ("The 9th Volta Forum ended in Accra on Friday.", "next_in_series", "recurring"),
        ("Inflation in Ghana fell to 3.2% in October.", "indicator_stated", "indicator"),
    ],
)
def test_each_turn_of_phrase_is_recognised(text: str, rule: str, family: str) -> None:
    passage = only(text)

    assert (passage.rule, passage.family) == (rule, family)
    assert text[passage.start : passage.end] == text


@pytest.mark.parametrize(
    ("text", "subject", "predicate"),
    [
        ("Officials said the Delta Line will open in May 2027.", "the Delta Line", "open"),
        ("On Monday, Ghana agreed to cut Volta tolls by 20% in 2027.", "Ghana",
         "cut Volta tolls by 20%"),
        ("Tolls fell, and Ghana plans to close the Volta mine by 2028.", "Ghana",
         "close the Volta mine"),
        ("Ghana, Togo and Benin plan to open a border post in May 2027.", "Ghana, Togo and Benin",
         "open a border post"),
        ("Volta Air, the flag carrier, plans to resume flights to Accra in May.", "Volta Air",
         "resume flights to Accra"),
        ("Volta Air plans to fly to Accra, Lome and Cotonou in May 2027.", "Volta Air",
         "fly to Accra, Lome and Cotonou"),
        ("The Volta Bank (VB) will close 40 branches in May 2027.", "the Volta Bank",
         "close 40 branches"),
        ("Volta Air plans to resume flights to Accra in May because fuel is cheap.", "Volta Air",
         "resume flights to Accra"),
        ("The launch of the Volta 2 probe is due on 3 May 2027.", "the launch of the Volta 2 probe",
         "take place"),
        ("The verdict in the Volta trial is due on 3 May 2027.", "the verdict in the Volta trial",
         "be delivered"),
        ("Ghana's senate will vote on the Volta Act on 3 May 2027.", "Ghana's senate",
         "approve the Volta Act"),
        ("Ghana is in talks over a fishing agreement with Togo.", "Ghana",
         "sign a fishing agreement with Togo"),
    ],
)  # fmt: skip
def test_subject_and_predicate_are_cut_out_of_the_clause(
    text: str, subject: str, predicate: str
) -> None:
    passage = only(text)

    assert (passage.subject, passage.predicate) == (subject, predicate)


@pytest.mark.parametrize(
    ("before", "text", "subject"),
    [
        ("The Delta Company bought a mine in Ghana.", "It plans to reopen the mine in May 2027.",
         "the Delta Company"),
        ("Work began on the Volta Bridge in 2020.", "The bridge is expected to open in May 2027.",
         "the Volta Bridge"),
        ("Ghana's central bank met on Monday.", "The bank will publish its review in May 2027.",
         "Ghana's central bank"),
        ("A new link is the Volta Tunnel.", "Construction is expected to start in May 2027.",
         "construction of the Volta Tunnel"),
    ],
)  # fmt: skip
def test_what_a_pronoun_or_a_bare_noun_stands_for_is_named_and_flagged(
    before: str, text: str, subject: str
) -> None:
    passage = find_passages(f"{before} {text}", NOON)[-1]

    assert passage.subject == subject
    assert "coreference" in passage.flags


@pytest.mark.parametrize(
    "text",
    [
        "They plan to reopen the Volta mine in May 2027.",
        "Officials are expected to meet in May 2027.",
        "The project is expected to finish in May 2027.",
        "Nothing was said about when the deal and Ghana is expected to open in May 2027.",
        "Ghana was expected to open the Volta mine in May 2027.",
        "Ghana is not expected to open the Volta mine in May 2027.",
        "Ghana would have been expected to open the Volta mine by 2027.",
        "Ghana is expected to help its neighbours in 2027.",
        "Ghana is expected to be important in 2027.",
        "Ghana is expected to have a good year in 2027.",
        "Ghana is expected to announce it in 2027.",
        "Ghana could close the Volta mine.",
        "Ghana will close the Volta mine.",
        "Ghana will close the Volta mine after May 2028.",
        "Ghana's rule ends in May 2027.",
        "Is Ghana expected to open the Volta mine in May 2027?",
        "We expect Ghana to open the Volta mine in May 2027.",
        "The 2nd Volta Forum ended in Accra on Friday.",
        "The 9th biennial Volta Forum ended in Accra on Friday.",
        "The 9th Volta Forum is an idea.",
        "Inflation in Ghana was 3.2%.",
        "Sales of shirts rose to 300 in October.",
        "Ghana has applied to join.",
    ],
)
def test_the_gates_stay_shut_for_what_nobody_can_ask(text: str) -> None:
    assert find_passages(text, NOON) == []


def test_us_is_a_country_and_no_pronoun() -> None:
    assert only("The US plans to reopen the Delta mine in May 2027.").subject == "the US"
    assert only("WHO will publish its Volta report in May 2027.").subject == "WHO"


def test_the_source_is_whoever_states_it_and_not_whoever_guesses() -> None:
    stated = only("The Delta Line will open in May 2027, the transport ministry said.")
    according = only("According to Volta Rail, the Delta Line will open in May 2027.")
    guessed = only("The Delta Line will open in May 2027, analysts said.")

    assert stated.source == "the transport ministry"
    assert according.source == "Volta Rail"
    assert guessed.source == ""


def test_a_condition_is_flagged() -> None:
    passage = only("Ghana will close the Volta mine by May 2027 if Togo agrees.")

    assert passage.flags == ("conditional",)


def test_an_indicator_without_a_place_is_put_where_the_story_is() -> None:
    text = (
        "Ghana counts its trade\n\nGhana published new figures for the whole of its trade today. "
        "Exports rose to $4.1 billion in October."
    )

    passage = only(text)

    assert passage.subject == "exports in Ghana"
    assert passage.flags == ("place_assumed",)
    assert passage.measure is not None
    assert passage.measure.written == "$4.1 billion"


def test_candidates_are_people_and_not_places_parties_or_reporters() -> None:
    text = (
        "Ann Smith of the Green Party and former mayor Bo Chen are candidates in the mayoral "
        "election in Ghana on 3 May 2027. Eva Roth and Max Stein are candidates, the pollster said."
    )

    candidates = [p.candidates for p in find_passages(text, NOON) if p.rule == "candidates"]

    assert candidates == [("Ann Smith", "Bo Chen")]


def test_only_so_many_passages_are_looked_for() -> None:
    text = "Ghana plans to close the Volta mine by 2028. " * (PASSAGES_MAX + 50)

    assert len(find_passages(text, NOON)) == PASSAGES_MAX
