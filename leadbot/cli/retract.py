"""``leadbot veto`` and ``leadbot retract``: words that should not be said, or not have been."""

from __future__ import annotations

import getpass
import json
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.brake import STOPPED_WITHIN_S, ago, of_brands
from leadbot.cli.project import as_json_option, in_project, settings_in
from leadbot.cli.words import in_one_line, say, say_pauses

if TYPE_CHECKING:
    from leadbot.model import BrandId
    from leadbot.ports import Clock
    from leadbot.store import Store
    from leadbot.store.brake import Waiting
    from leadbot.store.vetoes import Reply


@click.command()
@in_project
@click.argument("who", required=False)
@of_brands
@click.option("--why", default="", help="Kept in the log and on the task.")
@as_json_option
def veto(folder: Path, who: str | None, handles: tuple[str, ...], why: str, as_json: bool) -> None:
    """Stop what is about to be said to WHO: a handle, or a number of the list that this prints without WHO.

    It becomes a task, and a human speaks there from now on. What has left already is told as such.
    """
    from leadbot.app.look import brands_named, open_store

    settings = settings_in(folder)
    with open_store(settings) as (store, clock):
        named = brands_named(settings, store, handles, all_of_them=not handles)
        waiting = store.brake.waiting(named)
        if who is None:
            _list(store, clock, waiting, as_json=as_json)
            return
        stopped, left = _stop(store, _meant(store, waiting, list(named), who), why)
    if as_json:
        say(json.dumps({"stopped": stopped, "left": [_told(one) for one in left]}, ensure_ascii=False))
    else:
        for person in stopped:
            say(f"Nothing is said to @{person}. It is a task now: see `leadbot tasks list`.")
        for reply in left:
            say(_what_left(reply))
    if left:
        raise click.exceptions.Exit(1)


def _list(store: Store, clock: Clock, waiting: Sequence[Waiting], *, as_json: bool) -> None:
    now = clock.now()
    if as_json:
        say(
            json.dumps(
                [_about_to(one, (now - one.post_at).total_seconds()) for one in waiting], ensure_ascii=False
            )
        )
        return
    say_pauses(store)
    for one in waiting:
        words = in_one_line(one.text) or "(no words are chosen yet)"
        held = f"  held by {one.rule}" if one.rule else ""
        said_at = ago((now - one.post_at).total_seconds())
        say(f"{one.id or '-':>6}  @{one.person} to @{one.brand}, {said_at}, {one.state}{held}: {words}")
    if not waiting:
        say("Nothing is about to be said.")


def _meant(
    store: Store, waiting: Sequence[Waiting], brand_ids: Sequence[BrandId], who: str
) -> list[tuple[BrandId, str, str]] | Reply:
    """Whom it is about: (brand, person id, handle) of each; or the reply that has left already."""
    from leadbot.errors import ConfigError, Problem

    name = who.strip().lstrip("@").lower()
    waits = [one for one in waiting if name in (one.person.lower(), str(one.id) if one.id else "")]
    found: list[Waiting | Reply] = [*waits, *store.vetoes.in_hand(brand_ids, name)]
    if found:
        return list(dict.fromkeys((one.brand_id, str(one.person_id), one.person) for one in found))
    reply = store.vetoes.reply(int(name)) if name.isdecimal() and len(name) < 15 else None
    reply = reply or store.vetoes.newest_sent(brand_ids, name)
    if reply is None or reply.brand_id not in brand_ids:
        fix = "`leadbot veto` shows what is about to be said"
        raise ConfigError(
            [Problem(who, "nobody of that name is about to be told anything", fix, "not-waiting")]
        )
    if reply.state.value in ("sending", "unknown"):
        return [(reply.brand_id, str(reply.person_id), reply.person)]
    return reply


def _stop(
    store: Store, meant: list[tuple[BrandId, str, str]] | Reply, why: str
) -> tuple[list[str], list[Reply]]:
    """Returns who is spared words, and replies that had left."""
    from leadbot.model import PersonId

    if not isinstance(meant, list):
        return [], [meant]
    stopped, left = [], []
    for brand_id, person_id, person in meant:
        in_hand = store.vetoes.veto(brand_id, PersonId(person_id), by=getpass.getuser(), why=why)
        gone = [
            reply for number in in_hand if (reply := _settled(store, number)) and reply.state != "cancelled"
        ]
        left += gone
        stopped += [] if gone else [person]
    return stopped, left


def _settled(store: Store, number: int) -> Reply | None:
    """What became of a reply that was in hand: called back, or left before us. Waits a moment for it."""
    deadline, turn = time.monotonic() + STOPPED_WITHIN_S, threading.Event()
    while (reply := store.vetoes.reply(number)) and reply.state == "sending" and time.monotonic() < deadline:
        turn.wait(0.02)
    return reply


def _what_left(reply: Reply) -> str:
    if reply.post_id is None and reply.state in ("sending", "unknown"):
        return f"Reply {reply.id} to @{reply.person} is on its way to X, and X has not answered yet."
    if reply.post_id is None:
        return f"Reply {reply.id} to @{reply.person} was not sent: {reply.state}."
    when = f" at {reply.sent_at:%d %b %H:%M:%S} UTC" if reply.sent_at else ""
    return (
        f"Too late: it was sent to @{reply.person}{when}, as post {reply.post_id}. "
        f"`leadbot retract {reply.post_id} --why …` deletes it."
    )


def _told(reply: Reply) -> dict[str, Any]:
    return {"number": reply.id, "person": reply.person, "state": reply.state.value, "post_id": reply.post_id}


def _about_to(one: Waiting, age_s: float) -> dict[str, Any]:
    return {
        "number": one.id,
        "brand": one.brand,
        "person": one.person,
        "post_id": one.post_id,
        "age_s": round(age_s, 1),
        "text": one.text,
        "state": one.state,
        "rule": one.rule,
    }


@click.command()
@in_project
@click.argument("post")
@of_brands
@click.option("--why", required=True, help="Kept in the log and on the task.")
@as_json_option
def retract(folder: Path, post: str, handles: tuple[str, ...], why: str, as_json: bool) -> None:
    """Delete POST, a post of the bot that should not have been said: its id, or the number of its reply.

    Only what leadbot itself sent for that account. A human speaks there afterwards. X charges $0.01. Works
    with and without a running daemon, and while the account is paused.
    """
    from leadbot.app.accounts import account_of
    from leadbot.app.look import brand_ids, brands_named, modes_in_force, open_store
    from leadbot.app.retracting import retract as take_back
    from leadbot.errors import ConfigError, PermanentError, Problem
    from leadbot.x.spend import cost_of
    from leadbot.x.writer import XWriter

    settings = settings_in(folder)
    with open_store(settings) as (store, clock):
        (brand_id, name), *more = brands_named(settings, store, handles).items()
        brand = next((b for b in settings.brands if b.facts.handle.lower() == name), None)
        if more or brand is None:
            what = (
                "name one account" if more else f"@{name} is in leadbot.toml no more, so it has no keys here"
            )
            raise ConfigError([Problem("--brand", what, _by_hand(name, post, is_ours=False), "which-brand")])

        def on_spend(of: BrandId, kind: str, count: int) -> None:
            store.spend.record_spend(of, kind, count, cost_of(kind, count), clock.now())

        account = account_of(brand, settings, clock, brand_ids(settings, store))
        writer = XWriter(account, clock, base_url=settings.x.base_url, on_spend=on_spend)
        mode = modes_in_force(settings, store)[name]
        try:
            by = getpass.getuser()
            taken = take_back(store, writer, brand_id, post.strip(), mode=mode, by=by, why=why)
        except PermanentError as error:
            if error.reason not in ("not_ours", "not_permitted"):
                raise
            fix = _by_hand(name, post.strip(), is_ours=error.reason != "not_ours")
            raise ConfigError([Problem(f"post {post}", str(error), fix, error.reason)]) from error
        finally:
            writer.close()
    reply = taken.reply
    document = {
        "post_id": reply.post_id,
        "person": reply.person,
        "text": reply.text,
        "was_gone": taken.was_gone,
    }
    if as_json:
        say(json.dumps(document, ensure_ascii=False))
        return
    cost = "" if taken.was_gone else f" X charges ${cost_of('post_delete'):.2f}."
    became = "was gone already" if taken.was_gone else "is deleted"
    say(f"Post {reply.post_id} to @{reply.person} {became}: {in_one_line(reply.text)}{cost}")
    say("The bot is silent there from now on: see `leadbot tasks list`.")


def _by_hand(handle: str, post: str, *, is_ours: bool) -> str:
    if not is_ours:
        return f"only what leadbot itself sent for @{handle} is deleted here; anything else by hand on X"
    where = f" at https://x.com/{handle}/status/{post}" if len(post) >= 15 else " on X"
    return f"raise the mode with `leadbot brand mode {handle} draft`, or delete it by hand{where}"
