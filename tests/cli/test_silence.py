"""In `watch` and in `draft` no write leaves by any path: seen from X's side of the wire.

The real writer over TCP, a simulated X that keeps a log of requests, replies in every state there is, and
every verb of the command line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest

from leadbot import model as m
from leadbot.cli import VERBS, cli
from leadbot.relay.checkpoint import Cleared
from leadbot.simulator import Player, SimulatorServer, World
from leadbot.x.writer import XWriter
from tests.cli.shop import ACME, TOML, Run, run
from tests.fakes.clock import ManualClock
from tests.fakes.house import House
from tests.x.rooms import SHORT, account_of

__all__ = ["run"]

STARTS_SOMETHING_ELSE = {"demo", "init", "simulator", "run", "nlp", "replay-posts"}
"""Verbs that begin a world of their own, or read texts only; the daemon is here as the house."""

SAMPLES = {"handle": "acme", "mode": "watch"}


class Speaking(House):
    """A house whose words really go out."""

    base_url: str

    def make_writer(self) -> XWriter:  # type: ignore[override]
        return XWriter(account_of("acme"), self.clock, base_url=self.base_url, time_outs=SHORT)


@dataclass
class Street:
    """The house, X, and people who post there."""

    house: House
    server: SimulatorServer

    def hear(self, name: str, number: int) -> m.PostId:
        with Player(self.server.base_url, name) as player:
            post_id = m.PostId(player.post("@acme pricing?"))
        now, author = self.house.clock.now(), m.PersonId(str(number))
        mentions = (m.Mention(ACME.id, "acme", typed=True),)
        words = {"text": "@acme pricing?", "said": "pricing?", "created_at": now}
        self.house.hear(m.Post(id=post_id, author_id=author, root_id=post_id, mentions=mentions, **words))  # type: ignore[arg-type]
        return post_id

    @property
    def writes(self) -> list[str]:
        """What we asked X to change, as X saw it; people's own posts come from X's own client."""
        return [
            one["route"]
            for one in self.server.world.requests
            if one["client"] == "api" and not one["route"].startswith("GET ")
        ]


@pytest.fixture
def street(tmp_path: Path) -> Iterator[Street]:
    with SimulatorServer(World(seed=7, brands=["acme"])) as server:
        (tmp_path / "leadbot.toml").write_text(
            TOML.replace("http://127.0.0.1:8765", server.base_url), encoding="utf-8"
        )
        Speaking.base_url = server.base_url
        house = Speaking(tmp_path, clock=ManualClock(datetime.now(UTC)), brand=ACME)
        house.store.brands.introduce(ACME.id, "acme")
        yield Street(house, server)
        house.writer.close()  # type: ignore[attr-defined]
        house.close()


def in_every_state(street: Street) -> Cleared:
    """One reply sent, one unknown, one in hand, one pending, one in its pace. Returns the one in hand."""
    house = street.house
    street.hear("ann", 7)
    house.wait_out(1)
    for name, number in (("ben", 8), ("cleo", 9), ("dan", 10)):
        street.hear(name, number)
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    writer, brand = house.writer, house.decks[ACME.id].brand
    _, (lost,) = house.relay._checkpoint.clear(brand, writer, limit=1)
    _, (in_hand,) = house.relay._checkpoint.clear(brand, writer, limit=1)
    house.store.outbox.look_again(lost.entry, until=house.clock.now(), rule="outcome_unknown")
    street.hear("eve", 11)
    house.engine.step()
    return in_hand


def every_verb() -> Iterator[list[str]]:
    """All commands with something for each argument they need; a new one is among them by itself."""
    for verb in sorted(set(VERBS) - STARTS_SOMETHING_ELSE):
        command = cli.get_command(click.Context(cli), verb)
        assert command is not None
        for name, one in getattr(command, "commands", {"": command}).items():
            words = [verb, name] if name else [verb]
            for param in one.params:
                if isinstance(param, click.Argument) and param.required:
                    words.append(SAMPLES.get(param.name or "", "9999"))
                elif param.required:
                    words += [param.opts[0], "9999"]
            yield words


@pytest.mark.parametrize("mode", ["watch", "draft"])
def test_no_write_leaves_by_any_path(run: Run, street: Street, mode: str) -> None:
    in_hand = in_every_state(street)
    house = street.house
    assert street.writes == ["POST /2/tweets"]
    with house.store.database.read() as connection:
        sent = str(connection.exec_driver_sql("SELECT id FROM outbox WHERE state = 'sent'").scalar_one())

    assert run("brand", "mode", "acme", mode).code == 0
    assert in_hand.permit is not None
    house.relay._sender.send(in_hand.entry, in_hand.permit, house.writer)
    house.wait_out(4, every_s=60)
    street.hear("fay", 12)
    house.wait_out(2, every_s=40)
    for words in every_verb() if mode == "watch" else ():
        assert run(*words).code in (0, 1, 2), words
    assert run("resume", "--all").code == 0
    if mode == "watch":
        for draft in run("drafts", "list", "--json").json:
            assert run("drafts", "approve", str(draft["id"])).code == 2
        assert run("retract", sent, "--why", "a wrong price").code == 2
    house.restart()
    house.store.brands.poll_completed(ACME.id)
    house.wait_out(4, every_s=60)
    assert street.writes == ["POST /2/tweets"], "the one of before"
    seen = [*house.store.queries.tasks(), *house.store.queries.drafts()]
    assert {"person8", "person9", "person10", "person11", "person12"} <= {one.person for one in seen}, (
        "and nobody is lost"
    )


def test_with_the_mode_live_the_same_street_is_answered(run: Run, street: Street) -> None:
    in_hand = in_every_state(street)
    assert in_hand.permit is not None
    street.house.relay._sender.send(in_hand.entry, in_hand.permit, street.house.writer)
    street.house.wait_out(6, every_s=60)
    assert street.writes == ["POST /2/tweets"] * 5
