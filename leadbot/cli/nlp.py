"""``leadbot nlp``: what the reader makes of a text, how well it reads, and how it is made."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.correct import correct
from leadbot.cli.counting import counting
from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.model import Reading, SlotValue
    from leadbot.nlp.evaluate import Evaluation
    from leadbot.nlp.slots.judging import SlotJudgement

WORST_SLOTS = 40  # mistakes shown


@click.group()
def nlp() -> None:
    """What the reader makes of a text, and how well it does."""


nlp.add_command(correct)


@nlp.command()
@click.argument("text")
@click.option("--zone", help='Where "today" is; the brand\'s, or UTC.')
@click.option("--brand", "handle", help="Also look for the phrases of this brand's playbooks.")
@in_project
@as_json_option
def read(text: str, zone: str | None, handle: str | None, folder: Path, as_json: bool) -> None:
    """Read TEXT: intent, warmth, the rules that fired, answers found in it, and the words that decided."""
    from datetime import UTC, datetime

    from leadbot.errors import ConfigError, Problem
    from leadbot.model import ReadRequest
    from leadbot.nlp import load_reader
    from leadbot.nlp.explain import explained
    from leadbot.settings import words

    own_zone, phrases = ("UTC", frozenset[str]()) if handle is None else _brand(folder, handle)
    try:
        place = words.zone(zone or own_zone)
    except ValueError as error:
        raise ConfigError([Problem("--zone", f'is "{zone}"', str(error), "zone")]) from None
    request = ReadRequest(text=text, at=datetime.now(UTC), zone=place, phrases=phrases)
    reading = explained(load_reader(), request)
    say(json.dumps(_as_json(reading), ensure_ascii=False) if as_json else _as_text(reading))


def _brand(folder: Path, handle: str) -> tuple[str, frozenset[str]]:
    """A brand's zone and the phrases of its playbooks. Raises ConfigError if there is no such brand."""
    from leadbot.errors import ConfigError, Problem

    project = project_in(folder)
    name = handle.lstrip("@").lower()
    for brand in project.settings.brands:
        if brand.facts.handle.lower() == name:
            playbooks = project.playbooks.get(name, ())
            return brand.facts.zone, frozenset().union(*(playbook.phrases for playbook in playbooks))
    known = ", ".join(f"@{brand.facts.handle}" for brand in project.settings.brands)
    raise ConfigError(
        [Problem("--brand", f"@{name} is no brand of this project", f"one of {known}", "brand")]
    )


@nlp.command()
@click.option(
    "--examples",
    "files",
    type=click.Path(path_type=Path),
    multiple=True,
    help="Labelled posts, JSON lines; several. The examples that ship if left out.",
)
@click.option("--out", type=click.Path(path_type=Path), help="Where to; the model in use if left out.")
@click.option("--page", type=click.Path(path_type=Path), help="Write the model card there, as Markdown.")
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--force", is_flag=True, help="Also when it measures worse than the model in place.")
@click.option(
    "--careful", is_flag=True, help="The careful model too: half an hour, and pip install 'leadbot[encoder]'."
)
@click.option(
    "--teacher",
    type=click.Path(path_type=Path),
    help="With --careful: the folder of a larger model (all-mpnet-base-v2) to learn from; an hour.",
)
def train(
    files: tuple[Path, ...],
    out: Path | None,
    page: Path | None,
    seed: int,
    force: bool,
    careful: bool,
    teacher: Path | None,
) -> None:
    """Make the model again from labelled posts. Needs scikit-learn: pip install 'leadbot[train]'."""
    from leadbot.cli.progress import bars
    from leadbot.nlp.card import page_of
    from leadbot.nlp.examples import written_files
    from leadbot.nlp.reader import SHIPPED
    from leadbot.nlp.train import train as make

    def say(line: str) -> None:
        click.echo(line, err=True)

    with bars() as on_posts:
        card = make(
            files or written_files(),
            out=out or SHIPPED,
            seed=seed,
            on_progress=say,
            force=force,
            careful=careful,
            teacher=teacher,
            on_posts=on_posts,
        )
    if page is not None:
        page.write_text(page_of(card), encoding="utf-8")
    for name, value in card.held_out.items():
        click.echo(f"{name:24} {value:.3f}")


@nlp.command("eval")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--model", type=click.Path(path_type=Path), help="Judge this one instead of the model in use.")
@click.option("--prior", help="The share of leads to read by, such as lead=0.07.")
@as_json_option
def evaluate(file: Path, model: Path | None, prior: str | None, as_json: bool) -> None:
    """Judge the reader on the labelled posts in FILE (JSON lines with text and label)."""
    from leadbot.errors import ConfigError, Problem
    from leadbot.nlp import load_reader
    from leadbot.nlp.evaluate import evaluate as judge
    from leadbot.nlp.examples import read_examples

    share = None if prior is None else _share(prior)
    rows = read_examples(file)
    if not rows:
        raise ConfigError([Problem(str(file), "has no examples", 'write {"text": …, "label": …} lines')])
    reader = load_reader(model)
    with counting("reading posts", len(rows)) as on_read:
        found = judge(reader, rows, prior=share, on_read=on_read)
    say(found.as_json() if as_json else _figures(found))


@nlp.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--today", required=True, help="The day on which they answered, such as 2026-11-27.")
@as_json_option
def slots(file: Path, today: str, as_json: bool) -> None:
    """Judge how answers are read on the rows in FILE (JSON lines with slot, asked, said and expect)."""
    from datetime import date

    from leadbot.errors import ConfigError, Problem
    from leadbot.nlp.slots.judging import judge_slots, read_rows

    try:
        on = date.fromisoformat(today)
    except ValueError:
        raise ConfigError([Problem("--today", f'"{today}" is no day', "write it like 2026-11-27")]) from None
    rows = read_rows(file)
    with counting("reading answers", len(rows)) as on_read:
        found = judge_slots(rows, on, on_read=on_read)
    say(json.dumps(found.as_dict(), indent=1) if as_json else _slot_figures(found))


def _slot_figures(found: SlotJudgement) -> str:
    lines = [f"{'slot':12} {'rows':>5} {'exact':>6} {'share':>6}"]
    lines += [f"{slot:12} {n:5} {exact:6} {exact / n:6.1%}" for slot, (n, exact) in found.slots.items()]
    lines.append(f"{'all':12} {found.n:5} {found.exact:6} {found.exact / found.n:6.1%}")
    lines.append(
        f"{found.false_answers} answers found where there is none ({found.false_answers / found.n:.1%})"
    )
    if found.misses:
        lines += ["", "mistakes, invented answers first"]
    lines += [
        f"  {miss.row.slot.value}: “{miss.row.said}” read as {_normal(miss.found)}, "
        f"not {_normal(miss.row.expect)}"
        for miss in found.misses[:WORST_SLOTS]
    ]
    return "\n".join(lines)


def _normal(form: dict[str, Any] | None) -> str:
    return "nothing" if form is None else ", ".join(f"{key} {value}" for key, value in form.items())


def _share(prior: str) -> float:
    from leadbot.errors import ConfigError, Problem

    name, _, number = prior.partition("=")
    try:
        share = float(number)
    except ValueError:
        share = 0.0
    if name.strip() != "lead" or not 0 < share < 1:
        fix = "write it like lead=0.07: seven posts of a hundred are leads"
        raise ConfigError([Problem("--prior", f'"{prior}" is no share of leads', fix, "prior")])
    return share


def _figures(found: Evaluation) -> str:
    figures = found.as_dict()
    lines = [
        f"{name:24} {'–' if value is None else value}"
        for name, value in figures.items()
        if not isinstance(value, dict)
    ]
    lines += ["", f"{'label':24} {'rows':>5} {'precision':>9} {'recall':>6} {'f1':>5}"]
    lines += [
        f"{name:24} {score.n:5} {score.precision:9.2f} {score.recall:6.2f} {score.f1:5.2f}"
        for name, score in found.judgement.labels.items()
    ]
    if found.worst:
        lines += ["", "surest mistakes"]
    lines += [
        f"  {mistake.found.value}, not {mistake.label.value} ({mistake.probability:.0%}): "
        f"{in_one_line(mistake.text)}" + (f"  [{', '.join(mistake.why)}]" if mistake.why else "")
        for mistake in found.worst
    ]
    return "\n".join(lines)


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
    for phrase, similarity in reading.echoes:
        lines.append(f"like     “{phrase}” ({similarity:.0%})")
    if reading.why:
        lines.append("because  " + ", ".join(f"{word} {weight:+.2f}" for word, weight in reading.why))
    return "\n".join(lines)
