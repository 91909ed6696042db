"""Tryton by its JSON-RPC: found again after a change of handle, signed in again, never doubled."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from leadbot.crm import registry
from leadbot.crm.base import MemoryLedger, Surroundings
from leadbot.errors import AccountError, ConfigError, PermanentError, TransientError
from leadbot.model import SlotType, SlotValue
from leadbot.model.secret import Secret
from leadbot.ports import CrmAdapter

from .contract import AT, Clock, CrmContract, FaultContract, a_lead
from .tryton_stand_in import DATABASE, PASSWORD, USER, TrytonStandIn

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[TrytonStandIn]:
    server = TrytonStandIn()
    yield server
    server.close()


def options(server: TrytonStandIn, **more: Any) -> Mapping[str, Any]:
    return {
        "url": server.url,
        "database": DATABASE,
        "user": USER,
        "timeout_s": server.patience_s,
        "secrets": {"password": Secret(PASSWORD)},
        "fields": {"value.team": "amount", "receipt": "comment"},
        "cards": {"team": SlotType.COUNT},
        **more,
    }


@pytest.fixture
def make(server: TrytonStandIn) -> Callable[[Surroundings], CrmAdapter]:
    return lambda around: registry.build("tryton", options(server), around)


@pytest.fixture
def crm(make: Callable[[Surroundings], CrmAdapter]) -> CrmAdapter:
    return make(Surroundings(MemoryLedger(), Clock().now))


class TestTryton(CrmContract, FaultContract):
    pass


def test_a_person_is_found_again_after_a_change_of_handle(server: TrytonStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    assert crm.upsert(a_lead(username="ann_now", name="Ann M."), key="k2") == ref
    values = {row["name"]: row["value"] for row in server.rows["party.contact_mechanism"].values()}
    assert values == {
        "X": "https://x.com/i/user/2200000000000000001",
        "X handle": "https://x.com/ann_now",
    }
    (party,) = server.rows["party.party"].values()
    assert party["name"] == "Ann", "a rep may have corrected it"


def test_values_are_written_as_their_fields_take_them(server: TrytonStandIn, crm: CrmAdapter) -> None:
    slot = SlotValue(SlotType.COUNT, "about 40", 0, 8, low=40.0)
    lead = replace(a_lead(), answers=(replace(a_lead().answers[0], value=slot),))
    row = server.rows["sale.opportunity"][int(crm.upsert(lead, key="k1"))]
    assert row["amount"] == {"__class__": "Decimal", "decimal": "40.0"}
    assert row["comment"] == "+15 team = many: “about 40”"


def test_a_new_handoff_of_somebody_won_is_a_new_opportunity_of_the_same_party(
    server: TrytonStandIn, crm: CrmAdapter
) -> None:
    first = crm.upsert(a_lead(), key="k1")
    crm.set_outcome(first, "won", key="o1")
    second = crm.upsert(replace(a_lead(), reopens=True), key="k2")
    assert second != first
    assert crm.upsert(replace(a_lead(), reopens=True), key="k3") == second
    assert len(server.rows["party.party"]) == 1
    assert server.rows["sale.opportunity"][int(first)]["state"] == "won"


@pytest.mark.parametrize(
    ("outcome", "state"),
    [("won", "won"), ("not_a_fit", "lost"), ("not_a_lead", "cancelled"), ("later", "lead")],
)
def test_outcomes_are_states(server: TrytonStandIn, crm: CrmAdapter, outcome: str, state: str) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    crm.set_outcome(ref, outcome, key="o1")
    assert server.rows["sale.opportunity"][int(ref)]["state"] == state
    assert [one.outcome for one in crm.pull_outcomes(LONG_AGO)] == ([] if outcome == "later" else [outcome])


@pytest.mark.parametrize(("before", "after"), [("opportunity", "opportunity"), ("lost", "lead")])
def test_later_leaves_what_is_open_as_it_is(
    server: TrytonStandIn, crm: CrmAdapter, before: str, after: str
) -> None:
    ref = int(crm.upsert(a_lead(), key="k1"))
    server.rows["sale.opportunity"][ref]["state"] = before
    crm.set_outcome(str(ref), "later", key="o1")
    assert server.rows["sale.opportunity"][ref]["state"] == after


def test_a_lead_that_is_nobodys_is_won_by_hand(server: TrytonStandIn, crm: CrmAdapter) -> None:
    server.preferences["employee"] = None
    ref = crm.upsert(a_lead(), key="k1")
    with pytest.raises(PermanentError) as refused:
        crm.set_outcome(ref, "won", key="o1")
    assert refused.value.reason == "no_employee"
    (problem,) = crm.examine()
    assert "employee" in problem.what


def test_a_session_that_ended_is_begun_anew(server: TrytonStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.sessions = {"another"}
    assert crm.upsert(a_lead(), key="k2") == ref


def test_two_threads_that_push_one_person_make_one_lead(server: TrytonStandIn, crm: CrmAdapter) -> None:
    threads = [
        threading.Thread(target=crm.upsert, args=(a_lead(),), kwargs={"key": f"k{n}"}) for n in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert server.leads() == ["x:2200000000000000001"]


def test_a_server_that_is_down_is_tried_again_and_nothing_is_lost(
    server: TrytonStandIn, crm: CrmAdapter
) -> None:
    server.close()
    with pytest.raises(TransientError, match="cannot be reached"):
        crm.upsert(a_lead(), key="k1")


def test_a_password_that_is_refused_is_for_the_operator_and_stands_in_no_message(
    server: TrytonStandIn,
) -> None:
    crm = registry.build("tryton", options(server, secrets={"password": Secret("wrong-password")}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    (problem,) = crm.examine()
    assert "LEADBOT_CRM_PASSWORD" in problem.fix
    assert "wrong-password" not in f"{refused.value} {problem}"


def test_rights_and_fields_that_are_missing_are_told(server: TrytonStandIn) -> None:
    crm = registry.build(
        "tryton", options(server, fields={"words.team": "amount", "name": "nmae", "score": "state"})
    )
    server.denied = {"ir.note"}
    assert [(one.where, one.rule) for one in crm.examine()] == [
        ("crm.user", "crm-forbidden"),
        ("crm.user", "crm-forbidden"),
        ("crm.user", "crm-forbidden"),
        ("crm.fields.words.team", "crm-wrong-kind"),
        ("crm.fields.name", "crm-no-field"),
        ("crm.fields.score", "crm-read-only"),
    ]
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "crm_schema"


def test_an_address_where_no_tryton_answers_says_so(server: TrytonStandIn) -> None:
    crm = registry.build("tryton", options(server, database="nobody"))
    with pytest.raises(AccountError, match="does not have this database"):
        crm.upsert(a_lead(), key="k1")


@pytest.mark.parametrize(
    "more",
    [{"database": ""}, {"database": "a/b"}, {"user": ""}, {"secrets": {}}, {"url": "http://tryton.example"}],
)
def test_options_that_do_not_do_are_refused(server: TrytonStandIn, more: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        registry.build("tryton", options(server, **more))


def test_outcomes_from_before_are_left_out_by_the_server_itself(
    server: TrytonStandIn, crm: CrmAdapter
) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    crm.set_outcome(ref, "won", key="o1")
    assert len(crm.pull_outcomes(AT)) == 1
