"""Puts the parts together. The only place that knows them all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from leadbot import settings as config
from leadbot.clock import FollowedClock, SystemClock
from leadbot.crm import registry
from leadbot.crm.notify import FileNotifier
from leadbot.daemon import Daemon, Part, only_one
from leadbot.engine import Engine
from leadbot.errors import ConfigError, Problem
from leadbot.flows import gate
from leadbot.flows import playbook as playbook_files
from leadbot.flows.cards import Deck, Playbook
from leadbot.flows.decide import decide, new_conversation
from leadbot.model import BrandId, PostId, VersionId
from leadbot.nlp import load_reader
from leadbot.ports import Clock
from leadbot.relay import Relay
from leadbot.settings import BrandSettings, Settings
from leadbot.simulator.accounts import credentials_for
from leadbot.store import Store, open_database
from leadbot.x.account import Account, verify
from leadbot.x.credentials import Credentials
from leadbot.x.listener import Listener, ListenMode
from leadbot.x.spend import cost_of
from leadbot.x.writer import XWriter

_log = structlog.get_logger()

LOCAL_LOOKBACK_S = 3600.0
"""On the local X, what was said in the hour before the first start counts: people try it in that order."""

_SAID = frozenset({"summoned_reply", "post_create", "post_create_with_url"})


@dataclass(frozen=True, slots=True)
class Project:
    """Settings and their playbooks: all that can be known without a database and without X."""

    settings: Settings
    playbooks: Mapping[str, tuple[Playbook, ...]]  # handle, lower case → in the brand's order

    @property
    def health_file(self) -> Path:
        """Where a running daemon tells how it is."""
        return _beside_database(self.settings, ".health.json")


def load_project(path: Path, env: Mapping[str, str]) -> Project:
    """Read leadbot.toml and its playbooks. Raises ConfigError with everything that is wrong in them."""
    settings, problems = config.read(path, env)
    playbooks, faults = read_playbooks(settings)
    problems += faults
    problems += _crm_problems(settings)
    if problems:
        raise ConfigError(problems)
    return Project(settings, playbooks)


def read_playbooks(settings: Settings) -> tuple[dict[str, tuple[Playbook, ...]], list[Problem]]:
    """Every brand's playbooks, and every fault in their files."""
    files = list(dict.fromkeys(file for brand in settings.brands for file in brand.playbooks))
    teams = {team.name: team for brand in settings.brands for team in brand.facts.teams}
    found, problems = playbook_files.check(
        [playbook_files.PlaybookSource(_shown(file, settings.folder), _text_of(file)) for file in files],
        brands=[brand.facts.handle.lower() for brand in settings.brands],
        teams=list(teams),
        lists=_lists(settings.folder),
        reps={name: [rep.first_name for rep in team.reps] for name, team in teams.items()},
    )
    by_brand = {
        brand.facts.handle.lower(): _in_order(brand, found, settings.folder) for brand in settings.brands
    }
    return by_brand, list(problems)


@contextmanager
def open_store(settings: Settings) -> Iterator[tuple[Store, Clock]]:
    """The database alone, for commands that look. Raises ConfigError."""
    with ExitStack() as stack:
        clock = _clock(settings, stack)
        store = Store(open_database(settings.database_url), clock)
        stack.callback(store.close)
        yield store, clock


@contextmanager
def build(project: Project) -> Iterator[Daemon]:
    """The daemon, ready to run. Raises ConfigError, TransientError, AccountError."""
    settings = project.settings
    with ExitStack() as stack:
        stack.enter_context(only_one(_beside_database(settings, ".lock")))
        store, clock = stack.enter_context(open_store(settings))
        accounts = [_account(brand, settings, clock) for brand in settings.brands]
        decks = {
            account.brand_id: _deck(brand, account.brand_id, project, store)
            for brand, account in zip(settings.brands, accounts, strict=True)
        }
        relay = _relay(settings, store, decks, accounts, clock)
        stack.callback(relay.close)
        relay.recover()
        engine = Engine(
            store,
            load_reader(),
            decks,
            clock,
            decide=partial(decide, brands=frozenset(decks)),
            new_conversation=new_conversation,
            normalise=gate.normalise,
        )
        listener = _listener(settings, store, accounts, clock)
        parts = (Part("engine", engine.run), Part("relay", relay.run))
        yield Daemon(listener, parts, heartbeat=project.health_file)


def _relay(
    settings: Settings,
    store: Store,
    decks: Mapping[BrandId, Deck],
    accounts: Sequence[Account],
    clock: Clock,
) -> Relay:
    def on_spend(brand_id: BrandId, kind: str, count: int) -> None:
        if (
            kind not in _SAID
        ):  # the relay itself writes down what a reply cost, in the reply's own transaction
            store.spend.record_spend(brand_id, kind, count, cost_of(kind, count), clock.now())

    writers = {
        account.brand_id: XWriter(account, clock, base_url=settings.x.base_url, on_spend=on_spend)
        for account in accounts
    }
    return Relay(
        store,
        decks,
        writers,
        clock,
        ask=gate.ask,
        normalise=gate.normalise,
        crm=registry.build(settings.crm.adapter, settings.crm.options),
        notifier=FileNotifier(settings.folder),
    )


def _listener(settings: Settings, store: Store, accounts: Sequence[Account], clock: Clock) -> Listener:
    mode = ListenMode(settings.x.listen)

    def on_spend(brand_id: BrandId, kind: str, count: int) -> None:
        store.spend.record_spend(brand_id, kind, count, cost_of(kind, count), clock.now())

    def on_connected() -> None:
        # What was said while nobody listened must be decided before we speak again: a "stop" may be among it.
        for account in accounts:
            if mode is ListenMode.STREAM:
                store.brands.poll_completed(account.brand_id)
            else:
                store.brands.begin_catch_up(account.brand_id)
        listener.poll_now()

    listener = Listener(
        accounts,
        store.inbox,
        clock,
        base_url=settings.x.base_url,
        mode=mode,
        poll_s=settings.x.poll_s,
        lookback_s=LOCAL_LOOKBACK_S if settings.x.is_local else 0.0,
        on_spend=on_spend,
        on_poll_completed=store.brands.poll_completed,
        on_gap=_tell_gap,
        on_trouble=_tell_trouble,
        on_connected=on_connected,
    )
    return listener


def brand_ids(settings: Settings, store: Store) -> dict[str, BrandId]:
    """Handle, lower case → id, for the accounts whose id is known without asking X."""
    known = {status.brand.handle.lower(): status.brand.brand_id for status in store.queries.status()}
    for brand in settings.brands:
        handle = brand.facts.handle
        local_id = BrandId(credentials_for(handle)["user_id"]) if settings.x.is_local else None
        found = brand.facts.id or known.get(handle.lower()) or local_id
        if found:
            known[handle.lower()] = found
    return known


def _tell_gap(brand_id: BrandId, after: PostId, before: PostId) -> None:
    _log.error("mentions.lost", brand=brand_id, after=after, before=before)


def _tell_trouble(where: str, reason: str, why: str) -> None:
    _log.error("listener.needs_operator", where=where, reason=reason, why=why)


def _account(brand: BrandSettings, settings: Settings, clock: Clock) -> Account:
    """The account with its keys and its id; X is asked for the id if nobody knows it."""
    handle, own = brand.facts.handle, brand.secrets
    credentials = Credentials(
        consumer_key=own.consumer_key,
        consumer_secret=own.consumer_secret,
        access_token=own.access_token,
        access_token_secret=own.access_token_secret,
        bearer_token=own.bearer_token,
        oauth2_user_token=own.oauth2_token,
    )
    brand_id = brand.facts.id
    if settings.x.is_local:
        local = credentials_for(handle)
        brand_id = brand_id or BrandId(local["user_id"])
        credentials = replace(
            credentials if credentials.has_user_context else Credentials(**local["oauth1"]),
            bearer_token=credentials.bearer_token or local["app_bearer_token"],
        )
    account = Account(brand_id, handle, credentials)
    if account.brand_id:
        return account
    return replace(account, brand_id=BrandId(verify(account, clock, base_url=settings.x.base_url)))


def _deck(brand: BrandSettings, brand_id: BrandId, project: Project, store: Store) -> Deck:
    """What the core may know about a brand. The files as they stand now become the live versions."""
    handle = brand.facts.handle.lower()
    playbooks = project.playbooks[handle]
    names = {playbook.name for playbook in playbooks}
    for stored in store.playbooks.live():
        if stored.brand == handle and stored.name not in names:
            store.playbooks.withdraw(handle, stored.name)
    for playbook in playbooks:
        store.playbooks.ship(playbook)
    store.brands.introduce(brand_id, brand.facts.handle)
    versions: dict[VersionId, Playbook] = {}
    for stored in store.playbooks.in_use():
        if stored.brand == handle:
            source = playbook_files.PlaybookSource(stored.file, stored.content)
            found, problems = playbook_files.check([source], brands=None, teams=None)
            versions |= {one.version: one for one in found}
            if problems:
                _log.error(
                    "playbook.outdated", playbook=stored.name, version=stored.version, why=str(problems[0])
                )
    return Deck(replace(brand.facts, id=brand_id), playbooks, versions)


def _in_order(brand: BrandSettings, found: Sequence[Playbook], folder: Path) -> tuple[Playbook, ...]:
    order = [_shown(file, folder) for file in brand.playbooks]
    own = [one for one in found if one.brand == brand.facts.handle.lower() and one.file in order]
    return tuple(sorted(own, key=lambda one: order.index(one.file)))


def _shown(file: Path, folder: Path) -> str:
    return str(file.relative_to(folder)) if file.is_relative_to(folder) else str(file)


def _text_of(file: Path) -> str:
    return file.read_bytes().decode("utf-8", errors="replace")


def _lists(folder: Path) -> dict[str, frozenset[str]]:
    """CSV files of the project by name: X user ids in the first column."""
    return {
        file.name: frozenset(
            cell
            for line in file.read_text(encoding="utf-8", errors="replace").splitlines()
            if (cell := line.split(",")[0].strip().strip('"')).isdigit()
        )
        for file in sorted(folder.glob("*.csv"))
    }


def _crm_problems(settings: Settings) -> list[Problem]:
    adapter = settings.crm.adapter
    if adapter in registry.names():
        return []
    fix = f"choose one of {', '.join(registry.names())}"
    return [Problem("crm.adapter", f'there is no CRM adapter "{adapter}"', fix, "unknown-adapter")]


def _clock(settings: Settings, stack: ExitStack) -> Clock:
    if settings.clock_follow is None:
        return SystemClock()
    return stack.enter_context(FollowedClock(settings.clock_follow))


def _beside_database(settings: Settings, suffix: str) -> Path:
    """A file that belongs to the database: beside it if it is a file, else in the project's folder."""
    url = settings.database_url
    if url.startswith("sqlite"):
        return Path(url.partition(":///")[2] + suffix)
    parts = urlsplit(url)
    name = sha256(f"{parts.hostname}:{parts.port}{parts.path}".encode()).hexdigest()[:12]
    return settings.folder / f"leadbot-{name}{suffix}"
