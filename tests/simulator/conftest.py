"""A simulator on a free port for each test, and the ways to talk to it: tweepy, people, control."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
import tweepy
from requests.adapters import HTTPAdapter

from leadbot.simulator import Player, SimulatorServer, World, credentials_for
from leadbot.simulator.accounts import APP_BEARER

from .wire import Wire

DEADLINE_S = 10.0
RULE = "(@acme OR to:acme) -is:retweet -from:acme"


class Rebase(HTTPAdapter):
    """Sends what tweepy addresses to X to the simulator."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://api.twitter.com", self.base_url, 1)
        kwargs["timeout"] = DEADLINE_S
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)


class Control:
    """The `/_sim/` endpoints."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False

    def ask(self, method: str, name: str, status: int = 200, **arguments: Any) -> Any:
        response = self.session.request(
            method, f"{self.base_url}/_sim/{name}", timeout=DEADLINE_S + 60, **arguments
        )
        assert response.status_code == status, response.text
        return response.json()

    def settings(self, **changes: Any) -> Any:
        return self.ask("POST", "settings", json=changes)

    def fault(self, *script: dict[str, Any]) -> Any:
        return self.ask("POST", "faults", json=list(script))

    def violations(self) -> list[str]:
        return [entry["kind"] for entry in self.ask("GET", "violations")["violations"]]


@pytest.fixture
def simulator() -> Iterator[SimulatorServer]:
    with SimulatorServer(World(seed=7, brands=["acme", "globex"])) as server:
        yield server


@pytest.fixture
def base_url(simulator: SimulatorServer) -> str:
    return simulator.base_url


@pytest.fixture
def control(base_url: str) -> Iterator[Control]:
    control = Control(base_url)
    yield control
    control.session.close()


@pytest.fixture
def person(base_url: str) -> Iterator[Callable[..., Player]]:
    players: list[Player] = []

    def make(username: str = "ann", **profile: Any) -> Player:
        players.append(Player(base_url, username, **profile))
        return players[-1]

    yield make
    for player in players:
        player.close()


@pytest.fixture
def ann(person: Callable[..., Player]) -> Player:
    return person("ann", followers_count=120)


@pytest.fixture
def client(base_url: str) -> Iterator[Callable[..., tweepy.Client]]:
    """A tweepy client of a brand, OAuth 1.0a for its account and the app's bearer for the rest."""
    clients: list[tweepy.Client] = []

    def make(brand: str = "acme", **more: Any) -> tweepy.Client:
        known = credentials_for(brand)
        made = tweepy.Client(known["app_bearer_token"], **{**known["oauth1"], **more})
        made.session.mount("https://api.twitter.com", Rebase(base_url))
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
    client.session.mount("https://api.twitter.com", Rebase(base_url))
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
