"""A text that nobody may see by accident."""

from __future__ import annotations

import hmac
from typing import Any, NoReturn


class Secret:
    """A key or token. Shown as ``•••`` wherever values are shown: logs, f-strings, tracebacks with variables,
    ``asdict``, JSON with a default. Only `reveal` gives the text, so every place that can leak it can be
    found.

    Cannot be pickled; a copy is the same object.
    """

    __slots__ = ("_text",)

    def __init__(self, text: str = "") -> None:
        self._text = text

    def reveal(self) -> str:
        """The text itself: for the wire and for the place where it is kept, and nowhere else."""
        return self._text

    @property
    def is_sendable(self) -> bool:
        """Whether it can stand in a header as it is. Every key X gives can: a space, a line break or a letter
        of another script is a slip in copying, and requests would show the whole header in its complaint."""
        return all("!" <= letter <= "~" for letter in self._text)

    def __bool__(self) -> bool:
        return bool(self._text)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(_bytes(self._text), _bytes(other._text))

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "•••" if self._text else "(none)"

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> Secret:
        return self

    def __reduce__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")


def secret(text: str | Secret) -> Secret:
    """A text as a secret; a secret stays what it is."""
    return text if isinstance(text, Secret) else Secret(text)


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogatepass")
