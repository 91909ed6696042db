"""The gate, which reads a backlog beside the fast model, and what a teacher thought of its posts."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from leadbot.errors import ConfigError
from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.encoder import WORDS, Pieces
from leadbot.nlp.gate import AT_ONCE, GATE, Gate
from leadbot.nlp.opinions import OPINIONS, Opinions
from leadbot.nlp.reader import SHIPPED

POSTS = (
    "@user how much is it for 20 seats?",
    "@user my order is 3 days late",
    "@user",
    "",
    "@user thank you so much, best crew ever!",
)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate.load(SHIPPED)


@pytest.fixture(scope="module")
def posts() -> list[list[int]]:
    pieces = Pieces(SHIPPED / WORDS)
    return [pieces.of(text) for text in POSTS]


def test_what_it_reads_does_not_depend_on_the_posts_beside(gate: Gate, posts: list[list[int]]) -> None:
    alone = np.concatenate([gate.logits([post]) for post in posts])
    many = gate.logits(posts * AT_ONCE)
    assert np.allclose(many[: len(posts)], alone, atol=1e-4)
    assert np.allclose(many[-len(posts) :], alone, atol=1e-4)


def test_it_tells_a_price_from_a_complaint(gate: Gate, posts: list[list[int]]) -> None:
    price, late = (INTENTS[int(row.argmax())].value for row in gate.logits(posts[:2]))
    assert (price, late) == ("pricing", "support")


def test_nothing_to_read_is_no_row(gate: Gate) -> None:
    assert gate.logits([]).shape == (0, len(INTENTS))


def test_it_comes_back_from_a_file_as_it_was(gate: Gate, posts: list[list[int]], tmp_path: Path) -> None:
    gate.save(tmp_path)
    assert (Gate.load(tmp_path).logits(posts) == gate.logits(posts)).all()


def test_a_damaged_gate_is_the_operators_to_fix(tmp_path: Path) -> None:
    (tmp_path / GATE).write_bytes(b"no gate")
    with pytest.raises(ConfigError, match="weights"):
        Gate.load(tmp_path)


def test_opinions_are_kept_by_post_and_without_its_words(tmp_path: Path) -> None:
    logits = np.arange(2 * len(INTENTS), dtype=np.float32).reshape(2, -1)
    file = tmp_path / "opinions.npz"
    Opinions.given(POSTS[:2], logits, "somebody").save(file)
    found, known = Opinions.load(file).of([POSTS[1], "never seen"])
    assert known.tolist() == [True, False]
    assert (found[0] == logits[1]).all()
    assert not found[1].any()
    assert b"order" not in file.read_bytes()


def test_the_opinions_that_ship_are_of_the_posts_that_ship() -> None:
    assert "mpnet" in Opinions.load(OPINIONS).teacher


def test_damaged_opinions_are_told(tmp_path: Path) -> None:
    file = tmp_path / "opinions.npz"
    file.write_bytes(b"none")
    with pytest.raises(ConfigError, match="opinions"):
        Opinions.load(file)
