"""Loads twitter-text-parser, X's own way of counting, in an environment without pkg_resources.

Version 3.0.0 reads its list of emoji through `pkg_resources.resource_string`, a module that setuptools
dropped and warned about before. While the package is imported, a stand-in with that function takes its place.
"""

from __future__ import annotations

import importlib.resources
import sys
import types


def _resource_string(module: str, name: str) -> bytes:
    return importlib.resources.files(module.rpartition(".")[0]).joinpath(name).read_bytes()


_standing_in = "pkg_resources" not in sys.modules
if _standing_in:
    _stand_in = types.ModuleType("pkg_resources")
    _stand_in.resource_string = _resource_string  # type: ignore[attr-defined]
    sys.modules["pkg_resources"] = _stand_in
try:
    from twitter_text import extract_urls_with_indices, parse_tweet
finally:
    if _standing_in:
        del sys.modules["pkg_resources"]

__all__ = ["extract_urls_with_indices", "parse_tweet"]
