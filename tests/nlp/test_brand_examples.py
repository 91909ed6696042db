"""A brand's own examples: what the file may hold, and everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.errors import ConfigError
from leadbot.model import Intent
from leadbot.nlp.brand_examples import file_of, parse, read_brand_examples
from leadbot.nlp.examples import Example


def faults(text: str) -> set[tuple[int, str]]:
    return {(problem.line, problem.rule) for problem in parse("acme.yaml", text)[1]}


def test_examples_are_texts_with_labels() -> None:
    text = """# how people talk to us
examples:
  - {text: "can I move my booking to Friday?", label: support}
  - text: "six more seats, please: where?"  # overheard at the fair
    label: purchase_intent
    corrects: "1993001"
"""

    examples, problems = parse("acme.yaml", text)

    assert problems == []
    assert examples == [
        Example("can I move my booking to Friday?", Intent.SUPPORT),
        Example("six more seats, please: where?", Intent.PURCHASE_INTENT),
    ]


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "examples:\n", "examples: []\n"])
def test_a_file_may_be_empty(text: str) -> None:
    assert parse("acme.yaml", text) == ([], [])


def test_everything_that_is_wrong_is_told_at_once_with_its_line() -> None:
    text = """examples:
  - {text: need seats, label: sales}
  - {text: help me, labl: support}
  - {text: 40, label: support, corrects: my post}
"""

    assert faults(text) == {
        (2, "unknown-label"),
        (3, "missing-key"),
        (3, "unknown-key"),
        (4, "kind"),
    }


def test_a_text_twice_a_text_without_words_and_a_text_cut_short_are_faults() -> None:
    text = """examples:
  - {text: "Need seats!", label: purchase_intent}
  - {text: "need seats", label: support}
  - {text: "?!", label: other}
  - text: love those #shoes
    label: praise
"""

    assert faults(text) == {(3, "duplicate-example"), (4, "no-words"), (5, "cut-text")}


@pytest.mark.parametrize("text", ["- support", "words", "examples: words", "examples: [words]"])
def test_another_shape_is_a_fault(text: str) -> None:
    assert faults(text) == {(1, "kind")}


def test_a_brand_without_a_file_has_no_examples(tmp_path: Path) -> None:
    assert read_brand_examples(file_of(tmp_path, "@Acme")) == []


def test_a_bad_file_is_the_operators_to_fix(tmp_path: Path) -> None:
    file = file_of(tmp_path, "acme")
    file.parent.mkdir()
    file.write_text("examples: [{text: a}]", encoding="utf-8")

    with pytest.raises(ConfigError, match=r"acme\.yaml:1:12: `label` is missing"):
        read_brand_examples(file)
