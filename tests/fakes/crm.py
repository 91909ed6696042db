"""A CRM and a notifier that keep their promises about keys, and fail on demand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from leadbot.errors import Problem
from leadbot.model import Lead
from leadbot.ports import CrmCandidate, CrmOutcome
from tests.fakes.writer import Fault, When


class FakeCrm:
    """A `ports.CrmAdapter` in memory. `leads` by ref; `notes` by id."""

    def __init__(self) -> None:
        self.leads: dict[str, Lead] = {}
        self.notes: dict[str, tuple[str, str]] = {}
        self.outcomes: dict[str, CrmOutcome] = {}
        self.keys: list[str] = []
        self.faults: list[Fault] = []
        self._by_key: dict[str, str] = {}

    def capabilities(self) -> frozenset[str]:
        """Everything."""
        return frozenset({"find", "upsert", "add_note", "delete_note", "set_outcome", "pull_outcomes"})

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Those of the same name."""
        return [
            CrmCandidate(ref, known.name, "same name")
            for ref, known in self.leads.items()
            if known.name == lead.name
        ]

    def upsert(self, lead: Lead, *, key: str) -> str:
        """Create or update by external key; the same `key` twice changes nothing."""
        self._strike(When.BEFORE)
        if key not in self._by_key:
            ref = self._ref_of(lead) or f"lead-{len(self.leads) + 1}"
            self.leads[ref] = lead
            self._by_key[key] = ref
            self.keys.append(key)
        self._strike(When.AFTER)
        return self._by_key[key]

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """Once per key."""
        self._strike(When.BEFORE)
        if key not in self._by_key:
            self._by_key[key] = f"note-{len(self._by_key) + 1}"
            self.notes[self._by_key[key]] = (ref, text)
            self.keys.append(key)
        self._strike(When.AFTER)
        return self._by_key[key]

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Gone, and no error if it was gone."""
        self._strike(When.BEFORE)
        self.notes.pop(note_id, None)
        self.keys.append(key)

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Once per key."""
        self._strike(When.BEFORE)
        if key not in self._by_key:
            self._by_key[key] = ref
            self.keys.append(key)
            lead = self.leads[ref]
            at = lead.consent_at or datetime.min.replace(tzinfo=UTC)
            self.outcomes[ref] = CrmOutcome(ref, lead.external_key, outcome, at)
        self._strike(When.AFTER)

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Those set since then."""
        return [outcome for outcome in self.outcomes.values() if outcome.at >= since_at]

    def examine(self) -> list[Problem]:
        """All is well."""
        return []

    def fail(self, when: When, error: Callable[[], BaseException], *, times: int = 1) -> None:
        """The next `times` calls fail so."""
        self.faults.append(Fault(when, error, times))

    def _ref_of(self, lead: Lead) -> str | None:
        return next(
            (ref for ref, known in self.leads.items() if known.external_key == lead.external_key), None
        )

    def _strike(self, when: When) -> None:
        for fault in self.faults:
            if fault.when is when and fault.times > 0:
                fault.times -= 1
                raise fault.error()


class FakeNotifier:
    """A `ports.Notifier` that remembers, once per key."""

    def __init__(self) -> None:
        self.notices: dict[str, tuple[str, str, tuple[str, ...]]] = {}
        self.calls = 0

    def notify(
        self,
        team: str,
        subject: str,
        labels: Sequence[str],
        *,
        key: str,
        rep: str = "",
        handoff_key: str = "",
    ) -> None:
        """Deliver once per key."""
        self.calls += 1
        self.notices.setdefault(key, (team, subject, tuple(labels)))
