"""X's refusals, told as errors of leadbot.

Rule of this file: look at the status, the last path segment of `type` and a list of phrases, never at an
exact text. Bodies differ between observers and over time (docs/x.md lists the sources); `type` comes with
both hosts.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError, UnknownOutcome
from leadbot.x.limits import UsedUp, opens_at

FORBIDDEN: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("duplicate", ("duplicate content", "already said that")),
    ("not_summoned", ("only reply to or quote", "not been mentioned", "otherwise engaged")),
    ("parent_gone", ("deleted or not visible", "tweet that is deleted", "post that is deleted")),
    ("blocked", ("been blocked",)),
    ("too_long", ("too long", "bit shorter", "exceeds the maximum", "character limit")),
)
"""Reason → phrases of a 403 or 400 body, lower case. What fits none is ``forbidden`` (403) or
``bad_request`` (400)."""

ACCOUNT_PHRASES = (
    "your account is suspended",
    "temporarily locked",
    "app permissions",
    "client-not-enrolled",
)
ACCOUNT_TYPES = ("unsupported-authentication", "client-forbidden", "oauth1-permissions")
"""A 403 that is about the account or the app as a whole. Any other 403 stops one reply only: a generic one
must never stop a brand."""

USAGE_TYPES = ("usage-capped",)


class RateLimited(TransientError):
    """X said 429. Without `retry_at` it did not say until when: wait longer than for a lost connection."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, whether or not it is JSON."""

    status: int
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    text: str
    is_json: bool = True

    @classmethod
    def of(cls, response: requests.Response) -> Answer:
        """Read a response; an HTML page or half a body is no error here."""
        body = json_object(response.content)
        return cls(
            response.status_code, response.headers, body or {}, response.text[:2000], is_json=body is not None
        )

    @property
    def words(self) -> str:
        """Title, detail and messages in one lower-case string, to look for phrases in."""
        errors = self.body.get("errors")
        problems = [one for one in errors if isinstance(one, dict)] if isinstance(errors, list) else []
        inner = [one.get(key) for one in problems for key in ("title", "detail", "message")]
        said = [self.body.get("title"), self.body.get("detail"), self.body.get("reason"), *inner]
        return " ".join(str(part) for part in said if part).lower()

    @property
    def problem(self) -> str:
        """The last path segment of X's problem type, such as ``usage-capped``."""
        return str(self.body.get("type") or "").rsplit("/", 1)[-1]

    def __str__(self) -> str:
        return f"HTTP {self.status} {self.words or self.text[:120]}".strip()


def error_for(answer: Answer, *, now: datetime, is_write: bool) -> LeadbotError:
    """The error that an answer other than success means. A 401 must have been confirmed by the caller."""
    why, status = str(answer), answer.status
    if status == 401:
        return AccountError("unauthorized", why)
    if status == 402:
        return AccountError("credits", why)
    if status == 429:
        return _too_many(answer, now)
    if status in (400, 403):
        return _refused(answer)
    if status == 404:
        return PermanentError("not_found", why)
    if status in (409, 425):
        return TransientError(why)
    if status == 408 or status >= 500:
        # The gateway answers 5xx for posts that were published too, so a write is never blindly sent again.
        return UnknownOutcome(why) if is_write else TransientError(why)
    return PermanentError("unexpected_status", why)


def error_for_failure(failure: Exception, *, is_write: bool) -> LeadbotError:
    """The error that a request without an answer means."""
    if isinstance(failure, UsedUp):
        return RateLimited(str(failure), retry_at=failure.retry_at)
    why = type(failure).__name__
    return UnknownOutcome(why) if is_write and not was_never_sent(failure) else TransientError(why)


def was_never_sent(failure: Exception) -> bool:
    """Whether the connection failed before any byte of the request left."""
    if isinstance(failure, (requests.exceptions.ConnectTimeout, requests.exceptions.ProxyError)):
        return True
    cause = getattr(failure.args[0], "reason", None) if failure.args else None
    if isinstance(cause, NewConnectionError):
        return True
    # Any other SSLError may strike while the answer is being read.
    return isinstance(failure, requests.exceptions.SSLError) and "CERTIFICATE_VERIFY_FAILED" in str(failure)


def json_object(content: bytes) -> Mapping[str, Any] | None:
    """A body as a JSON object; None if it is anything else."""
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return body if isinstance(body, dict) else None


def _too_many(answer: Answer, now: datetime) -> LeadbotError:
    if answer.problem in USAGE_TYPES or "usagecapexceeded" in answer.words or "usage cap" in answer.words:
        return AccountError("usage_cap", str(answer))
    return RateLimited(str(answer), retry_at=opens_at(answer.headers, now))


def _refused(answer: Answer) -> LeadbotError:
    words, why = answer.words, str(answer)
    is_about_us = answer.problem in ACCOUNT_TYPES or any(phrase in words for phrase in ACCOUNT_PHRASES)
    if answer.status == 403 and is_about_us:
        return AccountError("account_forbidden", why)
    for reason, phrases in FORBIDDEN:
        if any(phrase in words for phrase in phrases):
            return PermanentError(reason, why)
    return PermanentError("forbidden" if answer.status == 403 else "bad_request", why)
