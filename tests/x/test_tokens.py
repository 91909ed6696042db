"""Tokens that renew themselves: ahead of their end, after a refusal, across crashes, in several processes."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from leadbot.errors import AccountError, TransientError, UnknownOutcome
from leadbot.keys import FileVault, StoredKeys
from leadbot.model import BrandId, PostId
from leadbot.model.secret import Secret
from leadbot.ports import Clock
from leadbot.simulator import SimulatorServer
from leadbot.x.account import Account, account_id
from leadbot.x.credentials import Credentials
from leadbot.x.door import Door
from leadbot.x.oauth2 import Tokens, refresh
from leadbot.x.tokens import KeptTokens
from leadbot.x.writer import XWriter
from tests.fakes.clock import ManualClock
from tests.fakes.permits import say
from tests.x.rooms import SHORT, Control
from tests.x.signing_in import sign_in

TOKEN, ME = "POST /2/oauth2/token", "GET /2/users/me"
HOUR = 3600.0


class StoppedClock(ManualClock):
    """The simulator's time, moved by the test in both places at once."""

    def __init__(self, control: Control) -> None:
        self.control = control
        control.ask("POST", "clock", json={"rate": 0})
        super().__init__(self._told())

    def advance(self, seconds: float) -> None:
        self.control.ask("POST", "clock", json={"advance_s": seconds})
        self.at = self._told()

    def _told(self) -> datetime:
        told = self.control.ask("GET", "clock")
        return datetime.fromisoformat(told["epoch"])


@pytest.fixture
def time(control: Control) -> StoppedClock:
    return StoppedClock(control)


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path / "keys")


@pytest.fixture
def keys(control: Control, time: StoppedClock, vault: FileVault) -> StoredKeys:
    keys = sign_in(control, time)
    vault.save("acme", keys)
    return keys


@pytest.fixture
def source(vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys) -> KeptTokens:
    return KeptTokens(vault, "acme", time, base_url=base_url)


@pytest.fixture
def door(source: KeptTokens, time: StoppedClock, base_url: str) -> Any:
    door = Door(Credentials(tokens=source), time, base_url=base_url, owner="acme", time_outs=SHORT)
    yield door
    door.close()


def saved(vault: FileVault) -> StoredKeys:
    found = vault.load("acme")
    assert found is not None
    return found


def test_a_token_is_renewed_ten_minutes_before_its_end_and_kept(
    door: Door, time: StoppedClock, control: Control, vault: FileVault, keys: StoredKeys
) -> None:
    time.advance(2 * HOUR - 601)
    assert account_id(door) == keys.brand_id
    assert control.count(TOKEN) == 1  # that of the sign-in
    time.advance(2)
    assert account_id(door) == keys.brand_id
    assert control.count(TOKEN) == 2
    assert saved(vault).refresh_token != keys.refresh_token
    assert saved(vault).expires_at > keys.expires_at


def test_days_pass_and_the_account_stays_signed_in(
    door: Door, time: StoppedClock, control: Control, keys: StoredKeys
) -> None:
    for _ in range(12):
        time.advance(3 * HOUR)
        assert account_id(door) == keys.brand_id
    assert control.count(ME, 401) == 0


def test_the_new_token_is_on_disk_before_anybody_sees_it(
    vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    seen: list[StoredKeys] = []

    class Watched(FileVault):
        def save(self, name: str, stored: StoredKeys) -> None:
            super().save(name, stored)
            seen.append(saved(self))

    source = KeptTokens(Watched(vault.folder), "acme", time, base_url=base_url)
    time.advance(2 * HOUR)
    token = source.current()

    begun, done = seen
    assert begun.renewing_since == time.now()
    assert begun.refresh_token == keys.refresh_token
    assert done.access_token == token
    assert done.renewing_since is None


def test_a_refused_token_is_renewed_and_the_question_asked_again(
    door: Door, control: Control, vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    assert account_id(door) == keys.brand_id
    time.advance(HOUR)
    # Another process has renewed the token meanwhile, and X has ended ours.
    other = KeptTokens(vault, "acme", time, base_url=base_url)
    assert other.renew(keys.access_token)

    assert account_id(door) == keys.brand_id
    assert control.count(TOKEN) == 2  # the sign-in and the other process: we only read the file again


def test_a_write_that_was_refused_for_its_token_is_left_to_the_next_try(
    vault: FileVault, source: KeptTokens, time: StoppedClock, base_url: str, keys: StoredKeys, ann: Any
) -> None:
    writer = XWriter(
        Account(keys.brand_id, "acme", Credentials(tokens=source)), time, base_url=base_url, time_outs=SHORT
    )
    mention = ann.post("@acme hi")
    assert writer.token_account_id() == keys.brand_id
    time.advance(HOUR)
    KeptTokens(vault, "acme", time, base_url=base_url).renew(keys.access_token)

    with pytest.raises(TransientError, match="new token"):
        say(writer, "Hello", in_reply_to=mention)
    assert say(writer, "Hello", in_reply_to=mention)
    writer.close()


def test_in_the_outage_of_july_2026_nobody_is_disabled_and_no_token_is_wasted(
    door: Door, control: Control, time: StoppedClock, keys: StoredKeys
) -> None:
    control.fault(ME, "status", status=401, times=None)
    with pytest.raises(TransientError, match="answers elsewhere 200"):
        account_id(door)

    control.ask("DELETE", "faults")
    for route in (ME, "GET /2/tweets"):
        control.fault(route, "status", status=401, times=None)
    with pytest.raises(TransientError, match="gave only now"):
        account_id(door)
    time.advance(HOUR)
    for _ in range(5):  # refused everywhere, and the token is old enough to be to blame: renewed once
        with pytest.raises(TransientError, match="gave only now"):
            account_id(door)
    assert control.count(TOKEN) == 2
    control.ask("DELETE", "faults")
    assert account_id(door) == keys.brand_id


def test_an_answer_lost_after_x_turned_the_token_ends_in_a_plain_word(
    source: KeptTokens, control: Control, time: StoppedClock, vault: FileVault, keys: StoredKeys
) -> None:
    control.fault(TOKEN, "drop_after_accept")
    time.advance(2 * HOUR)

    with pytest.raises(TransientError, match="tried again"):
        source.current()
    assert saved(vault).renewing_since is not None

    with pytest.raises(AccountError, match=r"was lost; sign in again: leadbot brand add acme") as over:
        source.current()
    assert over.value.reason == "sign_in_again"


def test_a_request_that_x_never_got_is_made_again(
    source: KeptTokens, control: Control, time: StoppedClock, keys: StoredKeys
) -> None:
    control.fault(TOKEN, "drop_before")
    time.advance(2 * HOUR)
    with pytest.raises(TransientError):
        source.current()

    assert source.current() != keys.access_token


def test_a_token_that_is_still_good_is_used_while_it_cannot_be_renewed(
    source: KeptTokens, control: Control, time: StoppedClock, keys: StoredKeys
) -> None:
    control.fault(TOKEN, "status", status=503, times=None)
    time.advance(2 * HOUR - 300)
    for _ in range(5):
        assert source.current() == keys.access_token
    assert control.count(TOKEN, 503) == 1  # no hammering
    time.advance(31)
    assert source.current() == keys.access_token
    assert control.count(TOKEN, 503) == 2


def test_a_crash_before_the_answer_is_kept_is_found_at_the_next_start(
    vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    class Crash(BaseException):
        pass

    def crash(*args: Any, **more: Any) -> Tokens:
        refresh(*args, **more)
        raise Crash

    time.advance(2 * HOUR)
    with pytest.raises(Crash):
        KeptTokens(vault, "acme", time, base_url=base_url, ask=crash).current()

    with pytest.raises(AccountError, match=f"renewal of {time.now():%Y-%m-%d %H:%M} UTC was lost"):
        KeptTokens(vault, "acme", time, base_url=base_url).current()


def test_a_crash_before_the_question_loses_nothing(
    vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    vault.save("acme", replace(keys, renewing_since=time.now()))
    time.advance(2 * HOUR)

    assert KeptTokens(vault, "acme", time, base_url=base_url).current() != keys.access_token
    assert saved(vault).renewing_since is None


def test_nothing_is_asked_when_the_answer_could_not_be_kept(
    vault: FileVault, source: KeptTokens, time: StoppedClock, control: Control, keys: StoredKeys
) -> None:
    source.current()
    file = vault.folder / "acme.json"
    text = file.read_text(encoding="utf-8")
    time.advance(2 * HOUR)

    class Full(FileVault):
        def save(self, name: str, stored: StoredKeys) -> None:
            FileVault(vault.folder / ".gitignore" / "no folder").save(name, stored)

    blocked = KeptTokens(Full(vault.folder), "acme", time, base_url=control.base_url)
    with pytest.raises(TransientError, match="is not renewed"):
        blocked.current()
    assert file.read_text(encoding="utf-8") == text
    assert control.count(TOKEN) == 1


def test_a_new_token_that_cannot_be_kept_is_used_and_kept_as_soon_as_possible(
    vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    class Fills(FileVault):
        is_full = False

        def save(self, name: str, stored: StoredKeys) -> None:
            if self.is_full:
                FileVault(self.folder / ".gitignore" / "no folder").save(name, stored)
            super().save(name, stored)

    filling = Fills(vault.folder)

    def ask(*args: Any, **more: Any) -> Tokens:
        filling.is_full = True
        return refresh(*args, **more)

    source = KeptTokens(filling, "acme", time, base_url=base_url, ask=ask)
    time.advance(2 * HOUR)
    token = source.current()
    assert saved(vault).access_token == keys.access_token

    filling.is_full = False
    assert source.current() == token
    assert saved(vault).access_token == token


def test_tokens_that_could_not_be_kept_never_overwrite_a_new_sign_in(
    control: Control, vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    class Full(FileVault):
        def save(self, name: str, stored: StoredKeys) -> None:
            if stored.renewing_since is None:
                FileVault(self.folder / ".gitignore" / "no folder").save(name, stored)
            super().save(name, stored)

    source = KeptTokens(Full(vault.folder), "acme", time, base_url=base_url)
    time.advance(2 * HOUR)
    lost = source.current()
    time.advance(60)
    fresh = sign_in(control, time)
    vault.save("acme", fresh)
    assert source.current() == fresh.access_token != lost


def test_keys_in_a_folder_that_cannot_be_written_are_used_while_they_last(
    vault: FileVault, time: StoppedClock, base_url: str, keys: StoredKeys
) -> None:
    class ReadOnly(FileVault):
        def lock(self, name: str) -> AbstractContextManager[None]:
            return FileVault(self.folder / ".gitignore" / "no folder").lock(name)

    source = KeptTokens(ReadOnly(vault.folder), "acme", time, base_url=base_url)
    time.advance(2 * HOUR - 60)
    assert source.current() == keys.access_token
    time.advance(61)
    with pytest.raises(TransientError, match="cannot be locked"):
        source.current()


def test_many_at_once_renew_once(
    vault: FileVault, time: StoppedClock, base_url: str, control: Control, keys: StoredKeys
) -> None:
    time.advance(2 * HOUR)
    sources = [KeptTokens(vault, "acme", time, base_url=base_url) for _ in range(4)]  # as four processes
    found: list[Secret] = []
    threads = [
        threading.Thread(target=lambda s=s: found.append(s.current())) for s in sources for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)

    assert len(found) == 8
    assert len(set(found)) == 1
    assert control.count(TOKEN) == 2


def test_without_offline_access_it_says_so_when_the_token_ends(
    control: Control, time: StoppedClock, vault: FileVault, base_url: str
) -> None:
    vault.save("acme", sign_in(control, time, scopes="tweet.read tweet.write users.read"))
    source = KeptTokens(vault, "acme", time, base_url=base_url)
    time.advance(2 * HOUR - 60)
    assert source.current()
    time.advance(61)
    with pytest.raises(AccountError, match=r"offline\.access"):
        source.current()


def test_signing_in_again_revives_a_running_daemon(
    control: Control, source: KeptTokens, time: StoppedClock, vault: FileVault, simulator: SimulatorServer
) -> None:
    assert source.current()
    simulator.call(lambda world: world.oauth2.grants.clear())
    time.advance(2 * HOUR)
    with pytest.raises(AccountError):
        source.current()

    fresh = sign_in(control, time)
    vault.save("acme", fresh)
    assert source.current() == fresh.access_token


def test_an_entry_that_became_another_account_s_is_never_spoken_with(
    control: Control, source: KeptTokens, time: StoppedClock, vault: FileVault
) -> None:
    assert source.current()
    other = sign_in(control, time, username="globex")
    vault.save("acme", other)
    time.advance(2 * HOUR)
    with pytest.raises(AccountError) as stopped:
        source.current()
    assert stopped.value.reason == "keys_of_another"


@pytest.mark.parametrize("spoil", [lambda file: file.unlink(), lambda file: file.chmod(0o644)])
def test_keys_that_vanish_or_open_to_others_stop_the_account(
    vault: FileVault, source: KeptTokens, keys: StoredKeys, spoil: Callable[[Path], None]
) -> None:
    spoil(vault.folder / "acme.json")
    with pytest.raises(AccountError) as stopped:
        source.current()
    assert stopped.value.reason in ("signed_out", "keys_unusable")


def test_an_unknown_outcome_is_never_shown_to_a_writer(
    vault: FileVault, time: Clock, base_url: str, keys: StoredKeys
) -> None:
    """A token that could not be had means: surely not sent."""

    def ask(*args: Any, **more: Any) -> Tokens:
        raise UnknownOutcome("lost")

    source = KeptTokens(vault, "acme", time, base_url=base_url, ask=ask)
    vault.save("acme", replace(keys, expires_at=time.now()))
    writer = XWriter(
        Account(BrandId("1"), "acme", Credentials(tokens=source)), time, base_url=base_url, time_outs=SHORT
    )
    with pytest.raises(TransientError):
        say(writer, "Hello", in_reply_to=PostId("5"))
    writer.close()
