"""Real tweepy over TCP: against the simulator, and against a bare socket for what no simulator does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from leadbot.x.account import Account
from leadbot.x.listener import Listener
from leadbot.x.writer import XWriter
from tests.fakes.simulated import ann, base_url, person, simulator

from .rooms import BRIEF, SHORT, Control, MemoryInbox, RealClock, account_of
from .wire import ScriptedServer

__all__ = ["ann", "base_url", "person", "simulator"]


@pytest.fixture
def clock() -> RealClock:
    return RealClock()


@pytest.fixture
def control(base_url: str) -> Iterator[Control]:
    control = Control(base_url)
    yield control
    control.close()


@pytest.fixture
def acme() -> Account:
    return account_of("acme")


@pytest.fixture
def globex() -> Account:
    return account_of("globex")


@pytest.fixture
def inbox() -> MemoryInbox:
    return MemoryInbox()


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer() as scripted:
        yield scripted


@pytest.fixture
def listen(inbox: MemoryInbox, clock: RealClock, acme: Account) -> Iterator[Callable[..., Listener]]:
    """Starts a listener with short waits; it is stopped at the end."""
    started: list[Listener] = []

    def start(base_url: str, *accounts: Account, **options: Any) -> Listener:
        chosen = {"patience": BRIEF, "time_outs": SHORT, "poll_s": 0.05, **options}
        listener = Listener(accounts or (acme,), inbox, clock, base_url=base_url, **chosen)
        started.append(listener)
        listener.start()
        return listener

    yield start
    for listener in started:
        listener.stop()


@pytest.fixture
def writer_at(clock: RealClock, acme: Account) -> Iterator[Callable[..., XWriter]]:
    """Makes writers whose connections are closed at the end."""
    made: list[XWriter] = []

    def make(base_url: str, account: Account = acme, **options: Any) -> XWriter:
        made.append(XWriter(account, clock, base_url=base_url, **{"time_outs": SHORT, **options}))
        return made[-1]

    yield make
    for writer in made:
        writer.close()
