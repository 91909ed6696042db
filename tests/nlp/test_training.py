"""Training, cards and figures, on a handful of examples."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from leadbot.errors import ConfigError
from leadbot.model import Intent, Reading
from leadbot.nlp.card import ModelCard, page_of
from leadbot.nlp.evaluate import evaluate
from leadbot.nlp.examples import Example, read_examples, written_files
from leadbot.nlp.metrics import auroc, expected_calibration_error, judge, precision_at_recall
from leadbot.nlp.train import train

ROWS = [
    ("how much is it", "pricing"),
    ("my app is broken", "support"),
    ("love it", "praise"),
    ("where can I buy one", "purchase_intent"),
]


def few_examples(folder, count=6):
    files = []
    for part in range(2):
        file = folder / f"part{part}.jsonl"
        rows = [{"text": f"{text} {part} {i}", "label": label} for i in range(count) for text, label in ROWS]
        file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
        files.append(file)
    return files


def test_training_is_reproducible_and_says_what_it_did(tmp_path):
    files = few_examples(tmp_path)
    lines: list[str] = []
    first = train(files, out=tmp_path / "a", seed=3, on_progress=lines.append)
    second = train(files, out=tmp_path / "b", seed=3)
    assert first == second == ModelCard.load(tmp_path / "a")
    assert (tmp_path / "a/weights.npz").read_bytes() == (tmp_path / "b/weights.npz").read_bytes()
    assert first.rows_per_label["pricing"] == 12
    assert lines
    assert first.data[0].sha256 in json.dumps(json.loads((tmp_path / "a/card.json").read_text()))
    assert "part0.jsonl" in page_of(first)


def test_a_worse_model_does_not_replace_a_better_one(tmp_path):
    files = few_examples(tmp_path)
    card = train(files, out=tmp_path / "m")
    better = replace(card, held_out={**card.held_out, "macro_f1": card.held_out["macro_f1"] + 0.5})
    better.save(tmp_path / "m")
    with pytest.raises(ConfigError, match="worse"):
        train(files, out=tmp_path / "m")
    assert ModelCard.load(tmp_path / "m") == better
    assert train(files, out=tmp_path / "m", force=True) == card


def test_bad_examples_are_told_all_at_once(tmp_path):
    file = tmp_path / "bad.jsonl"
    file.write_text(
        '{"text": "a", "label": "pricing"}\n{"text": "b"}\n\nnonsense\n{"text": "c", "label": "sales"}\n'
    )
    with pytest.raises(ConfigError) as error:
        read_examples(file)
    assert [problem.line for problem in error.value.problems] == [2, 4, 5]


def test_the_examples_that_ship_can_be_read():
    assert sum(len(read_examples(file)) for file in written_files()) == 15678


def test_auroc_counts_ties_half():
    assert auroc(np.array([0.1, 0.5, 0.5, 0.9]), np.array([False, False, True, True])) == pytest.approx(0.875)
    assert np.isnan(auroc(np.array([0.1]), np.array([True])))


def test_precision_at_recall_is_that_of_the_best_threshold():
    scores, truth = np.array([0.9, 0.8, 0.7, 0.1]), np.array([True, False, True, False])
    assert precision_at_recall(scores, truth, 0.75) == pytest.approx(2 / 3)


def test_a_calibrated_score_has_no_error():
    scores, truth = np.full(10, 0.3), np.array([True] * 3 + [False] * 7)
    assert expected_calibration_error(scores, truth) == pytest.approx(0)


def test_small_labels_are_left_out_of_the_second_macro_f1():
    labels = [Intent.SUPPORT] * 30 + [Intent.ABUSE]
    found = judge([Intent.SUPPORT] * 31, [0.0] * 31, labels)
    assert found.macro_f1_25 == pytest.approx(60 / 61, abs=1e-4)
    assert found.macro_f1 == pytest.approx(30 / 61, abs=1e-3)
    assert found.confusion["abuse"] == {"support": 1}


class AlwaysPricing:
    """A reader of one opinion."""

    def read(self, requests):
        return [Reading(Intent.PRICING, 0.9) for _ in requests]


def test_evaluation_speaks_json_with_these_names():
    rows = [Example("how much", Intent.PRICING), Example("broken", Intent.SUPPORT)]
    found = json.loads(evaluate(AlwaysPricing(), rows).as_json())
    names = "n accuracy macro_f1 macro_f1_25 lead_auroc lead_precision lead_recall threshold ece"
    assert set(found) == {*names.split(), "precision_at_recall_75", "labels", "confusion", "posts_per_s"}
    assert (found["n"], found["accuracy"], found["lead_precision"], found["lead_auroc"]) == (2, 0.5, 0.5, 0.5)
    assert found["macro_f1_25"] is None
    assert found["labels"]["pricing"] == {"n": 1, "precision": 0.5, "recall": 1.0, "f1": 0.6667}
