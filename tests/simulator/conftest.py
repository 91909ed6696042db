"""A simulator on a free port for each test, and the ways to talk to it: tweepy, people, control."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import tweepy

from leadbot.simulator import credentials_for
from leadbot.simulator.accounts import APP_BEARER
from tests.fakes.simulated import Endpoints, Redirect, ann, base_url, person, simulator

from .wire import Wire

__all__ = ["ann", "base_url", "person", "simulator"]

DEADLINE_S = 10.0
RULE = "(@acme OR to:acme) -is:retweet -from:acme"


class Control(Endpoints):
    """With faults in a row, and what was done wrong."""

    def fault(self, *script: dict[str, Any]) -> Any:
        return self.ask("POST", "faults", json=list(script))

    def violations(self) -> list[str]:
        return [entry["kind"] for entry in self.ask("GET", "violations")["violations"]]


@pytest.fixture
def control(base_url: str) -> Iterator[Control]:
    control = Control(base_url)
    yield control
    control.close()


@pytest.fixture
def client(base_url: str) -> Iterator[Callable[..., tweepy.Client]]:
    """A tweepy client of a brand, OAuth 1.0a for its account and the app's bearer for the rest."""
    clients: list[tweepy.Client] = []

    def make(brand: str = "acme", **more: Any) -> tweepy.Client:
        known = credentials_for(brand)
        made = tweepy.Client(known["app_bearer_token"], **{**known["oauth1"], **more})
        made.session.mount("https://api.twitter.com", Redirect(base_url))
        clients.append(made)
        return made

    yield make
    for made in clients:
        made.session.close()


@pytest.fixture
def acme(client: Callable[..., tweepy.Client]) -> tweepy.Client:
    return client("acme")


@pytest.fixture
def streamer(base_url: str) -> Iterator[tweepy.StreamingClient]:
    client = tweepy.StreamingClient(APP_BEARER)
    client.session.mount("https://api.twitter.com", Redirect(base_url))
    yield client
    client.session.close()


@pytest.fixture
def rule(streamer: tweepy.StreamingClient) -> str:
    return str(streamer.add_rules(tweepy.StreamRule(RULE, tag="leadbot:mentions")).data[0].id)


@pytest.fixture
def connect(base_url: str, rule: str) -> Iterator[Callable[..., Wire]]:
    opened: list[Wire] = []

    def make(query: str = "") -> Wire:
        opened.append(Wire(base_url, query))
        return opened[-1]

    yield make
    for wire in opened:
        wire.__exit__(None, None, None)
