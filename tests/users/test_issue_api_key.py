import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from users.models import ApiKey
from users.services import recognise_api_key

pytestmark = pytest.mark.django_db


def test_the_printed_key_is_its_owners_and_may_read_forecast_and_trade(alice, capsys):
    call_command("issue_api_key", "Alice@example.com")

    key = recognise_api_key(presented=capsys.readouterr().out.strip(), now=timezone.now())
    assert key.user == alice
    assert key.scopes == ["forecast", "read", "trade"]
    assert key.expires_at is None


def test_scopes_and_days_are_as_asked_for(alice, capsys):
    call_command("issue_api_key", "alice@example.com", "--scope", "read", "--days", "7")

    key = ApiKey.objects.get()
    assert key.scopes == ["read"]
    assert (key.expires_at - key.created_at).days == 7


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        (["nobody@example.com"], "Nobody signs in"),
        (["alice@example.com", "--days", "0"], "at least one day"),
    ],
)
def test_a_refused_key_is_not_written(alice, arguments, advice):
    with pytest.raises(CommandError, match=advice):
        call_command("issue_api_key", *arguments)

    assert not ApiKey.objects.exists()
