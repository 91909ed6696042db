"""A whole house for tests: store, engine and relay on one file, that can be killed and opened again."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from leadbot import model as m
from leadbot.engine import Engine
from leadbot.engine.fold import Decide
from leadbot.flows import gate
from leadbot.flows.cards import Deck, Playbook
from leadbot.ports import Reader
from leadbot.relay import Relay
from leadbot.store import Store, open_database
from tests.fakes import decide as fake
from tests.fakes.clock import ManualClock
from tests.fakes.crm import FakeCrm, FakeNotifier
from tests.fakes.reader import FakeReader
from tests.fakes.writer import FakeWriter, Timeline

BRAND = m.BrandId("100")
SNOWFLAKE_EPOCH_MS = 1_288_834_974_657


@cache
def empty_database() -> Path:
    """A database with all its tables and nothing in them, made once: that takes longer than most tests."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    open_database(f"sqlite:///{folder}/empty.db").close()
    return folder / "empty.db"


def person(number: int = 7, **more: Any) -> m.Person:
    """Somebody on X."""
    return m.Person(m.PersonId(str(number)), f"person{number}", f"Person {number}", **more)


def deck(brand: m.Brand | None = None, playbooks: tuple[Playbook, ...] = ()) -> Deck:
    """A brand that may speak."""
    return Deck(brand or m.Brand(BRAND, "acme", "Acme", mode=m.Mode.LIVE), playbooks)


class House:
    """Everything on one database file.

    The timeline, the CRM and the clock stand for the world: they outlive a kill.
    """

    def __init__(
        self,
        folder: Path,
        *,
        clock: ManualClock | None = None,
        brand: m.Brand | None = None,
        playbooks: tuple[Playbook, ...] = (),
        decide: Decide = fake.decide,
        template: Path | None = None,
        reader: Reader | None = None,
        **relay: Any,
    ) -> None:
        self.file = folder / "leadbot.db"
        if template is not None or not self.file.exists():
            shutil.copy(template or empty_database(), self.file)
        self.clock = clock or ManualClock()
        self.brand_id = brand.id if brand else BRAND
        self.decks = {self.brand_id: deck(brand, playbooks)}
        self.timeline = Timeline()
        self.crm = FakeCrm()
        self.notifier = FakeNotifier()
        self.reader = FakeReader()
        self._real_reader = reader
        self.decide = decide
        self._relay_options = relay
        self._posts = 0
        self.open()

    def open(self) -> None:
        """A start of the process."""
        self.store = Store(open_database(f"sqlite:///{self.file}"), self.clock)
        self.writer = self.make_writer()
        self.engine = Engine(
            self.store,
            self._real_reader or self.reader,
            self.decks,
            self.clock,
            decide=lambda *args, **more: self.decide(*args, **more),
            new_conversation=fake.new_conversation,
            normalise=gate.normalise,
        )
        options: dict[str, Any] = {"workers": 0, **self._relay_options}
        self.relay = Relay(
            self.store,
            self.decks,
            {self.brand_id: self.writer},
            self.clock,
            ask=gate.ask,
            normalise=gate.normalise,
            crm=self.crm,
            notifier=self.notifier,
            **options,
        )
        self.relay.recover()

    def make_writer(self) -> FakeWriter:
        """The account that speaks."""
        return FakeWriter(self.brand_id, self.clock, self.timeline)

    def close(self) -> None:
        """The end of the process, orderly or not."""
        self.relay.close()
        self.store.close()

    def restart(self) -> None:
        """Gone and back."""
        self.close()
        self.open()

    def post(self, said: str, *, by: int = 7, version: int = 0, **more: Any) -> m.Post:
        """A post that mentions the brand. Not heard yet."""
        self._posts += 1
        now = self.clock.now()
        ms = int(now.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS
        post_id = m.PostId(str((ms << 22) + self._posts))
        author = m.PersonId(str(by))
        mentions = (m.Mention(self.brand_id, "acme", typed=True),)
        values = {"root_id": post_id, "mentions": mentions, **more}
        return m.Post(post_id, author, f"@acme {said}", said, now, **values)

    def hear(self, *posts: m.Post) -> int:
        """The listener puts posts into the inbox and has then seen everything there is."""
        heard = [(post, person(int(post.author_id))) for post in posts]
        new = self.store.inbox.put_posts(self.brand_id, heard, channel="poll")
        self.store.brands.poll_completed(self.brand_id)
        return new

    def say(self, said: str, *, by: int = 7, **more: Any) -> m.Post:
        """Post and hear in one go."""
        post = self.post(said, by=by, **more)
        self.hear(post)
        return post

    def settle(self, *, seconds: float = 0.0) -> None:
        """Let time pass, then work until nothing is due."""
        self.clock.advance(seconds)
        for _ in range(200):
            if not self.engine.step() + self.relay.step():
                return
        raise AssertionError("engine and relay never come to rest")

    def wait_out(self, minutes: int, *, every_s: int = 15) -> None:
        """Let minutes pass, working every so often."""
        for _ in range(minutes * 60 // every_s):
            self.settle(seconds=every_s)
