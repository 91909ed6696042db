"""Where the keys of accounts are kept: files that only their owner may read, or the system's keyring
(docs/accounts.md).
"""

from leadbot.keys.keyring import KeyringVault, system_keyring
from leadbot.keys.stored import Kind, StoredKeys
from leadbot.keys.vault import FileVault, Vault

__all__ = ["FileVault", "KeyringVault", "Kind", "StoredKeys", "Vault", "system_keyring"]
