"""What a vault keeps, whoever runs it: files or a keyring."""

from __future__ import annotations

import copy
import json
import pickle
import threading
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbot.errors import ConfigError
from leadbot.keys import FileVault, KeyringVault, Kind, StoredKeys, Vault
from leadbot.keys.vault import entry_name
from leadbot.model import BrandId
from leadbot.model.secret import Secret
from tests.fakes.keyring import MemoryKeyring

AT = datetime(2026, 11, 27, 12, tzinfo=UTC)
KEYS = StoredKeys(
    Kind.OAUTH2, BrandId("7"), "acme", AT,
    client_id="sim-client", access_token=Secret("K-access"), refresh_token=Secret("K-refresh"),
    bearer_token=Secret("K-bearer"), scopes=("tweet.read", "offline.access"), issued_at=AT, expires_at=AT,
)  # fmt: skip

Open = Callable[[Path], Vault]


@pytest.fixture(params=["file", "keyring"])
def vault(request: pytest.FixtureRequest, tmp_path: Path) -> Vault:
    folder = tmp_path / "keys"
    return FileVault(folder) if request.param == "file" else KeyringVault(folder, MemoryKeyring())


def test_what_was_saved_is_loaded_as_it_was(vault: Vault) -> None:
    assert vault.load("acme") is None
    vault.save("acme", KEYS)
    assert vault.load("acme") == KEYS
    vault.save("acme", replace(KEYS, renewing_since=AT))
    assert vault.load("acme") == replace(KEYS, renewing_since=AT)
    assert vault.load("globex") is None


def test_what_was_removed_is_gone(vault: Vault) -> None:
    vault.save("acme", KEYS)
    assert vault.remove("acme")
    assert vault.load("acme") is None
    assert not vault.remove("acme")


def test_one_at_a_time_works_on_an_entry(vault: Vault) -> None:
    inside, came = threading.Event(), threading.Event()

    def come() -> None:
        with vault.lock("acme"):
            came.set()
            assert inside.is_set()

    with vault.lock("acme"), vault.lock("globex"):
        second = threading.Thread(target=come)
        second.start()
        inside.set()
        assert not came.is_set()
    second.join(10)
    assert came.is_set()


def test_files_are_for_their_owner_alone_and_out_of_version_control(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "keys")
    vault.save("acme", KEYS)

    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "keys" / "acme.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys" / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert sorted(path.name for path in (tmp_path / "keys").iterdir()) == [".gitignore", "acme.json"]


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o666, 0o601])
def test_a_file_that_others_may_touch_is_refused_with_the_fix(tmp_path: Path, mode: int) -> None:
    vault = FileVault(tmp_path / "keys")
    vault.save("acme", KEYS)
    (tmp_path / "keys" / "acme.json").chmod(mode)

    with pytest.raises(ConfigError, match=r"chmod 600 keys/acme\.json"):
        vault.load("acme")


@pytest.mark.parametrize(
    "text",
    ["", "K-secret", "[]", '{"kind": "K-secret"}', '{"kind": "oauth2"}', "[" * 5000, '{"scopes": [5]}',
     json.dumps({**json.loads(KEYS.as_text().reveal()), "verified_at": "2026-11-27"}),
     json.dumps({**json.loads(KEYS.as_text().reveal()), "access_token": 5})],
)  # fmt: skip
def test_an_entry_that_makes_no_sense_is_told_without_a_word_of_it(tmp_path: Path, text: str) -> None:
    (tmp_path / "keys").mkdir(mode=0o700)
    file = tmp_path / "keys" / "acme.json"
    file.write_text(text, encoding="utf-8")
    file.chmod(0o600)

    with pytest.raises(ConfigError) as caught:
        FileVault(tmp_path / "keys").load("acme")

    assert "leadbot brand add" in str(caught.value)
    assert "K-secret" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_write_that_fails_leaves_the_old_entry(tmp_path: Path) -> None:
    vault = FileVault(tmp_path / "keys")
    vault.save("acme", KEYS)
    (tmp_path / "keys" / "globex.json").mkdir()  # a folder in its place: the rename fails

    with pytest.raises(ConfigError, match="cannot be written"):
        vault.save("globex", KEYS)

    assert vault.load("acme") == KEYS
    assert not [path for path in (tmp_path / "keys").iterdir() if path.name.startswith(".globex.json")]


def test_a_locked_keyring_is_told_without_its_words(tmp_path: Path) -> None:
    keyring = MemoryKeyring()
    keyring.is_locked = True

    with pytest.raises(ConfigError) as caught:
        KeyringVault(tmp_path, keyring).load("acme")

    assert "unlock it" in str(caught.value)
    assert "K-in-an-error" not in str(caught.value)


def test_keys_of_a_simulator_never_stand_where_those_for_x_do() -> None:
    assert entry_name("Acme", is_local=False) == "acme"
    assert entry_name("Acme", is_local=True) != "acme"


@given(text=st.text(min_size=3).map(lambda text: f"K-{text}"))
def test_any_secret_that_x_may_give_survives_the_vault_and_none_shows_elsewhere(text: str) -> None:
    keys = replace(KEYS, refresh_token=Secret(text), client_secret=Secret(text))
    if keys.refresh_token.is_sendable:
        assert StoredKeys.from_text(keys.as_text()) == keys
    else:
        with pytest.raises(ValueError, match="not what leadbot wrote"):
            StoredKeys.from_text(keys.as_text())
    shown = (
        f"{keys} {keys!r} {asdict(keys)} {keys.refresh_token:>5} {[keys.refresh_token]} {copy.deepcopy(keys)}"
    )
    shown += json.dumps(asdict(keys), default=str)
    assert text not in shown
    assert repr(text)[1:-1] not in shown
    with pytest.raises(TypeError):
        pickle.dumps(keys.refresh_token)


def test_secrets_are_equal_when_their_texts_are() -> None:
    assert Secret("a") == Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert {Secret("a"): 1}[Secret("a")] == 1
    assert (bool(Secret()), bool(Secret("x"))) == (False, True)
