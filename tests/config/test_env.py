from dataclasses import fields

import pytest
from django.core.exceptions import ImproperlyConfigured

from config.env import (
    Environment,
    broker_url,
    database_settings,
    read_environment,
    valkey_database,
)
from config.settings.base import shared_settings

SOUND = {
    "DATABASE_URL": "postgresql://oddsdesk:secret@db:5432/odds",
    "VALKEY_URL": "redis://valkey:6379",
    "DJANGO_SECRET_KEY": "k9" + "abcdefghijklmnopqrstuvwxyz" * 2,
    "ALLOWED_HOSTS": "odds.example.org, www.example.org",
    "BASE_URL": "https://odds.example.org/",
}


def test_what_is_set_is_read_with_its_type():
    environment = read_environment({**SOUND, "EMAIL_PORT": "25", "LOG_JSON": "no"})

    assert environment.allowed_hosts == ("odds.example.org", "www.example.org")
    assert environment.base_url == "https://odds.example.org"
    assert (environment.email_port, environment.log_json) == (25, False)


def test_what_is_not_set_has_its_default():
    assert read_environment(SOUND).email_port == 587


def test_a_module_may_know_better_defaults():
    assert read_environment({}, **{k.lower(): v for k, v in SOUND.items()}).email_port == 587


@pytest.mark.parametrize(
    ("name", "nonsense", "advice"),
    [
        ("DATABASE_URL", "sqlite:///odds.db", "only PostgreSQL"),
        ("DATABASE_URL", "postgresql://host", "name the database"),
        ("VALKEY_URL", "http://valkey", "redis://host:6379"),
        ("DJANGO_SECRET_KEY", "short", "at least 50 random characters"),
        ("DJANGO_SECRET_KEY", "a" * 60, "at least 50 random characters"),
        ("BASE_URL", "odds.example.org", "scheme and host only"),
        ("BASE_URL", "https://odds.example.org/path", "scheme and host only"),
        ("LOG_JSON", "perhaps", "true or false"),
        ("EMAIL_PORT", "-1", "whole number"),
        ("EMAIL_PORT", "٥", "whole number"),
        ("LLM_URL", "localhost:8080", "the address of the API"),
        ("LLM_URL", "https://", "the address of the API"),
        ("LLM_URL", "https://key@model.example/v1", "the address of the API"),
        ("LLM_URL", "https://model.example:port/v1", "LLM_URL"),
        ("LLM_URL", "https://model.example/v1/chat/completions", "leave out"),
        ("LLM_URL", "https://model.example/v1?key=1", "leave out"),
        ("LLM_MODEL", "m" * 121, "at most 120"),
        ("LLM_API_KEY", "two words", "the key alone"),
        ("LLM_API_KEY", "sk-\nX-Evil:1", "the key alone"),
        ("LLM_TIMEOUT_SECONDS", "4", "from 5 to 180"),
        ("LLM_TIMEOUT_SECONDS", "181", "from 5 to 180"),
        ("LLM_TOKENS_MAX", "100000", "from 200 to 32000"),
        ("LLM_TOKENS_A_DAY", "-1", "whole number"),
    ],
)
def test_nonsense_is_refused_with_advice(name, nonsense, advice):
    with pytest.raises(ImproperlyConfigured, match=advice) as refused:
        read_environment({**SOUND, name: nonsense})

    assert name in str(refused.value)


def test_without_an_address_no_language_model_is_asked():
    environment = read_environment({**SOUND, "LLM_TOKENS_A_DAY": "1"})

    assert (environment.llm_url, environment.llm_model, environment.llm_api_key) == ("", "", "")


def test_a_language_model_is_named_by_address_and_name():
    named = {"LLM_URL": "http://10.0.0.7:8080/v1/", "LLM_MODEL": "small-news-8b"}

    assert read_environment({**SOUND, **named}).llm_url == "http://10.0.0.7:8080/v1"

    with pytest.raises(ImproperlyConfigured, match="LLM_MODEL: is not set, although LLM_URL is"):
        read_environment({**SOUND, "LLM_URL": named["LLM_URL"]})
    with pytest.raises(ImproperlyConfigured, match="LLM_TOKENS_A_DAY: give at least 72000"):
        read_environment({**SOUND, **named, "LLM_TOKENS_A_DAY": "71999"})


def test_the_key_of_a_language_model_may_come_from_an_empty_file(tmp_path):
    (tmp_path / "key").write_text("")

    environment = read_environment({**SOUND, "LLM_API_KEY_FILE": str(tmp_path / "key")})

    assert environment.llm_api_key == ""


def test_every_fault_is_named_at_once():
    with pytest.raises(ImproperlyConfigured) as refused:
        read_environment({})

    for name in SOUND:
        assert f"{name}: is not set" in str(refused.value)


def test_a_secret_may_come_from_a_file(tmp_path):
    secret = tmp_path / "key"
    secret.write_text(SOUND["DJANGO_SECRET_KEY"] + "\n")
    without = {name: value for name, value in SOUND.items() if name != "DJANGO_SECRET_KEY"}

    environment = read_environment({**without, "DJANGO_SECRET_KEY_FILE": str(secret)})

    assert environment.django_secret_key == SOUND["DJANGO_SECRET_KEY"]


def test_a_missing_secret_file_is_refused(tmp_path):
    without = {name: value for name, value in SOUND.items() if name != "DJANGO_SECRET_KEY"}

    with pytest.raises(ImproperlyConfigured, match="DJANGO_SECRET_KEY"):
        read_environment({**without, "DJANGO_SECRET_KEY_FILE": str(tmp_path / "none")})


def test_every_setting_says_what_it_is_for():
    for setting in fields(Environment):
        assert setting.metadata["sentence"].endswith("."), setting.name


def test_a_database_url_becomes_djangos_entry():
    assert database_settings("postgresql://ann:s%40cret@db:5433/odds?sslmode=require") == {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "odds",
        "USER": "ann",
        "PASSWORD": "s@cret",
        "HOST": "db",
        "PORT": "5433",
        "OPTIONS": {"sslmode": "require", "prepare_threshold": 0},
    }


def test_a_database_may_be_behind_a_socket():
    entry = database_settings("postgresql:///odds?host=/run/odds&user=ann")

    assert (entry["HOST"], entry["USER"], entry["PORT"]) == ("/run/odds", "ann", "")


@pytest.mark.parametrize(
    ("url", "cache", "queue"),
    [
        ("redis://valkey:6379", "redis://valkey:6379?db=1", "redis://valkey:6379/0"),
        ("unix:///v.sock", "unix:///v.sock?db=1", "redis+socket:///v.sock?virtual_host=0"),
    ],
)
def test_cache_and_queue_share_valkey_in_databases_of_their_own(url, cache, queue):
    assert valkey_database(url, 1) == cache
    assert broker_url(url) == queue


@pytest.mark.parametrize(("behind_a_proxy", "trusted"), [("true", 1), ("false", 0)])
def test_visitors_are_told_apart_behind_a_proxy_and_only_there(behind_a_proxy, trusted):
    environment = read_environment({**SOUND, "SECURE_PROXY": behind_a_proxy})

    assert shared_settings(environment)["ALLAUTH_TRUSTED_PROXY_COUNT"] == trusted
