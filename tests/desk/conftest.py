"""A desk on the database of a house: browsers of several people, without a network between."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from leadbot import model as m
from leadbot.desk.house import Address, House
from leadbot.desk.site import make_site
from leadbot.flows.decide import decide
from leadbot.store.desk_access import Role
from tests.fakes import decide as fake
from tests.fakes.house import BRAND, person
from tests.fakes.house import House as Machinery

OTHER = m.BrandId("200")
TEAM = m.Team("inside-sales", (m.Rep("Maya Lindqvist", "Maya"), m.Rep("Tomás Rivera", "Tomás")))
ACME = m.Brand(BRAND, "acme", "Acme", mode=m.Mode.LIVE, pace_s=(0.0, 0.0), teams=(TEAM,))
START = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)


@dataclass
class RealTime:
    """The time of sessions, which moves when a test says so."""

    at: datetime = START

    def __call__(self) -> datetime:
        return self.at

    def advance(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass
class Desk:
    """The page and what is behind it. `as_` gives a browser in which somebody is signed in."""

    machinery: Machinery
    site: Any
    time: RealTime
    address: Address
    resumed: list[tuple[str, str]] = field(default_factory=list)

    @property
    def store(self) -> Any:
        return self.machinery.store

    def browser(self) -> Browser:
        return Browser(self, TestClient(self.site, base_url=self.address.url, follow_redirects=False))

    def as_(self, name: str, role: Role = Role.REP, *, brands: tuple[str, ...] = ()) -> Browser:
        access = self.store.desk_access
        if access.user(name) is None:
            access.add_user(name, role, password="", brands=brands, now=self.time.at)
        token = access.begin_session(access.user(name), now=self.time.at, lasts=timedelta(hours=12))
        browser = self.browser()
        browser.client.cookies.set("leadbot_desk", token)
        return browser

    def hand_over(
        self, said: str = "can I talk to a human about 40 seats?", *, by: int = 7, **who: Any
    ) -> str:
        """Somebody asks for a person. Returns their conversation."""
        house = self.machinery
        house.reader.known[said] = m.Reading(intent=m.Intent.ASKS_FOR_HUMAN, asks_for_human=True)
        post = house.post(said, by=by)
        author = person(by) if not who else m.Person(m.PersonId(str(by)), f"person{by}", **who)
        self.store.inbox.put_posts(BRAND, [(post, author)], channel="poll")
        self.store.brands.poll_completed(BRAND)
        house.settle()
        return f"{BRAND}:{by}"

    def key_of(self, conversation_id: str) -> str:
        return self.store.desk_stories.story(conversation_id).handoff.key


@dataclass
class Browser:
    """Somebody's browser."""

    desk: Desk
    client: TestClient

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def click(self, path: str, *, token: str | None = None, **values: str) -> Any:
        """Send a form of a page of ours."""
        return self.client.post(path, data={"form_token": token or self.token(), **values})

    def token(self) -> str:
        found = re.search(r'name="form_token" value="([^"]+)"', self.get("/brands").text)
        assert found, "the page has a form"
        return found[1]


def open_desk(folder: Path, *, brand: m.Brand = ACME, decide: Any = decide, **relay: Any) -> Desk:
    """A desk with engine and relay behind it."""
    machinery = Machinery(folder, brand=brand, decide=decide, **relay)
    machinery.store.brands.introduce(BRAND, "acme")
    time, address = RealTime(), Address()
    resumed: list[tuple[str, str]] = []
    house = House(
        machinery.store,
        machinery.clock,
        address,
        {BRAND: brand},
        resume=lambda brand_id, by: resumed.append((brand_id, by)),
        now=time,
    )
    return Desk(machinery, make_site(house), time, address, resumed)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = open_desk(tmp_path)
    yield found
    found.machinery.close()


@pytest.fixture
def drafting_desk(tmp_path: Path) -> Iterator[Desk]:
    """Its bot answers every post, and waits for a yes."""
    found = open_desk(tmp_path, brand=replace(ACME, mode=m.Mode.DRAFT), decide=fake.decide)
    yield found
    found.machinery.close()


@pytest.fixture
def add_brand(desk: Desk) -> Callable[[], m.BrandId]:
    """A second account in the same house, with somebody of its own on the desk."""

    def add() -> m.BrandId:
        desk.store.brands.introduce(OTHER, "globex")
        return OTHER

    return add
