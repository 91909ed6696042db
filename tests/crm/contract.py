"""What every CRM adapter must do: inherit, and give a fixture `crm`. Run on the adapters and on the fake."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from leadbot.model import Answer, BrandId, Consent, Lead, PostId, ReceiptLine, Source, VersionId
from leadbot.ports import CrmAdapter

AT = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def a_lead(**changes: object) -> Lead:
    """Ann, who wants forty seats and said yes."""
    lead = Lead(
        external_key="x:2200000000000000001",
        brand_id=BrandId("1100000000000000001"),
        brand_handle="acme",
        username="ann",
        name="Ann",
        score=15,
        receipt=(
            ReceiptLine(15, "about 40", "team", "many", Source("sales", VersionId("abc"), 12), PostId("7")),
        ),
        answers=(Answer("team", "many", "about 40", PostId("7"), AT),),
        consent=Consent.YES,
        consent_words="yes please",
        consent_at=AT,
        handoff_key="h1",
        permalink="https://x.com/ann/status/7",
    )
    return replace(lead, **changes)  # type: ignore[arg-type]


class CrmContract:
    """The promises of `ports.CrmAdapter`."""

    def test_the_same_key_twice_changes_nothing(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        assert crm.upsert(a_lead(name="Somebody else"), key="k1") == ref
        (found,) = crm.find(a_lead())
        assert found.ref == ref

    def test_a_second_push_of_a_person_updates_the_first(self, crm: CrmAdapter) -> None:
        assert crm.upsert(a_lead(), key="k1") == crm.upsert(a_lead(score=30), key="k2")

    def test_two_people_are_two_leads(self, crm: CrmAdapter) -> None:
        other = a_lead(external_key="x:2200000000000000002", username="bob", name="Bob")
        assert crm.upsert(a_lead(), key="k1") != crm.upsert(other, key="k2")

    def test_a_note_is_added_once_and_has_an_id(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        first = crm.add_note(ref, "The whole story.", key="k1:note")
        assert first
        assert crm.add_note(ref, "The whole story.", key="k1:note") == first
        assert crm.add_note(ref, "More.", key="k2:note") != first

    def test_a_note_can_be_taken_back_and_twice_does_no_harm(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        note_id = crm.add_note(ref, "The whole story.", key="k1:note")
        crm.delete_note(ref, note_id, key="d1")
        crm.delete_note(ref, note_id, key="d1")
        assert crm.add_note(ref, "The whole story.", key="k1:note") == note_id, "its key is spent for good"
        assert crm.add_note(ref, "Without the words.", key="k2:note") != note_id

    def test_an_outcome_can_be_pulled(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        crm.set_outcome(ref, "won", key="o1")
        crm.set_outcome(ref, "won", key="o1")
        (pulled,) = crm.pull_outcomes(datetime(2000, 1, 1, tzinfo=UTC))
        assert (pulled.ref, pulled.external_key, pulled.outcome) == (ref, "x:2200000000000000001", "won")

    def test_outcomes_from_before_are_not_pulled_again(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        crm.set_outcome(ref, "won", key="o1")
        assert crm.pull_outcomes(datetime(2999, 1, 1, tzinfo=UTC)) == []

    def test_nobody_knows_a_stranger(self, crm: CrmAdapter) -> None:
        crm.upsert(a_lead(), key="k1")
        assert crm.find(a_lead(external_key="x:9", username="zoe", name="Zoe")) == []

    def test_it_says_what_it_can(self, crm: CrmAdapter) -> None:
        assert "upsert" in crm.capabilities()
