"""`SpacyReader`: the pipeline behind the `Reader` port, and `load_reader`, which builds it from files
alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import spacy
from spacy.language import Language

import leadbot.nlp.pipeline as pipeline
from leadbot.model import Reading, ReadRequest
from leadbot.nlp.pipeline import IntentModel, Notes, PostTokenizer

SHIPPED = Path(__file__).parent / "model"
COMPONENTS = ("leadbot_rules", "leadbot_intent", "leadbot_slots", "leadbot_echoes")
BATCH = 256  # posts a batch: large enough for numpy, small enough for the cache


class SpacyReader:
    """Reads posts with a spaCy pipeline. Safe to use from one thread at a time."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        tokenizer = nlp.tokenizer
        if not isinstance(tokenizer, PostTokenizer):
            raise TypeError("the pipeline needs leadbot.PostTokenizer.v1")
        self._tokenizer = tokenizer

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """One reading a request, in order. Never raises for odd text."""
        all_notes = [pipeline.open_notes(request) for request in requests]
        # Without the zone spaCy would remember every word it ever saw.
        with self.nlp.memory_zone():
            docs = (self._tokenizer.document(notes) for notes in all_notes)
            for _ in self.nlp.pipe(docs, batch_size=BATCH):
                pass
        return [_reading(notes) for notes in all_notes]


def load_reader(path: Path | None = None) -> SpacyReader:
    """The reader with the weights under `path` (default: those that ship). No network. Raises ConfigError."""
    nlp = new_pipeline()
    model = nlp.get_pipe("leadbot_intent")
    assert isinstance(model, IntentModel)
    model.from_disk(path or SHIPPED)
    return SpacyReader(nlp)


def new_pipeline() -> Language:
    """The pipeline without weights."""
    nlp: Language = spacy.blank(
        "en", config={"nlp": {"tokenizer": {"@tokenizers": "leadbot.PostTokenizer.v1"}}}
    )
    # Nobody asks our documents for shapes, stems or stop words, and making them costs more than the whole
    # reading.
    nlp.vocab.lex_attr_getters = {}  # type: ignore[attr-defined]
    for name in COMPONENTS:
        nlp.add_pipe(name)
    return nlp


def _reading(notes: Notes) -> Reading:
    return Reading(
        intent=notes.intent,
        warmth=notes.warmth,
        probabilities=notes.probabilities,
        opt_out=notes.opt_out,
        asks_for_human=notes.asks_for_human,
        asks_price=notes.asks_price,
        is_question=notes.is_question,
        is_noise=notes.is_noise,
        slots=notes.slots,
        echoes=notes.echoes,
        why=notes.why,
        rules=notes.rules,
    )
