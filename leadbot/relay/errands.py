"""What is no reply: notices to teams and pushes to the CRM. Their keys make them safe to repeat."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import structlog

from leadbot import model as m
from leadbot.errors import AccountError, PermanentError, TransientError, UnknownOutcome
from leadbot.ports import Clock, CrmAdapter, Notifier
from leadbot.reconcile.backoff import retry_at
from leadbot.relay.leads import Leads
from leadbot.store import Store, codec
from leadbot.store.outbox import OutboxEntry
from leadbot.store.states import Lane

_log = structlog.get_logger()

NOT_SET_UP = timedelta(minutes=10)
"""How often to look whether a CRM or a notifier has been set up meanwhile."""

REFUSED_ACCOUNT = timedelta(minutes=10)

HELD = "crm.leads_held"
"""The alarm while the CRM refuses us: no lead gets there until an operator acts."""

UNDELIVERED = "notices.undelivered"
"""The alarm, with the team's name, while it cannot be told of people who wait."""

ALARM_AFTER = 3
"""Attempts of one notice that fail before somebody is alarmed."""


@dataclass(frozen=True, slots=True)
class Errands:
    """crm and notifier may be missing: their rows wait, nothing is lost."""

    store: Store
    clock: Clock
    crm: CrmAdapter | None
    notifier: Notifier | None

    def run(self, entry: OutboxEntry, brand_handle: str) -> None:
        """The row is in ``sending`` already. Raises TransientError when the outcome can't be written down."""
        try:
            effect = codec.effect(entry.kind, entry.payload)
        except codec.UNREADABLE as error:
            _log.error("errand.unreadable", key=entry.key, exc_info=error)
            self._give_up(entry, "unreadable", "the row can't be read")
            return
        try:
            if isinstance(effect, (m.PushToCrm, m.PushOutcome)):
                self._to_crm(entry, effect, brand_handle)
            elif isinstance(effect, m.Notify):
                self._notify(entry, effect)
        except (TransientError, UnknownOutcome) as error:
            self._try_later(entry, error)
            if isinstance(effect, m.Notify) and entry.attempts >= ALARM_AFTER:
                self._tell_undelivered(effect.team, str(error))
        except AccountError as error:
            self._hold(entry, REFUSED_ACCOUNT, error.reason, str(error))
            if entry.lane is Lane.CRM:
                fix = "leadbot doctor says what is wrong with the CRM; nothing is lost meanwhile"
                self.store.alarms.raise_alarm(HELD, what=f"leads wait for the CRM: {error}", fix=fix)
        except PermanentError as error:
            self._give_up(entry, error.reason, str(error))
        except Exception as error:
            # An adapter with a bug: keys make a second try safe, ever longer waits keep it quiet.
            _log.error("errand.failed", key=entry.key, exc_info=error)
            self._try_later(entry, TransientError(f"{type(error).__name__}: {error}"))

    def _to_crm(self, entry: OutboxEntry, effect: m.PushToCrm | m.PushOutcome, brand_handle: str) -> None:
        if self.crm is None:
            self._hold(entry, NOT_SET_UP, "no_crm", "no CRM is set up")
            return
        leads = Leads(self.store, self.crm)
        if isinstance(effect, m.PushToCrm):
            leads.push(entry, effect, brand_handle)
        else:
            leads.tell_outcome(entry, effect)
        self.store.alarms.clear(HELD)

    def _notify(self, entry: OutboxEntry, effect: m.Notify) -> None:
        if self.notifier is None:
            self._hold(entry, NOT_SET_UP, "no_notifier", "no way to notify a team is set up")
            return
        self.notifier.notify(
            effect.team,
            effect.subject,
            effect.labels,
            key=entry.key,
            rep=effect.rep,
            handoff_key=effect.handoff_key,
        )
        self.store.alarms.clear(f"{UNDELIVERED}:{effect.team}")
        self.store.outbox.done(entry, self.clock.now())
        _log.info("notice.delivered", key=entry.key, team=effect.team)

    def _tell_undelivered(self, team: str, why: str) -> None:
        fix = "`leadbot doctor` and `leadbot teams test` say which channel; the people wait on the desk"
        self.store.alarms.raise_alarm(f"{UNDELIVERED}:{team}", what=f"{team} is not told: {why}", fix=fix)

    def _try_later(self, entry: OutboxEntry, error: TransientError | UnknownOutcome) -> None:
        asked = error.retry_at if isinstance(error, TransientError) else None
        until = retry_at(self.clock.now(), entry.attempts, seed=entry.key, asked=asked)
        self.store.outbox.failed_for_now(entry, until=until, rule=f"{entry.lane}_unavailable", why=str(error))
        _log.info("errand.postponed", key=entry.key, until=until.isoformat(), why=str(error))

    def _hold(self, entry: OutboxEntry, wait: timedelta, rule: str, why: str) -> None:
        self.store.outbox.postpone([entry.id], until=self.clock.now() + wait, rule=rule, why=why)
        _log.warning("errand.held", key=entry.key, rule=rule, why=why)

    def _give_up(self, entry: OutboxEntry, reason: str, why: str) -> None:
        self.store.outbox.given_up(entry, reason, self.clock.now(), why=why)
        _log.error("errand.refused", key=entry.key, reason=reason, why=why, lane=Lane(entry.lane))
