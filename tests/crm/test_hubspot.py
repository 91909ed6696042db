"""HubSpot by its official client: one contact a person, whatever HubSpot's search has seen by then."""

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

from .contract import Clock, CrmContract, FaultContract, a_lead
from .hubspot_stand_in import TOKEN, HubspotStandIn
from .stand_in import Answer

FIELDS = {"username": "twitterhandle", "value.team": "seats"}


@pytest.fixture
def server() -> Iterator[HubspotStandIn]:
    server = HubspotStandIn()
    yield server
    server.close()


def options(server: HubspotStandIn, **more: Any) -> Mapping[str, Any]:
    return {
        "base_url": server.url,
        "timeout_s": server.patience_s,
        "secrets": {"token": Secret(TOKEN)},
        "fields": FIELDS,
        "cards": {"team": SlotType.COUNT},
        **more,
    }


@pytest.fixture
def make(server: HubspotStandIn) -> Callable[[Surroundings], CrmAdapter]:
    return lambda around: registry.build("hubspot", options(server), around)


@pytest.fixture
def crm(server: HubspotStandIn, make: Callable[[Surroundings], CrmAdapter]) -> CrmAdapter:
    server.lag = timedelta(0)  # the contract asks at once; what the lag means is tried below
    return make(Surroundings(MemoryLedger(), Clock().now))


class TestHubspot(CrmContract, FaultContract):
    pass


def with_team(**value: Any) -> Any:
    lead = a_lead()
    slot = SlotValue(SlotType.COUNT, "about 40", 0, 8, **value)
    return replace(lead, answers=(replace(lead.answers[0], value=slot),))


def test_facts_and_answers_stand_in_the_fields_of_the_map(server: HubspotStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(with_team(low=40.0), key="k1")
    values = server.contacts[ref]
    assert (values["lastname"], values["twitterhandle"], values["seats"]) == ("Ann", "ann", "40")


def test_what_nobody_answered_leaves_what_a_rep_wrote(server: HubspotStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(with_team(low=40.0), key="k1")
    server.contacts[ref]["seats"] = "45"
    crm.upsert(replace(a_lead(), answers=()), key="k2")
    assert server.contacts[ref]["seats"] == "45"
    crm.upsert(replace(a_lead(), answers=(), cleans=True), key="k3")
    assert server.contacts[ref]["seats"] == "", "but what left X leaves HubSpot"


def test_a_name_a_rep_corrected_stays(server: HubspotStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.contacts[ref]["lastname"] = "Smith"
    crm.upsert(a_lead(name="ann 🌟"), key="k2")
    assert server.contacts[ref]["lastname"] == "Smith"


def test_an_outcome_of_an_earlier_handoff_is_not_taken_for_the_new_one(
    server: HubspotStandIn, crm: CrmAdapter
) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    crm.set_outcome(ref, "won", key="o1")
    crm.upsert(replace(a_lead(), reopens=True), key="k2")
    assert crm.pull_outcomes(datetime(2000, 1, 1, tzinfo=UTC)) == []


def test_a_note_is_escaped_and_found_again_behind_others(server: HubspotStandIn, make: Any) -> None:
    around = Surroundings(MemoryLedger(), Clock().now)
    ref = make(around).upsert(a_lead(), key="k1")
    for number in range(4):
        make(around).add_note(ref, f"<script>{number}</script>\nsecond line", key=f"n{number}")
    forgetful = Surroundings(MemoryLedger(), Clock().now)  # the ledger's line was lost in a crash
    assert make(forgetful).add_note(ref, "again", key="n3") == make(around).add_note(ref, "again", key="n3")
    assert len(server.notes()) == 4
    assert server.notes()[0].startswith("&lt;script&gt;0&lt;/script&gt;<br>second line<br>(leadbot-")


def test_an_address_that_is_another_contacts_is_for_a_human_and_nobody_is_merged(
    server: HubspotStandIn,
) -> None:
    server.contacts["50"] = {"email": "about 40", "lastname": "Boss", "lastmodifieddate": "2026-01-01"}
    crm = registry.build("hubspot", options(server, fields={"words.team": "email"}))
    with pytest.raises(PermanentError, match="Existing ID: 50") as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "conflict"
    assert list(server.contacts) == ["50"]


def test_a_contact_made_by_somebody_else_at_that_moment_is_taken(
    server: HubspotStandIn, make: Callable[[Surroundings], CrmAdapter]
) -> None:
    around = Surroundings(MemoryLedger(), Clock().now)
    server.rival = True
    with pytest.raises(TransientError):
        make(around).upsert(a_lead(), key="k1")
    assert make(around).upsert(a_lead(), key="k1") == "99"
    assert len(server.contacts) == 1


def test_candidates_say_why(server: HubspotStandIn, crm: CrmAdapter) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    other = crm.upsert(a_lead(external_key="x:7", username="ANN", name="Ann Other"), key="k2")
    found = {one.ref: (one.label, one.why) for one in crm.find(a_lead())}
    assert found == {ref: ("Ann", "the same X account"), other: ("Ann Other", "the same handle")}


def test_more_outcomes_than_fit_on_a_page_are_all_read(server: HubspotStandIn, crm: CrmAdapter) -> None:
    for number in range(101):
        server.contacts[str(number)] = {
            "leadbot_x_user_id": f"x:{number}",
            "leadbot_outcome": "later" if number % 2 else "sold my boat",
            "lastmodifieddate": "2026-11-23T10:00:00+00:00",
        }
    assert len(crm.pull_outcomes(datetime(2026, 11, 1, tzinfo=UTC))) == 50


def test_a_property_that_is_missing_holds_all_leads_until_it_is_made(server: HubspotStandIn) -> None:
    crm = registry.build("hubspot", options(server, fields={"score": "leadbot_score"}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "crm_schema"
    server.properties["leadbot_score"] = ("number", False)
    assert crm.upsert(a_lead(), key="k1")
    server.properties["leadbot_x_user_id"] = ("string", False)
    with pytest.raises(AccountError, match="non-unique"):
        crm.upsert(a_lead(), key="k2")


def test_a_value_hubspot_does_not_take_is_about_that_lead_alone(server: HubspotStandIn) -> None:
    crm = registry.build("hubspot", options(server, fields={"words.team": "seats"}))
    with pytest.raises(PermanentError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert not isinstance(refused.value, AccountError)
    assert "not a valid long" in str(refused.value)


@pytest.mark.parametrize(
    ("message", "reason"),
    [('Property "seats" does not exist', "crm_schema"), ("seats was no number", "crm_refused")],
)
def test_a_batch_that_came_without_its_contact_is_a_refusal(
    server: HubspotStandIn, crm: CrmAdapter, message: str, reason: str
) -> None:
    said = Answer(207, {"status": "COMPLETE", "results": [], "errors": [{"message": message}]})
    real = server.answer
    server.answer = lambda request: said if "upsert" in request.path else real(request)  # type: ignore[method-assign]
    with pytest.raises(PermanentError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == reason


def test_news_of_a_contact_that_was_deleted_there_become_a_task(
    server: HubspotStandIn, crm: CrmAdapter
) -> None:
    ref = crm.upsert(a_lead(), key="k1")
    server.contacts.clear()
    with pytest.raises(PermanentError) as refused:
        crm.set_outcome(ref, "won", key="o1")
    assert refused.value.reason == "no_such_lead"


def test_a_token_that_is_refused_is_for_the_operator_and_stands_in_no_message(server: HubspotStandIn) -> None:
    crm = registry.build("hubspot", options(server, secrets={"token": Secret("pat-of-another")}))
    with pytest.raises(AccountError) as refused:
        crm.upsert(a_lead(), key="k1")
    assert refused.value.reason == "crm_unauthorized"
    (problem,) = crm.examine()
    assert "LEADBOT_CRM_TOKEN" in problem.fix
    assert "pat-of-another" not in f"{refused.value} {problem}"


def test_missing_scopes_are_told_with_their_names(server: HubspotStandIn, crm: CrmAdapter) -> None:
    server.forbids.add("/notes")
    (problem,) = crm.examine()
    assert "crm.objects.contacts.write" in problem.fix or ".write" in problem.fix


def test_every_line_of_the_map_that_does_not_fit_is_told(server: HubspotStandIn) -> None:
    fields = {
        "username": "twiterhandle",
        "words.team": "seats",
        "value.team": "firstname",
        "score": "lastmodifieddate",
        "consent_at": "no_such_thing",
    }
    found = {one.where: one for one in registry.build("hubspot", options(server, fields=fields)).examine()}
    assert {where: one.rule for where, one in found.items()} == {
        "crm.fields.username": "crm-no-field",
        "crm.fields.words.team": "crm-wrong-kind",
        "crm.fields.score": "crm-read-only",
        "crm.fields.consent_at": "crm-no-field",
    }
    assert 'did you mean "twitterhandle"?' in found["crm.fields.username"].fix


def test_our_own_two_properties_are_asked_for_with_how_to_make_them(
    server: HubspotStandIn, crm: CrmAdapter
) -> None:
    server.properties["leadbot_x_user_id"] = ("string", False)
    del server.properties["leadbot_outcome"]
    key, outcome = crm.examine()
    assert "unique" in key.fix
    assert "won, later, not_a_fit, not_a_lead" in outcome.fix


@pytest.mark.parametrize(
    "more", [{"secrets": {}}, {"key_property": "X User"}, {"base_url": "http://hubspot.example"}]
)
def test_options_that_do_not_do_are_refused(server: HubspotStandIn, more: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        registry.build("hubspot", options(server, **more))
