"""The model card: what a model was made from and how good it is, as JSON and as a page for people."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path

from leadbot.errors import ConfigError, Problem
from leadbot.nlp.classifier import read_json

# How much worse than the model in place a new one may measure: the spread of the same data under another
# seed.
SLACK = {"lead_auroc": 0.005, "macro_f1": 0.01, "careful_lead_auroc": 0.005, "careful_macro_f1": 0.01}


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of examples: its name, the hash of its bytes, its rows and its licence."""

    file: str
    sha256: str
    rows: int
    licence: str = "Apache-2.0 (written for leadbot)"


@dataclass(frozen=True, slots=True)
class ModelCard:
    """What is known of a model. held_out: metrics on posts of authors it was not trained on, by name of
    the metric.
    """

    name: str
    seed: int
    features: int
    data: tuple[DataFile, ...]
    rows_per_label: dict[str, int]
    held_out: dict[str, float]
    calibration: dict[str, float]
    notes: tuple[str, ...] = field(default=())

    def save(self, path: Path) -> None:
        """Write ``card.json`` under `path`."""
        (path / "card.json").write_text(
            json.dumps(asdict(self), indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )

    @classmethod
    def load(cls, path: Path) -> ModelCard:
        """Read what `save` wrote. Raises ConfigError."""
        file = path / "card.json"
        found = read_json(file)
        try:
            data = tuple(DataFile(**entry) for entry in found.pop("data"))
            notes = tuple(found.pop("notes"))
            return cls(data=data, notes=notes, **found)
        except (KeyError, TypeError) as error:
            raise ConfigError(
                [Problem(str(file), f"is no model card: {error}", "run `leadbot nlp train`")]
            ) from error

    def is_worse_than(self, other: ModelCard) -> list[str]:
        """Held-out metrics that are worse than the other's by more than SLACK, as sentences; empty when
        none is.
        """
        return [
            f"{name} {self.held_out[name]:.3f} against {other.held_out[name]:.3f}"
            for name, slack in SLACK.items()
            if name in other.held_out
            and name in self.held_out
            and self.held_out[name] < other.held_out[name] - slack
        ]


def describe(file: Path, rows: int) -> DataFile:
    """The entry of one data file."""
    return DataFile(file.name, sha256(file.read_bytes()).hexdigest(), rows)


def page_of(card: ModelCard) -> str:
    """The card as Markdown for docs/model-card.md."""
    lines = [
        "# Model card: " + card.name,
        "",
        "Made by `leadbot nlp train`; do not edit by hand.",
        "",
        f"The fast model: hashed words, word pairs and character n-grams ({card.features:,} kept), TF-IDF, "
        f"multinomial logistic regression, seed {card.seed}.",
        "",
        "## Made from",
        "",
        "| file | rows | licence | sha256 |",
        "|---|--:|---|---|",
        *(
            f"| {entry.file} | {entry.rows:,} | {entry.licence} | `{entry.sha256[:16]}…` |"
            for entry in card.data
        ),
        "",
        "| label | rows |",
        "|---|--:|",
        *(
            f"| {label} | {rows:,} |"
            for label, rows in sorted(card.rows_per_label.items(), key=lambda item: -item[1])
        ),
        "",
        "## How good",
        "",
        "Held out: each half of the files judged by a model of the other half, so never by its own authors.",
        "",
        "| metric | value |",
        "|---|--:|",
        *(f"| {name} | {value:.3f} |" for name, value in card.held_out.items()),
        "",
        "## Calibration",
        "",
        *(f"- {name}: {value}" for name, value in card.calibration.items()),
        "",
        *(f"{note}\n" for note in card.notes),
    ]
    return "\n".join(lines).rstrip() + "\n"
