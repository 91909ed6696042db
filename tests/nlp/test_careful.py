"""The careful model: it answers as the exact one did, alone and in company, and is asked only in doubt."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from leadbot.errors import ConfigError
from leadbot.model import ReadRequest
from leadbot.nlp import SpacyReader, load_reader
from leadbot.nlp.calibration import Calibration
from leadbot.nlp.cascade import Cascade, Doubt
from leadbot.nlp.encoder import MOST_PIECES, REFERENCE, WEIGHTS, WORDS, Encoder, Pieces, as_encoded
from leadbot.nlp.reader import SHIPPED

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
NEAR = 0.6  # most that a logit may move by rounding to eight bits; they span about ten


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(SHIPPED)


def test_the_eight_bit_model_answers_as_the_exact_one_did(encoder: Encoder) -> None:
    rows = json.loads((SHIPPED / REFERENCE).read_text(encoding="utf-8"))
    exact = np.array([row["logits"] for row in rows])

    found = encoder.look([row["text"] for row in rows]).logits

    assert np.abs(found - exact).max() < NEAR
    assert (found.argmax(axis=1) == exact.argmax(axis=1)).mean() > 0.9


def test_what_is_seen_in_a_post_does_not_depend_on_its_neighbours(encoder: Encoder) -> None:
    texts = ["@acme how much is it?", "stop", "@acme my order is late " * 9, ""]
    together, alone = encoder.look(texts), [encoder.look([text]) for text in texts]
    for row, one in enumerate(alone):
        np.testing.assert_array_equal(together.logits[row], one.logits[0])


def test_vectors_have_length_one_and_lie_near_for_the_same_meaning(encoder: Encoder) -> None:
    found = encoder.look(["in a spreadsheet", "we keep it all in excel", "my cat sleeps all day"]).vectors
    assert np.linalg.norm(found, axis=1) == pytest.approx(1, abs=1e-3)
    assert found[0] @ found[1] > found[0] @ found[2]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("@acme  hi\n@bob", "@ hi @"),
        ("see https://x.y/z &amp; t.co/abc", "see url & url"),
        ("@a @b @c @d @e lol", "@ @ lol"),
        ("\ud800", ""),
    ],
)
def test_handles_links_and_entities_are_plain_to_it(typed: str, read: str) -> None:
    assert as_encoded(typed) == read


def test_words_cut_one_by_one_are_the_pieces_of_the_whole_post() -> None:
    tokenizer = Tokenizer.from_file(str(SHIPPED / WORDS))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    pieces = Pieces(SHIPPED / WORDS)
    texts = [
        *(row["text"] for row in json.loads((SHIPPED / REFERENCE).read_text(encoding="utf-8"))),
        "[SEP] a[CLS]b [ MASK",
        "caf\u00e9\u00a0cre\u0301me \u65e5\u672c\u8a9e \u0130stanbul \u200bhid\u200bden \x00\x07",
        "x" * 500,
        "pay, pay... pay! " * 30,
    ]
    for text in texts * 2:
        assert pieces.of(text) == tokenizer.encode(as_encoded(text)).ids


def test_doubt_is_another_likely_intent_or_a_lead() -> None:
    shares = np.array([[0.97] + [0.003] * 11, [0.6] + [0.036] * 11, [0.97] + [0.003] * 11], dtype=np.float32)
    warmth = np.array([0.01, 0.01, 0.2], dtype=np.float32)
    assert Doubt(other=0.2, lead=0.05).of(shares, warmth).tolist() == [False, True, True]


def test_without_an_encoder_the_fast_model_decides_alone(reader: SpacyReader, tmp_path: Path) -> None:
    model = reader.nlp.get_pipe("leadbot_intent")
    Cascade(model.cascade.fast, Calibration.load(SHIPPED)).save(tmp_path)
    fast = load_reader(tmp_path)
    assert not (tmp_path / WEIGHTS).exists()
    assert fast.read([ReadRequest("how much is it for 20 seats?", NOON)])[0].warmth > 0.6


def test_damaged_weights_are_the_operators_to_fix(tmp_path: Path) -> None:
    (tmp_path / WEIGHTS).write_bytes(b"no weights")
    (tmp_path / WORDS).write_bytes((SHIPPED / WORDS).read_bytes())
    with pytest.raises(ConfigError, match="weights"):
        Encoder.load(tmp_path)


def test_reading_needs_no_torch_and_no_hub() -> None:
    program = (
        "import sys\n"
        "from datetime import UTC, datetime\n"
        "from leadbot.model import ReadRequest\n"
        "from leadbot.nlp import load_reader\n"
        "load_reader().read([ReadRequest('hm, where could one perhaps get that?', datetime.now(UTC))])\n"
        "assert 'onnxruntime' in sys.modules\n"
        "print(*{'torch', 'transformers', 'huggingface_hub', 'sklearn'} & sys.modules.keys())"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
