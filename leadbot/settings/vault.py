"""The vault of a project, and what it holds for each brand: never keys of another account."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from leadbot.errors import ConfigError
from leadbot.keys import FileVault, KeyringVault, StoredKeys, Vault, system_keyring
from leadbot.keys.vault import entry_name
from leadbot.settings.table import Notes, Table
from leadbot.settings.values import BrandSettings, KeysSettings, Settings
from leadbot.settings.words import is_handle

STORES = ("file", "keyring")


@dataclass(slots=True)
class Entries:
    """What the vault holds, by handle in lower case. unusable: entries that are there and cannot be read."""

    found: dict[str, StoredKeys] = field(default_factory=dict)
    unusable: set[str] = field(default_factory=set)

    def get(self, handle: str) -> StoredKeys | None:
        """The entry of a handle."""
        return self.found.get(handle)


def read(table: Table, folder: Path) -> KeysSettings:
    """The table ``[keys]``."""
    return KeysSettings(
        table.choice("store", "file", STORES), folder / table.text("path", "keys").replace("\x00", "")
    )


def vault_of(settings: Settings) -> Vault:
    """Where this project keeps keys. Raises ConfigError if that is a keyring and there is none."""
    if settings.keys.store == "keyring":
        return KeyringVault(settings.keys.folder, system_keyring())
    return FileVault(settings.keys.folder)


def name_of(settings: Settings, handle: str) -> str:
    """The entry of a handle in the vault of this project."""
    return entry_name(handle, is_local=settings.x.is_local)


def load(settings: Settings, notes: Notes) -> Entries:
    """The entries of all brands; every one that cannot be read is noted."""
    entries = Entries()
    # A handle that is none has been noted; it must not become the name of a file.
    handles = [brand.facts.handle.lower() for brand in settings.brands if is_handle(brand.facts.handle)]
    try:
        vault = vault_of(settings)
    except ConfigError as error:
        notes.problems.extend(error.problems)
        entries.unusable.update(handles)
        return entries
    for handle in handles:
        try:
            kept = vault.load(name_of(settings, handle))
        except ConfigError as error:
            notes.problems.extend(error.problems)
            entries.unusable.add(handle)
        else:
            if kept is not None:
                entries.found[handle] = kept
    return entries


def with_entry(brand: BrandSettings, kept: StoredKeys | None, notes: Notes) -> BrandSettings:
    """The brand with its entry, and with the id these keys were verified for unless it names one itself."""
    if kept is None:
        return brand
    handle, own_id = brand.facts.handle, brand.facts.id
    if own_id and own_id != kept.brand_id:
        what = f"the keys kept for @{handle} are those of the account {kept.brand_id}, not of {own_id}"
        fix = f"sign in as the right account: leadbot brand add {handle}; or correct its id"
        notes.add(what, fix, rule="keys-of-another", line=1)
        return brand
    return replace(brand, kept=kept, facts=replace(brand.facts, id=kept.brand_id))


def judge(settings: Settings, notes: Notes) -> None:
    """Note what only all settings together can tell: one account twice, keys for another address of X."""
    by_id: dict[str, str] = {}
    for brand in settings.brands:
        handle, own_id = brand.facts.handle, brand.facts.id
        if own_id and by_id.setdefault(own_id, handle) != handle:
            what = f"@{by_id[own_id]} and @{handle} are the same account ({own_id})"
            fix = f"keep one [[brands]] an account; or sign in again: leadbot brand add {handle}"
            notes.add(what, fix, rule="same-account")
        if settings.x.base_url == "https://api.x.com" and brand.has_oauth1:
            what = f"the keys of @{handle} (OAuth 1.0a) are signed for https://api.twitter.com"
            fix = f"take x.base_url out, or sign in by OAuth 2.0: leadbot brand add {handle} --oauth2"
            notes.add(what, fix, rule="oauth1-address")
