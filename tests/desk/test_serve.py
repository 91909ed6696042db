"""The desk on a real port: whom it believes about addresses, how news arrive, how it stops."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import httpx

from leadbot.desk.house import Address, House, real_time
from leadbot.desk.serve import Server, listen
from leadbot.store.desk_access import Role
from tests.desk.conftest import ACME, BRAND, Desk


@contextmanager
def served(desk: Desk, **address: object) -> Iterator[Address]:
    found = listen(Address(port=0))
    where = replace(Address(port=found.getsockname()[1]), **address)  # type: ignore[arg-type]
    machinery = desk.machinery
    house = House(machinery.store, machinery.clock, where, {BRAND: ACME}, resume=lambda *_: None)
    stop = threading.Event()
    thread = threading.Thread(target=Server(house, listens_on=found).run, args=(stop,), daemon=True)
    thread.start()
    yield where
    stop.set()
    thread.join(5)
    found.close()
    assert not thread.is_alive()


def fail_to_sign_in(url: str, **headers: str) -> httpx.Response:
    with httpx.Client(base_url=url, headers=headers, trust_env=False) as client:
        page = client.get("/sign-in")
        form = re.search(r'name="form" value="([^"]+)"', page.text)
        assert form
        cookie = {"Cookie": page.headers["set-cookie"].split(";")[0]}
        values = {"name": "x", "password": "y", "form": form[1]}
        return client.post("/sign-in", data=values, headers=cookie)


def addresses(desk: Desk) -> list[str]:
    return [item.address for _, item in desk.store.desk_access.log_items()]


def test_nobody_but_a_proxy_of_ours_says_whence_a_request_comes(desk: Desk) -> None:
    with served(desk) as where:
        fail_to_sign_in(where.url, **{"X-Forwarded-For": "203.0.113.9"})
    with served(desk, proxies=("127.0.0.1",)) as where:
        fail_to_sign_in(where.url, **{"X-Forwarded-For": "203.0.113.9"})

    assert addresses(desk) == ["203.0.113.9", "127.0.0.1"]


def test_behind_tls_cookies_are_for_tls_and_this_host_alone(desk: Desk) -> None:
    access = desk.store.desk_access
    access.add_user("Maya", Role.REP, password="", now=real_time())
    with served(desk, public_url="https://desk.example.com", proxies=("127.0.0.1",)) as where:
        direct = f"http://127.0.0.1:{where.port}"
        known = httpx.get(f"{direct}/sign-in", headers={"Host": "desk.example.com"}, trust_env=False)
        unknown = httpx.get(f"{direct}/sign-in", trust_env=False)

    assert "; Secure" in known.headers["set-cookie"]
    assert known.headers["strict-transport-security"].startswith("max-age=")
    assert unknown.status_code == 421


def test_news_arrive_by_themselves_and_a_stop_lets_open_pages_go(desk: Desk) -> None:
    access = desk.store.desk_access
    access.add_user("Maya", Role.REP, password="", now=real_time())
    user = access.user("Maya")
    token = access.begin_session(user, now=real_time(), lasts=timedelta(hours=1))
    heard = threading.Event()
    ended = threading.Event()

    def listen_for_news(where: Address) -> None:
        headers = {"Cookie": f"leadbot_desk={token}"}
        with httpx.stream("GET", f"{where.url}/events", headers=headers, trust_env=False, timeout=20) as news:
            for line in news.iter_lines():
                if line.startswith("retry:"):
                    desk.hand_over(name="Ida Berg")
                if line == "event: list":
                    heard.set()
        ended.set()

    with served(desk) as where:
        page = threading.Thread(target=listen_for_news, args=(where,), daemon=True)
        page.start()
        assert heard.wait(10)
    assert ended.wait(5)
