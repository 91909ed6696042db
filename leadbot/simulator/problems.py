"""X's refusals as values: status and body as seen in the field.

Observers report different titles and types for the same refusal, so a client must never match on exact text.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

PROBLEMS = "https://api.x.com/2/problems/"

SUMMON_WORDINGS: dict[str, dict[str, Any]] = {
    "2026-07": {
        "detail": "You can only reply to or quote posts where you are mentioned or are the author.",
        "type": PROBLEMS + "not-authorized-for-resource",
        "title": "Authorization Error",
        "status": 403,
    },
    "2026-05": {
        "detail": "Reply to this conversation is not allowed because you have not been mentioned or otherwise"
        " engaged by the author of the post you are replying to.",
        "type": "about:blank",
        "title": "Forbidden",
        "status": 403,
    },
}
"""The two wordings of the summon rule: from 16 July 2026, and from May to 15 July 2026."""


class Problem(Exception):
    """An answer other than success: the HTTP status and X's problem body."""

    def __init__(self, status: int, body: dict[str, Any]) -> None:
        super().__init__(f"{status} {body.get('detail') or body.get('error_description', '')}")
        self.status = status
        self.body = body

    @property
    def why(self) -> str:
        """What is wrong, in X's words."""
        errors = [str(error["message"]) for error in self.body.get("errors", []) if "message" in error]
        return "; ".join(errors) or str(self.body.get("detail", self.status))


def forbidden(detail: str) -> Problem:
    """A plain 403 of type about:blank."""
    return Problem(403, {"detail": detail, "type": "about:blank", "title": "Forbidden", "status": 403})


_SUMMON_TYPES = {"Authorization Error": "not-authorized-for-resource", "Forbidden": ""}


def not_summoned(wording: str, title: str = "") -> Problem:
    """The summon rule's 403. Title and type vary between observers of one wording: `title` chooses them."""
    body = dict(SUMMON_WORDINGS[wording])
    if title:
        body["title"] = title
        body["type"] = PROBLEMS + _SUMMON_TYPES[title] if _SUMMON_TYPES[title] else "about:blank"
    return Problem(403, body)


def unauthorized() -> Problem:
    """401: the token is missing, unknown, or the signature does not fit."""
    return Problem(
        401, {"title": "Unauthorized", "type": "about:blank", "status": 401, "detail": "Unauthorized"}
    )


def wrong_auth(got: str, supported: Iterable[str]) -> Problem:
    """403: a good token of a kind that this endpoint does not take."""
    detail = (
        f"Authenticating with {got} is forbidden for this endpoint.  "
        f"Supported authentication types are [{', '.join(supported)}]."
    )
    problem_type = "https://api.twitter.com/2/problems/unsupported-authentication"
    return Problem(
        403, {"title": "Unsupported Authentication", "detail": detail, "type": problem_type, "status": 403}
    )


def invalid(message: str, parameter: str = "", value: object = None) -> Problem:
    """400: a parameter or body that X would not take."""
    error: dict[str, Any] = {"message": message}
    if parameter:
        error["parameters"] = {parameter: [str(value)]}
    body = {
        "errors": [error],
        "title": "Invalid Request",
        "detail": "One or more parameters to your request was invalid.",
        "type": PROBLEMS + "invalid-request",
    }
    return Problem(400, body)


def not_found_error(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """The entry in `errors` for one thing that is not there; X answers 200 with it, even for a single id."""
    return {
        "value": value,
        "detail": f"Could not find {kind} with {parameter}: [{value}].",
        "title": "Not Found Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "resource-not-found",
    }


def hidden_error(kind: str, parameter: str, value: str) -> dict[str, Any]:
    """The entry in `errors` for a thing of a protected account."""
    return {
        "value": value,
        "detail": f"Sorry, you are not authorized to see the {kind} with {parameter}: [{value}].",
        "title": "Authorization Error",
        "resource_type": kind,
        "parameter": parameter,
        "resource_id": value,
        "type": PROBLEMS + "not-authorized-for-resource",
    }


def not_found_route() -> Problem:
    """404 for an address that does not exist."""
    return Problem(404, {"title": "Not Found", "type": "about:blank", "status": 404, "detail": "Not Found"})


def rate_limited() -> Problem:
    """429: a window of this endpoint is used up; the headers say when it opens."""
    body = {"title": "Too Many Requests", "detail": "Too Many Requests", "type": "about:blank", "status": 429}
    return Problem(429, body)


def usage_capped() -> Problem:
    """429 with healthy rate-limit headers: the month's cap of post reads is reached (xdk#25)."""
    body = {
        "account_id": "1",
        "product_name": "standard-basic",
        "title": "UsageCapExceeded",
        "period": "Monthly",
        "scope": "Product",
        "detail": "Usage cap exceeded: Monthly product cap",
        "type": "https://api.twitter.com/2/problems/usage-capped",
    }
    return Problem(429, body)


def out_of_credits() -> Problem:
    """402: the account has no credits left; everything that costs stops."""
    body = {
        "title": "CreditsDepleted",
        "detail": "Your enrolled account [1] does not have any credits to fulfill this request.",
        "type": "https://api.twitter.com/2/problems/credits",
    }
    return Problem(402, body)


def unavailable() -> Problem:
    """503 as a JSON problem; the HTML twin is a fault of its own."""
    body = {
        "title": "Service Unavailable",
        "detail": "Service Unavailable",
        "type": "about:blank",
        "status": 503,
    }
    return Problem(503, body)


def stream_refused(status: int, issue: str, detail: str) -> Problem:
    """409 without rules, 429 when the stream is held by another connection."""
    body = {
        "title": "ConnectionException",
        "detail": detail,
        "connection_issue": issue,
        "type": PROBLEMS + "streaming-connection",
    }
    return Problem(status, body)


def problem_for(status: int) -> Problem:
    """The body X sends with a bare status, used by scripted faults."""
    known = {401: unauthorized, 402: out_of_credits, 429: rate_limited, 503: unavailable}
    if status in known:
        return known[status]()
    if status == 403:
        return forbidden("You are not permitted to perform this action.")
    body = {"title": "Error", "detail": f"HTTP {status}", "type": "about:blank", "status": status}
    return Problem(status, body)
