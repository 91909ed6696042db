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
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import quantiles
from typing import Any

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
AGAIN_S = 2.0
"""A page asks no sooner again (desk.js)."""
SPAWN = get_context("spawn")


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
def served(url: str) -> Iterator[tuple[Address, str]]:
    """The desk in a process of its own, and the cookie of somebody who is signed in."""
    here, there = SPAWN.Pipe()
    process = SPAWN.Process(target=_serve, args=(url, there), daemon=True)
    process.start()
    address, token = here.recv()
    yield address, f"leadbot_desk={token}"
    here.send("stop")
    process.join(15)


def _serve(url: str, pipe: Connection) -> None:
    store = Store(open_database(url), SystemClock())
    found = listen(Address(port=0))
    address = Address(port=found.getsockname()[1])
    brand = deck().brand
    house = House(store, SystemClock(), address, {BRAND: brand}, resume=lambda *_: None)
    access, now = store.desk_access, real_time()
    access.add_user("Maya Lindqvist", Role.REP, password="", now=now)
    user = access.user("Maya Lindqvist")
    assert user is not None, "just added"
    pipe.send((address, access.begin_session(user, now=now, lasts=timedelta(hours=1))))
    server, stop = Server(house, listens_on=found), threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,), daemon=True)
    thread.start()
    pipe.recv()
    stop.set()
    thread.join(10)
    store.close()


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
def writing(url: str, *, count: int) -> Iterator[Any]:
    """The engine decides new posts as fast as it can, as the daemon's process would. Yields a counter."""
    decided, stop = SPAWN.Value("q", 0), SPAWN.Event()
    process = SPAWN.Process(target=_write, args=(url, count, decided, stop), daemon=True)
    process.start()
    while decided.value == 0:
        time.sleep(0.1)
    yield decided
    stop.set()
    process.join(60)


def _write(url: str, count: int, decided: Any, stop: Any) -> None:
    clock = SystemClock()
    store = Store(open_database(url), clock)
    engine = Engine(
        store, SilentReader(), {BRAND: deck()}, clock,
        decide=decide, new_conversation=new_conversation, normalise=gate.normalise,
    )  # fmt: skip
    fresh = posts(count, now=datetime.now(UTC))
    for start in range(0, count, 400):
        store.inbox.put_posts(BRAND, fresh[start : start + 400], channel="bench")
        while done := engine.step():
            decided.value += done
        if stop.is_set():
            break
    store.close()


@contextmanager
def open_pages(address: Address, cookie: str, count: int) -> Iterator[None]:
    """So many pages that listen for news, each asking for the list again when told, as the browser does."""
    stop, are_open = SPAWN.Event(), SPAWN.Event()
    process = SPAWN.Process(target=_pages, args=(address, cookie, count, are_open, stop), daemon=True)
    process.start()
    are_open.wait(60)
    yield
    stop.set()
    process.join(30)


def _pages(address: Address, cookie: str, count: int, are_open: Any, stop: Any) -> None:
    threads = [
        threading.Thread(target=_page, args=(address, cookie, stop), daemon=True) for _ in range(count)
    ]
    for thread in threads:
        thread.start()
    time.sleep(2)
    are_open.set()
    for thread in threads:
        thread.join()


def _page(address: Address, cookie: str, stop: Any) -> None:
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
            stop.wait(AGAIN_S)


def measure(conversations: int, requests: int) -> dict[str, object]:
    """All of it, in one run; server, engine and pages each in a process of its own."""
    with tempfile.TemporaryDirectory(dir=ROOT) as folder:
        url = f"sqlite:///{folder}/bench.db"
        store = Store(open_database(url), SystemClock())
        store.brands.introduce(BRAND, "acme")
        shown = fill(store, conversations, open_handoffs=500)
        store.close()
        paths = {
            "queue": ["/list?view=open"] * requests,
            "card": [f"/talk/{shown[number % len(shown)]}/story" for number in range(requests)],
        }
        found: dict[str, object] = {"conversations": conversations, "open": len(shown)}
        with served(url) as (address, cookie):
            ask(address, cookie, paths["queue"][:100])
            _note(found, "alone", address, cookie, paths)
            with writing(url, count=400_000) as decided:
                began, before = time.perf_counter(), decided.value
                time.sleep(10)
                found["decided_per_s_unasked"] = round(
                    (decided.value - before) / (time.perf_counter() - began)
                )
                _note(found, "while_the_engine_writes", address, cookie, paths, decided)
                with open_pages(address, cookie, 80):
                    _note(found, "and_80_pages_are_open", address, cookie, paths, decided)
    return found


def _note(
    found: dict[str, object],
    name: str,
    address: Address,
    cookie: str,
    paths: dict[str, list[str]],
    decided: Any = None,
) -> None:
    began, before = time.perf_counter(), decided.value if decided else 0
    for page, asked in paths.items():
        found[f"{page}_ms_{name}"] = asdict(ask(address, cookie, asked))
    if decided:
        found[f"decided_per_s_{name}"] = round((decided.value - before) / (time.perf_counter() - began))


def main() -> None:
    parser = argparse.ArgumentParser(description="Speed of the desk on this machine.")
    parser.add_argument("--conversations", type=int, default=200_000)
    parser.add_argument("--requests", type=int, default=800)
    chosen = parser.parse_args()
    text = json.dumps(measure(chosen.conversations, chosen.requests), indent=2)
    Path(__file__).with_name("desk.json").write_text(text + "\n", encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
