"""Salesforce by simple-salesforce: one lead a person, sessions that end, deals that come of leads."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadbot.crm import registry
from leadbot.crm.base import MemoryLedger, Surroundings
from leadbot.errors import AccountError, ConfigError, PermanentError, TransientError
from leadbot.model import SlotType, SlotValue
from leadbot.model.secret import Secret
from leadbot.ports import CrmAdapter

from .contract import AT, Clock, CrmContract, FaultContract, a_lead
from .salesforce_stand_in import CLIENT_ID, SECRET, SalesforceStandIn

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def server() -> Iterator[SalesforceStandIn]:
    server = SalesforceStandIn()
    yield server
    server.close()


def options(server: SalesforceStandIn, **more: Any) -> Mapping[str, Any]:
    return {
        "url": server.url,
        "client_id": CLIENT_ID,
        "timeout_s": server.patience_s,
        "secrets": {"client_secret": Secret(SECRET)},
        "fields": {"username": "Handle__c", "value.team": "Seats__c"},
        "cards": {"team": SlotType.COUNT},
        **more,
    }


@pytest.fixture
def make(server: SalesforceStandIn) -> Callable[[Surroundings], CrmAdapter]:
    return lambda around: registry.build("salesforce", options(server), around)


@pytest.fixture
def crm(make: Callable[[Surroundings], CrmAdapter]) -> CrmAdapter:
    return make(Surroundings(MemoryLedger(), Clock().now))


class TestSalesforce(CrmContract, FaultContract):
    pass


def test_a_person_without_a_company_is_a_lead_all_the_same(
    server: SalesforceStandIn, crm: CrmAdapter
) -> None:
    slot = SlotValue(SlotType.COUNT, "about 40", 0, 8, low=40.0)
    lead = replace(a_lead(), answers=(replace(a_lead().answers[0], value=slot),))
    record = server.records["Lead"][crm.upsert(lead, key="k1")]
    assert (record["LastName"], record["Company"], record["Handle__c"]) == ("Ann", "[not known]", "ann")
    assert record["Seats__c"] == 40.0


def test_a_company_a_rep_wrote_down_stays(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.records["Lead"][ref]["Company"] = "Globex"
    crm.upsert(a_lead(), key="k2")
    assert server.records["Lead"][ref]["Company"] == "Globex"


def test_a_session_that_ended_is_begun_anew(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.tokens = {"another"}
    assert crm.upsert(a_lead(), key="k2") == ref
    assert [request.path for request in server.requests].count("/services/oauth2/token") == 2


def test_the_token_goes_to_the_address_in_the_settings_alone(
    server: SalesforceStandIn, crm: CrmAdapter
) -> None:
    """Whatever instance the answer to the sign-in names."""
    assert crm.upsert(a_lead(), key="k1")
    assert len(server.requests) > 2


def test_a_secret_that_is_refused_is_for_the_operator_and_stands_in_no_message(
    server: SalesforceStandIn,
) -> None:
    crm = registry.build("salesforce", options(server, secrets={"client_secret": Secret("another-secret")}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert "invalid client credentials" in str(refused.value)
    (problem,) = crm.examine()
    assert "client credentials flow" in problem.fix
    assert "another-secret" not in f"{refused.value} {problem}"


def test_a_deal_that_came_of_the_lead_is_its_outcome(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    refs = [
        crm.upsert(a_lead(external_key=f"x:{number}", name=f"N{number}"), key=f"k{number}")
        for number in range(3)
    ]
    server.convert(refs[0], is_closed=True, is_won=True)
    server.convert(refs[1], is_closed=True, is_won=False)
    server.convert(refs[2], is_closed=False, is_won=False)
    found = {one.external_key: one.outcome for one in crm.pull_outcomes(LONG_AGO)}
    assert found == {"x:0": "won", "x:1": "not_a_fit"}, "a conversion alone is no sale"


def test_a_converted_lead_becomes_a_task_for_a_human(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.convert(ref, is_closed=False, is_won=False)
    with pytest.raises(PermanentError) as refused:
        crm.upsert(a_lead(), key="k2")
    assert refused.value.reason == "converted"


def test_a_lead_made_by_somebody_else_at_that_moment_is_taken(
    server: SalesforceStandIn, make: Callable[[Surroundings], CrmAdapter]
) -> None:
    around = Surroundings(MemoryLedger(), Clock().now)
    server.rival = True
    with pytest.raises(TransientError):
        make(around).upsert(a_lead(), key="k1")
    assert make(around).upsert(a_lead(), key="k1")
    assert server.leads() == ["x:2200000000000000001"]


def test_news_of_a_lead_that_was_deleted_there_become_a_task_and_hold_nobody_up(
    server: SalesforceStandIn, crm: CrmAdapter
) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.records["Lead"].clear()
    for call in (lambda: crm.set_outcome(ref, "won", key="o1"), lambda: crm.add_note(ref, "x", key="n1")):
        with pytest.raises(PermanentError) as refused:
            call()
        assert refused.value.reason == "no_such_lead"
        assert not isinstance(refused.value, AccountError)


def test_a_rule_that_blocks_duplicates_makes_a_task(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    server.blocks = True
    with pytest.raises(PermanentError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "conflict"
    assert server.leads() == []


def test_more_outcomes_than_fit_on_a_page_are_all_read(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    for number in range(5):
        ref = crm.upsert(a_lead(external_key=f"x:{number}"), key=f"k{number}")
        crm.set_outcome(ref, "later", key=f"o{number}")
    assert len(crm.pull_outcomes(LONG_AGO)) == 5


def test_an_outcome_of_an_earlier_handoff_is_not_taken_for_the_new_one(crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    crm.set_outcome(ref, "won", key="o1")
    crm.upsert(replace(a_lead(), reopens=True), key="k2")
    assert crm.pull_outcomes(LONG_AGO) == []


def test_a_name_cannot_change_a_query(server: SalesforceStandIn, crm: CrmAdapter) -> None:
    crm.upsert(a_lead(), key="k1")
    assert crm.find(a_lead(external_key="x:9", username="zoe", name="' OR Name != '")) == []


def test_a_day_whose_requests_are_spent_is_waited_out(server: SalesforceStandIn) -> None:
    clock = Clock()
    crm = registry.build("salesforce", options(server), Surroundings(MemoryLedger(), clock.now))
    server.limit_is_spent = True
    with pytest.raises(TransientError) as limited:
        crm.upsert(a_lead(), key="k1")
    assert limited.value.retry_at == AT + timedelta(minutes=15)


def test_a_field_that_is_missing_holds_all_leads_until_it_is_made(server: SalesforceStandIn) -> None:
    crm = registry.build("salesforce", options(server, fields={"score": "Score__c"}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "crm_schema"
    del server.fields["Lead"]["X_User_Id__c"]
    with pytest.raises(AccountError):
        registry.build("salesforce", options(server)).upsert(a_lead(), key="k1")


def test_everything_that_is_missing_at_salesforce_is_told(server: SalesforceStandIn) -> None:
    server.is_unique = False
    server.may["createable"] = False
    del server.fields["Lead"]["Leadbot_Outcome__c"]
    crm = registry.build("salesforce", options(server, fields={"words.team": "Seats__c", "name": "Lastname"}))
    assert [one.where for one in crm.examine()] == [
        "crm",
        "crm",
        "crm.key_field",
        "crm.outcome_field",
        "crm.fields.words.team",
        "crm.fields.name",
    ]


@pytest.mark.parametrize(
    "more",
    [
        {"url": ""},
        {"client_id": ""},
        {"secrets": {}},
        {"key_field": "X User"},
        {"fields": {"name": "Name FROM Lead"}},
        {"url": "http://acme.my.salesforce.com"},
    ],
)
def test_options_that_do_not_do_are_refused(server: SalesforceStandIn, more: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        registry.build("salesforce", options(server, **more))
