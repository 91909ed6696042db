"""Each answer of X means one error; wordings and hosts may vary."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st

from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError, UnknownOutcome
from leadbot.x.limits import Limits, opens_at, route_of
from leadbot.x.refusals import Answer, RateLimited, error_for, error_for_failure, json_object

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
SOON, LATER, PAST = (str(int((NOW + timedelta(seconds=s)).timestamp())) for s in (60, 3600, -60))


def refused(
    status: int, *, is_write: bool = True, headers: dict[str, str] | None = None, **body: Any
) -> LeadbotError:
    return error_for(Answer(status, headers or {}, body, ""), now=NOW, is_write=is_write)


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, "duplicate"),
        (403, {"detail": "You can only reply to or quote posts where you are mentioned …"}, "not_summoned"),
        (403, {"detail": "… because you have not been mentioned or otherwise engaged by …"}, "not_summoned"),
        (403, {"detail": "You attempted to reply to a Tweet that is deleted or not visible"}, "parent_gone"),
        (403, {"detail": "Your Tweet text is too long."}, "too_long"),
        (400, {"errors": [{"message": "Tweet needs to be a bit shorter."}]}, "too_long"),
        (400, {"errors": [{"message": "One or more parameters was invalid."}]}, "bad_request"),
        (400, {"errors": "junk"}, "bad_request"),
        (403, {}, "forbidden"),
        (403, {"detail": "You have been blocked from the author"}, "blocked"),
        (404, {}, "not_found"),
        (302, {}, "unexpected_status"),
    ],
)
def test_a_refusal_for_good_has_a_short_name(status: int, body: dict[str, Any], reason: str) -> None:
    error = refused(status, **body)
    assert isinstance(error, PermanentError)
    assert not isinstance(error, AccountError)
    assert error.reason == reason


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        (401, {}, "unauthorized"),
        (402, {"title": "CreditsDepleted"}, "credits"),
        (403, {"type": "https://api.twitter.com/2/problems/unsupported-authentication"}, "account_forbidden"),
        (403, {"type": "https://api.x.com/2/problems/client-forbidden"}, "account_forbidden"),
        (403, {"detail": "Your account is suspended and is not permitted"}, "account_forbidden"),
        (
            403,
            {"detail": "… not configured with the appropriate oauth1 app permissions"},
            "account_forbidden",
        ),
        (429, {"title": "UsageCapExceeded"}, "usage_cap"),
        (429, {"type": "https://api.x.com/2/problems/usage-capped"}, "usage_cap"),
    ],
)
def test_what_concerns_the_whole_account_is_an_account_error(
    status: int, body: dict[str, Any], reason: str
) -> None:
    error = refused(status, **body)
    assert isinstance(error, AccountError)
    assert error.reason == reason


@pytest.mark.parametrize("status", [500, 502, 503, 504, 520])
def test_a_server_error_is_unknown_for_a_write_and_transient_for_a_read(status: int) -> None:
    assert isinstance(refused(status), UnknownOutcome)
    assert isinstance(refused(status, is_write=False), TransientError)


@pytest.mark.parametrize(
    ("headers", "at"),
    [
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": SOON}, SOON),
        ({"x-rate-limit-reset": SOON}, SOON),
        (
            {
                "x-rate-limit-remaining": "40",
                "x-rate-limit-reset": SOON,
                "x-user-limit-24hour-remaining": "0",
                "x-user-limit-24hour-reset": LATER,
            },
            LATER,
        ),
        (
            {
                "x-rate-limit-remaining": "0",
                "x-rate-limit-reset": SOON,
                "x-app-limit-24hour-remaining": "0",
                "x-app-limit-24hour-reset": LATER,
            },
            LATER,
        ),
        ({"x-rate-limit-remaining": "40", "x-rate-limit-reset": SOON}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": PAST}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "soon"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "9" * 15}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "9" * 5000}, None),
        ({}, None),
    ],
)
def test_a_429_opens_when_the_last_used_up_window_does(headers: dict[str, str], at: str | None) -> None:
    error = refused(429, headers=headers)
    assert isinstance(error, RateLimited)
    assert error.retry_at == (datetime.fromtimestamp(int(at), UTC) if at else None)


@given(
    st.dictionaries(
        st.sampled_from(["x-rate-limit-reset", "x-rate-limit-remaining", "x-user-limit-24hour-reset"]),
        st.text(),
    )
)
def test_no_header_breaks_the_reading_of_limits(headers: dict[str, str]) -> None:
    opens_at(headers, NOW)


@pytest.mark.parametrize("content", [b"", b"[]", b"7", b"<html>", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_object_is_none(content: bytes) -> None:
    assert json_object(content) is None


def test_a_read_that_fails_is_always_transient() -> None:
    assert isinstance(error_for_failure(requests.ReadTimeout(), is_write=False), TransientError)
    assert isinstance(error_for_failure(requests.ReadTimeout(), is_write=True), UnknownOutcome)
    assert isinstance(error_for_failure(requests.ConnectTimeout(), is_write=True), TransientError)


def test_limits_are_kept_by_owner_and_route() -> None:
    limits = Limits()
    limits.note("acme", "GET /2/users/me", {"x-rate-limit-limit": "75", "x-rate-limit-remaining": "74"})
    limits.note("acme", "GET /2/users/me", {})
    window = limits.window("acme", "GET /2/users/me")
    assert window is not None
    assert (window.limit, window.remaining, window.reset_at) == (75, 74, None)
    assert limits.window("acme", "GET /2/users/me", "user_day") is None
    assert limits.as_json()["acme"]["GET /2/users/me"]["15min"]["remaining"] == 74


def test_a_route_has_no_ids_in_it() -> None:
    assert route_of("GET", "/2/users/1100000000000000001/mentions") == "GET /2/users/:id/mentions"
    assert route_of("DELETE", "/2/tweets/1990000000000000101") == "DELETE /2/tweets/:id"
    assert route_of("POST", "/2/tweets") == "POST /2/tweets"
