"""What a day on X costs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from leadbot.x.spend import PRICES_USD, ReadLedger, cost_of, dialog_worst_case_usd, has_link

NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "is_link"),
    [
        ("see https://example.com/prices", True),
        ("see example.com", True),
        ("write to me at a.b.co.uk/x", True),
        ("it is $4.50 per seat, e.g. for 40.", False),
        ("Sure. Thanks", False),
        ("about 3.5 people", False),
    ],
)
def test_a_link_is_seen_where_x_would_see_one(text: str, is_link: bool) -> None:
    assert has_link(text) is is_link


def test_a_reply_with_a_link_costs_twenty_times_as_much() -> None:
    assert cost_of("summoned_reply", text="gladly") == 0.010
    assert cost_of("summoned_reply", text="see example.com") == 0.200
    assert cost_of("post_read", 200) == pytest.approx(1.0)


def test_a_dialog_of_four_messages_has_a_known_worst_case() -> None:
    # heard twice 0.006, looked up with own posts 0.010, said 0.010: four times
    assert dialog_worst_case_usd(4) == pytest.approx(0.104)
    assert dialog_worst_case_usd(4, with_links=True) == pytest.approx(0.864)
    assert dialog_worst_case_usd(0) == 0


def test_a_thing_read_again_on_the_same_day_is_free() -> None:
    ledger = ReadLedger()
    assert ledger.new("post_read", ["1", "2", "2"], NOON) == 2
    assert ledger.new("post_read", ["2", "3"], NOON) == 1
    assert ledger.new("owned_read", ["2"], NOON) == 1
    assert ledger.new("post_read", ["1"], NOON + timedelta(days=1)) == 1


def test_an_unknown_kind_has_no_price() -> None:
    with pytest.raises(KeyError):
        cost_of("gift")
    assert min(PRICES_USD.values()) > 0
