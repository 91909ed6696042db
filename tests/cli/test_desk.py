"""`leadbot desk`: who is let in, and where it does not open."""

from __future__ import annotations

import re
import socket
from pathlib import Path

import pytest

from leadbot.errors import ConfigError
from leadbot.settings import load
from leadbot.store.desk_access import Role
from tests.cli.shop import HANDLE, TOML, Run, house, run
from tests.fakes.house import House

__all__ = ["house", "run"]


def test_somebody_is_let_in_with_a_password_that_is_printed_once(run: Run, house: House) -> None:
    said = run("desk", "user", "add", "Maya Lindqvist", "--role", "operator", "--print")

    password = re.search(r"shown this once: (\S+)", said.out)
    user = house.store.desk_access.user("maya  lindqvist")
    assert said.code == 0
    assert password
    assert user.role is Role.OPERATOR
    assert user.password.startswith("$argon2id$")
    assert password[1] not in user.password


def test_nobody_is_let_in_twice_under_one_name(run: Run, house: House) -> None:
    run("desk", "user", "add", "Maya", "--print")

    again = run("desk", "user", "add", "MAYA", "--print")

    assert again.code == 2
    assert "is there already" in again.err


def test_one_account_s_rep_is_listed_as_such(run: Run, house: House) -> None:
    run("desk", "user", "add", "Maya", "--print", "--brand", HANDLE)
    run("desk", "user", "add", "Olga", "--role", "operator", "--print")
    run("desk", "user", "remove", "Maya")

    listed = run("desk", "user", "list", "--json").json

    assert listed == [
        {"name": "Maya", "role": "rep", "brands": ["acme"], "may_sign_in": False},
        {"name": "Olga", "role": "operator", "brands": [], "may_sign_in": True},
    ]


def test_a_link_signs_somebody_known_in(run: Run, house: House) -> None:
    run("desk", "user", "add", "Maya", "--print")

    link = run("desk", "link", "Maya")

    assert re.fullmatch(r"http://127\.0\.0\.1:8788/sign-in/once/\S{20,}\n", link.out)
    assert run("desk", "link", "Nobody").code == 2


@pytest.mark.parametrize(
    "lines",
    ['host = "0.0.0.0"', 'host = "0.0.0.0"\npublic_url = "https://desk.example.com"', 'host = "192.168.1.4"'],
)
def test_it_does_not_open_to_others_without_a_proxy_with_tls(tmp_path: Path, lines: str) -> None:
    (tmp_path / "leadbot.toml").write_text(f"{TOML}\n[desk]\n{lines}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match="without encryption"):
        load(tmp_path, {})


def test_behind_a_proxy_it_may_listen_elsewhere(tmp_path: Path) -> None:
    lines = 'host = "0.0.0.0"\npublic_url = "https://desk.example.com"\nproxies = ["10.0.0.0/24"]'
    (tmp_path / "leadbot.toml").write_text(f"{TOML}\n[desk]\n{lines}\n", encoding="utf-8")

    assert load(tmp_path, {}).desk.host == "0.0.0.0"


@pytest.mark.parametrize(
    "lines",
    [
        'public_url = "http://desk.example.com"',
        'public_url = "https://desk.example.com/desk"',
        'proxies = ["everybody"]',
        "port = 70000",
    ],
)
def test_a_setting_that_will_not_do_is_named(tmp_path: Path, lines: str) -> None:
    (tmp_path / "leadbot.toml").write_text(f"{TOML}\n[desk]\n{lines}\n", encoding="utf-8")

    with pytest.raises(ConfigError, match=lines.split()[0]):
        load(tmp_path, {})


def test_the_command_line_cannot_open_it_to_others_either(run: Run, house: House) -> None:
    said = run("desk", "--host", "0.0.0.0")

    assert said.code == 2
    assert "without encryption" in said.err


def test_a_port_that_is_taken_is_told_plainly(run: Run, house: House) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = run("desk", "--port", str(taken.getsockname()[1]))

    assert said.code == 2
    assert "choose another with --port" in said.err


def test_a_pause_is_lifted_on_the_desk_as_by_command(run: Run, house: House, tmp_path: Path) -> None:
    from leadbot.app.desk import address_of, house_of

    settings = load(tmp_path, {})
    store, clock = house.store, house.clock
    store.brands.pause(house.brand_id, why="a storm", by="ops")
    house_of(settings, store, clock, address_of(settings)).resume(house.brand_id, "Olga")

    assert store.brands.paused() == []
    assert [item.by for item in store.brand_log.items()] == ["ops", "Olga"]
