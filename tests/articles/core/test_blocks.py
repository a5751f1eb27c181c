import pytest

from articles.core.blocks import LINES_MAX, BlockKind, find_blocks

STORY = (
    "The council of the harbour town met on Tuesday to look at the plans for a longer pier. "
    "Members asked for new figures."
)


def kinds(text: str) -> list[tuple[str, str]]:
    return [(block.kind.value, text[block.start : block.end]) for block in find_blocks(text)]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("3 hours ago7 min read1 comments", "noise"),
        ("By Joan Smith", "noise"),
        ("Published 18 November 2026", "noise"),
        ("© 2026 Example Ltd. All rights reserved.", "noise"),
        ("Terms of ServicePrivacy PolicyHelp Center", "noise"),
        ("Get weekly highlights and expert insights in your inbox.", "noise"),
        ("Loading comments...", "noise"),
        ("Photo: Joan Smith/Agency", "noise"),
        ("pier.png", "noise"),
        ("#harbour towns #sea", "tags"),
        ("Tags: harbour, sea", "tags"),
        ("Indicator | 2024 | 2025 |", "table_row"),
        ("Exports\t$5 billion", "table_row"),
        ("- The pier is to be longer by ten metres.", "bullet"),
        ("Share prices of the builder rose after the vote.", "prose"),
        ("Home sales along the coast fell after the vote.", "prose"),
        ("What the council decided on the night", "heading"),
    ],
)
def test_a_line_inside_a_story_is_told_by_its_form(line: str, kind: str) -> None:
    text = f"{STORY}\n\n{line}\n\n{STORY}"

    assert kinds(text)[1] == (kind, line)


def test_short_lines_before_the_story_are_navigation_and_its_title_is_not() -> None:
    text = f"Markets\nNews\n1. News\n2. /\nA longer pier for the town\nOL\n\n{STORY}"

    assert kinds(text) == [
        ("noise", "Markets"),
        ("noise", "News"),
        ("noise", "1. News"),
        ("noise", "2. /"),
        ("heading", "A longer pier for the town"),
        ("noise", "OL"),
        ("prose", STORY),
    ]


def test_everything_after_related_news_is_noise_but_for_the_tags() -> None:
    text = f"{STORY}\nRelated News\nAnother council is expected to meet in May.\n#sea\nMore"

    assert [kind for kind, _ in kinds(text)] == ["prose", "noise", "noise", "tags", "noise"]


def test_a_box_of_links_in_the_first_half_does_not_end_the_story() -> None:
    text = f"{STORY}\n\nRead more\nPier plans in pictures\n\n{STORY} {STORY}"

    assert [kind for kind, _ in kinds(text)] == ["prose", "noise", "noise", "prose"]


def test_a_list_at_the_end_is_part_of_the_story_and_titles_after_it_are_not() -> None:
    text = f"{STORY}\n- The pier is to be longer by ten metres.\n- Contact\nMore of this town"

    assert [kind for kind, _ in kinds(text)] == ["prose", "bullet", "noise", "noise"]


def test_a_word_of_the_menu_above_the_story_does_not_end_it() -> None:
    text = f"Comments\nTrending\n\n{STORY}"

    assert kinds(text)[-1] == ("prose", STORY)


def test_a_title_given_twice_around_its_age_is_another_story() -> None:
    title = "A rival town is to build a tunnel by 2030."
    text = f"{STORY}\n\n{title}\n2 weeks ago\n{title}\n\n{STORY}"

    assert [kind for kind, _ in kinds(text)] == ["prose", "noise", "noise", "noise", "prose"]


def test_a_paragraph_wrapped_at_a_margin_is_one_block() -> None:
    text = (
        "The council of the harbour town met on Tuesday to look at the\n"
        "plans for a longer pier. Members asked for new figures before\n"
        "they would vote, and the mayor promised to bring them along to\n"
        "the next meeting.\n"
    )

    assert kinds(text) == [("prose", text.strip())]


def test_lines_that_are_whole_paragraphs_stay_apart() -> None:
    text = f"{STORY}\n{STORY}"

    assert kinds(text) == [("prose", STORY), ("prose", STORY)]


def test_more_lines_than_an_article_has_are_not_read() -> None:
    blocks = find_blocks("a b c d e.\n" * (LINES_MAX + 5))

    assert len(blocks) == LINES_MAX
    assert blocks[0].kind is BlockKind.PROSE
