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
from leadbot.nlp.pipeline import Echoes, IntentModel, Notes, PostTokenizer

SHIPPED = Path(__file__).parent / "model"
COMPONENTS = ("leadbot_rules", "leadbot_intent", "leadbot_slots", "leadbot_echoes")
BATCH = 256  # posts a batch: large enough for numpy, small enough for the cache
BACKLOG = 64  # posts at once from which the careful model reads only those in doubt: it takes about 2 ms each


class SpacyReader:
    """Reads posts with a spaCy pipeline. Safe to use from one thread at a time."""

    def __init__(self, nlp: Language) -> None:
        self.nlp = nlp
        tokenizer = nlp.tokenizer
        if not isinstance(tokenizer, PostTokenizer):
            raise TypeError("the pipeline needs leadbot.PostTokenizer.v1")
        self._tokenizer = tokenizer

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """One reading a request, in order. Never raises for odd text.

        In a backlog (more than BACKLOG requests) posts are read less carefully where the fast model is sure.
        """
        all_notes = [pipeline.open_notes(request) for request in requests]
        for notes in all_notes:
            notes.in_backlog = len(requests) > BACKLOG
        # Without the zone spaCy would remember every word it ever saw.
        with self.nlp.memory_zone():
            docs = (self._tokenizer.document(notes) for notes in all_notes)
            for _ in self.nlp.pipe(docs, batch_size=BATCH):
                pass
        return [_reading(notes) for notes in all_notes]

    @property
    def is_careful(self) -> bool:
        """Whether the careful model reads too; False where what runs it is not installed."""
        model = self.nlp.get_pipe("leadbot_intent")
        return (
            isinstance(model, IntentModel) and model.cascade is not None and model.cascade.encoder is not None
        )

    def alike(self, phrases: frozenset[str]) -> list[tuple[str, str, float]]:
        """Pairs of phrases the reader can't tell apart, with their likeness, likest first."""
        echoes = self.nlp.get_pipe("leadbot_echoes")
        nearby = echoes.nearby if isinstance(echoes, Echoes) else None
        return nearby.phrases(phrases).alike() if nearby is not None and phrases else []


def load_reader(path: Path | None = None) -> SpacyReader:
    """The reader with the weights under `path` (default: those that ship). No network. Raises ConfigError."""
    nlp = new_pipeline()
    model = nlp.get_pipe("leadbot_intent")
    assert isinstance(model, IntentModel)
    model.from_disk(path or SHIPPED)
    echoes = nlp.get_pipe("leadbot_echoes")
    assert isinstance(echoes, Echoes)
    assert model.cascade is not None
    echoes.nearby = model.cascade.nearby
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
