"""How many posts a second go from the inbox to a committed decision, and what limits them."""

from __future__ import annotations

import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path

from leadbot import model as m
from leadbot import nlp
from leadbot.clock import SystemClock
from leadbot.engine import Engine
from leadbot.flows import gate
from leadbot.flows import playbook as playbook_files
from leadbot.flows.cards import Deck
from leadbot.flows.decide import decide, new_conversation
from leadbot.ports import Reader
from leadbot.store import Store, open_database

ROOT = Path(__file__).parent.parent
BRAND = m.BrandId("1100000000000000001")
EPOCH_MS = 1288834974657  # X's Snowflake epoch
BATCH = 200


@dataclass(frozen=True, slots=True)
class Rate:
    """Posts a second over one run."""

    posts: int
    seconds: float

    @property
    def per_s(self) -> float:
        return self.posts / self.seconds


class SilentReader:
    """Reads nothing: what is left is the cost of deciding and committing."""

    def read(self, requests: Sequence[m.ReadRequest]) -> list[m.Reading]:
        return [m.Reading() for _ in requests]


def texts() -> Iterator[str]:
    """The written posts that ship with leadbot, over and over, addressed to the brand."""
    files = sorted(Path(nlp.__file__).parent.joinpath("data", "written").glob("*.jsonl"))
    lines = [json.loads(line)["text"] for file in files for line in file.read_text("utf-8").splitlines()]
    while True:
        yield from (text.replace("@user", "@acme") for text in lines)


def posts(count: int, *, now: datetime) -> list[tuple[m.Post, m.Person]]:
    """`count` posts of as many people."""
    first = (int(now.timestamp() * 1000) - EPOCH_MS) << 22
    return [_post(text, number, first, now) for number, text in enumerate(islice(texts(), count))]


def _post(text: str, number: int, first: int, now: datetime) -> tuple[m.Post, m.Person]:
    post_id, person_id = m.PostId(str(first + number)), m.PersonId(str(2_200_000_000_000_000_000 + number))
    said = text if "@acme" in text else f"@acme {text}"
    mention = m.Mention(BRAND, "acme", typed=True)
    post = m.Post(
        post_id, person_id, said, said, now, post_id, mentions=(mention,), edit_history=(post_id,), lang="en"
    )
    return post, m.Person(person_id, f"person{number}", "Ana", "tea", 120, 80, 300)


def deck() -> Deck:
    """The brand of the demo, at full speed."""
    source = playbook_files.PlaybookSource(
        "team-plan.yaml", (ROOT / "playbooks/team-plan.yaml").read_text("utf-8")
    )
    found = playbook_files.load([source], brands=None, teams=None)
    team = m.Team("inside-sales", (m.Rep("Maya Lindqvist", "Maya"),))
    brand = m.Brand(BRAND, "acme", "Acme", mode=m.Mode.LIVE, pace_s=(0.0, 0.0), teams=(team,))
    return Deck(brand, found)


@contextmanager
def engine(reader: Reader) -> Iterator[tuple[Store, Engine]]:
    """An engine on a fresh SQLite file, with durable commits as in production."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        clock = SystemClock()
        store = Store(open_database(f"sqlite:///{folder}/bench.db"), clock)
        try:
            kept = {BRAND: deck()}
            made = Engine(
                store,
                reader,
                kept,
                clock,
                decide=decide,
                new_conversation=new_conversation,
                normalise=gate.normalise,
            )
            yield store, made
        finally:
            store.close()


def inbox_to_commit(reader: Reader, count: int) -> Rate:
    """Put `count` posts into the inbox, then time the engine until all are decided."""
    with engine(reader) as (store, worker):
        heard = posts(count, now=datetime.now(UTC) - timedelta(minutes=1))
        for start in range(0, count, 1000):
            store.inbox.put_posts(BRAND, heard[start : start + 1000], channel="bench")
        return _timed(count, lambda: _run_dry(worker))


def _run_dry(worker: Engine) -> None:
    while worker.step():
        pass


def reading_alone(reader: Reader, count: int) -> Rate:
    """Time the reader on the same posts in batches of the same size."""
    cards = deck()
    now = datetime.now(UTC)
    requests = [
        m.ReadRequest(post.said, now, "UTC", cards.phrases, "en") for post, _ in posts(count, now=now)
    ]
    reader.read(requests[:BATCH])
    batches = [requests[start : start + BATCH] for start in range(0, count, BATCH)]
    return _timed(count, lambda: [reader.read(batch) for batch in batches])


def _timed(count: int, work: Callable[[], object]) -> Rate:
    began = time.perf_counter()
    work()
    return Rate(count, time.perf_counter() - began)
