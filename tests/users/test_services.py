"""API keys: shown once, kept as a hash, recognised while they are valid."""

from datetime import timedelta

import pytest

from tests.instants import NOON
from users.models import ApiKey, Scope, User
from users.services import issue_api_key, recognise_api_key, revoke_api_key


@pytest.fixture
def issued(alice: User) -> tuple[ApiKey, str]:
    return issue_api_key(user=alice, label="newsroom", scopes=[Scope.TRADE, Scope.READ], now=NOON)


def test_a_key_spells_its_scheme_its_prefix_and_its_secret(issued):
    key, spelled = issued

    scheme, prefix, secret = spelled.split("_")

    assert scheme == "odk"
    assert prefix == key.prefix
    assert len(prefix) == 12
    assert len(secret) == 64


def test_the_secret_is_kept_nowhere(issued):
    key, spelled = issued

    key.refresh_from_db()

    assert spelled.rpartition("_")[2] not in str(vars(key))
    assert key.secret_sha256 != spelled.rpartition("_")[2]


def test_a_key_keeps_its_label_and_its_scopes_in_order(issued):
    key, _ = issued

    assert key.label == "newsroom"
    assert key.scopes == ["read", "trade"]


def test_a_valid_key_is_recognised_with_its_user(issued, alice, django_assert_num_queries):
    key, spelled = issued

    with django_assert_num_queries(2):  # the key with its user; when it was last used
        found = recognise_api_key(presented=spelled, now=NOON)

    assert found == key
    assert found.user == alice


def test_the_last_use_is_written_down_at_most_once_a_minute(issued, django_assert_num_queries):
    key, spelled = issued
    recognise_api_key(presented=spelled, now=NOON)

    with django_assert_num_queries(1):
        recognise_api_key(presented=spelled, now=NOON + timedelta(seconds=59))
    with django_assert_num_queries(2):
        recognise_api_key(presented=spelled, now=NOON + timedelta(seconds=60))

    key.refresh_from_db()
    assert key.last_used_at == NOON + timedelta(seconds=60)


@pytest.mark.parametrize(
    "mangle",
    [
        lambda spelled: spelled[:-1] + ("0" if spelled[-1] != "0" else "1"),
        lambda spelled: spelled.replace("odk", "odx"),
        lambda spelled: spelled.replace("_", "-"),
        lambda spelled: "odk_" + spelled,
        lambda spelled: spelled.rpartition("_")[0] + "_",
        lambda spelled: "odk__" + spelled.rpartition("_")[2],
        lambda spelled: spelled.upper(),
        lambda spelled: "",
        lambda spelled: "odk_\x00_secret",
    ],
    ids=[
        "other secret", "other scheme", "hyphens", "scheme twice", "no secret", "no prefix",
        "upper case", "empty", "nul",
    ],
)  # fmt: skip
def test_a_mangled_key_is_not_recognised_and_leaves_no_trace(issued, mangle):
    key, spelled = issued

    found = recognise_api_key(presented=mangle(spelled), now=NOON)

    assert found is None
    key.refresh_from_db()
    assert key.last_used_at is None


def test_a_key_expires_at_the_very_instant_that_it_names(alice):
    _, spelled = issue_api_key(
        user=alice, label="", scopes=[Scope.READ], now=NOON, expires_at=NOON + timedelta(hours=1)
    )

    just_before = recognise_api_key(
        presented=spelled, now=NOON + timedelta(hours=1, microseconds=-1)
    )
    at_the_instant = recognise_api_key(presented=spelled, now=NOON + timedelta(hours=1))

    assert just_before is not None
    assert at_the_instant is None


def test_a_revoked_key_is_not_recognised(issued):
    key, spelled = issued

    revoke_api_key(key=key, now=NOON)

    assert recognise_api_key(presented=spelled, now=NOON) is None


def test_revoking_twice_keeps_the_first_instant(issued):
    key, _ = issued

    revoke_api_key(key=key, now=NOON)
    revoke_api_key(key=key, now=NOON + timedelta(days=1))

    key.refresh_from_db()
    assert key.revoked_at == NOON


def test_the_keys_of_a_deactivated_user_are_not_recognised(issued, alice):
    _, spelled = issued

    User.objects.filter(pk=alice.pk).update(is_active=False)

    assert recognise_api_key(presented=spelled, now=NOON) is None


def test_two_keys_of_one_user_are_told_apart(alice):
    first, first_spelled = issue_api_key(user=alice, label="1", scopes=[Scope.READ], now=NOON)
    second, second_spelled = issue_api_key(user=alice, label="2", scopes=[Scope.READ], now=NOON)

    revoke_api_key(key=first, now=NOON)

    assert recognise_api_key(presented=first_spelled, now=NOON) is None
    assert recognise_api_key(presented=second_spelled, now=NOON) == second


def test_a_key_shows_its_prefix_and_never_its_secret(issued):
    key, _ = issued

    assert str(key) == f"odk_{key.prefix}_…"
