"""Model values as table rows. Pure: shared by everything that decides."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from leadbot import model as m
from leadbot.store import codec
from leadbot.store.states import Lane

Row = dict[str, Any]


def conversation(value: m.Conversation, now: datetime) -> Row:
    """The whole conversation, and the columns queries ask for."""
    dialog = value.dialog
    return {
        "id": value.id,
        "brand_id": value.brand_id,
        "person_id": value.person_id,
        "partition": m.partition_of(value.brand_id, value.person_id),
        "status": value.status.value,
        "owner": value.owner.value,
        "version": value.version,
        "dialog": dialog.number if dialog else 0,
        "playbook_version": dialog.version if dialog else None,
        "state": codec.encode(value),
        "updated_at": now,
        "contact_at": _contact_at(value) or now,
    }


def _contact_at(value: m.Conversation) -> datetime | None:
    """When either side last had words: from here on it is counted how long they are kept."""
    moments = [value.last_heard_at, value.talked_at, *(said.sent_at for said in value.said[-1:])]
    return max((moment for moment in moments if moment is not None), default=None)


def decision(event: m.Event, decided: m.Decision, inbox_id: int | None, now: datetime) -> Row:
    """What was concluded and why."""
    after = decided.conversation
    return {
        "conversation_id": after.id,
        "brand_id": after.brand_id,
        "inbox_id": inbox_id,
        "event": type(event).__name__,
        "reason": decided.reason,
        "trace": codec.encode((*_read_as(event), *decided.trace, *_says(decided))),
        "effects": ",".join(type(effect).__name__ for effect in decided.effects),
        "post_id": _post_of(event),
        "at": now,
    }


def _read_as(event: m.Event) -> tuple[str, ...]:
    """How the text was read: nobody can judge a decision without it, and the reading itself is not kept."""
    if not isinstance(event, m.PostReceived | m.PostEdited):
        return ()
    reading = event.reading
    because = [f"{word} {weight:+.1f}" for word, weight in reading.why[:3]]
    because += [f"the rule {rule}" for rule in reading.rules[:3]]
    why = f", because of {', '.join(because)}" if because else ""
    return (f"read as {reading.intent.value}, warmth {reading.warmth:.2f}{why}",)


def _says(decided: m.Decision) -> tuple[str, ...]:
    """Which line of a playbook the words come from."""
    return tuple(
        f"says {effect.source}"
        for effect in decided.effects
        if isinstance(effect, m.SendReply) and effect.source is not None
    )


def _post_of(event: m.Event) -> str | None:
    match event:
        case m.PostReceived() | m.PostEdited():
            return event.post.id
        case m.PostDeleted() | m.ReplySent() | m.RepReplied() | m.Retracted():
            return event.post_id
    return None


def receipt_line(conversation_id: str, dialog: int, position: int, line: m.ReceiptLine) -> Row:
    """One line of a score."""
    return {
        "conversation_id": conversation_id,
        "dialog": dialog,
        "position": position,
        "points": line.points,
        "words": line.words,
        "card": line.card,
        "answer": line.answer,
        "counts_as": line.counts_as,
        "playbook": line.source.playbook,
        "playbook_version": line.source.version,
        "line": line.source.line,
        "post_id": line.post_id,
    }


def reply(effect: m.SendReply, of: m.Conversation, root_id: m.PostId, now: datetime) -> Row:
    """A reply for the outbox."""
    return {
        **_outgoing(effect, effect.key, Lane.REPLY, of, now),
        "text": effect.text,
        "parent_id": effect.in_reply_to,
        "root_id": root_id,
        "dialog": effect.dialog,
        "playbook": effect.source.playbook if effect.source is not None else None,
        "reserve_usd": effect.reserve_usd if effect.starts_dialog else 0.0,
    }


def errand(effect: m.Notify | m.PushToCrm | m.PushOutcome, of: m.Conversation, now: datetime) -> Row:
    """A notice, or something for the CRM, for the outbox."""
    lane = Lane.NOTICE if isinstance(effect, m.Notify) else Lane.CRM
    return {
        **_outgoing(effect, effect.key, lane, of, now),
        "text": "",
        "parent_id": None,
        "root_id": None,
        "dialog": of.dialog.number if of.dialog else 0,
        "playbook": None,
        "reserve_usd": 0.0,
    }


def _outgoing(effect: m.Effect, key: str, lane: Lane, of: m.Conversation, now: datetime) -> Row:
    return {
        "key": key,
        "kind": type(effect).__name__,
        "lane": lane.value,
        "brand_id": of.brand_id,
        "person_id": of.person_id,
        "conversation_id": of.id,
        "partition": m.partition_of(of.brand_id, of.person_id),
        "payload": codec.encode(effect),
        "not_before": now,
        "created_at": now,
    }


def handoff(effect: m.HandOff, of: m.Conversation, at: datetime) -> Row:
    """A person for the desk. at: when what led to it happened, which dates a yes."""
    return {
        "key": effect.key,
        "conversation_id": of.id,
        "brand_id": of.brand_id,
        "person_id": of.person_id,
        "dialog": of.dialog.number if of.dialog else 0,
        "team": effect.team,
        "rep": effect.rep,
        "score": effect.score,
        "consent": effect.consent.value,
        "consent_words": effect.consent_words,
        "consent_at": at if effect.consent is m.Consent.YES else None,
        "reason": effect.reason,
        "claim_within_s": effect.claim_within_s,
        "last_post_id": effect.last_post_id,
        "payload": codec.encode(effect),
        "created_at": at,
        "updated_at": at,
    }


def task(effect: m.RaiseTask, of: m.Conversation, now: datetime) -> Row:
    """Something for a human to look at."""
    return {
        "key": effect.key,
        "brand_id": of.brand_id,
        "person_id": of.person_id,
        "conversation_id": of.id,
        "kind": effect.kind,
        "why": effect.why,
        "draft": effect.draft,
        "post_id": effect.post_id,
        "created_at": now,
    }


def suppression(effect: m.Suppress, of: m.Conversation, now: datetime) -> Row:
    """The person on the list, or off it again."""
    return {
        "brand_id": of.brand_id,
        "person_id": of.person_id,
        "reason": effect.reason,
        "post_id": effect.post_id,
        "at": now,
        "lifted_at": now if effect.lifted else None,
    }


def timer(of: m.Conversation, name: str, due_at: datetime) -> Row:
    """An alarm clock of the conversation."""
    return {
        "conversation_id": of.id,
        "name": name,
        "brand_id": of.brand_id,
        "person_id": of.person_id,
        "partition": m.partition_of(of.brand_id, of.person_id),
        "due_at": due_at,
    }


def person(value: m.Person, now: datetime) -> Row:
    """A profile, newest version."""
    return {
        "id": value.id,
        "username": value.username.lower(),
        "name": value.name,
        "profile": codec.encode(value),
        "updated_at": now,
    }
