"""Tokens that turn while their process is killed: what can be kept is kept, and what cannot is told."""

from __future__ import annotations

import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from leadbot.clock import FollowedClock
from leadbot.errors import AccountError, TransientError
from leadbot.keys import FileVault
from leadbot.x.tokens import KeptTokens
from tests.x.rooms import Control, until
from tests.x.signing_in import sign_in

KILLS, TOKEN = 40, "POST /2/oauth2/token"

CHILD = """
import sys, threading
from pathlib import Path
from leadbot.clock import FollowedClock
from leadbot.errors import TransientError
from leadbot.keys import FileVault
from leadbot.x.tokens import KeptTokens
folder, base_url = sys.argv[1:]
with FollowedClock(base_url, every_s=0.02) as clock:
    source = KeptTokens(FileVault(Path(folder)), "acme", clock, base_url=base_url)
    seen = None
    while True:
        try:
            if source.current() != seen:
                seen = source.current()
                print("turned", flush=True)
        except TransientError:
            pass
"""


@pytest.mark.long
def test_a_process_that_is_killed_while_it_turns_tokens_loses_none_but_in_the_one_moment(
    control: Control, base_url: str, tmp_path: Path
) -> None:
    chance, vault, lost = random.Random(7), FileVault(tmp_path / "keys"), 0
    with FollowedClock(base_url, every_s=0.02) as clock:
        sign_in_anew(control, clock, vault)
        for _ in range(KILLS):
            with turning(vault, base_url) as child:
                for _ in range(1 + chance.randrange(3)):
                    child.readline()
                turned = control.count(TOKEN)
                until(lambda turned=turned: control.count(TOKEN) > turned)  # type: ignore[misc]
            # X has turned the token this very moment: its answer was under way, or being kept.
            if not _is_still_signed_in(vault, clock, base_url):
                lost += 1
                sign_in_anew(control, clock, vault)
    assert lost < KILLS / 4


@contextmanager
def turning(vault: FileVault, base_url: str) -> Iterator[IO[str]]:
    """A process that turns tokens until it is killed, and what it prints."""
    command = [sys.executable, "-c", CHILD, str(vault.folder), base_url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            yield child.stdout
        finally:
            child.kill()


def sign_in_anew(control: Control, clock: FollowedClock, vault: FileVault) -> None:
    """At the pace of life, for a code is good for half a minute; then two hours in a third of a second."""
    control.ask("POST", "clock", json={"rate": 1})
    vault.save("acme", sign_in(control, clock))
    control.ask("POST", "clock", json={"rate": 20_000})


def _is_still_signed_in(vault: FileVault, clock: FollowedClock, base_url: str) -> bool:
    """Whether the next process goes on; if not, it must say that the answer was lost, and what to do."""
    source = KeptTokens(vault, "acme", clock, base_url=base_url)
    told: list[str] = []

    def has_settled() -> bool:
        try:
            source.current()  # the old token is used while it lasts
        except TransientError:
            return False
        except AccountError as error:
            told.append(str(error))
            return True
        kept = vault.load("acme")
        return kept is not None and kept.renewing_since is None

    until(has_settled)
    assert all("was lost; sign in again: leadbot brand add acme" in why for why in told)
    return not told
