"""The [desk] table: where the reps' page is, and who may stand between it and them."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from leadbot.settings.table import Table
from leadbot.settings.values import DeskSettings, is_loopback


def read(table: Table) -> DeskSettings:
    """Notes what would show the desk to others without encryption."""
    default = DeskSettings()
    host = table.text("host", default.host)
    found = DeskSettings(
        host=host,
        port=int(table.number("port", default.port)),
        public_url=table.text("public_url").rstrip("/"),
        proxies=table.texts("proxies"),
        with_daemon=table.flag("with_daemon", default=default.with_daemon),
    )
    if found.port > 65535:
        table.fault("port", f"port is {found.port}", "write a number up to 65535", rule="out-of-range")
    _judge_public(table, found)
    for proxy in found.proxies:
        if not _is_network(proxy):
            fix = 'write an address or a network, such as "10.0.0.5" or "10.0.0.0/24"'
            table.fault("proxies", f'proxies: "{proxy}" is no address', fix, rule="desk-proxy")
    is_local = is_loopback(f"http://[{host}]" if ":" in host else f"http://{host}")
    if not is_local and not (found.public_url.startswith("https://") and found.proxies):
        what = f'others can reach "{host}", and the desk would come to them without encryption'
        fix = 'put a proxy with TLS before it, and write public_url = "https://…" and proxies = ["…"]'
        table.fault("host", what, fix, rule="desk-open")
    return found


def _judge_public(table: Table, found: DeskSettings) -> None:
    if not found.public_url:
        return
    parts = urlsplit(found.public_url)
    if parts.scheme != "https" or not parts.hostname or parts.path or parts.query:
        fix = 'write "https://desk.example.com", as people type it, with nothing behind'
        table.fault("public_url", f'public_url "{found.public_url}" will not do', fix, rule="desk-url")


def _is_network(text: str) -> bool:
    try:
        ipaddress.ip_network(text, strict=False)
    except ValueError:
        return False
    return True
