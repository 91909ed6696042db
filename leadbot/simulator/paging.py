"""Timelines in pages: since, until, times, page size and the tokens between pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from leadbot.simulator.accounts import Post
from leadbot.simulator.clock import parse_iso, snowflake_at
from leadbot.simulator.problems import invalid


@dataclass(frozen=True, slots=True)
class Page:
    """The bounds of one request; ids are exclusive, as X has them."""

    after: int
    before: int
    size: int

    @classmethod
    def read(cls, query: Mapping[str, str], *, smallest: int, largest: int = 100) -> Page:
        """Takes the bounds from a query; raises 400 for what X refuses."""
        after, before = _id(query, "since_id", 0), _id(query, "until_id", 2**63)
        if "start_time" in query:
            after = max(after, _time(query, "start_time") - 1)
        if "end_time" in query:
            before = min(before, _time(query, "end_time"))
        token = query.get("pagination_token") or query.get("next_token")
        if token:
            before = min(before, _token(token))
        return cls(after, before, _size(query, smallest, largest))

    def cut(self, newest_first: Sequence[Post]) -> tuple[list[Post], dict[str, Any]]:
        """The posts of this page and its `meta`."""
        fitting = [post for post in newest_first if self.after < post.id < self.before]
        page = fitting[: self.size]
        meta: dict[str, Any] = {"result_count": len(page)}
        if page:
            meta |= {"newest_id": str(page[0].id), "oldest_id": str(page[-1].id)}
        if len(fitting) > len(page):
            meta["next_token"] = f"b{page[-1].id:x}"
        return page, meta


def _id(query: Mapping[str, str], name: str, otherwise: int) -> int:
    value = query.get(name)
    if value is None:
        return otherwise
    if not (value.isascii() and value.isdigit() and len(value) <= 19):
        raise invalid(f"The `{name}` query parameter value [{value}] is not valid", name, value)
    return int(value)


def _time(query: Mapping[str, str], name: str) -> int:
    try:
        return snowflake_at(parse_iso(query[name]))
    except ValueError:
        raise invalid(
            f"The `{name}` query parameter is not an RFC3339 date-time", name, query[name]
        ) from None


def _token(token: str) -> int:
    try:
        return int(token.removeprefix("b"), 16)
    except ValueError:
        raise invalid(
            "The pagination token is not one that was handed out", "pagination_token", token
        ) from None


def _size(query: Mapping[str, str], smallest: int, largest: int) -> int:
    value = query.get("max_results", "10")
    if not value.isdigit() or not smallest <= int(value) <= largest:
        message = f"The `max_results` query parameter value [{value}] is not between {smallest} and {largest}"
        raise invalid(message, "max_results", value)
    return int(value)
