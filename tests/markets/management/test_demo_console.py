"""`manage.py demo`: the main job on the console, paid by a real Celery worker."""

import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, Draft, DraftFate
from markets.management.demo.paper import Paper, read_paper
from markets.management.demo.show import drafts_of, why_no_draft
from markets.models import Citation, Order, Question, Score, Settlement, SettlementState
from markets.queries.ledger import audit
from tests.instants import NOON
from tests.processes import environment
from users.models import User

FORECASTABLE = """Ferry to the islands

The Harwick Electric Ferry is expected to enter service by 30 September 2031, the operator said on
Monday. It will carry 120 cars to the Outer Islands and back, four times a day in summer and twice
in winter.

The old ship burns nine tons of oil a day and has no lift. Islanders have asked for another one
since the last great storm, when the pier at the northern end lost its roof. "We do not need a
beautiful ship," the harbour master said. "We need one that sails on Tuesdays."
"""
ESSAY = """On walking

There is a pleasure in walking that has nothing to do with arriving. My grandfather used to say
that a road is a kind of conversation, and that one should not interrupt it. I have thought about
this often, and I have never known what he meant. Perhaps that is what made it worth saying.

He walked every morning to the mill and back, long after there was any flour to fetch. People
greeted him and forgot to ask. When he died they said that the road looked longer.
"""
SHORT = """The ferry to the islands sails on Tuesdays and on Fridays, and it comes back on the next
morning unless there is a storm, in which case it stays where it is and waits for the weather."""
GERMAN = """Die neue Fähre

Die elektrische Fähre nach den Inseln soll bis zum 30. September 2031 den Betrieb aufnehmen, sagte
die Reederei am Montag. Sie wird 120 Autos tragen, im Sommer viermal und im Winter zweimal am Tag.
Das alte Schiff verbraucht neun Tonnen Öl am Tag und hat keinen Aufzug. Die Leute auf den Inseln
wünschen sich seit dem letzten großen Sturm ein anderes, denn damals verlor der Steg am nördlichen
Ende sein Dach. Wir brauchen kein schönes Schiff, sagte der Hafenmeister, sondern eines, das auch
am Dienstag fährt.
"""


@pytest.fixture
def _worker_sees_this_database(monkeypatch):
    for name, value in environment().items():
        monkeypatch.setenv(name, value)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_worker_sees_this_database")
def test_an_article_becomes_odds_that_a_real_worker_pays_and_scores_and_does_so_again(
    tmp_path, capsys
):
    file = tmp_path / "ferry.txt"
    file.write_text(FORECASTABLE)

    for times in (1, 2):
        call_command("demo", article=file)

        printed = capsys.readouterr().out
        assert "The audit is clean" in printed
        assert "Will the Harwick Electric Ferry enter service by 30 September 2031?" in printed
        assert list(Question.objects.values_list("status", flat=True)) == ["final"] * times
        states = Settlement.objects.values_list("state", flat=True)
        assert list(states) == [SettlementState.SCORED] * times

    assert audit() == []
    assert Article.objects.count() == 1
    assert Draft.objects.get().fate == DraftFate.TAKEN_UP
    assert Citation.objects.values_list("question_id").distinct().count() == 2
    assert Score.objects.exists()
    assert Order.objects.exists()
    assert not User.objects.exclude(name__startswith="demo-").exists()
    assert not any(user.has_usable_password() for user in User.objects.all())


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("_worker_sees_this_database")
def test_an_article_without_a_draft_is_said_to_have_none_and_the_show_goes_on(tmp_path, capsys):
    file = tmp_path / "walking.txt"
    file.write_text(ESSAY)

    call_command("demo", article=file)

    printed = " ".join(capsys.readouterr().out.split())
    assert "No question came out of walking.txt: no sentence in it says something" in printed
    assert "The audit is clean" in printed
    assert Article.objects.count() == 3
    assert Question.objects.filter(status="final").count() >= 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ESSAY, "no sentence in it says something about the future that could be decided."),
        (SHORT, "it was put aside as too short."),
        (GERMAN, "the drafting rules read English only."),
    ],
)
def test_the_reason_why_there_is_no_draft_is_told(text, reason):
    article = Paper(text.encode(), is_html=False).take_in(editor=None, now=NOON)

    assert drafts_of([article]) == []
    assert why_no_draft(article) == reason


@pytest.mark.django_db
def test_a_text_in_an_old_encoding_is_read_as_it_was_written():
    written = ESSAY.replace("conversation", "café")

    article = Paper(written.encode("cp1252"), is_html=False).take_in(editor=None, now=NOON)

    assert "a kind of café," in article.versions.get().text


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("missing.txt", None, "cannot be read: No such file"),
        ("empty.txt", b"", "is no article"),
        ("picture.png", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "is no article"),
    ],
)
def test_a_file_that_is_no_article_ends_the_show_with_a_sentence(tmp_path, name, content, sentence):
    file = tmp_path / name
    if content is not None:
        file.write_bytes(content)

    with pytest.raises(CommandError, match=sentence):
        call_command("demo", article=file)

    assert not Question.objects.exists()
    assert not Article.objects.exists()


@pytest.mark.parametrize(
    ("name", "content", "is_html"),
    [
        ("a.txt", b"The ferry sails.", False),
        ("a.html", b"The ferry sails.", True),
        ("a", b"\n <!DOCTYPE HTML><title>Ferry</title>", True),
        ("a.txt", b"5 < 6 and 7 > 6", False),
    ],
)
def test_a_file_is_a_page_by_its_name_or_by_its_first_words(tmp_path, name, content, is_html):
    file = tmp_path / name
    file.write_bytes(content)

    assert read_paper(file) == Paper(content, is_html)
