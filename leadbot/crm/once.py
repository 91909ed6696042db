"""Makes the keys of calls hold for CRMs that remember none themselves."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from leadbot.crm.base import Ledger
from leadbot.errors import Problem
from leadbot.model import Lead
from leadbot.ports import CrmAdapter, CrmCandidate, CrmOutcome


class Once:
    """A `ports.CrmAdapter` round another one: a key that was answered is not asked again.

    Between the CRM's answer and its being remembered a crash may come: so the inner adapter itself must look
    before it creates anything.
    """

    def __init__(self, inner: CrmAdapter, ledger: Ledger) -> None:
        self.inner = inner
        self._ledger = ledger

    def capabilities(self) -> frozenset[str]:
        """Those of the inner adapter."""
        return self.inner.capabilities()

    def find(self, lead: Lead) -> list[CrmCandidate]:
        """Nothing is changed, so nothing is remembered."""
        return self.inner.find(lead)

    def upsert(self, lead: Lead, *, key: str) -> str:
        """The ref, asked for once a key."""
        return self._once(f"upsert:{key}", lambda: self.inner.upsert(lead, key=key))

    def add_note(self, ref: str, text: str, *, key: str) -> str:
        """The note's id, asked for once a key."""
        return self._once(f"note:{key}", lambda: self.inner.add_note(ref, text, key=key))

    def delete_note(self, ref: str, note_id: str, *, key: str) -> None:
        """Once a key."""

        def delete() -> str:
            self.inner.delete_note(ref, note_id, key=key)
            return ""

        self._once(f"note_deleted:{key}", delete)

    def set_outcome(self, ref: str, outcome: str, *, key: str) -> None:
        """Once a key."""

        def tell() -> str:
            self.inner.set_outcome(ref, outcome, key=key)
            return outcome

        self._once(f"outcome:{key}", tell)

    def pull_outcomes(self, since_at: datetime) -> list[CrmOutcome]:
        """Nothing is changed."""
        return self.inner.pull_outcomes(since_at)

    def examine(self) -> list[Problem]:
        """Nothing is changed."""
        return self.inner.examine()

    def _once(self, key: str, call: Callable[[], str]) -> str:
        known = self._ledger.answer(key)
        if known is not None:
            return known
        answer = call()
        self._ledger.remember(key, answer)
        return answer
