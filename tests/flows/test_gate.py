"""The gate: one ordered list of rules, each told apart by the facts it looks at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from leadbot.flows import gate
from leadbot.model import GateFacts, Hold, Mode, Owner, Parent, Speaker
from tests.flows.factories import ACME, ANN, T0


def facts(**changes: Any) -> GateFacts:
    """Facts with nothing against the words."""
    calm = GateFacts(
        now=T0,
        speaker=Speaker.BOT,
        at_send=False,
        brand_id=ACME,
        person_id=ANN.id,
        text="Thanks! What do you use for it today?",
        max_length=140,
        mode=Mode.LIVE,
        parent_at=T0 - timedelta(minutes=1),
        too_late_s=12 * 3600.0,
        zone="UTC",
    )
    return replace(calm, **changes)


AT_NIGHT = {"quiet_hours": (22 * 60, 7 * 60), "now": T0.replace(hour=23), "parent_at": T0.replace(hour=23)}
TOO_POOR = {"starts_dialog": True, "reserve_usd": 0.06, "budget_left_usd": 0.05}
HELD = [
    ("account", {"at_send": True}, Hold.WAIT),
    ("account", {"token_account_id": "666"}, Hold.WAIT),
    ("suppressed", {"is_suppressed": True}, Hold.DROP),
    ("paused", {"is_paused": True}, Hold.WAIT),
    ("budget", {**TOO_POOR, "too_late_s": 13 * 3600.0}, Hold.WAIT),
    ("budget", TOO_POOR, Hold.TASK),  # at noon, with twelve hours to go and twelve hours' patience
    ("duplicate", {"same_text_to_person": 1}, Hold.TASK),
    ("duplicate", {"same_text_last_hour": 20}, Hold.WAIT),
    ("length", {"text": "x" * 141}, Hold.TASK),
    ("length", {"text": "  "}, Hold.TASK),
    ("parent_gone", {"parent": Parent.GONE}, Hold.DROP),
    ("mode", {"mode": Mode.WATCH}, Hold.DROP),
    ("mode", {"mode": Mode.DRAFT}, Hold.DRAFT),
    ("author", {"is_own_post": True}, Hold.DROP),
    ("author", {"is_author_automated": True}, Hold.DROP),
    ("not_summoned", {"is_summons": False}, Hold.TASK),
    ("bot_owns", {"owner": Owner.HUMAN}, Hold.DROP),
    ("one_reply", {"is_answered": True}, Hold.DROP),
    ("message_limit", {"message": 5}, Hold.TASK),
    ("message_limit", {"message": 3, "limit": 2}, Hold.TASK),
    ("message_limit", {"message": 5, "limit": 9}, Hold.TASK),
    ("quiet_hours", AT_NIGHT, Hold.WAIT),
    ("too_late", {"parent_at": T0 - timedelta(hours=13)}, Hold.TASK),
    ("unread_posts", {"has_unread_posts": True}, Hold.WAIT),
    ("foreign_post", {"has_foreign_post": True}, Hold.DROP),
    ("catching_up", {"has_caught_up": False}, Hold.WAIT),
    ("watching", {"mode": Mode.WATCH, "speaker": Speaker.HUMAN}, Hold.TASK),
]
OF_BOT = HELD[:-1]
RULE_NAMES = [rule.name for rule in gate.RULES]


def test_words_with_nothing_against_them_go() -> None:
    assert gate.ask(facts()).is_go
    assert gate.ask(facts(at_send=True, token_account_id=ACME)).is_go
    assert gate.ask(facts(mode=Mode.DRAFT, is_approved=True)).is_go


@pytest.mark.parametrize(("rule", "changes", "hold"), HELD)
def test_each_rule_holds_what_it_is_for(rule: str, changes: dict[str, Any], hold: Hold) -> None:
    verdict = gate.ask(facts(**changes))
    assert (verdict.rule, verdict.hold) == (rule, hold)
    assert verdict.why


@pytest.mark.parametrize("zone", ["UTC", "America/Los_Angeles", "Asia/Tokyo"])
def test_a_start_waits_for_the_day_x_bills_by_wherever_the_brand_lives(zone: str) -> None:
    verdict = gate.ask(facts(**TOO_POOR, too_late_s=13 * 3600.0, zone=zone))
    assert verdict.until == datetime(T0.year, T0.month, T0.day, tzinfo=UTC) + timedelta(days=1)


def test_every_rule_has_a_case_here() -> None:
    assert {rule for rule, _, _ in HELD} == set(RULE_NAMES)


@pytest.mark.parametrize(("rule", "changes", "hold"), HELD)
def test_a_human_is_bound_by_the_rules_for_both_and_its_own_only(
    rule: str, changes: dict[str, Any], hold: Hold
) -> None:
    binds = next(r.binds for r in gate.RULES if r.name == rule)
    verdict = gate.ask(facts(**{**changes, "speaker": Speaker.HUMAN}))
    assert (verdict.rule == rule) is (binds is not gate.Binds.BOT)


def test_the_rules_for_both_are_asked_first_and_in_the_order_of_the_house() -> None:
    assert RULE_NAMES[:7] == [
        "account", "suppressed", "paused", "budget", "duplicate", "length", "parent_gone",
    ]  # fmt: skip
    assert all(rule.binds is gate.Binds.BOTH for rule in gate.RULES[:7])
    assert all(rule.binds is gate.Binds.BOT for rule in gate.RULES[7:-1])
    assert gate.RULES[-1].binds is gate.Binds.HUMAN


@pytest.mark.parametrize("first", range(len(OF_BOT)))
def test_the_first_rule_that_holds_answers(first: int) -> None:
    for later in OF_BOT[first:]:
        changes = {**later[1], **OF_BOT[first][1]}
        expected = min((OF_BOT[first][0], later[0]), key=RULE_NAMES.index)
        assert gate.ask(facts(**changes)).rule == expected


def test_every_rule_names_its_source() -> None:
    assert all(rule.source for rule in gate.RULES)
    assert all(any(word in rule.source for word in SOURCES) for rule in gate.RULES)


SOURCES = (
    "ARCHITECTURE",
    "SCENARIOS",
    "PLAYBOOKS",
    "X_API",
    "X developer guidelines",
    "X refuses",
    "X answers",
)


def test_quiet_hours_end_by_the_wall_clock_of_the_brand() -> None:
    night = datetime(2026, 11, 25, 22, 30, tzinfo=UTC)  # 23:30 in Berlin
    verdict = gate.ask(facts(now=night, parent_at=night, quiet_hours=(22 * 60, 8 * 60), zone="Europe/Berlin"))
    assert verdict.until == datetime(2026, 11, 26, 7, 0, tzinfo=UTC)


def test_a_place_in_the_hour_is_waited_for() -> None:
    assert gate.ask(facts(same_text_last_hour=25)).until == T0 + timedelta(seconds=180)
    assert gate.ask(facts(same_text_last_hour=1, same_text_per_hour=0)).until == T0 + timedelta(hours=1)


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("@acme @bob  Hello   THERE", "hello there"),
        ("Ｆｕｌｌ width", "full width"),
        ("hello @acme", "hello @acme"),
        ("Straße", "strasse"),
        ("@acme, hi\nyou", "hi you"),
        ("@acme", ""),
    ],
)
def test_texts_are_compared_without_case_spaces_and_leading_handles(text: str, plain: str) -> None:
    assert gate.normalise(text) == plain
