"""What becomes of a lead is known on both sides, whoever says it, and is told to each side once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from leadbot import model as m
from leadbot.cli import call
from leadbot.errors import AccountError, TransientError, UnknownOutcome
from leadbot.flows.decide import decide, new_conversation
from leadbot.ports import CrmCandidate, CrmOutcome
from leadbot.relay.errands import HELD
from leadbot.relay.pulling import ALARM, Pulling
from leadbot.store.erase import erase_person
from tests.fakes import decide as fake
from tests.fakes.house import BRAND, House
from tests.fakes.writer import When


def both(event: m.Event, conversation: m.Conversation, *rest: object, **more: object) -> m.Decision:
    """The fake for what people say, the real one for what humans do."""
    if isinstance(event, m.OutcomeSet):
        return decide(event, conversation, *rest, **more)  # type: ignore[arg-type]
    return fake.decide(event, conversation, *rest, **more)  # type: ignore[arg-type]


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    with capture_logs():
        house = House(tmp_path, decide=both)
        yield house
        house.close()


@pytest.fixture
def handoff(house: House) -> str:
    """A lead the CRM has."""
    house.say("yes")
    house.settle()
    (item,) = house.store.queries.handoffs()
    assert item.crm_ref == "lead-1"
    return item.key


def pulling(house: House) -> Pulling:
    return Pulling(house.store, house.crm, timedelta(minutes=5), now=house.clock.now)


def says(house: House, outcome: str, *, after_s: float = 1.0) -> None:
    """Somebody sets an outcome in the CRM itself."""
    house.clock.advance(after_s)
    known = house.crm.leads["lead-1"]
    house.crm.outcomes["lead-1"] = CrmOutcome("lead-1", known.external_key, outcome, house.clock.now())


def outcome_of(house: House, key: str) -> str | None:
    story = house.store.queries.handoff(key)
    return story.item.outcome if story else None


def test_an_outcome_of_a_rep_is_told_to_the_crm_once(house: House, handoff: str) -> None:
    house.crm.fail(When.AFTER, lambda: UnknownOutcome("time-out"), times=1)
    house.store.desk.close_handoff(handoff, "won", by="Ana Ruiz")
    house.store.desk.close_handoff(handoff, "won", by="Ana Ruiz")
    house.wait_out(2)
    assert house.crm.outcomes["lead-1"].outcome == "won"
    assert len([key for key in house.crm.keys if "outcome" in key]) == 1


def test_an_outcome_said_before_their_yes_is_told_with_the_push(house: House) -> None:
    house.crm.fail(When.BEFORE, lambda: TransientError("503"), times=3)
    house.say("yes")
    house.engine.step()
    (item,) = house.store.queries.handoffs()
    house.store.desk.close_handoff(item.key, "won", by="Ana Ruiz")
    house.wait_out(5)
    assert house.crm.outcomes["lead-1"].outcome == "won"


def test_an_outcome_of_the_crm_closes_the_handoff_once(house: House, handoff: str) -> None:
    says(house, "later")
    pull = pulling(house)
    assert pull.step() == 1
    house.settle()
    house.clock.advance(301)
    assert pull.step() == 0
    assert outcome_of(house, handoff) == "later"
    assert house.crm.keys == [f"{handoff}:push", f"{handoff}:push:note"], "and is not told back"


def test_an_outcome_set_here_is_no_news_when_the_crm_repeats_it(house: House, handoff: str) -> None:
    house.store.desk.close_handoff(handoff, "won", by="Ana Ruiz")
    house.settle(seconds=1)
    assert pulling(house).step() == 0


def test_a_change_of_mind_in_the_crm_is_followed_there_and_back(house: House, handoff: str) -> None:
    pull = pulling(house)
    for outcome in ("won", "later", "won"):
        says(house, outcome, after_s=301)
        assert pull.step() == 1
        house.settle()
        assert outcome_of(house, handoff) == outcome


def test_what_a_rep_says_later_stays(house: House, handoff: str) -> None:
    says(house, "not_a_fit")
    house.clock.advance(60)
    house.store.desk.close_handoff(handoff, "won", by="Ana Ruiz")
    assert pulling(house).step() == 0
    house.settle(seconds=1)
    assert outcome_of(house, handoff) == "won"
    assert house.crm.outcomes["lead-1"].outcome == "won"


def test_outcomes_are_read_on_from_where_the_last_look_ended_also_after_a_restart(
    house: House, handoff: str
) -> None:
    asked = []
    house.crm.pull_outcomes = lambda since_at: asked.append(since_at) or []  # type: ignore[method-assign,func-returns-value]
    began = house.clock.now()
    pulling(house).step()
    house.clock.advance(3600)
    pulling(house).step()
    assert asked == [began - timedelta(days=30), began - timedelta(minutes=10)]


def test_a_crm_that_nobody_was_sent_to_is_not_asked(house: House) -> None:
    house.crm.pull_outcomes = None  # type: ignore[method-assign,assignment]
    assert pulling(house).step() == 0


def test_a_crm_that_is_down_is_asked_again_when_it_says(house: House, handoff: str) -> None:
    says(house, "won")
    later = house.clock.now() + timedelta(minutes=20)
    answers: list[Exception] = [TransientError("429", retry_at=later)]
    real = house.crm.pull_outcomes

    def pull(since_at: object) -> list[CrmOutcome]:
        if answers:
            raise answers.pop()
        return real(since_at)  # type: ignore[arg-type]

    house.crm.pull_outcomes = pull  # type: ignore[method-assign]
    one = pulling(house)
    assert one.step() == 0
    house.clock.advance(600)
    assert one.step() == 0, "not before it said"
    house.clock.advance(601)
    assert one.step() == 1


def test_keys_the_crm_refuses_raise_an_alarm_until_it_takes_them(house: House, handoff: str) -> None:
    real = house.crm.pull_outcomes

    def refuse(since_at: object) -> list[CrmOutcome]:
        raise AccountError("unauthorized", "401")

    house.crm.pull_outcomes = refuse  # type: ignore[method-assign]
    pulling(house).step()
    assert "401" in next(one.what for one in house.store.alarms.open() if one.key == ALARM)
    house.crm.pull_outcomes = real  # type: ignore[method-assign]
    pulling(house).step()
    assert house.store.alarms.open() == []


def test_a_record_merged_into_another_is_found_by_its_person(house: House, handoff: str) -> None:
    house.clock.advance(1)
    house.crm.outcomes["lead-9"] = CrmOutcome("lead-9", "x:7", "won", house.clock.now())
    assert pulling(house).step() == 1
    house.settle()
    assert outcome_of(house, handoff) == "won"


def test_leads_that_wait_for_a_crm_that_refuses_us_are_an_alarm_until_it_takes_them(house: House) -> None:
    house.crm.fail(When.BEFORE, lambda: AccountError("crm_unauthorized", "401"), times=2)
    house.say("yes")
    house.settle()
    assert [(one.key, "doctor" in one.fix) for one in house.store.alarms.open()] == [(HELD, True)]
    for _ in range(2):
        house.settle(seconds=601)
    assert house.store.alarms.open() == []
    assert house.store.queries.handoffs()[0].crm_ref == "lead-1"


def test_whoever_may_be_the_same_is_shown_and_not_merged(house: House) -> None:
    house.crm.find = lambda lead: [  # type: ignore[method-assign]
        CrmCandidate("lead-1", "@person7", "itself"),
        CrmCandidate("lead-9", "Ann Smith", "the same name"),
    ]
    house.say("yes")
    house.settle()
    (item,) = house.store.queries.handoffs()
    assert [one.ref for one in item.crm_candidates] == ["lead-9"]
    assert list(house.crm.leads) == ["lead-1"]


def test_a_search_for_candidates_that_fails_does_not_hold_the_lead_back(house: House) -> None:
    def fail(lead: m.Lead) -> list[CrmCandidate]:
        raise TransientError("503")

    house.crm.find = fail  # type: ignore[method-assign]
    house.say("yes")
    house.settle()
    (item,) = house.store.queries.handoffs()
    assert (item.crm_ref, item.crm_candidates) == ("lead-1", ())


def test_what_the_crm_answered_is_remembered_by_key_and_leaves_with_the_person(
    house: House, handoff: str
) -> None:
    key = f"note:{BRAND}:7:push:1:note"
    house.store.crm.remember(key, "note-1")
    house.store.crm.remember(key, "note-2")
    house.restart()
    assert house.store.crm.answer(key) == "note-1"
    erase_person(house.store.database, m.PersonId("7"))
    assert house.store.crm.answer(key) is None


def test_an_outcome_without_a_handoff_in_the_crm_goes_nowhere(house: House) -> None:
    conversation = new_conversation(BRAND, m.PersonId("7"))
    deck = house.decks[BRAND]
    told = decide(m.OutcomeSet("won", "Ana", house.clock.now()), conversation, deck)
    assert told.effects == ()
    told = decide(m.OutcomeSet("won", "crm", house.clock.now(), "h1", from_crm=True), conversation, deck)
    assert told.effects == ()
    told = decide(m.OutcomeSet("won", "Ana", house.clock.now(), "h1"), conversation, deck)
    assert [type(effect) for effect in told.effects] == [m.PushOutcome]


def test_the_command_says_what_became_of_a_lead(
    house: House, handoff: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    house.store.brands.introduce(BRAND, "acme")
    (tmp_path / "leadbot.toml").write_text(
        '[x]\nbase_url = "http://127.0.0.1:1"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n',
        encoding="utf-8",
    )
    command = ["handoffs", "close", "1", "later", "--why", "after the fair", "--project", str(tmp_path)]
    assert call(command) == 0
    assert "later" in capsys.readouterr().out
    house.settle(seconds=1)
    assert outcome_of(house, handoff) == house.crm.outcomes["lead-1"].outcome == "later"
    assert call(["handoffs", "close", "9", "won", "--project", str(tmp_path)]) == 2
