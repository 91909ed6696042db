"""Model values as JSON and back. The only place that knows how they are written down."""

from __future__ import annotations

from typing import Any

import msgspec

from leadbot import model as m

ERASED = "null"
"""Stands where the words of a deleted post stood."""

_encoder = msgspec.json.Encoder()
_conversation = msgspec.json.Decoder(m.Conversation)
_person = msgspec.json.Decoder(m.Person)
_trace = msgspec.json.Decoder(tuple[str, ...])


class HeardPost(msgspec.Struct, frozen=True):
    """What the listener heard: a post and who wrote it. The reading is added when it is decided on."""

    post: m.Post
    person: m.Person


InboxItem = (
    HeardPost
    | m.PostDeleted
    | m.PersonGone
    | m.TimerFired
    | m.OptOutRequested
    | m.TakenOver
    | m.ReleasedToBot
    | m.RepReplied
    | m.OutcomeSet
    | m.PlaybookWithdrawn
    | m.ReplySent
    | m.ReplyRefused
    | m.LineReplaced
    | m.Vetoed
    | m.Retracted
)

POST_KINDS = frozenset({"PostReceived", "PostEdited"})
_items: dict[str, msgspec.json.Decoder[Any]] = {
    **{kind: msgspec.json.Decoder(HeardPost) for kind in POST_KINDS},
    **{
        cls.__name__: msgspec.json.Decoder(cls)
        for cls in (
            m.PostDeleted,
            m.PersonGone,
            m.TimerFired,
            m.OptOutRequested,
            m.TakenOver,
            m.ReleasedToBot,
            m.RepReplied,
            m.OutcomeSet,
            m.PlaybookWithdrawn,
            m.ReplySent,
            m.ReplyRefused,
            m.LineReplaced,
            m.Vetoed,
            m.Retracted,
        )
    },
}
_effects: dict[str, msgspec.json.Decoder[Any]] = {
    cls.__name__: msgspec.json.Decoder(cls)
    for cls in (m.SendReply, m.Notify, m.PushToCrm, m.PushOutcome, m.HandOff)
}


UNREADABLE = (msgspec.DecodeError, KeyError)
"""What decoding raises for text that `encode` did not write, or that another version wrote."""


def encode(value: object) -> str:
    """Any model value as JSON text."""
    return _encoder.encode(value).decode()


def conversation(text: str) -> m.Conversation:
    """Raises msgspec.DecodeError for text `encode` did not write."""
    return _conversation.decode(text)


def person(text: str) -> m.Person:
    """Raises msgspec.DecodeError."""
    return _person.decode(text)


def trace(text: str) -> tuple[str, ...]:
    """The sentences of a decision. Raises msgspec.DecodeError."""
    return _trace.decode(text)


def item(kind: str, text: str) -> InboxItem:
    """An inbox payload. Raises msgspec.DecodeError, KeyError for an unknown kind."""
    decoded: InboxItem = _items[kind].decode(text)
    return decoded


Outgoing = m.SendReply | m.Notify | m.PushToCrm | m.PushOutcome | m.HandOff


def effect(kind: str, text: str) -> Outgoing:
    """An outbox or handoff payload. Raises msgspec.DecodeError, KeyError for an unknown kind."""
    decoded: Outgoing = _effects[kind].decode(text)
    return decoded
