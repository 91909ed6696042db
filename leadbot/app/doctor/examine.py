"""Runs every check once and gathers what they find."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from leadbot import settings as config
from leadbot.app.accounts import credentials_of
from leadbot.app.doctor import at_x, channels, crm, files, work
from leadbot.app.doctor.findings import CHECKS, Finding, State, Thresholds
from leadbot.app.look import brand_ids, open_clock
from leadbot.app.project import Project, crm_problems, read_playbooks
from leadbot.errors import ConfigError, LeadbotError, Problem
from leadbot.flows.cards import Playbook
from leadbot.model import BrandId
from leadbot.nlp import load_reader
from leadbot.ports import Clock, Reader
from leadbot.settings import BrandSettings, Settings
from leadbot.simulator.accounts import user_id_for
from leadbot.store import Store
from leadbot.x.account import Account
from leadbot.x.apps import App, apps_of
from leadbot.x.spend import cost_of


@dataclass(frozen=True, slots=True)
class Report:
    """All findings, in the order of CHECKS within each brand."""

    findings: tuple[Finding, ...]

    @property
    def is_ok(self) -> bool:
        """Whether nothing is red."""
        return all(finding.state is not State.RED for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """As JSON values."""
        return {"ok": self.is_ok, "checks": [finding.as_json() for finding in self.findings]}


def examine(
    folder: Path,
    env: Mapping[str, str],
    *,
    handle: str = "",
    offline: bool = False,
    limits: Thresholds | None = None,
    clock: Clock | None = None,
    load: Callable[[], Reader] = load_reader,
) -> Report:
    """Check a project, or what concerns one account of it.

    offline: ask X nothing. clock: the time to go by instead of the project's own. load: the reader. Raises
    ConfigError if there is no leadbot.toml to read, or no such account in it.
    """
    settings, problems = config.read(folder, env)
    if handle and handle.lower() not in [brand.facts.handle.lower() for brand in settings.brands]:
        known = ", ".join(f"@{brand.facts.handle}" for brand in settings.brands) or "none"
        raise ConfigError(
            [Problem(handle, "is no account of this project", f"known: {known}", "unknown-brand")]
        )
    with _time(settings, clock) as now:
        examination = _Examination(settings, problems, now, limits or Thresholds(), handle.lower())
        found = [*files.model(load), *examination.findings(offline=offline)]
    worse = {(one.id, one.brand) for one in found if one.state is not State.GREEN}
    found = [one for one in found if one.state is not State.GREEN or (one.id, one.brand) not in worse]
    order = list(CHECKS)
    brands = ["", *(brand.facts.handle for brand in settings.brands)]
    found.sort(key=lambda one: (brands.index(one.brand), order.index(one.id)))
    return Report(tuple(found))


def _of_app(finding: Finding, app: App) -> Finding:
    handles = ", ".join(f"@{account.handle}" for account in app.accounts)
    return replace(finding, what=f"app of {handles}: {finding.what}", brand=app.accounts[0].handle)


@contextmanager
def _time(settings: Settings, clock: Clock | None) -> Iterator[Clock]:
    if clock is not None:
        yield clock
        return
    with open_clock(settings) as own:
        yield own


class _Examination:
    def __init__(
        self, settings: Settings, problems: list[Problem], clock: Clock, limits: Thresholds, handle: str
    ) -> None:
        self.settings, self.clock, self.limits = settings, clock, limits
        self.playbooks, faults = read_playbooks(settings)
        self.problems = [*problems, *faults, *crm_problems(settings, None if faults else self.playbooks)]
        self.brands = [one for one in settings.brands if handle in ("", one.facts.handle.lower())]
        health = work.health_in(Project(settings, self.playbooks).health_file)
        self.health, self.runs = health, work.is_running(health, time.time())

    def findings(self, *, offline: bool) -> Iterator[Finding]:
        yield from self._of_files()
        opened = work.open_quietly(self.settings, self.clock, self.limits)
        yield from opened.findings
        try:
            yield from self._of_work(opened.store)
            yield from channels.told(self.settings)
            yield from crm.asked(self.settings, self.playbooks, offline=offline)
            if not offline:
                yield from self._at_x(opened.store)
        finally:
            if opened.store is not None:
                opened.store.close()

    def _of_files(self) -> Iterator[Finding]:
        told = list(files.told(self.problems, self.settings))
        yield from told
        yield from files.modes(self.settings, self.problems)
        yield from files.crm(self.settings, is_broken=any(one.id == "crm" for one in told))
        yield from files.disk(self.settings, self.limits)
        yield from work.daemon(self.health, time.time())

    def _of_work(self, store: Store | None) -> Iterator[Finding]:
        statuses, ids = work.statuses(store), self._ids(store)
        for brand in self.brands:
            handle = brand.facts.handle.lower()
            status = statuses.get(ids.get(handle, BrandId("")))
            yield from work.zone(brand, self.clock)
            yield from work.mode(brand, status)
            yield from work.budget(brand, self._spoken(handle), status)
            yield from work.pile(brand, status, self.limits, runs=self.runs)
            yield from at_x.scopes(brand)
            yield from at_x.token(brand, self.clock)

    def _at_x(self, store: Store | None) -> Iterator[Finding]:
        ids = self._ids(store)
        accounts = [one for brand in self.brands if (one := self._account(brand, ids)) is not None]
        for account in accounts:
            visit = at_x.Visit(account, self.settings, self.clock, self.limits)
            yield from visit.findings()
            if visit.profile is not None and store is not None:
                self._pay(store, account)
        apps = apps_of(self._all_accounts(ids))
        chosen = {brand.facts.handle for brand in self.brands}
        for app in apps:
            if chosen.isdisjoint(account.handle for account in app.accounts):
                continue
            for finding in at_x.app(app.accounts, self.settings, self.clock, runs=self.runs):
                yield finding if len(apps) == 1 else _of_app(finding, app)

    def _pay(self, store: Store, account: Account) -> None:
        usd = cost_of("user_read")
        try:
            store.spend.record_spend(account.brand_id, "user_read", 1, usd, self.clock.now())
        except LeadbotError:
            return  # a database that fails just now is told by its own check

    def _account(self, brand: BrandSettings, ids: Mapping[str, BrandId]) -> Account | None:
        try:
            credentials = credentials_of(brand, self.settings, self.clock)
        except ConfigError:
            return None  # a keyring that does not answer has been told
        handle = brand.facts.handle
        if not credentials.has_user_context:
            return None
        return Account(ids.get(handle.lower(), BrandId("")), handle, credentials)

    def _all_accounts(self, ids: Mapping[str, BrandId]) -> list[Account]:
        """The rules of an app are judged for all brands, whichever one was asked for."""
        found = [self._account(brand, ids) for brand in self.settings.brands]
        return [one for one in found if one is not None and one.brand_id]

    def _ids(self, store: Store | None) -> dict[str, BrandId]:
        if store is not None:
            return brand_ids(self.settings, store)
        known = {}
        for brand in self.settings.brands:
            local = BrandId(str(user_id_for(brand.facts.handle))) if self.settings.x.is_local else BrandId("")
            known[brand.facts.handle.lower()] = brand.facts.id or local
        return known

    def _spoken(self, handle: str) -> tuple[Playbook, ...]:
        return tuple(self.playbooks.get(handle, ()))
