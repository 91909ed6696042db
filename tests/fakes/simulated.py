"""A simulator on a free port for each test, the people on it, and its control endpoints.

A room's conftest imports the fixtures it wants by name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from leadbot.simulator import Player, SimulatorServer, World

ANSWERS_WITHIN_S = 70.0


class Redirect(HTTPAdapter):
    """Sends what a person's tweepy addresses to X to the simulator."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self.base_url = base_url

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        request.url = (request.url or "").replace("https://api.twitter.com", self.base_url, 1)
        kwargs["timeout"] = ANSWERS_WITHIN_S
        kwargs["proxies"] = {}
        return super().send(request, *args, **kwargs)


class Endpoints:
    """The simulator's `/_sim/` endpoints."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.session = requests.Session()
        self.session.trust_env = False

    def ask(self, method: str, name: str, status: int = 200, **arguments: Any) -> Any:
        response = self.session.request(
            method, f"{self.base_url}/_sim/{name}", timeout=ANSWERS_WITHIN_S, **arguments
        )
        assert response.status_code == status, response.text
        return response.json()

    def settings(self, **changes: Any) -> Any:
        return self.ask("POST", "settings", json=changes)

    def close(self) -> None:
        self.session.close()


@pytest.fixture
def simulator() -> Iterator[SimulatorServer]:
    with SimulatorServer(World(seed=7, brands=["acme", "globex"])) as server:
        yield server


@pytest.fixture
def base_url(simulator: SimulatorServer) -> str:
    return simulator.base_url


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
