"""Warmth is a probability at a share of leads; judged elsewhere it moves with the share."""

from __future__ import annotations

import numpy as np
import pytest

from leadbot.model import Intent
from leadbot.nlp.metrics import at_prior, judge


def test_warmth_moves_to_the_share_of_leads_an_account_hears():
    warm = np.array([0.0, 0.17, 0.5, 1.0])
    moved = at_prior(warm, 0.17, 0.07)
    assert moved.tolist() == pytest.approx([0.0, 0.07, 0.2687, 1.0], abs=1e-4)
    assert at_prior(warm, 0.17, 0.17).tolist() == pytest.approx(warm.tolist())
    assert at_prior(warm, None, 0.07) is warm
    assert at_prior(warm, 0.17, 0.0) is warm


def test_calibration_is_judged_at_the_share_of_leads_in_the_file():
    labels = [Intent.PRICING] * 1 + [Intent.SUPPORT] * 9
    found = judge(labels, [0.2] * 10, labels, assumed=0.2)
    told = judge(labels, [0.2] * 10, labels, assumed=0.2, prior=0.5)
    assert found.ece == pytest.approx(0.0, abs=1e-6)
    assert told.ece == pytest.approx(0.4, abs=1e-6)
