"""People on the desk: only a superuser changes what others may do, and nobody their own access."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.instants import NOON
from users.models import ApiKey, Scope, User
from users.services import issue_api_key, set_active, set_editor

pytestmark = pytest.mark.django_db


@pytest.fixture
def root(eve):
    eve.is_superuser = True
    eve.save()
    return eve


@pytest.fixture
def as_root(root):
    client = Client()
    client.force_login(root)
    return client


@pytest.fixture
def as_erin(erin):
    client = Client()
    client.force_login(erin)
    return client


def act(user, name):
    return reverse(f"admin:users_user_{name}", args=[user.pk])


def may(user):
    return tuple(User.objects.values_list("is_staff", "is_active").get(pk=user.pk))


@pytest.mark.parametrize(
    ("name", "before", "after", "sentence"),
    [
        ("appoint", (False, True), (True, True), "alice is an editor now."),
        ("dismiss", (True, True), (False, True), "alice is no longer an editor."),
        ("deactivate", (False, True), (False, False), "alice can no longer sign in."),
        ("reactivate", (False, False), (False, True), "alice can sign in again."),
    ],
)
def test_a_superuser_changes_what_somebody_may_do(as_root, alice, name, before, after, sentence):
    User.objects.filter(pk=alice.pk).update(is_staff=before[0], is_active=before[1])

    answer = as_root.post(act(alice, name), follow=True)

    assert [str(message) for message in answer.context["messages"]] == [sentence]
    assert may(alice) == after


@pytest.mark.parametrize("name", ["appoint", "dismiss", "deactivate", "reactivate"])
def test_an_editor_who_is_no_superuser_changes_nobody(as_erin, alice, name):
    answer = as_erin.post(act(alice, name))

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Only a superuser may change what others may do; ask one."
    ]
    assert may(alice) == (False, True)


@pytest.mark.parametrize("name", ["dismiss", "deactivate"])
def test_a_superuser_cannot_lock_themselves_out(as_root, root, name):
    answer = as_root.post(act(root, name))

    assert answer.status_code == 422
    assert answer.context["form"].non_field_errors() == [
        "Nobody takes away their own access; ask another superuser."
    ]
    assert may(root) == (True, True)


def test_the_page_of_an_act_says_what_it_means_and_does_nothing(as_root, alice):
    answer = as_root.get(act(alice, "deactivate"))

    assert "They are signed out everywhere" in answer.content.decode()
    assert may(alice) == (False, True)


def test_somebody_deactivated_is_signed_out_at_once(root, alice):
    client = Client()
    client.force_login(alice)

    set_active(user=alice, is_active=False, superuser=root)

    assert client.get("/portfolio/").status_code == 302
    assert client.get("/portfolio/")["Location"].startswith("/accounts/login/")


def test_a_dismissed_editor_finds_the_desk_closed(root, erin):
    client = Client()
    client.force_login(erin)

    set_editor(user=erin, is_editor=False, superuser=root)

    assert client.get(reverse("admin:index"))["Location"].startswith("/admin/login/")


def test_any_editor_revokes_a_key_that_leaked(as_erin, alice):
    key, _ = issue_api_key(user=alice, label="bot", scopes=[Scope.READ], now=NOON)
    page = reverse("admin:users_apikey_change", args=[key.pk])

    as_erin.get(page)
    untouched = ApiKey.objects.get().revoked_at
    answer = as_erin.post(page, follow=True)

    assert untouched is None
    assert [str(message) for message in answer.context["messages"]] == [
        "The key “bot” of alice is revoked."
    ]
    assert ApiKey.objects.get().revoked_at is not None


def test_the_secret_of_a_key_is_not_on_the_desk(as_erin, alice):
    key, spelled = issue_api_key(user=alice, label="bot", scopes=[Scope.READ], now=NOON)

    shown = as_erin.get(reverse("admin:users_apikey_change", args=[key.pk])).content.decode()

    assert key.secret_sha256 not in shown
    assert spelled.rpartition("_")[2] not in shown


@pytest.mark.parametrize(("name", "count"), [("user", 7), ("apikey", 7)])
def test_a_list_takes_the_same_queries_however_long_it_is(
    as_erin, alice, bob, django_assert_num_queries, name, count
):
    for user in (alice, bob):
        issue_api_key(user=user, label="bot", scopes=[Scope.READ], now=NOON)
    address = reverse(f"admin:users_{name}_changelist")
    as_erin.get(address)

    with django_assert_num_queries(count):
        as_erin.get(address)


def test_nobody_is_deleted_through_the_desk(as_root, alice):
    answer = as_root.post(reverse("admin:users_user_delete", args=[alice.pk]), {"post": "yes"})

    assert answer.status_code == 403
    assert User.objects.filter(pk=alice.pk).exists()
