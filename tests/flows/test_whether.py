"""A yes says who decides only when every wording of the question asks whether they do."""

from __future__ import annotations

import pytest

from leadbot.flows.whether import authority_of
from leadbot.model import SlotType, SlotValue


def said(value: str) -> SlotValue:
    return SlotValue(SlotType.YES_NO, value, 0, len(value), value=value)


@pytest.mark.parametrize(
    "question",
    ["Are you the one who decides?", "Nice! Is it your call?", "Quick one: do you sign off on this?"],
)
def test_yes_and_no_answer_a_question_whether(question: str) -> None:
    yes, no = authority_of([question], said("yes")), authority_of([question], said("no"))
    assert yes is not None
    assert no is not None
    assert (yes.type, yes.value, no.value) == (SlotType.AUTHORITY, "decides", "no")


def test_maybe_and_other_questions_say_nothing() -> None:
    assert authority_of(["Are you the one who decides?"], said("maybe")) is None
    assert authority_of(["Who decides on this?"], said("yes")) is None
    assert authority_of(["Do you decide?", "Who signs off?"], said("yes")) is None
    assert authority_of([], said("yes")) is None
