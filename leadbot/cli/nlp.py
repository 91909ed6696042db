"""``leadbot nlp``: what the reader makes of a text."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option

if TYPE_CHECKING:
    from leadbot.model import Reading, SlotValue


@click.group()
def nlp() -> None:
    """What the reader makes of a text."""


@nlp.command()
@click.argument("text")
@click.option("--zone", default="UTC", show_default=True, help='Where "today" is.')
@as_json_option
def read(text: str, zone: str, as_json: bool) -> None:
    """Read TEXT: intent, warmth, the rules that fired, answers found in it, and the words that decided."""
    from datetime import UTC, datetime

    from leadbot.errors import ConfigError, Problem
    from leadbot.model import ReadRequest
    from leadbot.nlp import load_reader
    from leadbot.settings import words

    try:
        place = words.zone(zone)
    except ValueError as error:
        raise ConfigError([Problem("--zone", f'is "{zone}"', str(error), "zone")]) from None
    request = ReadRequest(text=text, at=datetime.now(UTC), zone=place)
    reading = load_reader().read([request])[0]
    click.echo(json.dumps(_as_json(reading), ensure_ascii=False) if as_json else _as_text(reading))


def _as_json(reading: Reading) -> dict[str, Any]:
    values = asdict(reading)
    values["probabilities"] = {intent.value: round(p, 4) for intent, p in reading.probabilities}
    values["slots"] = [_slot(slot) for slot in reading.slots]
    values["echoes"] = [{"phrase": phrase, "similarity": round(s, 4)} for phrase, s in reading.echoes]
    values["why"] = [{"word": word, "weight": round(weight, 4)} for word, weight in reading.why]
    return values


def _slot(slot: SlotValue) -> dict[str, Any]:
    shown = {key: value for key, value in asdict(slot).items() if value is not None}
    return {k: v.isoformat() if hasattr(v, "isoformat") else v for k, v in shown.items()}


def _as_text(reading: Reading) -> str:
    likely = ", ".join(f"{i.value} {p:.0%}" for i, p in reading.probabilities[:3])
    lines = [f"intent   {reading.intent.value}   ({likely})", f"warmth   {reading.warmth:.2f}"]
    flags = [
        name for name in ("asks_price", "asks_for_human", "is_question", "is_noise") if getattr(reading, name)
    ]
    if reading.opt_out.value != "none":
        flags.append(f"opt_out {reading.opt_out.value}")
    if flags:
        lines.append(f"says     {', '.join(flags)}")
    if reading.rules:
        lines.append(f"rules    {', '.join(reading.rules)}")
    for slot in reading.slots:
        rest = {
            k: v for k, v in _slot(slot).items() if k not in ("type", "words", "start", "end", "volunteered")
        }
        found = ", ".join(f"{key} {value}" for key, value in rest.items())
        lines.append(f"answer   {slot.type.value}: “{slot.words}” [{slot.start}:{slot.end}]  {found}")
    if reading.why:
        lines.append("because  " + ", ".join(f"{word} {weight:+.2f}" for word, weight in reading.why))
    return "\n".join(lines)
