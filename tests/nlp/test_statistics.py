"""How good the fast model is. Floors lie a little below what was measured; nothing here is about single
posts.

The judged posts are by authors the judged model has not seen: half of the files that ship against the
other half.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from leadbot.nlp.card import ModelCard, page_of
from leadbot.nlp.examples import read_examples, written_files
from leadbot.nlp.reader import SHIPPED
from leadbot.nlp.train import transfer

pytestmark = pytest.mark.xdist_group("statistics")  # trained once, not once a worker


@pytest.fixture(scope="module")
def held_out():
    return transfer([read_examples(file) for file in written_files()], seed=7).held_out


@pytest.mark.long
@pytest.mark.parametrize(
    ("name", "floor"),
    [
        ("accuracy", 0.63),
        ("macro_f1", 0.63),
        ("lead_auroc", 0.93),
        ("lead_precision", 0.82),
        ("lead_recall", 0.52),
    ],
)
def test_the_recipe_transfers_between_authors(held_out, name, floor):
    assert held_out[name] >= floor


@pytest.mark.long
def test_warmth_is_calibrated_for_the_shares_it_assumes(held_out):
    assert held_out["ece"] <= 0.05


@pytest.mark.long
def test_the_card_that_ships_tells_what_the_recipe_measures(held_out):
    card = ModelCard.load(SHIPPED)
    for name, value in held_out.items():
        assert card.held_out[name] == pytest.approx(value, abs=0.005)


def test_the_weights_that_ship_are_small():
    assert (SHIPPED / "weights.npz").stat().st_size < 6_000_000
    with np.load(SHIPPED / "weights.npz", allow_pickle=False) as arrays:
        assert len(arrays["slots"]) == ModelCard.load(SHIPPED).features


def test_the_page_about_the_model_is_the_card_that_ships():
    page = Path(__file__).parents[2] / "docs" / "model-card.md"
    assert page.read_text(encoding="utf-8") == page_of(ModelCard.load(SHIPPED))
