"""Words and numbers as pages show them. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from urllib.parse import quote, urlencode

from leadbot.flows import calendar
from leadbot.model import Brand, BrandId
from leadbot.store.desk_queue import QueueItem

COLOURS = 12
"""Brand colours in desk.css."""

OUTCOMES = {"won": "Won", "later": "Later", "not_a_fit": "Not a fit", "not_a_lead": "Not a lead"}

TASKS = {
    "reply_refused": "A reply was not sent",
    "rep_reply_refused": "Your words were not sent",
    "reply_held": "A reply is held for you",
    "would_have_replied": "The bot would have said",
    "lead_not_summoned": "A lead the bot may not answer",
    "lead_not_addressed": "A lead that did not address us",
    "opted_out_person_wrote": "Said stop, and wrote again",
    "paused_person_wrote": "Wrote while the bot is silent",
    "opt_out_unclear": "Was that a stop?",
    "support": "A customer needs help",
    "business": "Press, jobs or partners",
    "blocked_us": "Blocked this account",
    "vetoed": "A reply was stopped",
    "retracted": "A post was deleted",
    "bug": "leadbot made a mistake",
    "crm_refused": "The CRM did not take a lead",
    "notice_refused": "A notice was not delivered",
    "to_helpdesk": "A customer of yours",
    "abuse": "Insulted us",
    "consent_withdrawn": "Took their yes back",
}
"""Kinds of tasks as people call them."""

STATES = {
    "pending": "leaves as soon as the gate lets it",
    "held": "is held",
    "draft": "waits for your yes",
    "sending": "is on its way to X",
    "unknown": "may be on X: being looked for",
}
"""What a reply that has not left is doing."""


def words_of(name: str) -> str:
    """A stable name as words."""
    return name.replace("_", " ")


def many(count: int, one: str, more: str) -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else more}"


def age(seconds: float) -> str:
    """A span of time, short: "now", "4 min", "3 h", "2 d"."""
    if seconds < 60:
        return "now"
    if seconds < 3600:
        return f"{seconds // 60:.0f} min"
    if seconds < 48 * 3600:
        return f"{seconds // 3600:.0f} h"
    return f"{seconds // 86400:.0f} d"


def ms(at: datetime) -> int:
    """Milliseconds since 1970, as the page's clock counts."""
    return int(at.timestamp() * 1000)


def due_at(item: QueueItem, brands: Mapping[BrandId, Brand]) -> datetime | None:
    """When the next one is asked unless somebody claims; before anybody was asked, and at the last stop,
    until when somebody should have. None: claimed, or nobody said.
    """
    if item.claimed_by:
        return None
    if item.due_at is not None or item.claim_within_s is None:
        return item.due_at
    brand = brands.get(BrandId(item.brand_id))
    team = next((team for team in brand.teams if team.name == item.team), None) if brand else None
    if team is None:
        return None
    return calendar.add_business_seconds(team, item.created_at, item.claim_within_s)


def talk_path(conversation_id: str) -> str:
    """Where a person's page is."""
    return f"/talk/{quote(conversation_id, safe=':')}"


def post_link(username: str, post_id: str) -> str:
    """A post on X."""
    return f"https://x.com/{quote(username or 'i', safe='')}/status/{quote(post_id, safe='')}"


def intent_link(kind: str, **values: str) -> str:
    """A Web Intent: X's own page with everything filled in."""
    return f"https://x.com/intent/{kind}?{urlencode(values)}"


def initials(name: str, username: str) -> str:
    """One or two letters in place of a picture, which is not kept."""
    letters = [word[0] for word in (name or username or "?").split() if word[0].isalnum()]
    return "".join(letters[:2]).upper() or "?"


_COLUMNS = (
    "brand", "person", "name", "x_id", "team", "rep", "score", "reason", "consent", "state", "outcome",
    "claimed_by", "handed_over_at", "claimed_at", "closed_at", "crm_ref", "permalink",
)  # fmt: skip


def as_csv(items: Iterable[QueueItem]) -> Iterator[str]:
    """The export, row by row. A cell that a spreadsheet would take for a formula gets an apostrophe."""
    yield _row(_COLUMNS)
    for item in items:
        yield _row(
            (
                item.brand, item.username, item.name, item.person_id, item.team, item.rep, item.score,
                item.reason, item.consent, item.state.value, item.outcome or "", item.claimed_by or "",
                item.created_at.isoformat(), _iso(item.claimed_at), _iso(item.closed_at), item.crm_ref or "",
                item.permalink,
            )
        )  # fmt: skip


def _row(cells: Iterable[object]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([_cell(cell) for cell in cells])
    return out.getvalue()


def _cell(value: object) -> object:
    if isinstance(value, str) and value.lstrip()[:1] in ("=", "+", "-", "@", "\t", "\r", "|", "%"):
        return f"'{value}"
    return value


def _iso(at: datetime | None) -> str:
    return at.isoformat() if at else ""
