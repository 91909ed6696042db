"""Why one person was treated as they were: the path, the readings, the receipt, and what was not done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from leadbot.app.meanings import meanings
from leadbot.errors import PlaybookError
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource, restore
from leadbot.model import Consent, Dialog, Source
from leadbot.store.queries import DecisionItem
from leadbot.store.states import OutboxState
from leadbot.store.traces import OutItem, Record


@dataclass(frozen=True, slots=True)
class Moment:
    """One event and what was concluded. words: what they wrote, "" when it was no post of theirs.

    notes: how it was read and what was looked at; says: what we said, and what became of it.
    """

    at: datetime
    event: str
    post_id: str | None
    words: str
    reason: str
    meaning: str
    notes: tuple[str, ...]
    effects: tuple[str, ...]
    says: OutItem | None = None


@dataclass(frozen=True, slots=True)
class Stop:
    """One station of the path. state: ``answered``, ``asked``, ``passed`` or ``not_asked``."""

    card: str
    state: str
    answer: str = ""
    points: int = 0
    words: str = ""
    source: Source | None = None


@dataclass(frozen=True, slots=True)
class NotDone:
    """Something that might have happened and did not. rule: a reason's or a gate rule's name."""

    what: str
    rule: str
    why: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Trace:
    """A record, told. playbook: what its last dialog runs on, None when that can't be read any more."""

    record: Record
    moments: tuple[Moment, ...]
    path: tuple[Stop, ...]
    not_done: tuple[NotDone, ...]
    playbook: Playbook | None


_NO_OMISSION = frozenset({"consent_yes", "consent_no", "opt_out", "human_has_it", "opt_out_lifted"})
"""A post that was rightly left without words, for what it said is done."""


def trace(record: Record) -> Trace:
    """What a record tells."""
    dialog = record.conversation.dialog
    playbook = _playbook_of(record, dialog)
    moments = tuple(_moments(record))
    path = tuple(_path(dialog, playbook)) if dialog and playbook else ()
    return Trace(record, moments, path, tuple(_not_done(record, moments, path)), playbook)


def _playbook_of(record: Record, dialog: Dialog | None) -> Playbook | None:
    if dialog is None or dialog.version not in record.contents:
        return None
    file, text = record.contents[dialog.version]
    try:
        return restore(PlaybookSource(file, text))
    except PlaybookError:
        return None


def _moments(record: Record) -> Iterator[Moment]:
    said = {post.id: post.text for post in record.thread if post.who == "person"}
    replies = [one for one in record.out if one.kind == "SendReply"]
    for decision in record.decisions:
        reply = _reply_of(decision, replies)
        if reply is not None:
            replies.remove(reply)
        is_post = decision.event in ("PostReceived", "PostEdited")
        yield Moment(
            at=decision.at,
            event=decision.event,
            post_id=decision.post_id,
            words=said.get(decision.post_id or "", "") if is_post else "",
            reason=decision.reason,
            meaning=_meaning(decision.reason),
            notes=decision.trace,
            effects=decision.effects,
            says=reply,
        )


def _reply_of(decision: DecisionItem, replies: list[OutItem]) -> OutItem | None:
    """What this decision had said: it was written down in the same moment."""
    if "SendReply" not in decision.effects:
        return None
    return next((one for one in replies if one.created_at == decision.at), None)


def _meaning(reason: str) -> str:
    return meanings().reasons.get(reason, "")


# ---------------------------------------------------------------- the path


def _path(dialog: Dialog, playbook: Playbook) -> Iterator[Stop]:
    given = {answer.card: answer for answer in dialog.answers}
    lines = {line.card: line for line in dialog.receipt}
    for card in playbook.cards:
        if card.learn in given:
            line, answer = lines.get(card.learn), given[card.learn]
            points, source = (line.points, line.source) if line else (0, None)
            yield Stop(card.learn, "answered", answer.answer, points, answer.words, source)
        elif card.learn in dialog.passed:
            yield Stop(card.learn, "passed")
        elif dialog.asked == card.learn:
            yield Stop(card.learn, "asked")
        else:
            yield Stop(card.learn, "not_asked")


# ---------------------------------------------------------------- what was not done


def _not_done(record: Record, moments: tuple[Moment, ...], path: tuple[Stop, ...]) -> Iterator[NotDone]:
    for moment in moments:
        if _is_omission(moment):
            what = f"no words under post {moment.post_id}"
            notes = "; ".join(note for note in moment.notes if not note.startswith("read as "))
            why = f"{moment.meaning} {notes}".strip()
            yield NotDone(what, moment.reason, why, moment.at)
    for one in record.out:
        yield from _not_left(one, record.paused_why)
    for task in record.tasks:
        about = f" about post {task.post_id}" if task.post_id else ""
        yield NotDone(f"left to a human{about}", task.kind, task.why, task.at)
    dialog = record.conversation.dialog
    for stop in path:
        is_over = dialog is not None and dialog.ended_at is not None
        if stop.state == "passed" or (stop.state == "not_asked" and is_over):
            yield NotDone(f"{stop.card} is not known", stop.state, _CARD_STATES[stop.state])
    yield from _no_push(record)


def _is_omission(moment: Moment) -> bool:
    is_post = moment.event in ("PostReceived", "PostEdited")
    waits_or_talks = {"SendReply", "SetTimer"} & set(moment.effects)
    is_settled = moment.reason in _NO_OMISSION or moment.reason.startswith("edit_")
    return is_post and not waits_or_talks and not is_settled and moment.reason not in _WAITS


_WAITS = frozenset({"pace", "gathered", "reply_in_flight", "reopened"})
_CARD_STATES = {
    "passed": "they were asked, and it was passed over: the answer was not understood",
    "not_asked": "it was not asked: the dialog came to its end, or its messages were needed, before",
}


def _not_left(one: OutItem, paused_why: str | None) -> Iterator[NotDone]:
    if one.state is OutboxState.SENT or (one.kind != "SendReply" and not one.rule):
        return
    if one.state is OutboxState.PENDING and paused_why is not None:
        yield NotDone(f"“{one.text}” waits", "paused", f"{_rule('paused')}: {paused_why}")
        return
    what = {"SendReply": f"“{one.text}”", "PushToCrm": "the push to the CRM", "Notify": "the notice"}[
        one.kind
    ]
    why = ": ".join(filter(None, (_rule(one.rule), one.why))) or "it waits for its turn"
    yield NotDone(f"{what} is {one.state.value}", one.rule or one.state.value, why, one.settled_at)


def _rule(name: str) -> str:
    return meanings().rules.get(name, "").rstrip(".")


def _no_push(record: Record) -> Iterator[NotDone]:
    dialog = record.conversation.dialog
    has_push = any(one.kind == "PushToCrm" for one in record.out)
    if dialog is None or dialog.handoff_key is None or has_push:
        return
    consent = Consent(dialog.consent)
    why = {
        Consent.NOT_ASKED: "they were not asked whether they may be passed on",
        Consent.ASKED: "they have not answered yet whether they may be passed on",
        Consent.NO: "they said no to being passed on",
        Consent.UNCLEAR: "what they said is no clear yes to being passed on",
        Consent.YES: "they said yes; the push is not decided yet",
    }[consent]
    yield NotDone("nothing went to the CRM", "consent", why)
