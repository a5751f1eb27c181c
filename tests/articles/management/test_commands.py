import pytest
from django.core.management import CommandError, call_command

from articles.models import Article, ArticleVersion, Draft, Source
from tests.articles.services.models import (
    BRIDGE_SENTENCE,
    FERRY_SENTENCE,
    KEY,
    MODEL,
    in_json,
    question,
    questions,
    quotes,
    scripted_model,
    verdicts,
)
from tests.articles.services.stories import (
    BOT_WALL,
    BRIDGE,
    BRIDGE_TITLE,
    FERRY,
    GERMAN,
    RAILWAY,
    news_article,
    page,
)
from tests.instants import NOON

pytestmark = pytest.mark.django_db

QUESTION = "Will the bridge over the Halvik strait open to traffic by 30 June 2027?"


@pytest.fixture(autouse=True)
def _noon(time_machine, monkeypatch):
    time_machine.move_to(NOON, tick=False)
    monkeypatch.setenv("COLUMNS", "200")


@pytest.fixture
def saved(tmp_path):
    def save(content, name="article"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return save


def rows():
    return [model.objects.count() for model in (Source, Article, ArticleVersion, Draft)]


def refusal_of(*arguments, **options):
    with pytest.raises(CommandError) as refusal:
        call_command(*arguments, **options)
    assert rows() == [0, 0, 0, 0]
    return str(refusal.value), refusal.value.returncode


def test_ingest_stores_a_text_and_shows_its_drafts(saved, eve, capsys):
    call_command("ingest", saved(BRIDGE), url="https://post.example/b", editor="EVE@example.com")

    shown = capsys.readouterr().out
    article = Article.objects.get()
    assert (article.title, article.added_by, article.added_at) == (BRIDGE_TITLE, eve, NOON)
    assert article.url == "https://post.example/b"
    assert f"article {article.pk}, version 1: stored" in shown
    assert "20 November 2026 (from text)" in shown
    assert QUESTION in shown


def test_ingest_says_when_an_article_was_here_already(saved, capsys):
    call_command("ingest", saved(BRIDGE))
    call_command("ingest", saved(BRIDGE))

    assert "version 1: it was here already" in capsys.readouterr().out
    assert Article.objects.get().added_by is None


def test_ingest_tells_a_page_from_a_text_by_what_is_in_it(saved, capsys):
    call_command("ingest", saved(page(linked=news_article()), "article.txt"))

    article = Article.objects.get()
    assert (article.author, article.published_origin) == ("Ingrid Moe", "json-ld")
    assert "20 November 2026, 07:30 UTC (from json-ld)" in capsys.readouterr().out


def test_ingest_shows_why_a_page_is_not_drafted(saved, capsys):
    call_command("ingest", saved(BOT_WALL))

    shown = capsys.readouterr().out
    assert "bot wall" in shown
    assert "No drafts" in shown


def test_draft_shows_passages_and_drafts_and_stores_nothing(saved, capsys):
    call_command("draft", saved(BRIDGE))

    shown = capsys.readouterr().out
    assert "nothing is stored" in shown
    assert "expected_to" in shown
    assert QUESTION in shown
    assert rows() == [0, 0, 0, 0]


@pytest.mark.parametrize("command", ["draft", "ingest"])
def test_a_number_is_shown_with_its_range_and_last_value_and_a_date_with_its_months(
    command, saved, capsys
):
    call_command(command, saved(RAILWAY))

    shown = " ".join(capsys.readouterr().out.split())
    assert "type numeric range 7 to 16 billion US dollars in 11 bins" in shown
    assert "last value 10.7 billion US dollars" in shown
    assert "type date range 1 November 2026 to 1 October 2027 in 12 bins, open after" in shown


def test_draft_reads_pages_and_does_not_draft_what_it_would_not_store(saved, capsys):
    call_command("draft", saved(page(body=GERMAN, language="de")))

    shown = capsys.readouterr().out
    assert "language de" in shown
    assert "made from articles in English" in shown


def test_draft_says_when_a_date_is_not_known(saved, capsys):
    call_command("draft", saved(FERRY))

    assert "unknown; taken as 22 November 2026, when it arrived" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["ingest", "draft"])
def test_a_refusal_is_a_sentence_with_a_code_and_exit_code_one(command, saved):
    assert refusal_of(command, saved("too short")) == (
        "This is too short for an article; paste the whole text of it. [text_too_short]",
        1,
    )


@pytest.mark.parametrize("command", ["ingest", "draft"])
def test_an_address_is_fetched_by_the_strict_guard(command):
    sentence, code = refusal_of(command, "http://127.0.0.1/")

    assert sentence.endswith("[address_refused]")
    assert code == 1


def test_an_address_is_not_fetched_where_fetching_is_off(settings):
    settings.ARTICLES_FETCHING = False

    assert refusal_of("ingest", "https://post.example/b")[0].endswith("[fetching_is_off]")


@pytest.mark.parametrize("command", ["ingest", "draft"])
def test_a_file_that_cannot_be_read_ends_with_exit_code_two(command, tmp_path):
    sentence, code = refusal_of(command, str(tmp_path / "nowhere.txt"))

    assert "No such file or directory" in sentence
    assert code == 2


def test_a_stranger_cannot_be_named_as_editor(saved, alice):
    for email in ("alice@example.com", "nobody@example.com"):
        assert refusal_of("ingest", saved(BRIDGE), editor=email) == (
            f"There is no editor with the email {email}.",
            2,
        )


def test_an_address_takes_no_second_address():
    _, code = refusal_of("ingest", "https://post.example/b", url="https://post.example/c")

    assert code == 2


@pytest.fixture
def model(settings):
    with scripted_model() as running:
        settings.LLM_URL, settings.LLM_MODEL, settings.LLM_API_KEY = running.url, MODEL, KEY
        yield running


def test_draft_asks_the_language_model_and_shows_what_it_said_and_cost(model, saved, capsys):
    opening = question(
        title="Will the bridge over the Halvik strait open to traffic by 30 June 2027?",
        condition="the bridge must open to traffic",
        deadline="2027-06-30",
    )
    model.will(
        quotes(BRIDGE_SENTENCE, FERRY_SENTENCE, "The swans will open the bridge by then."),
        questions(opening, question(passage=2)),
        verdicts(True, True),
    )

    call_command("draft", saved(BRIDGE), model=True)

    shown = " ".join(capsys.readouterr().out.split())
    assert question()["title"] in shown
    assert "language_model small-news-8b, score" in shown
    assert "agrees language model small-news-8b" in shown
    assert "Language model small-news-8b" in shown
    assert "3 300 60" in shown
    assert "quote_not_found" in shown
    assert KEY not in shown
    assert rows() == [0, 0, 0, 0]


def test_draft_does_not_ask_the_language_model_unless_it_is_told_to(model, saved):
    call_command("draft", saved(BRIDGE))

    assert model.asked == []


def test_draft_says_when_no_language_model_is_configured(saved):
    sentence, code = refusal_of("draft", saved(BRIDGE), model=True)

    assert sentence.endswith("set LLM_URL and LLM_MODEL. [model_is_off]")
    assert code == 1


def test_draft_says_when_the_language_model_fails(model, saved):
    model.will(in_json({}, status=401))

    sentence, code = refusal_of("draft", saved(BRIDGE), model=True)

    assert sentence.endswith("[model_misconfigured]")
    assert code == 1


def test_the_language_model_is_not_asked_about_what_would_not_be_drafted(model, saved, capsys):
    call_command("draft", saved(page(body=GERMAN, language="de")), model=True)

    assert "made from articles in English" in capsys.readouterr().out
    assert model.asked == []
