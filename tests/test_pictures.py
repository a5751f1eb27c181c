"""Pictures that are drawn by code show what the code says now."""

from pathlib import Path

from docs.images.market_maker import picture

IMAGES = Path(__file__).resolve().parents[1] / "docs" / "images"


def test_the_picture_of_the_market_maker_is_the_one_that_its_program_draws():
    assert (IMAGES / "market-maker.svg").read_text() == picture() + "\n"
