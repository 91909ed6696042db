"""Reads the options of ``[crm]``, and gathers everything that is wrong with them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from leadbot.crm import fields as field_map
from leadbot.crm.wire import CONNECT_S, READ_S
from leadbot.errors import ConfigError, Problem
from leadbot.model import SlotType
from leadbot.model.secret import Secret


class Options:
    """Ask for each option, then `done`."""

    def __init__(self, values: Mapping[str, Any], adapter: str) -> None:
        self._values = values
        self._adapter = adapter
        self._problems: list[Problem] = []

    def fault(self, key: str, what: str, fix: str, *, rule: str = "crm-option") -> None:
        """Note a fault."""
        self._problems.append(Problem(f"crm.{key}", what, fix, rule))

    def text(self, key: str, default: str = "", *, example: str = "") -> str:
        """A text; without a default it must be there."""
        value = self._values.get(key, default)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if value or not default:
            example = example or default or "…"
            self.fault(key, f"{self._adapter} needs {key}", f'write {key} = "{example}"')
        return default

    def url(self, key: str, default: str = "", *, example: str, may_be_plain: bool = False) -> str:
        """An address by https; by http only on this machine, or where the caller knows better."""
        url = self.text(key, default, example=example).rstrip("/")
        try:
            parts = urlsplit(url)
            host, is_sound = parts.hostname or "", parts.port != 0
        except ValueError:
            host, is_sound, parts = "", False, urlsplit("")
        if url and (not host or not is_sound or parts.scheme not in ("http", "https")):
            self.fault(key, f'"{url}" is no address', f'write {key} = "{example}"')
        elif url and (parts.username is not None or parts.password is not None):
            fix = "take it out of the address: it would end in logs"
            self.fault(key, f"{key} holds a name or a password", fix)
        elif parts.scheme == "http" and not may_be_plain and host not in ("127.0.0.1", "localhost", "::1"):
            self.fault(key, f'"{url}" would send people\'s words unencrypted', "write https://…")
        return url

    def secret(self, name: str) -> Secret:
        """A secret of this adapter."""
        found = self._values.get("secrets", {}).get(name)
        if isinstance(found, Secret) and found:
            return found
        fix = f"leadbot crm keys asks for it; or set LEADBOT_CRM_{name.upper()}"
        self.fault(name, f"{self._adapter} needs {name}", fix, rule="no-crm-secret")
        return Secret()

    def timeout(self) -> tuple[float, float]:
        """Seconds to connect, seconds to wait for an answer."""
        value = self._values.get("timeout_s", READ_S)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.05 <= value <= 300:
            self.fault("timeout_s", f"timeout_s is {value!r}", "write seconds, 0.05 to 300")
            value = READ_S
        return min(CONNECT_S, float(value)), float(value)

    def texts(self, key: str) -> tuple[str, ...]:
        """A list of texts; may be left out."""
        value = self._values.get(key, [])
        if isinstance(value, list) and all(isinstance(one, str) for one in value):
            return tuple(value)
        self.fault(key, f"{key} should be a list of texts", f'write {key} = ["…"]')
        return ()

    def fields(self) -> dict[str, str]:
        """The field map."""
        found = self._values.get("fields", {})
        self._problems += field_map.problems(found)
        return {ours: field for ours, field in found.items() if isinstance(field, str)}

    def cards(self) -> Mapping[str, SlotType]:
        """What the playbooks' cards learn, where somebody looked."""
        found: Mapping[str, SlotType] = self._values.get("cards", {})
        return found

    def done(self) -> None:
        """Raises ConfigError if anything was wrong."""
        if self._problems:
            raise ConfigError(self._problems)
