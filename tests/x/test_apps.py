"""Brands of several X apps in one project: a stream for each app, one start, one stop, one view."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from leadbot.app.hearing import locks
from leadbot.daemon import only_one
from leadbot.errors import ConfigError
from leadbot.model import BrandId
from leadbot.settings import CrmSettings, Settings, XSettings
from leadbot.simulator import Player, SimulatorServer, World
from leadbot.x.account import Account
from leadbot.x.apps import App, Listeners, apps_of
from leadbot.x.credentials import Credentials
from leadbot.x.listener import Listener

from .rooms import BRIEF, SHORT, Control, MemoryInbox, RealClock, account_of, until


@pytest.fixture
def other_x() -> Iterator[SimulatorServer]:
    """Where the second app lives: a simulator knows one app."""
    with SimulatorServer(World(seed=8, brands=["globex"])) as server:
        yield server


def test_accounts_are_put_together_by_the_app_they_were_authorised_in(acme: Account, globex: Account) -> None:
    third = replace(acme, credentials=replace(acme.credentials, bearer_token="of-another-app"))
    apps = apps_of([acme, third, globex])
    assert [app.accounts for app in apps] == [(acme, globex), (third,)]
    assert all("of-another-app" not in app.name for app in apps)
    by_poll = [
        Account(BrandId(str(number)), f"brand{number}", Credentials(consumer_key=key))
        for number, key in enumerate(("one", "two", "one"))
    ]
    assert [len(app.accounts) for app in apps_of(by_poll)] == [2, 1]


def test_each_app_has_a_stream_of_its_own_and_stops_with_the_others(
    base_url: str, control: Control, ann: Player, inbox: MemoryInbox, clock: RealClock,
    acme: Account, globex: Account, other_x: SimulatorServer,
) -> None:  # fmt: skip
    moved = replace(globex, credentials=replace(globex.credentials, bearer_token="of-another-app"))
    home = {"acme": base_url, "globex": other_x.base_url}
    seen: list[frozenset[str]] = []

    def make(app: App, siblings: frozenset[str]) -> Listener:
        seen.append(siblings)
        handle = app.accounts[0].handle
        return Listener(
            [account_of(handle)],
            inbox,
            clock,
            base_url=home[handle],
            mode="stream",
            patience=BRIEF,
            time_outs=SHORT,
            siblings=siblings,
        )

    both = Listeners([acme, moved], make)
    other = Control(other_x.base_url)
    both.start()
    try:
        control.wait_connected()
        other.wait_connected()
        ann.post("@acme here")
        with Player(other_x.base_url, "ben") as ben:
            ben.post("@globex there")
            inbox.wait_for_texts("@acme here", "@globex there")
        health = both.health()
        assert (health["alive"], health["well"], len(health["apps"])) == (True, True, 2)
        assert set(both.beats()) == {acme.brand_id, globex.brand_id}
    finally:
        both.stop()
    until(lambda: not control.is_connected() and not other.is_connected())
    other.close()
    assert seen == [frozenset({acme.brand_id, globex.brand_id})] * 2, "no account of ours is answered"
    assert not both.health()["alive"]


def test_two_projects_of_one_machine_share_neither_an_account_nor_a_stream(
    acme: Account, globex: Account, base_url: str, tmp_path: Path
) -> None:
    settings = Settings(tmp_path, "sqlite://", XSettings(base_url=base_url), None, CrmSettings(), ())
    elsewhere = replace(settings, x=replace(settings.x, base_url=base_url + "1"))
    (account, speaks), (app, listens) = locks(settings, [acme])
    assert locks(settings, [globex])[1][0] == app, "one stream for all brands of an app"
    assert not {account, app} & {lock for lock, _ in locks(elsewhere, [acme])}
    assert len(locks(replace(settings, x=replace(settings.x, listen="poll")), [acme])) == 1
    with only_one(account, speaks), only_one(app, listens):
        for lock, what in ((account, speaks), (app, listens)):
            with pytest.raises(ConfigError, match=what), only_one(lock, what):
                pass
    with only_one(account, speaks):
        pass


def test_a_folder_of_locks_that_others_may_write_into_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, acme: Account, base_url: str
) -> None:
    settings = Settings(tmp_path, "sqlite://", XSettings(base_url=base_url), None, CrmSettings(), ())
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    tempfile.tempdir = None  # what the standard library remembers of TMPDIR
    try:
        ((lock, _), _) = locks(settings, [acme])
        assert lock.parent.parent == tmp_path
        lock.parent.chmod(0o777)
        with pytest.raises(ConfigError, match="others may write"):
            locks(settings, [acme])
    finally:
        tempfile.tempdir = None
