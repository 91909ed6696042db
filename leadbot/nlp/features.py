"""Words, word pairs and character n-grams as hashed features, found for a whole batch at once with numpy.

A post is its tokens, joined by single spaces; the whole batch is one array of code points. That makes
n-grams slices of an array instead of Python strings, about twenty times faster, and needs no dictionary of
strings: a hash of SLOT_BITS bits names a feature. Character n-grams stay inside a word with one space on
each side (as scikit-learn's ``char_wb``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SLOT_BITS = 20
SLOTS = 1 << SLOT_BITS
CHAR_SIZES = (2, 3, 4, 5)
START = "<s>"  # opens every post, so that no post is empty and first words are known as such
MAX_TOKENS = 400

_SHIFT = np.uint64(64 - SLOT_BITS)
_STEP = np.uint64(0x100000001B3)
_MIX = np.uint64(0x9E3779B97F4A7C15)
_FOLD = np.uint64(29)
_SALT = {
    name: np.uint64(0xC2B2AE3D27D4EB4F * (i + 1) % (1 << 64))
    for i, name in enumerate(("word", "pair", 2, 3, 4, 5))
}
_LONGEST_WORD = 64
_POWERS = np.array([pow(0x100000001B3, i + 1, 1 << 64) for i in range(_LONGEST_WORD)], dtype=np.uint64)

Slots = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Batch:
    """The features of some posts. Slot -1 = no feature there.

    words, pairs: one slot a token (pairs: this token and the next). chars: per n-gram size, one slot a
    character. word_starts: index of each token's first character position; post_starts: index of each
    post's first token.
    """

    words: Slots
    pairs: Slots
    chars: tuple[Slots, ...]
    word_starts: Slots
    post_starts: Slots


def batch_of(posts: Sequence[Sequence[str]]) -> Batch:
    """The features of posts given as tokens (none empty, none with a blank in it)."""
    lengths = np.fromiter(
        (min(len(post), MAX_TOKENS) + 1 for post in posts), dtype=np.int64, count=len(posts)
    )
    text = " ".join(f"{START} {' '.join(post[:MAX_TOKENS])}" if post else START for post in posts)
    codes = np.frombuffer(f" {text} ".encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    blanks = np.flatnonzero(codes == 32)
    starts, ends = (
        blanks[:-1],
        blanks[1:],
    )  # a token's characters with the blank before it; the blank after it
    post_starts = np.concatenate(([0], np.cumsum(lengths)[:-1]))
    hashes = _word_hashes(codes, starts, ends)
    last_of_post = np.zeros(len(starts), dtype=bool)
    last_of_post[post_starts[1:] - 1] = True
    last_of_post[-1] = True
    following = np.append(hashes[1:], np.uint64(0))
    pairs = _slots(hashes * _STEP + (following ^ (following >> _FOLD)), "pair")
    pairs[last_of_post] = -1
    return Batch(
        words=_slots(hashes, "word"),
        pairs=pairs,
        chars=_char_slots(codes, starts, ends),
        word_starts=starts,
        post_starts=post_starts,
    )


def _word_hashes(codes: NDArray[np.uint64], starts: Slots, ends: Slots) -> NDArray[np.uint64]:
    sizes = ends - starts
    place = np.arange(len(codes) - 1, dtype=np.int64) - np.repeat(starts, sizes)
    weighted = codes[:-1] * _POWERS[np.minimum(place, _LONGEST_WORD - 1)]
    hashes: NDArray[np.uint64] = np.add.reduceat(weighted, starts)
    return hashes


def _char_slots(codes: NDArray[np.uint64], starts: Slots, ends: Slots) -> tuple[Slots, ...]:
    count = len(codes) - 1
    room = np.repeat(ends, ends - starts) - np.arange(
        count, dtype=np.int64
    )  # characters up to the closing blank
    found = []
    rolling = codes[:-1].copy()
    for size in range(2, max(CHAR_SIZES) + 1):
        ahead = np.zeros(count, dtype=np.uint64)
        ahead[: count - size + 2] = codes[size - 1 :]
        rolling = rolling * _STEP + ahead
        slots = _slots(rolling, size)
        slots[room < size - 1] = -1
        found.append(slots)
    return tuple(found)


def _slots(hashes: NDArray[np.uint64], kind: str | int) -> Slots:
    mixed = (hashes ^ _SALT[kind]) * _MIX
    return (((mixed ^ (mixed >> _FOLD)) * _MIX) >> _SHIFT).astype(np.int64)
