"""What a log line shows, and what it never does."""

import io
import logging
import logging.config

import pytest
import structlog

from config.logging import logging_settings


@pytest.mark.parametrize("as_json", [True, False])
def test_a_traceback_shows_lines_and_not_what_was_in_their_variables(as_json):
    written = io.StringIO()
    configured = logging_settings(level="INFO", as_json=as_json)
    formatter = dict(configured["formatters"]["structured"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(formatter.pop("()")(**formatter))
    logger = logging.getLogger("tests.logging")
    logger.addHandler(handler)
    try:
        _fail_with("terces-ks"[::-1])
    except ZeroDivisionError:
        structlog.get_logger("tests.logging").exception("something failed")
    finally:
        logger.removeHandler(handler)

    assert "ZeroDivisionError" in written.getvalue()
    assert "sk-secret" not in written.getvalue()


def _fail_with(key):
    return len(key) / 0
