"""Reads leadbot.toml, secrets and the environment; notes everything that is wrong (docs/settings.md)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from leadbot.crm import fields as field_map
from leadbot.crm import registry
from leadbot.errors import ConfigError, Problem
from leadbot.model import Brand, BrandId, Mode, Team
from leadbot.settings import crm_secrets, desk, secrets, teams, vault, words
from leadbot.settings.table import Lines, Notes, Table, parse, tables
from leadbot.settings.values import (
    KEEP_ALIVE_S,
    SECRET_NAMES,
    X_ITSELF,
    AlarmSettings,
    BrandSettings,
    CrmSettings,
    PrivacySettings,
    Settings,
    XSettings,
    is_loopback,
)

CRM_ALWAYS = ("adapter", "pull_every", "fields")
"""Keys of ``[crm]`` for any adapter; each adapter has options besides."""

KNOWN: dict[str, tuple[str, ...]] = {
    "database": ("url",),
    "x": ("base_url", "listen", "poll_s", "own_posts_s", "timeout_s", "silence_s"),
    "clock": ("follow",),
    "crm": (*CRM_ALWAYS, *registry.OPTIONS),
    "keys": ("store", "path"),
    "brands": (
        "handle", "name", "id", "mode", "playbooks", "disclosure", "apology", "zone", "pace",
        "quiet_hours", "too_late", "daily_budget_usd", "daily_reads_usd",
        "same_text_hours", "same_text_per_hour",
    ),
    "teams": teams.KNOWN,
    "alarms": ("no_poll", "nothing_heard", "nothing_sent", "again", "team"),
    "privacy": ("keep_days", "keep_days_with_consent", "relookup_budget_usd", "activity"),
    "desk": ("host", "port", "public_url", "proxies", "with_daemon"),
    "log": ("format", "level"),
}  # fmt: skip
"""Every table of leadbot.toml and its keys."""

LONGEST_APOLOGY = 95
"""With a disclosure of 40 before it, it fits into the 140 a playbook may allow."""

LEAST_READS_USD = 1.0
"""Left out, reading may cost half of the day's budget, and at least so much: about a thousand mentions."""


def load(path: Path, env: Mapping[str, str]) -> Settings:
    """Settings from leadbot.toml or the folder it is in. Raises ConfigError with everything that is wrong."""
    settings, problems = read(path, env)
    if problems:
        raise ConfigError(problems)
    return settings


def read(path: Path, env: Mapping[str, str], *, with_keys: bool = True) -> tuple[Settings, list[Problem]]:
    """Settings as far as they can be read, and what is wrong. Raises ConfigError if there is no TOML.

    with_keys False: keys are not looked for, nor missed; a keyring may make one wait.
    """
    file = path / "leadbot.toml" if path.is_dir() else path
    text, document = parse(file)
    notes = Notes(file.name, Lines(text))
    Table("leadbot.toml", document, notes).expect(tuple(KNOWN))
    folder = file.resolve().parent
    x = _x(document, notes)
    settings = Settings(
        folder=folder,
        database_url=_database_url(document, notes, folder, env),
        x=x,
        clock_follow=_follow(document, notes, x),
        crm=_crm(document, notes, folder),
        brands=_brands(document, notes, folder, x),
        alarms=_alarms(_table("alarms", document, notes)),
        privacy=_privacy(_table("privacy", document, notes)),
        keys=vault.read(_table("keys", document, notes), folder),
        desk=desk.read(_table("desk", document, notes)),
        channels=teams.channels(tables("teams", document, notes), env if with_keys else None),
        log_format=_table("log", document, notes).choice("format", "console", ("console", "json")),
        log_level=_table("log", document, notes).choice(
            "level", "info", ("debug", "info", "warning", "error")
        ),
    )
    for name, keys in KNOWN.items():
        for table in (
            tables(name, document, notes) if name in ("brands", "teams") else [_table(name, document, notes)]
        ):
            secrets.refuse(table)
            table.expect((*keys, *SECRET_NAMES) if name != "crm" else _known_of_crm(table))
    if with_keys:
        settings = replace(settings, brands=secrets.add(settings, notes, env))
        settings = replace(settings, crm=crm_secrets.add(settings, notes, env))
        vault.judge(settings, notes)
    return settings, sorted(dict.fromkeys(notes.problems), key=lambda problem: (problem.file, problem.line))


def _table(name: str, document: Mapping[str, Any], notes: Notes) -> Table:
    return Table(name, document.get(name, {}), notes)


def _database_url(document: Mapping[str, Any], notes: Notes, folder: Path, env: Mapping[str, str]) -> str:
    table = _table("database", document, notes)
    url = env.get("LEADBOT_DATABASE_URL") or table.text("url", "sqlite:///leadbot.db")
    scheme, found, rest = url.partition("://")
    kind = scheme.split("+")[0]
    if found and kind in ("postgresql", "postgres"):
        what = "this version of leadbot keeps its data in SQLite; PostgreSQL is not available yet"
        table.fault("url", what, 'write "sqlite:///leadbot.db"', rule="database-url")
    elif not found or scheme != "sqlite":
        what = f'database url "{_without_password(url)}" is not one leadbot knows'
        table.fault("url", what, 'write "sqlite:///leadbot.db"', rule="database-url")
    else:
        if "?" in rest or "\x00" in rest or not rest.startswith("/") or rest in ("/", "/:memory:"):
            fix = 'write three slashes and a file: "sqlite:///leadbot.db"'
            table.fault(
                "url", f'"{url}" names no file; what was heard would be lost', fix, rule="database-url"
            )
        # A relative file belongs to the project, wherever leadbot is started from.
        return f"sqlite:///{folder / rest[1:]}"
    return url


def _without_password(url: str) -> str:
    return re.sub(r"(://[^:/@]*):.*@", r"\1:…@", url, flags=re.DOTALL)


def _x(document: Mapping[str, Any], notes: Notes) -> XSettings:
    table = _table("x", document, notes)
    url = table.text("base_url", X_ITSELF).rstrip("/")
    scheme = _scheme_of(url)
    if scheme not in ("http", "https"):
        fix = 'write "http://127.0.0.1:8765" for the local simulator, or leave the line out for X itself'
        table.fault("base_url", f'base_url "{url}" is not an address', fix, rule="base-url")
    elif scheme == "http" and not is_loopback(url):
        table.fault("base_url", f'"{url}" would send keys unencrypted', "write https://…", rule="base-url")
    return XSettings(
        url,
        table.choice("listen", "both", ("both", "stream", "poll")),
        table.number("poll_s", 45.0, least=0.05),
        table.number("timeout_s", 20.0, least=0.1),
        _silence_s(table, is_local=is_loopback(url)),
        own_posts_s=table.number("own_posts_s", 60.0),
    )


def _silence_s(table: Table, *, is_local: bool) -> float:
    silence_s = table.number("silence_s", 22.0, least=0.1)
    if silence_s <= KEEP_ALIVE_S and not is_local:
        what = f"X is silent on the stream for up to {KEEP_ALIVE_S:g} s; a healthy one would be cut"
        table.fault("silence_s", what, "write 22, or leave the line out", rule="out-of-range")
    return silence_s


def _scheme_of(url: str) -> str:
    """The scheme of a whole address; empty if it is none."""
    try:
        parts = urlsplit(url)
        return parts.scheme if parts.hostname and parts.port != 0 else ""
    except ValueError:
        return ""


def _follow(document: Mapping[str, Any], notes: Notes, x: XSettings) -> str | None:
    table = _table("clock", document, notes)
    follow = table.text("follow").rstrip("/")
    if follow and not (is_loopback(follow) and x.is_local):
        fix = "take the line out, or set x.base_url to the simulator too"
        table.fault("follow", "clock.follow is for a local simulator only", fix, rule="clock-follow")
    return follow or None


def _crm(document: Mapping[str, Any], notes: Notes, folder: Path) -> CrmSettings:
    table = _table("crm", document, notes)
    adapter = table.text("adapter", "file")
    options = {key: value for key, value in table.values.items() if key not in ("adapter", "pull_every")}
    fields = options.pop("fields", {})
    if not isinstance(fields, dict):
        fix = 'write [crm.fields] and lines such as name = "lastname" below it'
        table.fault("fields", "fields should be a table", fix, rule="wrong-type")
        fields = {}
    if adapter == "file":
        options["path"] = str(folder / table.text("path", "crm").replace("\x00", ""))
    return CrmSettings(
        adapter,
        {**options, "fields": field_map.flat(fields)},
        table.parsed("pull_every", CrmSettings().pull_every_s, words.some_seconds),
    )


def _known_of_crm(table: Table) -> tuple[str, ...]:
    """What may stand in ``[crm]`` depends on the adapter; an unknown one is told by itself."""
    entry = registry.ADAPTERS.get(str(table.values.get("adapter", "file")))
    options = tuple(table.values) if entry is None else entry.options
    return (*CRM_ALWAYS, *options, *registry.SECRETS)


def _privacy(table: Table) -> PrivacySettings:
    defaults = PrivacySettings()
    return PrivacySettings(
        keep_days=table.number("keep_days", defaults.keep_days, least=1),
        keep_days_with_consent=table.number(
            "keep_days_with_consent", defaults.keep_days_with_consent, least=1
        ),
        relookup_budget_usd=table.number("relookup_budget_usd", defaults.relookup_budget_usd),
        activity=table.flag("activity", default=defaults.activity),
    )


def _alarms(table: Table) -> AlarmSettings:
    default = AlarmSettings()
    return AlarmSettings(
        no_poll_s=table.parsed("no_poll", default.no_poll_s, words.some_seconds),
        nothing_heard_s=table.parsed("nothing_heard", default.nothing_heard_s, words.some_seconds),
        nothing_sent_s=table.parsed("nothing_sent", default.nothing_sent_s, words.some_seconds),
        again_s=table.parsed("again", default.again_s, words.some_seconds),
        team=table.text("team", default.team),
    )


def _brands(
    document: Mapping[str, Any], notes: Notes, folder: Path, x: XSettings
) -> tuple[BrandSettings, ...]:
    known_teams = [
        (table.text("brand").lstrip("@").lower(), teams.team(table))
        for table in tables("teams", document, notes)
    ]
    found = tables("brands", document, notes)
    handles = [table.text("handle").lstrip("@").lower() for table in found]
    if not found:
        notes.add("no account is named", 'add [[brands]] with handle = "yourhandle"', rule="no-brand")
    brands = []
    for table, handle in zip(found, handles, strict=True):
        if handles.count(handle) > 1 and handle:
            table.fault(
                "handle", f"@{handle} stands here twice", "keep one [[brands]] a handle", rule="twice"
            )
        own = tuple(team for brand, team in known_teams if brand in ("", handle))
        brands.append(_brand(table, own, folder, x))
    for table in tables("teams", document, notes):
        brand = table.text("brand").lstrip("@").lower()
        if brand and brand not in handles:
            table.fault(
                "brand",
                f"no [[brands]] has the handle @{brand}",
                f"choose one of {', '.join(handles)}",
                rule="unknown-brand",
            )
    return tuple(brands)


def _brand(table: Table, teams: tuple[Team, ...], folder: Path, x: XSettings) -> BrandSettings:
    handle = table.text("handle").lstrip("@")
    if not words.is_handle(handle):
        table.fault(
            "handle",
            f'handle is "{handle}"',
            "write the account's handle: 1 to 15 letters, digits or _",
            rule="handle",
        )
    given_id = table.text("id")
    if given_id and not (given_id.isascii() and given_id.isdigit()):
        table.fault(
            "id", f'id is "{given_id}"', "write the numeric id in quotes, or leave the line out", rule="id"
        )
    defaults = Brand(BrandId(""), handle)
    facts = Brand(
        id=BrandId(given_id),
        handle=handle,
        name=table.text("name", handle),
        zone=table.parsed("zone", "UTC", words.zone),
        mode=_mode(table, handle, x),
        disclosures=table.texts("disclosure", defaults.disclosures),
        apology=_apology(table, defaults.apology),
        pace_s=table.parsed("pace", defaults.pace_s, words.pace),
        quiet_hours=table.parsed("quiet_hours", defaults.quiet_hours, words.quiet_hours),
        too_late_s=table.parsed("too_late", defaults.too_late_s, words.seconds),
        daily_budget_usd=table.number("daily_budget_usd", defaults.daily_budget_usd),
        same_text_hours=table.number("same_text_hours", defaults.same_text_hours),
        same_text_per_hour=int(table.number("same_text_per_hour", defaults.same_text_per_hour, least=1)),
        teams=teams,
    )
    if not facts.disclosures:
        table.fault(
            "disclosure",
            "disclosure is empty",
            "people must know that a bot writes; leave the line out for ours",
            rule="disclosure",
        )
    reads_usd = max(facts.daily_budget_usd / 2, LEAST_READS_USD)
    return BrandSettings(
        facts,
        _playbooks(table, folder),
        has_id=bool(given_id),
        daily_reads_usd=table.number("daily_reads_usd", reads_usd, least=0.05),
    )


def _mode(table: Table, handle: str, x: XSettings) -> Mode:
    """What holds until somebody sets a mode by hand: at X itself always "watch", whatever a file says."""
    if table.values.pop("live_confirmed", None) is not None:
        fix = f"take the line out; `leadbot brand mode {handle} live` asks for the handle now"
        table.fault("live_confirmed", "live_confirmed has no effect any more", fix, rule="mode-by-hand")
    mode = Mode(table.choice("mode", "watch", [m.value for m in Mode]))
    if mode is not Mode.WATCH and not x.is_local:
        what = f'a file does not let @{handle} speak on X: every account begins in "watch"'
        fix = f"take the line out; `leadbot brand mode {handle} {mode.value}` raises it and logs who did"
        table.fault("mode", what, fix, rule="mode-by-hand")
        return Mode.WATCH
    return mode


def _apology(table: Table, default: str) -> str:
    words = " ".join(table.text("apology", default).split())
    if not 0 < len(words) <= LONGEST_APOLOGY:
        what = f"apology has {len(words)} characters"
        fix = f"write 1 to {LONGEST_APOLOGY}: the disclosure stands before it"
        table.fault("apology", what, fix, rule="apology")
    return words


def _playbooks(table: Table, folder: Path) -> tuple[Path, ...]:
    files: list[Path] = []
    for pattern in table.texts("playbooks", ("playbooks/*.yaml",)):
        found = _files_named(pattern, folder)
        is_there = any(file.is_file() for file in found)
        if not is_there and Path(pattern).suffix in (".yaml", ".yml") and "\0" not in pattern:
            files.append(
                folder / pattern
            )  # gone, perhaps for a moment: a matter of the playbook, told with it
        elif not is_there:
            table.fault(
                "playbooks",
                f'no file is named "{pattern}"',
                "leadbot init writes one to start from",
                rule="no-playbook",
            )
        files += [file for file in found if file.is_file() and file not in files]
    return tuple(files)


def _files_named(pattern: str, folder: Path) -> list[Path]:
    try:
        return [Path(pattern)] if Path(pattern).is_absolute() else sorted(folder.glob(pattern))
    except (ValueError, NotImplementedError, OSError):
        return []  # no pattern at all
