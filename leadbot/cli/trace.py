"""``leadbot trace``: why one person was treated as they were."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import in_one_line, say
from leadbot.errors import ConfigError, Problem

if TYPE_CHECKING:
    from leadbot.app.tracing import Moment, NotDone, Stop, Trace
    from leadbot.model import Source
    from leadbot.store.traces import OutItem, ReceiptItem, Record


@click.command()
@click.argument("what", metavar="ID")
@in_project
@click.option("--svg", type=click.Path(path_type=Path, dir_okay=False), help="Draw the path into this file.")
@as_json_option
def trace(what: str, folder: Path, svg: Path | None, as_json: bool) -> None:
    """Tell why somebody was treated so: readings, reasons, the path, the receipt, and what was not done.

    ID is a handle, a post (theirs or ours), a handoff of `leadbot handoffs list`, or a conversation.
    """
    from leadbot.app.look import open_store
    from leadbot.app.tracing import trace as trace_of

    with open_store(settings_in(folder, only_where=True)) as (store, _):
        records = [store.traces.record(one) for one in store.traces.find(_handoff_key(store, what))]
    traces = [trace_of(record) for record in records if record is not None]
    if not traces:
        fix = "give a handle (@ana), the id of a post, or a number of `leadbot handoffs list`"
        raise ConfigError([Problem(what, "is nothing we know of, or nothing we still keep", fix, "no-trace")])
    if svg is not None:
        _draw(traces[0], svg)
    elif as_json:
        say(json.dumps([_as_json(one) for one in traces], default=str, ensure_ascii=False))
    else:
        for one in traces:
            for line in _as_text(one):
                say(line)


def _handoff_key(store: Any, what: str) -> str:
    """The handoff of that number, as `leadbot handoffs list` counts them; anything else as it is."""
    from leadbot.store.states import HandOffState

    if not (what.isdigit() and len(what) <= 6):
        return what
    items = store.queries.handoffs(states=tuple(HandOffState), limit=100_000)
    keys = [item.key for item in sorted(items, key=lambda item: (item.created_at, item.key))]
    return keys[int(what) - 1] if 0 < int(what) <= len(keys) else what


def _draw(one: Trace, svg: Path) -> None:
    from leadbot.flows.diagram import drawing, trail

    dialog = one.record.conversation.dialog
    if one.playbook is None or dialog is None:
        raise ConfigError([Problem("--svg", "there is no dialog to draw", "leave --svg out", "no-trace")])
    svg.write_text(drawing(one.playbook, trail(dialog)), encoding="utf-8")
    say(f"  wrote {svg}")


# ---------------------------------------------------------------- for people


def _as_text(one: Trace) -> Iterator[str]:
    record = one.record
    conversation, dialog = record.conversation, record.conversation.dialog
    yield f"@{record.person} and @{record.brand}   {conversation.status.value}   {conversation.id}"
    if dialog is not None:
        file = record.contents.get(dialog.version, (dialog.playbook, ""))[0]
        ended = f", ended: {dialog.ending}" if dialog.ending else ""
        consent = dialog.consent.value.replace("_", " ")
        yield (
            f"dialog {dialog.number} on {file} ({dialog.version[:8]}): {dialog.score} points, "
            f"{dialog.messages} messages, consent: {consent}{ended}"
        )
    yield ""
    for moment in one.moments:
        yield from _moment(moment, record)
    if one.path:
        yield "\nThe path"
        yield from (f"  {_stop(stop)}" for stop in one.path)
    if record.receipt:
        yield "\nThe receipt"
        yield from (f"  {_receipt(line, record)}" for line in record.receipt)
    if one.not_done:
        yield "\nNot done, and why"
        yield from (f"  {_not_done(item)}" for item in one.not_done)


def _moment(moment: Moment, record: Record) -> Iterator[str]:
    who = f"@{record.person}: {in_one_line(moment.words)}" if moment.words else _EVENTS[moment.event]
    post = f"   [{moment.post_id}]" if moment.words else ""
    yield f"{moment.at:%d %b %H:%M:%S}  {who}{post}"
    for note in moment.notes:
        yield f"    {in_one_line(note)}"
    yield f"    -> {moment.reason}: {moment.meaning}"
    if moment.says is not None:
        yield f"    @{record.brand}: {in_one_line(moment.says.text)}   {_fate(moment.says)}"


class _Names(dict[str, str]):
    def __missing__(self, event: str) -> str:
        return f"({event})"


_EVENTS = _Names(
    TimerFired="(a timer fired)",
    ReplySent="(X took our reply)",
    ReplyRefused="(our reply was refused)",
    PostReceived="(a post whose words are gone)",
    PostEdited="(an edit whose words are gone)",
    PostDeleted="(they took a post back)",
    TakenOver="(a human took over)",
    ReleasedToBot="(a human gave it back)",
    RepReplied="(a human answered)",
    OutcomeSet="(the handoff was closed)",
    PlaybookWithdrawn="(the playbook was withdrawn)",
)


def _fate(one: OutItem) -> str:
    held = f" by {one.rule}" if one.rule and one.state.value != "sent" else ""
    return f"[{one.state.value}{held}]"


def _stop(stop: Stop) -> str:
    if stop.state != "answered":
        return f"{stop.card:16} {stop.state.replace('_', ' ')}"
    return f"{stop.card:16} {stop.answer}  {stop.points:+d}  “{in_one_line(stop.words)}”"


def _receipt(line: ReceiptItem, record: Record) -> str:
    where = f"{line.file}:{line.source.line}"
    dialog = f"dialog {line.dialog}  " if record.conversation.dialogs > 1 else ""
    return (
        f"{dialog}{line.points:+4d}  {line.card}: {line.answer}  “{in_one_line(line.words)}”  {where}  "
        f"{_line_text(line.source, record)}"
    )


def _line_text(source: Source, record: Record) -> str:
    """The line of the playbook as its author wrote it."""
    rows = record.contents.get(source.version, ("", ""))[1].splitlines()
    return rows[source.line - 1].strip() if 0 < source.line <= len(rows) else ""


def _not_done(item: NotDone) -> str:
    when = f"{item.at:%d %b %H:%M:%S}  " if item.at is not None else ""
    return f"{when}{in_one_line(item.what)}: {item.rule}: {in_one_line(item.why)}"


# ---------------------------------------------------------------- for programs


def _as_json(one: Trace) -> dict[str, Any]:
    record, dialog = one.record, one.record.conversation.dialog
    return {
        "conversation": record.conversation.id,
        "brand": record.brand,
        "person": record.person,
        "status": record.conversation.status.value,
        "playbook": dialog.playbook if dialog else None,
        "version": dialog.version if dialog else None,
        "score": dialog.score if dialog else 0,
        "consent": dialog.consent.value if dialog else None,
        "ending": dialog.ending if dialog else None,
        "handoffs": list(record.handoffs),
        "moments": [
            {
                "at": moment.at.isoformat(),
                "event": moment.event,
                "post_id": moment.post_id,
                "words": moment.words,
                "reason": moment.reason,
                "meaning": moment.meaning,
                "notes": list(moment.notes),
                "says": _says(moment.says) if moment.says else None,
            }
            for moment in one.moments
        ],
        "path": [
            {"card": s.card, "state": s.state, "answer": s.answer, "points": s.points, "words": s.words}
            for s in one.path
        ],
        "receipt": [
            {
                "dialog": line.dialog,
                "points": line.points,
                "words": line.words,
                "card": line.card,
                "answer": line.answer,
                "source": f"{line.file}:{line.source.line}",
                "version": line.source.version,
                "post_id": line.post_id,
            }
            for line in record.receipt
        ],
        "not_done": [
            {"what": n.what, "rule": n.rule, "why": n.why, "at": n.at.isoformat() if n.at else None}
            for n in one.not_done
        ],
    }


def _says(one: OutItem) -> dict[str, Any]:
    return {
        "text": one.text,
        "state": one.state.value,
        "rule": one.rule,
        "why": one.why,
        "post_id": one.post_id,
        "source": str(one.source) if one.source else None,
    }
