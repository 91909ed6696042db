"""What every CRM adapter must do: inherit, and give a fixture `crm`. Run on the adapters and on the fake.

`FaultContract` is for those that talk HTTP: their stand-in fails at each request of a story in turn.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol, TypeVar

import pytest

from leadbot.crm.base import MemoryLedger, Surroundings
from leadbot.errors import TransientError, UnknownOutcome
from leadbot.model import Answer, BrandId, Consent, Lead, PostId, ReceiptLine, Source, VersionId
from leadbot.ports import CrmAdapter
from tests.crm.stand_in import RETRY_AFTER_S, How

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
        if "find" in crm.capabilities():
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

    def test_a_note_that_is_gone_already_is_no_error(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        note_id = crm.add_note(ref, "The whole story.", key="k1:note")
        crm.delete_note(ref, note_id, key="d1")
        crm.delete_note(ref, note_id, key="d2")

    def test_a_person_is_the_same_lead_under_a_new_handle(self, crm: CrmAdapter) -> None:
        ref = crm.upsert(a_lead(), key="k1")
        assert crm.upsert(a_lead(username="ann_of_globex", name="Ann M."), key="k2") == ref

    def test_an_outcome_can_be_pulled(self, crm: CrmAdapter) -> None:
        if "pull_outcomes" not in crm.capabilities():
            pytest.skip("this one cannot be asked")
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

    def test_nothing_is_wrong_with_a_crm_that_is_set_up(self, crm: CrmAdapter) -> None:
        assert crm.examine() == []


T = TypeVar("T")


class Clock:
    """A time that moves when told."""

    def __init__(self) -> None:
        self.at = AT

    def now(self) -> datetime:
        return self.at


class Breakable(Protocol):
    """What the fault contract needs of a stand-in (`stand_in.StandIn`)."""

    faults: dict[int, Any]
    requests: list[Any]
    patience_s: float

    def leads(self) -> list[str]:
        """External keys of the leads there, one a record."""

    def notes(self) -> list[str]:
        """Texts of the notes there."""

    def outcomes(self) -> list[str]:
        """What became of the leads there."""

    def forget_all(self) -> None:
        """As if it had just begun."""


RARER = (How.TIMEOUT_BEFORE, How.CUT_AFTER, How.ERROR_BEFORE)
"""Tried by make test-all alone: to the adapter they are what the others are, the other way round."""


class FaultContract:
    """Nothing is lost and nothing is doubled, whichever request fails in whichever way.

    Fixtures: `server`, a stand-in; `make`, which makes a fresh adapter for it, as after a restart.
    """

    @pytest.fixture
    def around(self) -> Surroundings:
        return Surroundings(MemoryLedger(), Clock().now)

    @pytest.mark.parametrize(
        "how",
        [pytest.param(how, marks=pytest.mark.long) if how in RARER else how for how in How],
        ids=lambda how: how.value.replace(" ", "-"),
    )
    def test_each_request_in_turn_may_fail(
        self, server: Breakable, make: Callable[[Surroundings], CrmAdapter], how: How
    ) -> None:
        if how in (How.TIMEOUT_BEFORE, How.TIMEOUT_AFTER):
            server.patience_s = 0.15
        for number in range(20):
            server.forget_all()
            server.faults[number] = how
            self._story(make)
            assert server.leads() == ["x:2200000000000000001"], f"request {number}: {how}"
            assert len(server.notes()) == 1, f"request {number}: {how}"
            assert "The whole story." in server.notes()[0]
            assert server.outcomes() == ["won"]
            if server.faults:
                break  # the story has no request of that number: all were tried
        assert number > 2
        server.faults.clear()

    def test_who_asks_for_a_rest_gets_it(
        self, server: Breakable, make: Callable[[Surroundings], CrmAdapter]
    ) -> None:
        clock = Clock()
        crm = make(Surroundings(MemoryLedger(), clock.now))
        server.faults[0] = How.LIMIT
        with pytest.raises(TransientError) as limited:
            crm.upsert(a_lead(), key="k1")
        assert limited.value.retry_at == AT + timedelta(seconds=RETRY_AFTER_S)
        with pytest.raises(TransientError):
            crm.upsert(a_lead(), key="k1")
        assert len(server.requests) == 1
        clock.at += timedelta(seconds=RETRY_AFTER_S)
        assert crm.upsert(a_lead(), key="k1")

    def _story(self, make: Callable[[Surroundings], CrmAdapter]) -> None:
        clock = Clock()
        around = Surroundings(MemoryLedger(), clock.now)

        crm = make(around)

        def until_done(call: Callable[[CrmAdapter], T]) -> T:
            nonlocal crm
            for _ in range(8):
                try:
                    return call(crm)
                except (TransientError, UnknownOutcome):
                    clock.at += timedelta(minutes=1)
                    crm = make(around)  # as after a restart
            raise AssertionError("never done")

        ref = until_done(lambda crm: crm.upsert(a_lead(), key="k1"))
        until_done(lambda crm: crm.add_note(ref, "The whole story.", key="k1:note"))
        until_done(lambda crm: crm.set_outcome(ref, "won", key="o1"))
