"""Writes a tuned model as an ONNX file of eight-bit integers, with the exact model's answers beside it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from leadbot.nlp.calibration import Floats
from leadbot.nlp.encoder import REFERENCE

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


class Exact(Protocol):
    """A model in full precision: its network (torch) and its logits of posts."""

    net: Any

    def logits(self, texts: Sequence[str]) -> Floats:
        """Logits of posts (posts × intents)."""


def export(model: Exact, weights: Path) -> None:
    """Write the model to `weights`, and beside it what it answers to REFERENCE_TEXTS before rounding."""
    with TemporaryDirectory() as folder:
        _quantised(_fused(_exported(model.net, Path(folder)), model.net), weights)
    answers = [
        {"text": text, "logits": [round(float(x), 4) for x in row]}
        for text, row in zip(REFERENCE_TEXTS, model.logits(REFERENCE_TEXTS), strict=True)
    ]
    weights.with_name(REFERENCE).write_text(
        json.dumps(answers, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )


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
    """The same with normalisation and activation in one step each, a fifth faster. Attention stays in its
    parts: in one step, and added to what is normalised after it, it takes longer (measured).
    """
    from onnxruntime.transformers import optimizer
    from onnxruntime.transformers.fusion_options import FusionOptions

    options = FusionOptions("bert")
    for whole in ("attention", "embed_layer_norm", "skip_layer_norm", "bias_skip_layer_norm", "bias_gelu"):
        setattr(options, f"enable_{whole}", False)
    shape = net.encoder.config
    fused = optimizer.optimize_model(
        str(file),
        "bert",
        num_heads=shape.num_attention_heads,
        hidden_size=shape.hidden_size,
        opt_level=0,
        optimization_options=options,
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
