"""Lines that a stream may bring when somebody means harm, or when X changes its mind."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

BRAND_ID = 4_000_000_000
GOOD_EVERY = 100
"""Among so many lines one is an honest mention: it must be heard."""

BIG = 400_000
"""Bytes of the largest item X sends (field report)."""

_NEWLINES = bytes.maketrans(b"\r\n", b"  ")


def good(number: int, brand_id: str) -> bytes:
    """An honest mention."""
    return json.dumps(_item(number, brand_id, f"@acme honest question {number}")).encode()


def lines(count: int, brand_id: str, seed: int) -> Iterator[tuple[bool, bytes]]:
    """So many lines, each with whether it is an honest mention. The same seed gives the same lines."""
    chance = random.Random(seed)
    for number in range(count):
        if number % GOOD_EVERY == 0:
            yield True, good(number, brand_id)
        else:
            yield False, _one_line(chance.choice(KINDS)(chance, number, brand_id)) or b"{"


def _one_line(raw: bytes) -> bytes:
    return raw.translate(_NEWLINES).strip()


def _item(number: int, brand_id: str, text: Any) -> dict[str, Any]:
    return {
        "data": {
            "id": str(2_100_000_000_000_000_000 + number),
            "author_id": str(7_000_000_000 + number % 1000),
            "text": text,
            "created_at": "2026-11-27T09:00:00.000Z",
            "entities": {"mentions": [{"start": 0, "end": 5, "username": "acme", "id": brand_id}]},
        },
        "includes": {"users": [{"id": str(7_000_000_000 + number % 1000), "username": f"p{number % 1000}"}]},
        "matching_rules": [{"id": "1", "tag": f"leadbot:{brand_id}"}],
    }


def _plain(number: int, brand_id: str) -> bytes:
    return json.dumps(_item(number, brand_id, f"@acme plain question {number}")).encode()


def _noise(chance: random.Random, number: int, brand_id: str) -> bytes:
    return chance.randbytes(chance.randint(1, 400))


def _cut(chance: random.Random, number: int, brand_id: str) -> bytes:
    whole = _plain(number, brand_id)
    return whole[: chance.randint(1, len(whole) - 1)]


def _deep(chance: random.Random, number: int, brand_id: str) -> bytes:
    depth = chance.choice((50, 500, 2_000)) if chance.random() < 0.99 else 50_000
    closed = b'{"data":' + b"[" * depth + b"]" * depth + b"}"
    return chance.choice((b"[" * depth, b'{"data":' * depth, closed))


def _huge_numbers(chance: random.Random, number: int, brand_id: str) -> bytes:
    item = _item(number, brand_id, "@acme numbers")
    huge = chance.choice(("9" * 5000, "1e999999", "-1e400", "NaN", "Infinity", "-0.0"))
    key = chance.choice(("id", "author_id", "conversation_id", "created_at"))
    item["data"][key] = "@@"
    return json.dumps(item).replace('"@@"', huge).encode()


def _halves(chance: random.Random, number: int, brand_id: str) -> bytes:
    text = chance.choice(("@acme \\ud800", "\\udfff\\ud800 @acme", "@acme \\u0000 \\ud83d", "\\ud83d\\u0000"))
    return json.dumps(_item(number, brand_id, "@@")).replace("@@", text).encode()


def _wrong_types(chance: random.Random, number: int, brand_id: str) -> bytes:
    item = _item(number, brand_id, "@acme types")
    _spoil(item, chance)
    return json.dumps(item).encode()


ODD_VALUES: tuple[Any, ...] = (None, True, 0, -1, 1.5, "", "x" * 30, [], {}, [[]], {"id": {}}, [None])


def _spoil(tree: Any, chance: random.Random) -> None:
    """Something of another kind in one place, or in many."""
    while isinstance(tree, (dict, list)) and tree:
        key = chance.choice(list(tree) if isinstance(tree, dict) else range(len(tree)))
        if chance.random() < 0.4 or not isinstance(tree[key], (dict, list)):
            tree[key] = chance.choice(ODD_VALUES)
            return
        tree = tree[key]


def _big(chance: random.Random, number: int, brand_id: str) -> bytes:
    if chance.random() > 0.01:
        return _cut(chance, number, brand_id)
    item = _item(number, brand_id, "@acme " + "x" * (BIG - 700))
    return json.dumps(item).encode()[: BIG if chance.random() < 0.5 else -chance.randint(1, 9)]


_MARKS = (
    "\x00\x01\x07\x1b[2J\u202e\u2066\u200f\ufeff\u2028 "  # controls, and marks that turn text round
    "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627 "  # Hebrew, Arabic
    "\U0001f469\u200d\U0001f467"  # people joined to one sign
)


def _controls(chance: random.Random, number: int, brand_id: str) -> bytes:
    item = _item(number, brand_id, "@acme " + "".join(chance.choices(_MARKS, k=30)))
    return json.dumps(item, ensure_ascii=chance.random() < 0.5).encode()


def _twice(chance: random.Random, number: int, brand_id: str) -> bytes:
    whole = _plain(number, brand_id).decode()
    extra = chance.choice(('"data":null,', '"data":{"id":"1"},', '"matching_rules":{},', '"data":[],'))
    at = chance.choice((1, len(whole) - 1))
    return (whole[:at] + ("," + extra.rstrip(",") if at > 1 else extra) + whole[at:]).encode()


def _notice(chance: random.Random, number: int, brand_id: str) -> bytes:
    notice = {"title": "operational-disconnect", "detail": "x" * (number % 900)}
    return json.dumps({"errors": [notice]}).encode()[:900]


Kind = Callable[[random.Random, int, str], bytes]
KINDS: tuple[Kind, ...] = (
    _noise, _cut, _deep, _huge_numbers, _halves, _wrong_types, _big, _controls, _twice, _notice,
)  # fmt: skip
"""Each makes lines of one kind of harm."""
