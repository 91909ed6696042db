"""``leadbot playbook replay``: past dialogs through a draft."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.playbook_files import reader, settings_without_keys
from leadbot.cli.playbook_versions import SHORT
from leadbot.cli.project import as_json_option, in_project
from leadbot.cli.words import in_one_line, say
from leadbot.errors import ConfigError, PlaybookError, Problem

if TYPE_CHECKING:
    from leadbot.flows.cards import Deck, Playbook
    from leadbot.flows.comparing import Compared, Fate
    from leadbot.settings import BrandSettings, Settings
    from leadbot.store import Store

SHOWN = 20
"""People shown of each kind; `--json` has all."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a replay came to. posts and people: all that were heard; compared: those that were played."""

    draft: Playbook
    live: Playbook | None
    posts: int
    people: int
    compared: tuple[Compared, ...]
    took_s: float


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--last", default="30d", show_default=True, help="How far back, such as 12h, 7d or 30d.")
@in_project
@as_json_option
def replay(file: Path, last: str, folder: Path, as_json: bool) -> None:
    """Play what people wrote through the draft in FILE: who would have been treated otherwise, and how the
    scores move. Nothing is sent, stored or changed.
    """
    outcome = _replay(file, _span(last), settings_without_keys(folder))
    if as_json:
        say(json.dumps(_as_json(outcome), ensure_ascii=False))
        return
    for line in _as_text(outcome, last):
        say(line)


def _span(text: str) -> timedelta:
    from leadbot.flows.values import seconds

    short = {"d": "days", "h": "hours", "m": "minutes"}
    words = f"{text[:-1]} {short[text[-1]]}" if text[-1:] in short and text[:-1].isdigit() else text
    try:
        return timedelta(seconds=seconds(words))
    except ValueError as error:
        raise ConfigError([Problem("--last", str(error), "write it like 30d or 12h", "last")]) from error


def _replay(file: Path, span: timedelta, settings: Settings) -> Outcome:
    from leadbot.app.look import brands_named, open_store
    from leadbot.flows.comparing import Past, PastPost, compare

    began = time.perf_counter()
    draft = _draft(file, settings)
    brand = next(one for one in settings.brands if one.facts.handle.lower() == draft.brand)
    with open_store(settings) as (store, clock):
        (brand_id,) = brands_named(settings, store, [draft.brand])
        old, new, live = _decks(brand, draft, settings, store)
        intents = frozenset().union(*(book.start_when.intents for book in (*old.playbooks, *new.playbooks)))
        past = store.past.since(brand_id, clock.now() - span, intents)
    people = [
        Past(person, tuple(PastPost(post.said, post.created_at) for post in posts))
        for person, posts in past.wrote.values()
    ]
    compared = compare(people, old, new, reader())
    return Outcome(draft, live, past.posts, past.people, compared, time.perf_counter() - began)


def _draft(file: Path, settings: Settings) -> Playbook:
    from leadbot.app.project import check_sources, shown_as
    from leadbot.cli.playbook_files import read_source

    shown = shown_as(file.resolve(), settings.folder)
    found, problems = check_sources([replace(read_source(file), file=shown)], settings)
    if problems:
        raise PlaybookError(problems)
    return found[0]


def _decks(
    brand: BrandSettings, draft: Playbook, settings: Settings, store: Store
) -> tuple[Deck, Deck, Playbook | None]:
    """What the brand speaks now, and what it would speak with the draft in its place."""
    from leadbot.app.publishing import spoken
    from leadbot.flows.cards import Deck
    from leadbot.nlp.brand_examples import file_of, read_brand_examples

    rows = read_brand_examples(file_of(settings.folder, draft.brand))
    examples = frozenset((row.text, row.label) for row in rows)
    now = spoken(brand, settings, store)
    live = next((book for book in now if book.name == draft.name), None)
    then = tuple(draft if book is live else book for book in now) if live else (*now, draft)
    old = Deck(brand.facts, now, examples=examples)
    return old, replace(old, playbooks=then), live


# ---------------------------------------------------------------- telling


def _as_text(outcome: Outcome, last: str) -> Iterator[str]:
    from leadbot.flows.comparing import totals

    compared = outcome.compared
    before, after = (totals(fates) for fates in _sides(compared))
    heard = (
        f"{_many(outcome.posts, 'post', 'posts')} of {_many(outcome.people, 'person', 'people')} in {last}"
    )
    yield f"{heard}; played again, for they wanted something a playbook starts on: {len(compared):,}"
    yield f"({outcome.took_s:.1f} s)"
    yield ""
    yield f"{'':16} {_name(outcome.live):>20} {_name(outcome.draft):>20}"
    yield f"{'dialogs begun':16} {before.dialogs:>20,} {after.dialogs:>20,}"
    yield f"{'handed over':16} {before.handed_over:>20,} {after.handed_over:>20,}"
    yield f"{'points, median':16} {_points(before.median_score):>20} {_points(after.median_score):>20}"
    up, down, same = _moves(compared)
    yield f"scores           {up:,} up, {down:,} down, {same:,} the same"
    for title, group in _groups(compared):
        yield from _group(title, group)
    yield ""
    yield "Their later words answered the old questions; what they would have said to new ones nobody knows."


def _many(number: int, one: str, several: str) -> str:
    return f"{number:,} {one if number == 1 else several}"


def _name(playbook: Playbook | None) -> str:
    return f"{playbook.name}@{playbook.version[:SHORT]}" if playbook else "without"


def _points(score: float | None) -> str:
    return "–" if score is None else f"{score:g}"


def _sides(compared: Sequence[Compared]) -> tuple[list[Fate], list[Fate]]:
    return [one.before for one in compared], [one.after for one in compared]


def _moves(compared: Iterable[Compared]) -> tuple[int, int, int]:
    moved = [
        one.after.score - one.before.score for one in compared if one.before.dialogs or one.after.dialogs
    ]
    return sum(d > 0 for d in moved), sum(d < 0 for d in moved), sum(d == 0 for d in moved)


def _groups(compared: Sequence[Compared]) -> list[tuple[str, list[Compared]]]:
    """Everybody who would be treated otherwise, by what weighs most."""
    groups: dict[str, list[Compared]] = {
        "No longer handed over": [],
        "Now handed over": [],
        "A dialog would begin": [],
        "No dialog would begin": [],
        "Another ending, score or number of messages": [],
    }
    for one in compared:
        if one.is_otherwise:
            groups[_kind(one)].append(one)
    return [(title, group) for title, group in groups.items() if group]


def _kind(one: Compared) -> str:
    old, new = one.before, one.after
    if old.handed_over != new.handed_over:
        return "Now handed over" if new.handed_over else "No longer handed over"
    if bool(old.dialogs) != bool(new.dialogs):
        return "A dialog would begin" if new.dialogs else "No dialog would begin"
    return "Another ending, score or number of messages"


def _group(title: str, group: Sequence[Compared]) -> Iterator[str]:
    yield ""
    yield f"{title} ({len(group):,})"
    for one in group[:SHOWN]:
        words = in_one_line(one.past.posts[0].text)
        yield f"  @{one.past.person.username}: {one.before.in_words} -> {one.after.in_words}   “{words[:70]}”"
    if len(group) > SHOWN:
        yield f"  … and {len(group) - SHOWN:,} more (--json has all)"


def _as_json(outcome: Outcome) -> dict[str, Any]:
    up, down, same = _moves(outcome.compared)
    return {
        "draft": outcome.draft.version,
        "live": outcome.live.version if outcome.live else None,
        "posts": outcome.posts,
        "people": outcome.people,
        "played": len(outcome.compared),
        "scores": {"up": up, "down": down, "same": same},
        "otherwise": [
            {
                "person": one.past.person.username,
                "person_id": one.past.person.id,
                "kind": _kind(one),
                "before": _fate(one.before),
                "after": _fate(one.after),
            }
            for one in outcome.compared
            if one.is_otherwise
        ],
        "seconds": round(outcome.took_s, 2),
    }


def _fate(fate: Fate) -> dict[str, Any]:
    return {
        "dialogs": fate.dialogs,
        "playbook": fate.playbook,
        "score": fate.score,
        "handed_over": fate.handed_over,
        "ending": fate.ending,
        "messages": len(fate.said),
    }
