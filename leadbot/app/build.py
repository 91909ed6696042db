"""The daemon with all its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, replace
from datetime import timedelta
from functools import partial
from typing import Any

import structlog

from leadbot.app import keeping
from leadbot.app.accounts import account_of
from leadbot.app.desk import desk_of
from leadbot.app.hearing import listeners, locks
from leadbot.app.look import brand_ids, open_store
from leadbot.app.notices import notifier_of, reachable
from leadbot.app.project import Project, beside_database
from leadbot.app.publishing import begin
from leadbot.app.shelf import Shelf
from leadbot.crm import registry
from leadbot.crm.base import Surroundings
from leadbot.daemon import Daemon, Part, only_one
from leadbot.engine import Engine
from leadbot.flows import gate
from leadbot.flows.cards import Deck
from leadbot.flows.decide import decide, new_conversation
from leadbot.model import BrandId
from leadbot.nlp import SpacyReader, load_reader
from leadbot.ports import Clock, CrmAdapter, Notifier
from leadbot.relay import Patience, Relay, Watch
from leadbot.relay.pulling import Pulling
from leadbot.relay.routing import Routing
from leadbot.settings import Settings
from leadbot.store import Store
from leadbot.x.account import Account
from leadbot.x.apps import Listeners
from leadbot.x.limits import Limits
from leadbot.x.listener import ListenMode
from leadbot.x.session import TimeOuts
from leadbot.x.spend import cost_of
from leadbot.x.thrift import SLOWER
from leadbot.x.writer import XWriter

_log = structlog.get_logger()

LOCAL_LOOKBACK_S = 3600.0
"""On the local X, what was said in the hour before the first start counts: people try it in that order."""

_SAID = frozenset({"summoned_reply", "post_create", "post_create_with_url"})
"""What the relay itself writes down, in the transaction of the reply."""


@contextmanager
def build(project: Project) -> Iterator[Daemon]:
    """The daemon, ready to run. Raises ConfigError, TransientError, AccountError."""
    settings = project.settings
    with ExitStack() as stack:
        stack.enter_context(only_one(beside_database(settings, ".lock")))
        store, clock = stack.enter_context(open_store(settings))
        known = brand_ids(settings, store)
        accounts = [account_of(brand, settings, clock, known) for brand in settings.brands]
        for lock, what in locks(settings, accounts):
            stack.enter_context(only_one(lock, what))
        begin(project, store)
        for account in accounts:
            store.brands.introduce(account.brand_id, account.handle)
        brands = {one.brand_id: brand for brand, one in zip(settings.brands, accounts, strict=True)}
        shelf = Shelf(settings, store, brands)
        decks = shelf.decks
        limits = Limits(clock)
        crm = registry.build(settings.crm.adapter, settings.crm.options, Surroundings(store.crm))
        notifier = notifier_of(settings, store)  # one: each writes its files alone
        relay = _relay(settings, store, decks, accounts, clock, limits, crm, notifier)
        stack.callback(relay.close, wait_s=0.0)  # the daemon has waited as long as it may
        relay.recover()
        engine = Engine(
            store,
            _reader(),
            decks,
            clock,
            decide=partial(decide, brands=frozenset(decks)),
            new_conversation=new_conversation,
            normalise=gate.normalise,
        )
        lookback_s = LOCAL_LOOKBACK_S if settings.x.is_local else 0.0
        listener = listeners(
            settings, store, accounts, clock, lookback_s=lookback_s, waits=time_outs(settings)
        )
        watch = _watch(settings, store, [account.brand_id for account in accounts], clock, listener, notifier)
        parts: tuple[Part, ...] = (
            Part("engine", engine.run),
            Part("relay", relay.run),
            Part("watch", watch.run),
            Part("playbooks", shelf.run),
            Part("routing", Routing(store, decks, clock, reachable(settings)).run),
            Part("outcomes", Pulling(store, crm, timedelta(seconds=settings.crm.pull_every_s)).run),
            *timelines(settings, relay),
            *keeping.parts(settings, store, accounts, clock, time_outs(settings)),
        )
        if settings.desk.with_daemon:
            server, _ = stack.enter_context(desk_of(settings, store, clock))
            parts = (*parts, Part("desk", server.run))
        yield Daemon(
            listener, parts, heartbeat=project.health_file, figures=partial(_figures, store, limits, shelf)
        )


def _reader() -> SpacyReader:
    reader = load_reader()
    if not reader.is_careful:
        _log.warning(
            "reader.without_care", fix="install leadbot's requirements again: onnxruntime is missing"
        )
    return reader


def _relay(
    settings: Settings,
    store: Store,
    decks: Mapping[BrandId, Deck],
    accounts: Sequence[Account],
    clock: Clock,
    limits: Limits,
    crm: CrmAdapter,
    notifier: Notifier,
) -> Relay:
    def on_spend(brand_id: BrandId, kind: str, count: int) -> None:
        if kind not in _SAID:
            store.spend.record_spend(brand_id, kind, count, cost_of(kind, count), clock.now())

    waits = time_outs(settings)
    writers = {
        account.brand_id: XWriter(
            account, clock, base_url=settings.x.base_url, on_spend=on_spend, time_outs=waits, limits=limits
        )
        for account in accounts
    }
    return Relay(
        store,
        decks,
        writers,
        clock,
        ask=gate.ask,
        price=lambda text: cost_of("summoned_reply", text=text),
        normalise=gate.normalise,
        crm=crm,
        notifier=notifier,
        # A request may still arrive after this; on a clock faster than life that is longer than it looks.
        timeout_s=max(30.0, (waits.connect_s + waits.read_s) / clock.real_s(1.0)),
    )


def timelines(settings: Settings, relay: Relay) -> list[Part]:
    """Looks at the brands' own posts also when nothing is to be sent, unless the settings say not to."""
    every_s = settings.x.own_posts_s
    return [Part("timelines", relay.timelines(every_s=every_s).run)] if every_s else []


def _watch(
    settings: Settings,
    store: Store,
    brand_ids: Sequence[BrandId],
    clock: Clock,
    listener: Listeners,
    notifier: Notifier,
) -> Watch:
    return Watch(store, clock, notifier, brand_ids, patience_of(settings), beats=listener.beats)


def patience_of(settings: Settings) -> Patience:
    """How long silence is no alarm. Two polls at their slowest are none: an alarm that comes and goes with
    each would be told each time.
    """
    patience = Patience(**asdict(settings.alarms))
    if settings.x.listen == ListenMode.STREAM:
        return patience
    return replace(patience, no_poll_s=max(patience.no_poll_s, 2 * SLOWER * settings.x.poll_s))


def _figures(store: Store, limits: Limits, shelf: Shelf) -> dict[str, Any]:
    """What the health file tells besides."""
    alarms = [{"key": alarm.key, "what": alarm.what} for alarm in store.alarms.open()]
    return {"alarms": alarms, "writing": limits.as_json(), "playbooks": shelf.as_json()}


def time_outs(settings: Settings) -> TimeOuts:
    """How long X may take, in real seconds."""
    x = settings.x
    return TimeOuts(min(TimeOuts().connect_s, x.timeout_s), x.timeout_s, x.silence_s)
