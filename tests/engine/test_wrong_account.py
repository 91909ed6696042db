"""Two brands on one database, mixed up in every way there is: nothing leaves for another account."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadbot import model as m
from leadbot.engine import Engine
from leadbot.errors import InvariantError
from leadbot.flows import gate
from leadbot.flows.cards import Deck
from leadbot.relay import Relay
from leadbot.store import Store, open_database
from leadbot.store.tables import OUTBOX, TASK
from tests.fakes import decide as fake
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND, House, empty_database, person
from tests.fakes.reader import FakeReader
from tests.fakes.writer import FakeWriter, Timeline

ACME, GLOBEX = m.BrandId("100"), m.BrandId("200")
HANDLES = {ACME: "acme", GLOBEX: "globex"}


@dataclass(frozen=True)
class Mixed:
    """Who has whose what. Unmixed, everything of a brand is its own."""

    keys_of: m.BrandId = ACME
    token_of: m.BrandId = ACME
    row_of: m.BrandId = ACME
    conversation_of: m.BrandId = ACME
    playbook_of: m.BrandId = ACME


class Duo:
    """Engine and relay for two brands; what is mixed is mixed for @acme, @globex has only its own."""

    def __init__(self, folder: Path, mixed: Mixed) -> None:
        self.clock = ManualClock()
        shutil.copy(empty_database(), folder / "duo.db")
        self.store = Store(open_database(f"sqlite:///{folder}/duo.db"), self.clock)
        self.timelines = {brand_id: Timeline() for brand_id in HANDLES}
        decks = {brand_id: self._deck(brand_id) for brand_id in HANDLES}
        more = {"decide": fake.decide, "new_conversation": fake.new_conversation, "normalise": gate.normalise}
        self.engine = Engine(self.store, FakeReader(), decks, self.clock, **more)  # type: ignore[arg-type]
        acme = FakeWriter(
            ACME,
            self.clock,
            self.timelines[mixed.token_of],  # X shows a post where the token belongs
            token_account_id=mixed.token_of,
        )
        acme.keys_of = mixed.keys_of
        globex = FakeWriter(GLOBEX, self.clock, self.timelines[GLOBEX])
        self.relay = Relay(
            self.store,
            decks,
            {ACME: acme, GLOBEX: globex},
            self.clock,
            ask=gate.ask,
            normalise=gate.normalise,
            workers=0,
        )
        self.relay.recover()

    def _deck(self, brand_id: m.BrandId) -> Deck:
        return Deck(m.Brand(brand_id, HANDLES[brand_id], mode=m.Mode.LIVE), ())

    def close(self) -> None:
        self.relay.close()
        self.store.close()

    def hear(self, brand_id: m.BrandId, number: int) -> None:
        now, handle = self.clock.now(), HANDLES[brand_id]
        post_id, said = m.PostId(f"19{brand_id}{number:012d}"), f"words for {handle}"
        mentions = (m.Mention(brand_id, handle, typed=True),)
        author = m.PersonId(str(number))
        post = m.Post(post_id, author, f"@{handle} {said}", said, now, root_id=post_id, mentions=mentions)
        self.store.inbox.put_posts(brand_id, [(post, person(number))], channel="poll")
        self.store.brands.poll_completed(brand_id)

    def mix(self, mixed: Mixed) -> None:
        """Change what lies in the database, as a bug or a hand might."""
        with self.store.database.write() as connection:
            swap = "UPDATE {} SET {} WHERE conversation_id = '100:7'"
            payload = (
                f"""payload = replace(payload, '"brand_id":"100"', '"brand_id":"{mixed.playbook_of}"')"""
            )
            connection.exec_driver_sql(swap.format("outbox", payload))
            connection.exec_driver_sql(swap.format("outbox", f"brand_id = '{mixed.row_of}'"))
            theirs = f'"brand_id":"{mixed.conversation_of}"'
            state = f'state = replace(state, \'"brand_id":"100","person\', \'{theirs},"person\')'
            connection.exec_driver_sql(f"UPDATE conversation SET {state} WHERE id = '100:7'")

    def work(self, minutes: int) -> None:
        for _ in range(minutes * 4):
            self.clock.advance(15)
            for _ in range(50):
                if not self.engine.step() + self.relay.step():
                    break


@contextmanager
def duo(mixed: Mixed) -> Iterator[Duo]:
    with tempfile.TemporaryDirectory() as folder:
        found = Duo(Path(folder), mixed)
        yield found
        found.close()


_BRANDS = st.sampled_from([ACME, GLOBEX])


MIXTURES = st.builds(
    Mixed,
    keys_of=_BRANDS,
    token_of=_BRANDS,
    row_of=_BRANDS,
    conversation_of=_BRANDS,
    playbook_of=_BRANDS,
)
FEW = settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
MANY = settings(FEW, max_examples=150)


def nothing_leaves_for_another_account(mixed: Mixed) -> None:
    with duo(mixed) as both:
        both.hear(ACME, 7)
        both.clock.advance(31)
        both.engine.step()
        both.engine.step()
        both.mix(mixed)
        both.hear(GLOBEX, 8)
        both.work(1)
        for brand_id, timeline in both.timelines.items():
            assert all(f"words for {HANDLES[brand_id]}" in post.said for post in timeline.posts), mixed
        assert len(both.timelines[GLOBEX].posts) == 1, "the other brand is not disturbed"
        assert len(both.timelines[ACME].posts) == (mixed == Mixed()), mixed


@FEW
@given(mixed=MIXTURES)
def test_whatever_is_mixed_no_post_leaves_for_another_account(mixed: Mixed) -> None:
    nothing_leaves_for_another_account(mixed)


@pytest.mark.long
@MANY
@given(mixed=MIXTURES)
def test_all_mixtures_leave_nothing_for_another_account(mixed: Mixed) -> None:
    nothing_leaves_for_another_account(mixed)


def test_unmixed_each_brand_speaks_for_itself() -> None:
    nothing_leaves_for_another_account(Mixed())


@pytest.mark.parametrize(
    ("mixed", "why"),
    [
        (Mixed(keys_of=GLOBEX), "the keys belongs to account 200"),
        (Mixed(token_of=GLOBEX), "the token belongs to account 200"),
        (Mixed(conversation_of=GLOBEX), "the conversation belongs to account 200"),
        (Mixed(playbook_of=GLOBEX), "the playbook belongs to account 200"),
        (Mixed(row_of=GLOBEX), "the conversation belongs to account 100"),
    ],
)
def test_the_refusal_says_who_names_another_account(mixed: Mixed, why: str) -> None:
    with duo(mixed) as both:
        both.hear(ACME, 7)
        both.clock.advance(31)
        both.engine.step()
        both.engine.step()
        both.mix(mixed)
        both.store.brands.poll_completed(GLOBEX)
        both.work(1)
        with both.store.database.read() as connection:
            (row,) = connection.execute(OUTBOX.select()).mappings().all()
        assert row["rule"] == "account"
        assert row["why"].startswith(why)
        assert both.timelines[ACME].posts == both.timelines[GLOBEX].posts == []


def test_a_relay_is_not_made_with_the_writer_or_the_deck_of_another_account(house: House) -> None:
    parts = (house.store, house.decks, {BRAND: house.writer}, house.clock)
    for number, wrong in ((1, {GLOBEX: house.decks[BRAND]}), (2, {GLOBEX: house.writer})):
        mixed = [wrong if place == number else part for place, part in enumerate(parts)]
        with pytest.raises(InvariantError, match="of account 100 was given for account 200"):
            Relay(*mixed, ask=gate.ask, workers=0)  # type: ignore[arg-type]


def test_a_playbook_in_the_deck_of_another_account_says_nothing(tmp_path: Path) -> None:
    """Its handle is not the brand's: it learns no id, and no line of it gets a permit."""
    from tests.engine.test_scenarios import ACME as BRAND_FACTS
    from tests.flows.factories import playbook

    globex = replace(playbook(), brand="globex", brand_id="")
    deck = Deck(BRAND_FACTS, (globex,))
    assert [book.brand_id for book in deck.playbooks] == [""]
    assert Deck(BRAND_FACTS, (replace(globex, brand="acme"),)).playbooks[0].brand_id == BRAND


def test_a_row_whose_playbook_nobody_knows_becomes_a_task(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    with house.store.database.write() as connection:
        connection.exec_driver_sql("""UPDATE outbox SET payload = replace(payload, '"100"', '""')""")
    house.wait_out(1)
    assert house.writer.calls == []
    with house.store.database.read() as connection:
        (task,) = connection.execute(TASK.select()).mappings().all()
    assert task["kind"] == "reply_refused"
