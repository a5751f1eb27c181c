import pytest
from django.core.management import call_command

from articles.models import StorySketch
from articles.services.ingest import ingest_text
from tests.articles.services.stories import BRIDGE, FERRY
from tests.instants import NOON

pytestmark = pytest.mark.django_db


def test_what_has_no_sketch_is_placed_once(eve, capsys):
    for text in (BRIDGE, FERRY):
        ingest_text(text=text, editor=eve, now=NOON)
    StorySketch.objects.all().delete()

    call_command("find_stories")
    call_command("find_stories")

    assert "Placed 2 versions." in (said := capsys.readouterr().out)
    assert "Everything has its place." in said
    assert StorySketch.objects.count() == 2
