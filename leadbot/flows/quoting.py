"""Which of a person's words stand on a receipt: theirs, without the handles, and no more than answers."""

from __future__ import annotations

import re

MOST = 280  # a long post of a paying account has 25,000 characters; a receipt is read at a glance

_HANDLES = re.compile(r"^(?:[\s.,:;]*@\w+)+[\s,:;]*|(?:\s+@\w+)+\s*$")
_CLAUSE_END = re.compile(r"[.!?;,:\n…—–()]+(?=\s|$)|\n|\s-\s")
_WORD = re.compile(r"[^\W_]+")


def without_handles(said: str) -> str:
    """What was said, without the handles typed before and after it, at most MOST characters of it."""
    words = _HANDLES.sub("", said).strip()
    return words if len(words) <= MOST else f"{words[: MOST - 1].rstrip()}…"


def clause_with(phrase: str, said: str) -> str:
    """The clause of `said` that a phrase of the playbook was heard in; all of it when that can't be told."""
    clauses = [clause.strip() for clause in _CLAUSE_END.split(said)]
    wanted = _words(phrase)
    best = max(clauses, key=lambda clause: len(wanted & _words(clause)), default="")
    return without_handles(best) if wanted & _words(best) else said


def _words(text: str) -> set[str]:
    """Without a plural's "s": "spreadsheets" is heard as "spreadsheet"."""
    return {word.casefold().removesuffix("s") for word in _WORD.findall(text)}
