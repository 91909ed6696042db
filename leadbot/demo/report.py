"""What happened in a demo, as one JSON document. Read from the daemon's database and the simulator's log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from leadbot.app.look import open_store
from leadbot.app.project import load_project
from leadbot.demo.cast import Role
from leadbot.demo.stage import Stage
from leadbot.store import Store
from leadbot.store.states import HandOffState

_EVER = datetime(2000, 1, 1, tzinfo=UTC)


def make(stage: Stage, roles: Sequence[Role], *, seed: int, first_handoff_s: float | None) -> dict[str, Any]:
    """The whole document. first_handoff_s: seconds from the start of the command."""
    with open_store(load_project(stage.folder, {}).settings) as (store, _):
        counts = store.queries.counts(_EVER)
        handoffs = _handoffs(store)
        document = {
            "simulation": True,
            "seed": seed,
            "heard": counts.heard,
            "left_in_peace": counts.left_in_peace,
            "replies": counts.replies,
            "dialogs": counts.dialogs,
            "handoffs": handoffs,
            "refusals": counts.refusals,
            "opt_outs": counts.opt_outs,
            "violations": stage.ask("GET", "violations")["violations"],
            "spent_usd": stage.ask("GET", "spend")["total_usd"],
            "seconds_to_first_handoff": None if first_handoff_s is None else round(first_handoff_s, 2),
            "people": _people(stage, store, roles),
        }
    return document


def _handoffs(store: Store) -> list[dict[str, Any]]:
    found = []
    for item in store.queries.handoffs(states=tuple(HandOffState)):
        story = store.queries.handoff(item.key)
        receipt = story.effect.receipt if story is not None else ()
        found.append(
            {
                "person": item.person,
                "brand": item.brand,
                "score": item.score,
                "receipt": [
                    {"points": line.points, "words": line.words, "source": str(line.source)}
                    for line in receipt
                ],
                "consent": item.consent.value,
                "outcome": item.outcome,
                "reason": item.reason,
                "rep": item.rep,
            }
        )
    return found


def _people(stage: Stage, store: Store, roles: Sequence[Role]) -> list[dict[str, Any]]:
    """Who was played, what became of them, and what was said."""
    posts = stage.posts()
    people = []
    for role in roles:
        mine = {post["id"] for post in posts if post["username"] == role.handle}
        thread = [post for post in posts if post["id"] in mine or post["in_reply_to"] in mine]
        people.append(
            {
                "person": role.handle,
                "part": role.part,
                "reasons": reasons_of(store, role.handle),
                "thread": [{"by": post["username"], "said": post["said"]} for post in thread],
            }
        )
    return people


def reasons_of(store: Store, handle: str) -> list[str]:
    """The reasons of all decisions on this person, oldest first."""
    found = store.queries.find_person(handle)
    if found is None:
        return []
    return [
        decision.reason
        for conversation in found.conversations
        for decision in reversed(store.queries.decisions(conversation.id))
    ]
