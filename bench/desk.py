"""The desk with 200,000 stored conversations: queue and card at the server, alone, while the engine writes at
full speed, and with 80 open pages. `python -m bench.desk`; the rows take half a minute to make.
"""

from __future__ import annotations

import argparse
import json
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import islice
from pathlib import Path
from statistics import quantiles

from sqlalchemy import insert

from bench.inbox import BRAND, ROOT, SilentReader, deck, posts
from leadbot import model as m
from leadbot.clock import SystemClock
from leadbot.desk.house import Address, House, real_time
from leadbot.desk.serve import Server, listen
from leadbot.engine import Engine
from leadbot.flows import gate
from leadbot.flows.decide import decide, new_conversation
from leadbot.store import Store, codec, open_database, rows
from leadbot.store.desk_access import Role
from leadbot.store.inbox import post_key
from leadbot.store.tables import CONVERSATION, DECISION, HANDOFF, INBOX, PERSON

SOURCE = m.Source("team-plan.yaml", m.VersionId("v" * 64), 25, str(BRAND))
CHUNK = 5_000


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds of requests, over a kept connection."""

    p50: float
    p95: float
    p99: float

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        cuts = quantiles([1000 * one for one in seconds], n=100)
        return cls(*(round(cuts[at], 1) for at in (49, 94, 98)))


def fill(store: Store, conversations: int, *, open_handoffs: int) -> list[str]:
    """Conversations of two posts and two decisions each; every fourth was handed over, few of those are open.

    Returns some that are open.
    """
    now = datetime.now(UTC) - timedelta(minutes=5)
    made = posts(conversations, now=now)
    shown: list[str] = []
    every = max(conversations // 4 // open_handoffs, 1)
    for start in range(0, conversations, CHUNK):
        chunk = list(enumerate(islice(made, start, start + CHUNK), start=start))
        found = [_rows(number, post, person, now, every) for number, (post, person) in chunk]
        with store.database.write() as connection:
            for table, at in ((PERSON, 0), (CONVERSATION, 1)):
                connection.execute(insert(table), [row[at] for row in found])
            connection.execute(insert(INBOX), [one for row in found for one in row[2]])
            connection.execute(insert(DECISION), [one for row in found for one in row[3]])
            connection.execute(insert(HANDOFF), [row[4] for row in found if row[4]])
        shown += [row[4]["conversation_id"] for row in found if row[4] and row[4]["state"] == "open"]
    return shown


def _rows(number: int, post: m.Post, person: m.Person, now: datetime, every: int):  # type: ignore[no-untyped-def]
    of = new_conversation(BRAND, person.id)
    at = now - timedelta(seconds=number % 500_000)
    heard = [
        {
            "brand_id": BRAND, "key": f"{post_key(post)}:{turn}", "person_id": person.id,
            "partition": m.partition_of(BRAND, person.id), "kind": "PostReceived", "state": "done",
            "payload": codec.encode(codec.HeardPost(post, person)), "post_id": f"{post.id}{turn}",
            "channel": "bench", "put_at": at, "done_at": at, "checked_at": at,
        }
        for turn in range(2)
    ]  # fmt: skip
    decided = [
        {
            "conversation_id": of.id, "brand_id": BRAND, "event": "PostReceived", "reason": "asked",
            "trace": codec.encode(("read as pricing, warmth 0.97",)), "effects": "", "at": at,
        }
        for _ in range(2)
    ]  # fmt: skip
    handoff = None
    if number % 4 == 0:
        line = m.ReceiptLine(30, "about 40 of us", "team_size", "many", SOURCE, post.id)
        effect = m.HandOff(
            f"{of.id}:handoff:1",
            "inside-sales",
            "Maya Lindqvist",
            30,
            (line,),
            m.Consent.YES,
            "yes",
            "handed_over",
        )
        is_open = number // 4 % every == 0
        handoff = rows.handoff(effect, of, at) | {"state": "open" if is_open else "closed"}
    return rows.person(person, now), rows.conversation(of, now), heard, decided, handoff


@contextmanager
def served(store: Store) -> Iterator[tuple[Address, str]]:
    """The desk on a port, and the cookie of somebody who is signed in."""
    found = listen(Address(port=0))
    address = Address(port=found.getsockname()[1])
    brand = deck().brand
    server = Server(
        House(store, SystemClock(), address, {BRAND: brand}, resume=lambda *_: None), listens_on=found
    )
    stop = threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,), daemon=True)
    thread.start()
    access, now = store.desk_access, real_time()
    access.add_user("Maya Lindqvist", Role.REP, password="", now=now)
    user = access.user("Maya Lindqvist")
    assert user is not None
    token = access.begin_session(user, now=now, lasts=timedelta(hours=1))
    yield address, f"leadbot_desk={token}"
    stop.set()
    thread.join(10)
    found.close()


def ask(address: Address, cookie: str, paths: Sequence[str]) -> Times:
    """Ask for each page, one after the other."""
    connection = HTTPConnection(address.host, address.port)
    seconds = []
    for path in paths:
        began = time.perf_counter()
        connection.request("GET", path, headers={"Cookie": cookie})
        response = connection.getresponse()
        body = response.read()
        seconds.append(time.perf_counter() - began)
        assert response.status == 200, (path, response.status, body[:200])
    connection.close()
    return Times.of(seconds)


@contextmanager
def writing(store: Store, *, count: int) -> Iterator[list[int]]:
    """The engine decides new posts as fast as it can. Yields how many it has decided, in a list of one."""
    clock = SystemClock()
    engine = Engine(
        store, SilentReader(), {BRAND: deck()}, clock,
        decide=decide, new_conversation=new_conversation, normalise=gate.normalise,
    )  # fmt: skip
    stop, decided = threading.Event(), [0]
    later = datetime.now(UTC)

    def work() -> None:
        fresh = posts(count, now=later)
        for start in range(0, count, 400):
            if stop.is_set():
                return
            store.inbox.put_posts(BRAND, fresh[start : start + 400], channel="bench")
            while not stop.is_set() and (done := engine.step()):
                decided[0] += done

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield decided
    stop.set()
    thread.join(30)


@contextmanager
def open_pages(address: Address, cookie: str, count: int) -> Iterator[None]:
    """So many pages that listen for news, each asking for the list again when told, as the browser does."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_page, args=(address, cookie, stop), daemon=True) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    time.sleep(2)
    yield
    stop.set()


def _page(address: Address, cookie: str, stop: threading.Event) -> None:
    news = socket.create_connection((address.host, address.port))
    news.settimeout(1.0)
    head = f"GET /events HTTP/1.1\r\nHost: {address.host}:{address.port}\r\nCookie: {cookie}\r\n\r\n"
    news.sendall(head.encode())
    lists = HTTPConnection(address.host, address.port)
    while not stop.is_set():
        try:
            told = news.recv(65536)
        except TimeoutError:
            continue
        if b"event: list" in told:
            lists.request("GET", "/list?view=open", headers={"Cookie": cookie})
            lists.getresponse().read()


def measure(conversations: int, requests: int) -> dict[str, object]:
    """All of it, in one run."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        store = Store(open_database(f"sqlite:///{folder}/bench.db"), SystemClock())
        store.brands.introduce(BRAND, "acme")
        shown = fill(store, conversations, open_handoffs=500)
        queue = ["/list?view=open"] * requests
        cards = [f"/talk/{shown[number % len(shown)]}/story" for number in range(requests)]
        found: dict[str, object] = {"conversations": conversations, "open": len(shown)}
        with served(store) as (address, cookie):
            ask(address, cookie, queue[:100])
            for name, paths in (("queue", queue), ("card", cards)):
                found[f"{name}_ms"] = ask(address, cookie, paths)
            with writing(store, count=200_000) as decided:
                began, before = time.perf_counter(), decided[0]
                for name, paths in (("queue", queue), ("card", cards)):
                    found[f"{name}_ms_while_the_engine_writes"] = ask(address, cookie, paths)
                found["decided_per_s_meanwhile"] = round(
                    (decided[0] - before) / (time.perf_counter() - began)
                )
                with open_pages(address, cookie, 80):
                    began, before = time.perf_counter(), decided[0]
                    for name, paths in (("queue", queue), ("card", cards)):
                        found[f"{name}_ms_with_80_pages_too"] = ask(address, cookie, paths)
                    found["decided_per_s_with_80_pages"] = round(
                        (decided[0] - before) / (time.perf_counter() - began)
                    )
        store.close()
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the desk on this machine.")
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=300)
    chosen = parser.parse_args()
    text = json.dumps(measure(chosen.conversations, chosen.requests), indent=2, default=str)
    Path(__file__).with_name("desk.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
