"""Lint on the console: a file in, a table out, and an exit code."""

import json

import pytest
import time_machine
from django.core.management import CommandError, call_command

from markets.core.question_lint.catalogue import tables
from markets.management.question_file import read_question
from tests.instants import NOON

SOUND = '''
title = "Will the Lark Bridge open to traffic by 1 March 2027?"
resolution_criteria = """
Resolves YES if the Lark Bridge is open to traffic by 23:59 UTC on 1 March 2027. Resolves NO \\
otherwise."""
resolution_sources = ["https://roads.example.org/lark-bridge"]
quote = "The bridge is expected to open by March."
closes_at = 2027-03-01T23:59:00Z
resolve_by = 2027-03-15
prior = [0.6, 0.4]
'''


@pytest.fixture(autouse=True)
def noon():
    with time_machine.travel(NOON, tick=False):
        yield


@pytest.fixture
def file(tmp_path, monkeypatch):
    """Write a file and return its name; the console is wide."""
    monkeypatch.setenv("COLUMNS", "200")

    def write(text, name="question.toml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return write


def test_a_sound_question_passes(file, capsys):
    call_command("lint_question", file(SOUND))

    said = capsys.readouterr().out
    assert "✓ Will the Lark Bridge open to traffic by 1 March 2027?" in said
    assert "None of 95 rules finds anything." in said


def test_errors_are_listed_with_their_words_and_the_exit_code_is_one(file, capsys):
    spoilt = SOUND.replace("by 1 March 2027?", "very soon and/or later?")

    with pytest.raises(CommandError) as refused:
        call_command("lint_question", file(spoilt))

    said = capsys.readouterr().out
    assert refused.value.returncode == 1
    assert str(refused.value) == "1 error: mend what is red."
    assert "1 error, 2 warnings" in said
    assert "T10" in said
    assert "…e Lark Bridge open to traffic very soon and/or later?" in said
    assert "Decide between" in said


def test_warnings_alone_are_no_failure(file, capsys):
    call_command("lint_question", file(SOUND.replace("Will the", "Could the", 1)))

    assert "1 warning" in capsys.readouterr().out


def test_the_lines_of_a_list_are_counted_from_one(file, capsys):
    call_command("lint_question", file(SOUND.replace("https://", "")))

    assert "resolution sources 1" in capsys.readouterr().out


def test_square_brackets_are_shown_as_they_are(file, capsys):
    with pytest.raises(CommandError):
        call_command("lint_question", file(SOUND.replace("1 March 2027?", "[DATE]?")))

    assert "by [DATE]?" in capsys.readouterr().out


def test_json_is_read_as_well(file, capsys):
    asked = {
        "title": "How many trains will cross the Lark Bridge in 2027?",
        "type": "numeric",
        "range": {"lower": 0, "upper": 500, "open_above": True},
        "resolution_criteria": "The trains that count are those in the register of 2027.",
        "closes_at": "2027-12-31T12:00:00+01:00",
    }

    call_command("lint_question", file(json.dumps(asked), "question.json"))

    assert "How many trains" in capsys.readouterr().out


def test_a_day_alone_is_its_last_second_and_no_zone_is_utc(tmp_path):
    path = tmp_path / "question.toml"
    path.write_text(
        'title = "?"\ntype = "date"\nresolve_by = 2027-03-15\ncloses_at = 2027-03-01T12:00:00\n'
        "range = {lower = 2027-01-01T00:00:00Z, upper = 1_900_000_000}\n"
    )

    found = read_question(path)

    assert found.resolve_by.isoformat() == "2027-03-15T23:59:59+00:00"
    assert found.closes_at.isoformat() == "2027-03-01T12:00:00+00:00"
    assert (found.range.lower, found.range.upper) == (1_798_761_600.0, 1_900_000_000.0)
    assert found.outcomes == ()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("title = ", "is not TOML: "),
        ("= \x00", "is not TOML: "),
        (b'title = "\xff"', "is not text in UTF-8."),
        ('resolution_criteria = "YES"', "A question has a title"),
        ("title = 3", "A question has a title"),
        ('title = "?"\ncriteria = "YES"', "There is no field 'criteria'. The fields are title,"),
        ('title = "?"\ntype = "poll"', "type is one of binary, multiple_choice, numeric, date"),
        ('title = "?"\noutcomes = "Yes"', "outcomes is a list of texts, not 'Yes'."),
        ('title = "?"\ncloses_at = "soon"', "closes_at is a time, not 'soon'."),
        ('title = "?"\ncloses_at = 3', "closes_at is a time such as 2027-03-01T23:59:00Z, not 3."),
        ('title = "?"\nprior = [true]', "prior takes numbers, not True."),
        ('title = "?"\nrange = {lower = 1}', "range needs lower and upper"),
        ('title = "?"\nfine_print = []', "fine_print is a text, not []."),
    ],
)
def test_a_file_that_holds_no_question_is_refused(file, text, sentence):
    with pytest.raises(CommandError) as refused:
        call_command("lint_question", file(text))

    assert sentence in str(refused.value)
    assert refused.value.returncode == 2


@pytest.mark.parametrize(
    ("text", "said"), [("[1]", "holds no question, but a list."), ("{", "JSON")]
)
def test_json_that_is_no_question_is_refused(file, text, said):
    with pytest.raises(CommandError, match=said):
        call_command("lint_question", file(text, "question.json"))


def test_a_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(CommandError, match="cannot be read: No such file or directory"):
        call_command("lint_question", str(tmp_path / "nothing.toml"))


def test_all_rules_are_printed_for_the_documentation(capsys):
    call_command("lint_question", "--rules")

    assert capsys.readouterr().out == tables() + "\n"


@pytest.mark.parametrize("arguments", [[], ["question.toml", "--rules"]])
def test_a_file_or_the_rules_one_of_the_two(arguments):
    with pytest.raises(CommandError, match=r"Name the file of a question, or say --rules\."):
        call_command("lint_question", *arguments)
