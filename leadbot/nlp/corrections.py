"""A wrong reading becomes an example only in a person's own words.

X's guidelines forbid training on harvested posts. So refused are: words of the post in a row, most of its
words in another order, its words slightly changed; and handles, links, addresses and long numbers, which an
example never needs.
"""

# ruff: noqa: SIM905  (a list of words is read as one text)

from __future__ import annotations

import json
import re
from difflib import SequenceMatcher, get_close_matches
from pathlib import Path

from leadbot.errors import ConfigError, Problem
from leadbot.model import Intent
from leadbot.nlp.brand_examples import MOST_WORDS, parse
from leadbot.nlp.text import said

__all__ = ["add", "example_line", "mark", "too_like"]

LONGEST_RUN = 4  # words of the post in a row, at most one fewer
MOST_SHARED = 0.6  # of the example's words that carry meaning, from three such words on
SAME_WORD = 0.75  # likeness from which a word is another misspelt
MOST_LIKE = 0.7  # of the letters, in their order (difflib)
_HEADER = "# Posts in our own words, with the label that is right. No post of X may stand here.\nexamples:\n"
_LITTLE = frozenset(
    "a an the i you he she it we they me my your our us is are am was were be been do does did have "
    "has had can could will would should may might to of in on at for with from by and or but not no "
    "so if as that this these those there what when where who why how which any some all just please "
    "hi hey hello thanks".split()
)
_PRIVATE = re.compile(r"@\w|https?://|www\.|t\.co/|\d[\d\s().-]{6,}\d", re.IGNORECASE)


def too_like(words: str, post: str) -> str:
    """Why `words` are too much the post's own; "" when they are a person's."""
    ours, theirs = said(words).words, said(post).words
    run = SequenceMatcher(None, ours, theirs, autojunk=False).find_longest_match()
    if run.size >= LONGEST_RUN or (ours and ours == theirs):
        return f'"{" ".join(ours[run.a : run.a + run.size])}" stands in the post word for word'
    meaning = set(ours) - _LITTLE
    shared = [word for word in meaning if _is_among(word, theirs)]
    if len(meaning) >= 3 and len(shared) / len(meaning) > MOST_SHARED:
        return f"{len(shared)} of its {len(meaning)} words that carry meaning are the post's"
    like = SequenceMatcher(None, " ".join(ours), " ".join(theirs), autojunk=False).ratio()
    if len(ours) >= 3 and like > MOST_LIKE:
        return f"{like:.0%} of its letters follow the post"
    return ""


def _is_among(word: str, words: tuple[str, ...]) -> bool:
    """Whether a word stands there, perhaps misspelt."""
    return word in words or bool(get_close_matches(word, words, n=1, cutoff=SAME_WORD))


def add(file: Path, *, words: str, label: Intent, post_id: str, post: str) -> str:
    """Put an example into a brand's file and return its line. Raises ConfigError with every objection."""
    problems = [*_faults_of(words, post)]
    line = example_line(words, label, post_id)
    text = _without_mark(_read(file), post_id)
    new = text + ("" if text.endswith("\n") else "\n") + line + "\n"
    before, faults = parse(str(file), text)
    if not faults:
        after, faults = parse(str(file), new)
        if not faults and len(after) != len(before) + 1:
            faults = [Problem(str(file), "has another shape", f"put this line in by hand: {line.strip()}")]
    problems += faults
    if problems:
        raise ConfigError(problems)
    _write(file, new)
    return line.strip()


def mark(file: Path, *, label: Intent, post_id: str) -> None:
    """Note in a brand's file that a post was read wrongly. It waits for somebody's words."""
    text = _read(file)
    problems = parse(str(file), text)[1]
    if problems:
        raise ConfigError(problems)
    text = _without_mark(text, post_id)
    _write(
        file, text + ("" if text.endswith("\n") else "\n") + f"{_mark_of(post_id)}, label: {label.value}\n"
    )


def example_line(words: str, label: Intent, post_id: str) -> str:
    """The line of an example in YAML."""
    text = json.dumps(words.strip(), ensure_ascii=False)
    return f'  - {{text: {text}, label: {label.value}, corrects: "{post_id}"}}'


def _faults_of(words: str, post: str) -> list[Problem]:
    problems = []
    if not said(words).words:
        problems.append(
            Problem("--text", "has no words", "tell it as another person might say it", "no-words")
        )
    if len(words) > MOST_WORDS:
        problems.append(
            Problem("--text", f"has {len(words)} characters; the most is {MOST_WORDS}", "", "too-long")
        )
    why = too_like(words, post)
    if why:
        fix = "tell the same in your own words; the post's own may not be learned from"
        problems.append(Problem("--text", f"is too much like the post: {why}", fix, "too-like"))
    if _PRIVATE.search(words):
        fix = "leave out handles, links, addresses and numbers of people"
        problems.append(Problem("--text", "names somebody", fix, "private"))
    return problems


def _mark_of(post_id: str) -> str:
    return f'  # waits for somebody\'s own words: corrects: "{post_id}"'


def _without_mark(text: str, post_id: str) -> str:
    lines = text.splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(_mark_of(post_id)))


def _read(file: Path) -> str:
    if not file.exists():
        return _HEADER
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        raise ConfigError([Problem(str(file), f"can't read it: {error}", "save it as UTF-8")]) from error
    return text if text.strip() else _HEADER


def _write(file: Path, text: str) -> None:
    """All of it or nothing: somebody may have the file open."""
    file.parent.mkdir(parents=True, exist_ok=True)
    new = file.with_name(f".{file.name}.new")
    try:
        new.write_text(text, encoding="utf-8")
        new.replace(file)
    except OSError as error:
        raise ConfigError([Problem(str(file), f"can't write it: {error.strerror or error}")]) from error
