"""``leadbot handoffs``: the people handed over, and why."""

from __future__ import annotations

import getpass
import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.project import as_json_option, in_project, project_in
from leadbot.cli.words import in_one_line, say, say_pauses

if TYPE_CHECKING:
    from leadbot.store.queries import HandOffItem, HandOffStory


@click.group()
def handoffs() -> None:
    """The people handed over, and why."""


@handoffs.command("list")
@in_project
@click.option("--all", "with_closed", is_flag=True, help="Also those that are closed.")
@as_json_option
def list_handoffs(folder: Path, with_closed: bool, as_json: bool) -> None:
    """Who was handed over, who presses most first: a score counts for half after each day without contact."""
    stories = _stories(folder, with_closed=with_closed, shows_pauses=not as_json)
    if as_json:
        listed = [{**story_as_json(number, one), "pressing": now} for number, one, now in stories]
        say(json.dumps(listed, ensure_ascii=False))
        return
    for number, story, now in stories:
        item = story.item
        faded = f" ({now} now)" if now != item.score else ""
        say(
            f"{number:>4}  {item.score:>3} points{faded}  @{item.person} to @{item.brand}  "
            f"for {item.rep}, {item.team}  {item.reason.replace('_', ' ')}  "
            f"consent: {item.consent.value.replace('_', ' ')}  {_state(item)}"
        )
    if not stories:
        say("Nobody was handed over yet.")


@handoffs.command()
@in_project
@click.argument("who")
@as_json_option
def show(folder: Path, who: str, as_json: bool) -> None:
    """The whole story of one: WHO is a number of the list, or a handle."""
    number, story = _one(folder, who)
    if as_json:
        say(json.dumps(story_as_json(number, story), ensure_ascii=False))
    else:
        say("\n".join(story_as_text(number, story)))


@handoffs.command()
@in_project
@click.argument("who")
@as_json_option
def why(folder: Path, who: str, as_json: bool) -> None:
    """Why somebody got one, and the others did not: WHO is a number of the list, a handle or a key."""
    from leadbot.app.look import open_store
    from leadbot.cli.routes import routes_as_json, routes_as_text

    number, story = _one(folder, who)
    with open_store(project_in(folder).settings) as (store, _):
        routes = store.routes.of(story.item.key)
    if as_json:
        say(json.dumps(routes_as_json(story.item.key, routes), ensure_ascii=False))
    else:
        say("\n".join([f"{number}  @{story.item.person} to @{story.item.brand}", *routes_as_text(routes)]))


@handoffs.command()
@in_project
@click.argument("who")
@click.argument("outcome", type=click.Choice(["won", "later", "not_a_fit", "not_a_lead"]))
@click.option("--why", default="", help="In a few words, for whoever reads it later.")
def close(folder: Path, who: str, outcome: str, why: str) -> None:
    """Say what became of one: WHO is a number of the list, or a handle. The CRM is told."""
    from leadbot.app.look import open_store

    number, story = _one(folder, who)
    with open_store(project_in(folder).settings) as (store, _):
        store.desk.close_handoff(story.item.key, outcome, by=getpass.getuser(), why=why)
    say(f"{number}  @{story.item.person} to @{story.item.brand}: {outcome.replace('_', ' ')}")


def _one(folder: Path, who: str) -> tuple[int, HandOffStory]:
    """The newest that WHO names. Raises ConfigError."""
    from leadbot.errors import ConfigError, Problem

    stories = _stories(folder, with_closed=True)
    wanted = who.lstrip("@").lower()
    found = [(n, s) for n, s, _ in stories if wanted in (str(n), s.item.person.lower(), s.item.key.lower())]
    if not found:
        fix = "`leadbot handoffs list` shows them all"
        raise ConfigError([Problem(who, "is no handoff", fix, "no-handoff")])
    return max(found, key=lambda one: one[0])


def story_as_json(number: int, story: HandOffStory) -> dict[str, Any]:
    """A handoff as one JSON object."""
    item, effect = story.item, story.effect
    return {
        "number": number,
        "key": item.key,
        "person": item.person,
        "person_id": item.person_id,
        "brand": item.brand,
        "team": item.team,
        "rep": item.rep,
        "score": item.score,
        "receipt": [
            {
                "points": line.points,
                "words": line.words,
                "card": line.card,
                "answer": line.answer,
                "source": str(line.source),
                "post_id": line.post_id,
            }
            for line in effect.receipt
        ],
        "consent": item.consent.value,
        "consent_words": effect.consent_words,
        "reason": item.reason,
        "question": effect.question,
        "not_known": list(effect.not_known),
        "state": item.state.value,
        "outcome": item.outcome,
        "crm_ref": item.crm_ref,
        "crm_candidates": [asdict(one) for one in item.crm_candidates],
        "permalink": item.permalink,
        "created_at": item.created_at.isoformat(),
        "thread": [
            {"who": post.who, "text": post.text, "at": post.at.isoformat(), "id": post.id}
            for post in story.thread
        ],
    }


def story_as_text(number: int, story: HandOffStory) -> list[str]:
    """A handoff for a person who has ten seconds."""
    item, effect = story.item, story.effect
    lines = [f"{number}  @{item.person} to @{item.brand}   {item.score} points   {item.permalink}"]
    lines.append(f"for {item.rep} of {item.team}   ({item.reason.replace('_', ' ')}; {_state(item)})")
    for line in effect.receipt:
        lines.append(
            f"  {line.points:+4d}  {line.card}: {line.answer}   “{in_one_line(line.words)}”   {line.source}"
        )
    lines.append(f"  {item.score:>4}  in all")
    if effect.question:
        lines.append(f"They ask: {in_one_line(effect.question)}")
    if effect.not_known:
        lines.append(f"Not known: {', '.join(effect.not_known)}")
    said = f": “{in_one_line(effect.consent_words)}”" if effect.consent_words else ""
    lines.append(f"Consent: {item.consent.value.replace('_', ' ')}{said}")
    for known in item.crm_candidates:
        lines.append(f"May be in the CRM already: {in_one_line(known.label)} ({known.why}), {known.ref}")
    lines.append("What was said:")
    for post in story.thread:
        who = f"@{item.person}" if post.who == "person" else f"@{item.brand} ({post.who})"
        lines.append(f"  {post.at:%d %b %H:%M}  {who}: {in_one_line(post.text)}")
    return lines


def _stories(
    folder: Path, *, with_closed: bool, shows_pauses: bool = False
) -> list[tuple[int, HandOffStory, int]]:
    """Numbered by age, so that a number stays, with what each score counts for now; most pressing first."""
    from leadbot.app.look import open_store
    from leadbot.store.states import HandOffState

    with open_store(project_in(folder).settings) as (store, clock):
        if shows_pauses:
            say_pauses(store)
        items = store.queries.handoffs(states=tuple(HandOffState), limit=100_000)
        oldest_first = sorted(items, key=lambda item: (item.created_at, item.key))
        now = clock.now()
        stories = [
            (number, story, _pressing(story, now))
            for number, item in enumerate(oldest_first, start=1)
            if (with_closed or item.state is not HandOffState.CLOSED)
            and (story := store.queries.handoff(item.key)) is not None
        ]
    return sorted(stories, key=lambda found: (-found[2], found[0]))


def _pressing(story: HandOffStory, now: datetime) -> int:
    """What the score counts for now, after so long without a post of either side."""
    from leadbot.flows.routing import pressing

    last_at = max([story.item.created_at, *(post.at for post in story.thread)])
    return round(pressing(story.item.score, (now - last_at).total_seconds()))


def _state(item: HandOffItem) -> str:
    outcome = f": {item.outcome}" if item.outcome else ""
    return f"{item.state.value}{outcome}"
