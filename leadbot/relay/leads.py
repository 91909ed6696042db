"""Leads on their way to the CRM: the record, the note with the story, and what became of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog

from leadbot import model as m
from leadbot.errors import LeadbotError, PermanentError
from leadbot.ports import CrmAdapter, CrmCandidate
from leadbot.store import Store
from leadbot.store.crm import CrmRecord
from leadbot.store.leads import load_lead
from leadbot.store.outbox import OutboxEntry

_log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Leads:
    """Carries out what concerns the CRM. Each step has a key of its own, so a second try repeats none."""

    store: Store
    crm: CrmAdapter

    def push(self, entry: OutboxEntry, effect: m.PushToCrm, brand_handle: str) -> None:
        """Write the lead and its story down. Raises what adapters and `load_lead` raise."""
        known = self.store.crm.record(effect.handoff_key)
        lead = load_lead(
            self.store.database,
            effect.handoff_key,
            brand_handle=brand_handle,
            has_it_already=effect.cleans,
        )
        if effect.cleans:
            self._take_note_back(entry, known)
        ref = self.crm.upsert(lead, key=entry.key)
        note_id = None
        if "add_note" in self.crm.capabilities():
            note_id = self.crm.add_note(ref, note(lead), key=f"{entry.key}:note")
        if known.ref is None and known.closed_as and "set_outcome" in self.crm.capabilities():
            self.crm.set_outcome(ref, known.closed_as, key=f"{entry.key}:outcome")  # said before their yes
        candidates = None if effect.cleans else self._candidates(lead, ref)
        self.store.crm.pushed(
            entry, handoff_key=effect.handoff_key, ref=ref, note_id=note_id, candidates=candidates
        )
        _log.info("lead.pushed", key=entry.key, ref=ref)

    def tell_outcome(self, entry: OutboxEntry, effect: m.PushOutcome) -> None:
        """Say what became of a lead, if the CRM has it and can be told. Raises what adapters raise."""
        known = self.store.crm.record(effect.handoff_key)
        is_told = known.ref is not None and known.outcome != effect.outcome
        if known.ref is not None and is_told and "set_outcome" in self.crm.capabilities():
            self.crm.set_outcome(known.ref, effect.outcome, key=entry.key)
            _log.info("outcome.told", key=entry.key, ref=known.ref, outcome=effect.outcome)
        self.store.crm.told(entry, handoff_key=effect.handoff_key, outcome=effect.outcome)

    def _candidates(self, lead: m.Lead, ref: str) -> Sequence[CrmCandidate] | None:
        """Who may be the same. It is a courtesy to the rep: if it fails, the lead is no less there."""
        if "find" not in self.crm.capabilities():
            return None
        try:
            return [one for one in self.crm.find(lead) if one.ref != ref]
        except LeadbotError as error:
            _log.warning("candidates.not_found", handoff=lead.handoff_key, why=str(error))
            return None

    def _take_note_back(self, entry: OutboxEntry, known: CrmRecord) -> None:
        """The words of a post left X: the note that tells them goes too (SCENARIOS 25)."""
        if known.ref is None or known.note_id is None:
            return
        if "delete_note" not in self.crm.capabilities():
            what = f"delete note {known.note_id} of {known.ref} by hand: it tells words that are gone from X"
            raise PermanentError("cannot_delete_note", what)
        self.crm.delete_note(known.ref, known.note_id, key=f"{entry.key}:without")


def note(lead: m.Lead) -> str:
    """The whole story for the CRM's record: consent first, then the receipt, each point with its words and
    source.
    """
    head = [
        f"From @{lead.username} to @{lead.brand_handle} on X: {lead.permalink}",
        f"Consent: {lead.consent.value}, in their words: “{lead.consent_words}”",
        f"Score {lead.score}, which is the sum of:",
    ]
    lines = [
        f"{line.points:+d}  {line.card} = {line.answer}: “{line.words}” ({line.source})"
        for line in lead.receipt
    ]
    return "\n".join(head + lines)
