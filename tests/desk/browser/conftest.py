"""A real Chromium before a real server. `tools/browser.sh` installs what is needed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from shutil import which
from typing import Any

import pytest

from leadbot import model as m
from leadbot.desk.house import Address, House, real_time
from leadbot.desk.serve import Server, listen
from leadbot.flows.decide import decide
from leadbot.store.desk_access import Role
from tests.desk.conftest import ACME, Desk
from tests.fakes import decide as fake
from tests.fakes.house import BRAND
from tests.fakes.house import House as Machinery

CHROMIUM = which("chromium") or which("chromium-browser") or which("google-chrome")
LAPTOP = {"width": 1280, "height": 860}
PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """Debian's Chromium, without a screen."""
    if CHROMIUM is None:
        pytest.skip("no Chromium here: tools/browser.sh installs it")
    sync_api = pytest.importorskip("playwright.sync_api", reason="tools/browser.sh installs it")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@dataclass
class Served(Desk):
    """A desk on a port, and browsers in which people are signed in."""

    chromium: Any = None
    faults: Any = None

    def page(
        self, name: str, role: Role = Role.REP, *, size: dict[str, int] = LAPTOP, scheme: Any = "light"
    ) -> Any:
        access = self.store.desk_access
        if access.user(name) is None:
            access.add_user(name, role, password="", now=real_time())
        token = access.begin_session(access.user(name), now=real_time(), lasts=timedelta(hours=1))
        context = self.chromium.new_context(viewport=size, color_scheme=scheme, has_touch=size == PHONE)
        context.set_default_timeout(10_000)
        context.add_cookies([{"name": "leadbot_desk", "value": token, "url": self.address.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on(
            "console",
            lambda said: self.faults.append(said.text) if "Content Security Policy" in said.text else None,
        )
        return page

    def url(self, path: str) -> str:
        return self.address.url + path


def serve(folder: Path, chromium: Any, brand: m.Brand, decides: Any) -> Iterator[Served]:
    """The server on a free port, until the test ends."""
    machinery = Machinery(folder, brand=brand, decide=decides)
    machinery.store.brands.introduce(BRAND, "acme")
    found = listen(Address(port=0))
    address = Address(port=found.getsockname()[1])
    house = House(
        machinery.store,
        machinery.clock,
        address,
        {BRAND: brand},
        resume=lambda brand_id, by: machinery.store.brands.resume(brand_id, by=by),
    )
    server, stop = Server(house, listens_on=found), threading.Event()
    thread = threading.Thread(target=server.run, args=(stop,), daemon=True)
    thread.start()
    faults: list[str] = []
    served = Served(machinery, None, real_time, address, chromium=chromium, faults=faults)  # type: ignore[arg-type]
    yield served
    for context in chromium.contexts:
        context.close()
    stop.set()
    thread.join(10)
    assert not thread.is_alive()
    machinery.close()
    found.close()
    assert faults == []


@pytest.fixture
def served(tmp_path: Path, chromium: Any) -> Iterator[Served]:
    """A live account, whose playbooks know nothing: people who ask for a human are handed over."""
    yield from serve(tmp_path, chromium, ACME, decide)


@pytest.fixture
def drafting(tmp_path: Path, chromium: Any) -> Iterator[Served]:
    """An account whose bot answers every post, and waits for a yes."""
    yield from serve(tmp_path, chromium, replace(ACME, mode=m.Mode.DRAFT), fake.decide)


@pytest.fixture
def talkative(tmp_path: Path, chromium: Any) -> Iterator[Served]:
    """An account whose bot answers every post after 30 seconds."""
    yield from serve(tmp_path, chromium, ACME, fake.decide)
