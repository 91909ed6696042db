"""A trace explains every reason and every rule, in the words of the page."""

from __future__ import annotations

from leadbot.app.meanings import meanings
from leadbot.flows import gate
from leadbot.flows.reasons import Reason


def test_every_reason_and_every_rule_has_a_sentence() -> None:
    found = meanings()
    assert set(found.reasons) == {reason.value for reason in Reason}
    assert list(found.rules) == [rule.name for rule in gate.RULES]
    assert found.reasons["own_post"] == "the brand wrote it itself."
    assert all(text.endswith(".") for text in (*found.reasons.values(), *found.rules.values()))
