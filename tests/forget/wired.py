"""Store, engine, relay and poll wired to the simulator over TCP with real tweepy; time moves by hand."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from leadbot import model as m
from leadbot.engine import Engine
from leadbot.flows import gate
from leadbot.flows.cards import Deck
from leadbot.flows.decide import decide, new_conversation
from leadbot.relay import Relay
from leadbot.simulator import SimulatorServer
from leadbot.store import Store, codec, open_database
from leadbot.x.mapping import heard_in
from leadbot.x.patience import Patience
from leadbot.x.poll import MentionsPoll, PollCalls
from leadbot.x.spend import ReadLedger
from leadbot.x.thrift import Thrift
from leadbot.x.writer import XWriter
from tests.fakes.crm import FakeCrm, FakeNotifier
from tests.fakes.reader import FakeReader
from tests.flows.factories import playbook
from tests.x.rooms import SHORT, Control, account_of


class WorldClock:
    """The simulator's time, without asking over HTTP."""

    def __init__(self, simulator: SimulatorServer) -> None:
        self._simulator = simulator

    def now(self) -> datetime:
        return self._simulator.world.clock.now()

    def real_s(self, virtual_s: float) -> float:
        return 0.0


def _nothing(*args: object) -> None:
    """What an absent callback does."""


class Wired:
    """@acme, live, at the simulator. Nothing happens but by `hear`, `decide`, `send` and `settle`."""

    def __init__(self, folder: Path, simulator: SimulatorServer, template: Path) -> None:
        (folder / "leadbot.db").write_bytes(template.read_bytes())
        self.simulator = simulator
        self.control = Control(simulator.base_url)
        self.clock = WorldClock(simulator)
        self.account = account_of("acme")
        self.brand_id = self.account.brand_id
        team = m.Team("inside-sales", (m.Rep("Mia Winter", "Mia"),))
        brand = m.Brand(self.brand_id, "acme", "Acme", mode=m.Mode.LIVE, pace_s=(0.0, 0.0), teams=(team,))
        self.decks = {self.brand_id: Deck(brand, (playbook(),))}
        self.store = Store(open_database(f"sqlite:///{folder}/leadbot.db"), self.clock)
        self.reader = FakeReader()
        self.notifier = FakeNotifier()
        self.engine = Engine(
            self.store,
            self.reader,
            self.decks,
            self.clock,
            decide=decide,
            new_conversation=new_conversation,
            normalise=gate.normalise,
        )
        self.writer = XWriter(self.account, self.clock, base_url=simulator.base_url, time_outs=SHORT)
        self.relay = Relay(
            self.store,
            self.decks,
            {self.brand_id: self.writer},
            self.clock,
            ask=gate.ask,
            normalise=gate.normalise,
            crm=FakeCrm(),
            notifier=self.notifier,
            workers=0,
        )
        self.relay.recover()
        self.timelines = self.relay.timelines(every_s=60.0)
        completed = self.store.brands.poll_completed
        self.poll = MentionsPoll(
            self.account,
            frozenset({str(self.brand_id)}),
            self.store.inbox,
            self.clock,
            threading.Event(),
            PollCalls(completed, _nothing, _nothing, _nothing, _nothing, _nothing),
            base_url=simulator.base_url,
            poll_s=1.0,
            lookback_s=3_600.0,
            overlap_s=600.0,
            patience=Patience(),
            ledger=ReadLedger(),
            thrift=Thrift(self.clock, budgets={}, spent=lambda brand_id: 0.0),
            time_outs=SHORT,
        )

    def hear(self) -> int:
        """One complete poll. Returns how many posts were new."""
        return self.poll.poll()

    def hear_by_stream(self, line: bytes) -> None:
        """One line of a stream that alone is listened to: when it connects, all there was is heard."""
        self.store.brands.poll_completed(self.brand_id)
        heard = heard_in(line)
        self.store.inbox.put_posts(self.brand_id, [(heard.post, heard.person)], channel="stream")

    def decide(self) -> None:
        """The engine decides on all there is."""
        while self.engine.step():
            pass

    def settle(self) -> None:
        """Hear, decide and send until nothing is due."""
        self.hear()
        for _ in range(50):
            if not self.engine.step() + self.relay.step():
                return
        raise AssertionError("engine and relay never come to rest")

    def said_under(self, post_id: str) -> list[str]:
        """What stands under a post in the brand's name, whoever wrote it."""
        found = self.control.ask("GET", "log", params={"in_reply_to": post_id, "requests": 0})["posts"]
        return [post["said"] for post in found if post["username"] == "acme"]

    def later(self, seconds: float) -> None:
        """Let time pass at X and here."""
        self.control.ask("POST", "clock", json={"advance_s": seconds})

    def conversation(self, person_id: str) -> m.Conversation:
        """Our record of a person."""
        with self.store.database.read() as connection:
            sql = f"SELECT state FROM conversation WHERE person_id = '{person_id}'"
            return codec.conversation(connection.exec_driver_sql(sql).scalar_one())

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with self.store.database.read() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(sql)]

    def close(self) -> None:
        self.poll.join(0.0)
        self.relay.close()
        self.writer.close()
        self.control.close()
        self.store.close()


MakeWired = Callable[[], Wired]
