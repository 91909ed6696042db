"""Direct messages between two accounts, as X API v2 shows them; no group conversations, no media."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from leadbot.simulator import auth
from leadbot.simulator.accounts import User
from leadbot.simulator.api import Answer, Call, Route
from leadbot.simulator.clock import iso
from leadbot.simulator.problems import forbidden, invalid, not_found_error

KEPT_DAYS = 30
_FIELDS = """
attachments created_at dm_conversation_id entities event_type id participant_ids referenced_tweets sender_id
text
"""
FIELDS = frozenset(_FIELDS.split())


@dataclass(frozen=True, slots=True)
class Message:
    """One message."""

    id: int
    sender: User
    receiver: User
    text: str
    created_at: datetime

    @property
    def conversation_id(self) -> str:
        """The two ids, the smaller one first."""
        return conversation_of(self.sender, self.receiver)

    def as_json(self, wanted: frozenset[str]) -> dict[str, str]:
        """The event: id, type and text, and what else was asked for."""
        shown = {
            "id": str(self.id),
            "event_type": "MessageCreate",
            "text": self.text,
            "sender_id": str(self.sender.id),
            "dm_conversation_id": self.conversation_id,
            "created_at": iso(self.created_at),
        }
        return {name: value for name, value in shown.items() if name in wanted | {"id", "event_type", "text"}}


def conversation_of(one: User, other: User) -> str:
    """The id of the conversation of two accounts."""
    return "-".join(map(str, sorted((one.id, other.id))))


def send_to_person(call: Call) -> Answer:
    """POST /2/dm_conversations/with/:participant_id/messages."""
    return _send(call, call.path["participant_id"], "participant_id")


def send_to_conversation(call: Call) -> Answer:
    """POST /2/dm_conversations/:dm_conversation_id/messages; only conversations of two."""
    value = call.path["dm_conversation_id"]
    others = [part for part in value.split("-") if part != str(call.me.id)]
    if len(others) != 1 or str(call.me.id) not in value.split("-"):
        raise forbidden("You are not a participant of this conversation.")
    return _send(call, others[0], "dm_conversation_id")


def _send(call: Call, receiver_id: str, parameter: str) -> Answer:
    me, text = call.me, call.body.get("text")
    if not isinstance(text, str) or not text.strip() or len(text) > 10_000:
        raise invalid("$.text: must be a text of 1 to 10000 characters", "text", text)
    receiver = call.world.users.get(int(receiver_id)) if receiver_id.isdigit() else None
    if receiver is None or receiver.is_gone or receiver is me:
        raise invalid(
            f"The `{parameter}` query parameter value [{receiver_id}] is not valid", parameter, receiver_id
        )
    _check_welcome(call, receiver)
    message_id, now = call.world.ids.next()
    message = Message(message_id, me, receiver, text, now)
    call.world.mail.append(message)
    if not call.identity.is_native:
        call.world.spend.dm_sent(me)
    shown = {"dm_conversation_id": message.conversation_id, "dm_event_id": str(message.id)}
    return 201, {"data": shown}


def _check_welcome(call: Call, receiver: User) -> None:
    """X's automation rules: an app writes to nobody who has not written first; nor to who blocks it."""
    has_written = any(one.sender is receiver and one.receiver is call.me for one in call.world.mail)
    is_cold = call.world.settings.dm_needs_first_word and not call.identity.is_native and not has_written
    if is_cold or call.me.id in receiver.blocks:
        raise forbidden("You do not have permission to DM one or more participants.")


def list_events(call: Call) -> Answer:
    """GET /2/dm_events: all messages from and to the account, newest first, of thirty days."""
    return _events(call, None)


def events_with(call: Call) -> Answer:
    """GET /2/dm_conversations/with/:participant_id/dm_events."""
    other_id = call.path["participant_id"]
    other = call.world.users.get(int(other_id)) if other_id.isdigit() else None
    if other is None:
        return 200, {"errors": [not_found_error("user", "participant_id", other_id)]}
    return _events(call, other)


def _events(call: Call, other: User | None) -> Answer:
    me, oldest = call.me, call.world.clock.now() - timedelta(days=KEPT_DAYS)
    before, size = _page(call.query)
    fitting = [
        one
        for one in reversed(call.world.mail)
        if me in (one.sender, one.receiver)
        and (other is None or other in (one.sender, one.receiver))
        and one.created_at > oldest
        and one.id < before
    ]
    page = fitting[:size]
    if not call.identity.is_native:
        call.world.spend.dms_read((one.id for one in page), me)
    wanted = _wanted(call.query)
    body: dict[str, Any] = {"data": [one.as_json(wanted) for one in page]} if page else {}
    more = {"next_token": f"b{page[-1].id:x}"} if len(fitting) > size else {}
    return 200, {**body, "meta": {"result_count": len(page), **more}}


def _wanted(query: Mapping[str, str]) -> frozenset[str]:
    asked = frozenset(name for name in query.get("dm_event.fields", "").split(",") if name)
    if unknown := sorted(asked - FIELDS):
        message = f"The `dm_event.fields` query parameter value [{unknown[0]}] is not one of {sorted(FIELDS)}"
        raise invalid(message, "dm_event.fields", unknown[0])
    return asked


def _page(query: Mapping[str, str]) -> tuple[int, int]:
    size, token = query.get("max_results", "100"), query.get("pagination_token", "")
    if not size.isdigit() or not 1 <= int(size) <= 100:
        message = f"The `max_results` query parameter value [{size}] is not between 1 and 100"
        raise invalid(message, "max_results", size)
    try:
        return int(token.removeprefix("b"), 16) if token else 2**63, int(size)
    except ValueError:
        message = "The pagination token is not one that was handed out"
        raise invalid(message, "pagination_token", token) from None


ROUTES = (
    Route("POST", "/2/dm_conversations/with/:participant_id/messages", auth.USER, send_to_person),
    Route("POST", "/2/dm_conversations/:dm_conversation_id/messages", auth.USER, send_to_conversation),
    Route("GET", "/2/dm_conversations/with/:participant_id/dm_events", auth.USER, events_with),
    Route("GET", "/2/dm_events", auth.USER, list_events),
)
"""The endpoints of direct messages."""
