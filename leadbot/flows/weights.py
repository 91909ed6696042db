"""How long a text is on X: its weighted length.

Source: https://docs.x.com/fundamentals/counting-characters (twitter-text, configuration v3).
"""

from __future__ import annotations

import importlib
import re
import sys
from functools import lru_cache
from importlib import resources
from types import ModuleType
from typing import Any

# Latin letters and plain punctuation weigh 1 each, have no other NFC form, and are no emoji (© and ® are).
_PLAIN = re.compile(r"[\t\x20-\x7e\xa0-\xa8\xaa-\xad\xaf-\u02ff\u2010-\u201f]*")
# A link needs a dot with a letter behind it: "acme.com" is one, "$6.50." is none.
_MAY_BE_LINK = re.compile(r"\.[^\W\d]")


def _resource_string(module: str, name: str) -> bytes:
    return resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()


def _load_parser() -> Any:
    # twitter-text-parser 3.0 reads its emoji table through pkg_resources, which setuptools 82 dropped and
    # older ones warn about. It wants one function of it, for the time of its import.
    before = sys.modules.get("pkg_resources")
    stand_in = ModuleType("pkg_resources")
    stand_in.resource_string = _resource_string  # type: ignore[attr-defined]
    sys.modules["pkg_resources"] = stand_in
    try:
        return importlib.import_module("twitter_text")
    finally:
        if before is None:
            del sys.modules["pkg_resources"]
        else:
            sys.modules["pkg_resources"] = before


_parser = _load_parser()


def weighted_length(text: str) -> int:
    """Length of `text` as X counts it: after NFC, wide code points and emoji 2, any link 23, a line end 1."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _MAY_BE_LINK.search(text):
        return _line_weight(text)  # where a link begins hangs on what stands before it, a line end too
    # No emoji or composition reaches over a line end; so the disclosure, said often, is weighed once.
    lines = text.split("\n")
    return sum(map(_line_weight, lines)) + len(lines) - 1


def has_link(text: str) -> bool:
    """Whether X would turn a part of `text` into a link (a bare ``acme.com`` counts) and bill it as one."""
    return "." in text and _has_link(text)


@lru_cache(maxsize=4096)
def _has_link(text: str) -> bool:
    return bool(_parser.extract_urls_with_indices(text))


@lru_cache(maxsize=4096)
def _line_weight(line: str) -> int:
    if _PLAIN.fullmatch(line) and not _MAY_BE_LINK.search(line):  # most lines
        return len(line)
    return int(_parser.parse_tweet(line).weightedLength)
