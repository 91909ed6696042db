"""``leadbot pause`` and ``leadbot resume``: the brake, and what comes after it."""

from __future__ import annotations

import getpass
import json
import sys
import threading
import time
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.app.resuming import Waited, Wishes
    from leadbot.model import BrandId
    from leadbot.store import Store

STOPPED_WITHIN_S = 0.8
"""So long a pause waits for replies that were in hand: each is called back or has left by then."""

of_brands = click.option("--brand", "handles", multiple=True, help="An account; may be given several times.")
every_brand = click.option("--all", "every", is_flag=True, help="All accounts of this project.")


@click.command()
@in_project
@of_brands
@every_brand
@click.option("--reason", required=True, help="Shown wherever the pause is shown.")
@as_json_option
def pause(folder: Path, handles: tuple[str, ...], every: bool, reason: str, as_json: bool) -> None:
    """The brake. When this returns nothing more leaves, also after a restart; listening goes on.

    `leadbot resume` lifts it. With one account in the project no name is needed.
    """
    pause_brands(folder, handles, every=every, reason=reason, as_json=as_json)


def pause_brands(
    folder: Path, handles: Sequence[str], *, every: bool, reason: str, as_json: bool = False
) -> None:
    """Pause, wait until nothing is in hand, and say so."""
    from leadbot.app.look import brands_named, open_store
    from leadbot.errors import ConfigError, Problem

    settings = settings_in(folder, only_where=True)
    with open_store(settings) as (store, _):
        named = brands_named(settings, store, handles, all_of_them=every)
        if not named:
            what = "nothing was paused: the database of this project knows no account yet"
            fix = "name the project of the running daemon (--project), or start it once: leadbot run"
            raise ConfigError([Problem("--all", what, fix, "which-brand")])
        store.brands.name_if_new(named)
        store.brands.pause_all(list(named), why=reason, by=getpass.getuser())
        left = _let_go(store, list(named))
    if as_json:
        say(json.dumps({"paused": sorted(named.values()), "reason": reason, "under_way": left}))
        return
    for name in named.values():
        say(f"@{name} is paused: {reason}. It listens on and says nothing.")
    if left:
        replies = "reply was" if left == 1 else "replies were"
        say(
            f"{left} {replies} on the way to X before that, and X has not answered yet: see `leadbot status`."
        )


def _let_go(store: Store, brand_ids: Collection[BrandId]) -> int:
    """Wait until replies in hand have been called back or have an answer; returns how many have not."""
    deadline, turn = time.monotonic() + STOPPED_WITHIN_S, threading.Event()
    while (left := store.brake.under_way(brand_ids)) and time.monotonic() < deadline:
        turn.wait(0.02)
    return left


@click.command()
@in_project
@of_brands
@every_brand
@click.option(
    "--answer",
    type=click.Choice(["fresh", "all"]),
    help="Answer those whose posts are fresh, or all; without it old posts become tasks.",
)
@click.option(
    "--apologise", multiple=True, help="A handle, a number, or all: say the brand's apology instead."
)
@click.option("--drop", multiple=True, help="A handle, a number, or all: say nothing; it becomes a task.")
@as_json_option
def resume(
    folder: Path,
    handles: tuple[str, ...],
    every: bool,
    answer: str | None,
    apologise: tuple[str, ...],
    drop: tuple[str, ...],
    as_json: bool,
) -> None:
    """Lift a pause. Says who waited, how long, and what would be said; then answer, apologise or drop.

    A post older than `too_late` is never answered by itself: it becomes a task unless you say otherwise. On a
    terminal you are asked; the options answer for scripts.
    """
    from leadbot.app.resuming import Wishes

    wishes = None
    if answer or apologise or drop or as_json or not sys.stdin.isatty():
        wishes = Wishes(answers_stale=answer == "all", drop=drop, apologise=apologise)
    resume_brands(folder, handles, every=every, wishes=wishes, as_json=as_json)


def resume_brands(
    folder: Path,
    handles: Sequence[str],
    *,
    every: bool = False,
    wishes: Wishes | None = None,
    as_json: bool = False,
) -> None:
    """Lift pauses as wished; wishes None: ask."""
    from leadbot.app.look import brands_named, open_store
    from leadbot.app.resuming import Wishes, chosen, plan
    from leadbot.errors import ConfigError, PermanentError, Problem
    from leadbot.store.states import OutboxState

    settings = settings_in(folder)
    with open_store(settings) as (store, clock):
        named = brands_named(settings, store, handles, all_of_them=every)
        seen = store.brake.newest_pause(named)
        paused = {id_: name for id_, name in named.items() if store.brands.state(id_).paused_at is not None}
        facts = {b.facts.handle.lower(): b.facts for b in settings.brands}
        brands = {id_: facts[name] for id_, name in paused.items() if name in facts}
        waiting = [w for w in store.brake.waiting(paused) if w.state != OutboxState.DRAFT]
        waited = plan(waiting, brands, wishes or Wishes(), now=clock.now())
        if wishes is None:
            _show(waited)
            waited = plan(waiting, brands, _ask(waited), now=clock.now())
        try:
            store.brake.release(list(paused), chosen(waited), by=getpass.getuser(), seen=seen)
        except PermanentError as error:
            fix = "`leadbot brand log` tells who and why; then `leadbot resume` once more"
            what = f"nothing was resumed: {error}"
            raise ConfigError([Problem("resume", what, fix, "paused-again")]) from error
    if as_json:
        document = {"resumed": sorted(paused.values()), "waited": [_as_json(one) for one in waited]}
        say(json.dumps(document, ensure_ascii=False))
        return
    if wishes is not None:
        _show(waited)
    for name in sorted(set(named.values()) - set(paused.values())):
        say(f"@{name} is not paused.")
    for one in (one for one in waited if one.number):
        say(f"  {one.number:>5}  @{one.waiting.person}: {_BECOMES[one.choice.value if one.choice else '']}")
    for name in paused.values():
        say(f"@{name} is no longer paused.")


_BECOMES = {
    "": "is answered as soon as the gate lets it",
    "answer": "is answered, though the post is old",
    "apologise": "gets the apology",
    "drop": "gets no reply; a task tells the team",
    "to_human": "too old: a task for a person",
}


def _show(waited: Sequence[Waited]) -> None:
    if not waited:
        say("Nobody waited.")
        return
    say(f"{len(waited)} waited:")
    for one in waited:
        words = in_one_line(one.waiting.text) or "(no words are chosen yet; it is answered as usual)"
        age = " too old," if one.is_stale else ""
        number = one.number or "-"
        who = f"@{one.waiting.person} to @{one.waiting.brand}"
        say(f"  {number:>5}  {who},{age} {ago(one.waited_s)}: {words}")


def _ask(waited: Sequence[Waited]) -> Wishes:
    """Ask on the terminal, for all at once or one by one."""
    from leadbot.app.resuming import Wishes

    open_ = [one for one in waited if one.number]
    if not open_:
        return Wishes()
    kinds = click.Choice(["answer", "apologise", "drop", "each"])
    say("answer: the fresh ones; old posts become tasks. apologise: the brand's apology. drop: tasks.")
    for_all = click.prompt("What about them?", type=kinds, default="answer")
    if for_all != "each":
        return Wishes(
            drop=("all",) if for_all == "drop" else (),
            apologise=("all",) if for_all == "apologise" else (),
        )
    wanted: dict[str, list[str]] = {"answer": [], "apologise": [], "drop": []}
    one_kind = click.Choice(list(wanted))
    for one in open_:
        default = "drop" if one.is_stale else "answer"
        found = click.prompt(f"  {one.number}  @{one.waiting.person}", type=one_kind, default=default)
        wanted[found].append(str(one.number))
    return Wishes(True, tuple(wanted["drop"]), tuple(wanted["apologise"]))


def ago(seconds: float) -> str:
    """A span of time for a person."""
    if seconds < 90:
        return f"{seconds:.0f} s ago"
    return f"{seconds / 60:.0f} min ago" if seconds < 5400 else f"{seconds / 3600:.1f} h ago"


def _as_json(one: Waited) -> dict[str, Any]:
    found = one.waiting
    return {
        "number": one.number,
        "brand": found.brand,
        "person": found.person,
        "post_id": found.post_id,
        "waited_s": round(one.waited_s, 1),
        "is_stale": one.is_stale,
        "would_say": found.text,
        "says": one.text,
        "becomes": one.choice.value if one.choice else "answer",
    }
