"""How two versions differ, told as a marketer would tell it."""

from __future__ import annotations

import pytest

from leadbot.flows.difference import differences
from leadbot.flows.playbook import PlaybookSource, restore
from tests.flows.test_playbook_rehearse import ROOT

TEXT = (ROOT / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")


def told(*edits: tuple[str, str], text: str = TEXT) -> list[str]:
    new = text
    for before, after in edits:
        assert before in new, before
        new = new.replace(before, after)
    old_book, new_book = (restore(PlaybookSource("team-plan.yaml", each)) for each in (text, new))
    return [change.text for change in differences(old_book, new_book)]


def test_the_same_playbook_has_no_differences() -> None:
    assert told() == []
    assert told(("# and what happens instead", "# something else")) == [], "a remark is no difference"


@pytest.mark.parametrize(
    ("edit", "change"),
    [
        (
            ("a_few: {is: 2..10, points: 15", "a_few: {is: 2..10, points: 20"),
            "team_size: a_few now gives 20 instead of 15 points",
        ),
        (("at: 45 points", "at: 50 points"), "threshold 45 -> 50 points"),
        (("warmth_at_least: 0.6 ", "warmth_at_least: 0.7 "), "starts from a warmth of 0.6 -> 0.7"),
        (("messages: 4", "messages: 3"), "most messages 4 -> 3"),
        (("gives_up_after: 2 days", "gives_up_after: 36 hours"), "gives up after 2 days -> 1.5 days"),
        (("to: inside-sales", "to: sales"), "hands over to sales instead of inside-sales"),
        (
            ("is: within 90 days", "is: within 60 days"),
            "timing: soon means something else: "
            "within 90 days, “as soon as possible” -> within 60 days, “as soon as possible”",
        ),
        (('"pen and paper", ', ""), "today: by_hand is no longer heard in “pen and paper”"),
        (
            ('points: 0, then: kind_close, sounds_like: ["just me"', 'points: 0, sounds_like: ["just me"'),
            "team_size: just_me no longer closes the dialog",
        ),
        (
            ("Got it. Is this for now", "Thanks. Is this for now"),
            "the question for timing: “Got it. Is this for now, or are you just looking around?”"
            " -> “Thanks. Is this for now, or are you just looking around?”",
        ),
        (("outcome: not_a_fit", "outcome: later"), "kind_close is noted as later instead of not_a_fit"),
        (
            ("intent: [purchase_intent, pricing, ", "intent: [purchase_intent, "),
            "no longer starts on pricing",
        ),
        (
            ("talked_within: 30 days", "talked_within: 10 days"),
            "new: unless talked within 10 days, then to same rep",
        ),
        (
            ('      - "Yes, SSO is in every plan."\n', ""),
            "the answer to “does it do sso” is no longer: “Yes, SSO is in every plan.”",
        ),
        (
            ("The team says hello.", "The team waves."),
            "small talk: “Cheers[, Ana]! The team says hello.” -> “Cheers[, Ana]! The team waves.”",
        ),
    ],
)
def test_a_change_is_told_in_a_marketer_s_words(edit: tuple[str, str], change: str) -> None:
    assert change in told(edit)


def test_cards_in_another_order_are_told_by_what_is_asked_first() -> None:
    start, rest = TEXT.index("  - learn: team_size"), TEXT.index("  - learn: today")
    timing, end = TEXT.index("  - learn: timing"), TEXT.index("hand_off:")
    moved = TEXT[:start] + TEXT[timing:end] + TEXT[start:rest] + TEXT[rest:timing] + TEXT[end:]
    old, new = (restore(PlaybookSource("x", each)) for each in (TEXT, moved))
    (change,) = differences(old, new)
    assert change.text == "asks for timing first: timing, team size, today"
    assert change.moves_score


def test_a_card_an_answer_and_an_ending_that_came_or_went_are_told() -> None:
    start, end = TEXT.index("  - learn: today"), TEXT.index("  - learn: timing")
    fewer = TEXT[:start] + TEXT[end:]
    old, new = (restore(PlaybookSource("x", each)) for each in (TEXT, fewer))
    assert [c.text for c in differences(old, new)] == ["no longer asks for today"]
    (back,) = [c.text for c in differences(new, old)]
    assert back.startswith("new card today: “Thanks[, Ana]! What do you use for it today?” (spreadsheet +20,")
    gone = told(
        ('      by_hand: {sounds_like: ["pen and paper", "by email", "nothing yet"], points: 10}\n', "")
    )
    assert gone == ["today no longer knows the answer by_hand"]
