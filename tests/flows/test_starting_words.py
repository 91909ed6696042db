"""Words that must stand in a post for a playbook to begin."""

from __future__ import annotations

import pytest

from leadbot.flows import starting
from leadbot.flows.cards import StartWhen
from leadbot.model import Intent
from tests.flows.factories import WANTS_IT, deck, playbook


@pytest.mark.parametrize(
    ("said", "begins"),
    [
        ("@acme we need care for our garden", True),
        ("@acme Care?", True),
        ("@acme we are scared", False),
        ("@acme careful now", False),
        ("@acme a lawn-mower, please", True),
        ("@acme 50% off?", True),
    ],
)
def test_a_playbook_that_wants_a_word_begins_on_the_whole_word_only(said: str, begins: bool) -> None:
    start = StartWhen(frozenset({Intent.PURCHASE_INTENT}), 0.5, ("care", "lawn-mower", "50%"))
    found = starting.playbook_for(deck(playbook(start_when=start)), WANTS_IT, said)
    assert (found is not None) is begins
