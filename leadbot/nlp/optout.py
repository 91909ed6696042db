"""Opt-outs and their taking back. Rules, not learned: a classifier found none of them, and a missed one is the worst error.

Three steps, the first that fires decides: the whole message is a stop word (final), a careful phrase stands in it, or the
message is one of the borderline ones, which pause the bot and let a person look. The words are in `optout_words`.
"""

# ruff: noqa: E501  (a pattern is read as one line)

from __future__ import annotations

import re

from leadbot.model import OptOut
from leadbot.nlp.optout_channels import CHANNELS, CLAUSES, PLEASE_STOP, REACHES
from leadbot.nlp.optout_words import FILLERS, MAYBE, ORDERS, PHRASES, STARTS, STOPS, UNCLEAR, WHOLE
from leadbot.nlp.phrases import Phrase, Phrases
from leadbot.nlp.text import Said, ends_of, mended

STOP_SIGN = "🛑"
_STOP_AND_LOOK = re.compile(
    r"stop (?:look|listen|what|and (?:look|smell|listen)|everything|right there|hammer|wait|guess|read this|scrolling|drop)\b"
)
_STOP_CLAUSES = frozenset(("unsubscribe", "opt out", "leave me alone"))
_NOT_AN_OPT_OUT = re.compile(
    r"\bunsubscribe from (?:\w+ )?(?:plan|premium|prime|plus|pro|membership|channel|subscription)\b"
    r"|\b(?:you|they|people|everyone) (?:can |could |should |may )?(?:opt out|unsubscribe)\b|\btold (?:him|her|them) to\b"
)


def opt_out_of(said: Said) -> tuple[OptOut, str]:
    """What the text says about being written to, and the name of the rule that says so ("" for none)."""
    return opt_out_in(mended(said))


def opt_out_in(said: Said) -> tuple[OptOut, str]:
    """The same of a post whose slips are mended already."""
    words = said.words
    if len(words) > 3 and all(len(word) == 1 for word in words):
        words = ("".join(words),)  # "S T O P"
    if not words:
        # A stop sign alone: too much said to go on, too little to be silent for good.
        return (OptOut.UNCLEAR, "opt_out.sign") if STOP_SIGN in said.text else (OptOut.NONE, "")
    if len(words) <= 12:
        core = _core(words)
        if core in STOPS or (core and not core.replace("stop", "").strip()):
            return OptOut.CLEAR, "opt_out.whole"
        if core in STARTS:
            return OptOut.START, "start.whole"
        if core in UNCLEAR:
            return _borderline(said)
    return _by_phrase(said)


_AMUSED = frozenset("😂🤣😆😹🥰😍😊")
_LAUGHS = _AMUSED | {"😭"}  # tears of laughter as well, but not under "pls stop"


def _borderline(said: Said) -> tuple[OptOut, str]:
    """ "Shut up, bot" is meant for the bot; "stop it" with a laugh is none."""
    if not said.vocabulary.isdisjoint(("bot", "robot", "bots")):
        return OptOut.CLEAR, "opt_out.dismissed-bot"
    if not _LAUGHS.isdisjoint(said.text):
        return OptOut.NONE, ""
    return OptOut.UNCLEAR, "opt_out.borderline"


def _by_phrase(said: Said) -> tuple[OptOut, str]:
    found, rule = _phrase_in(said)
    is_one = found is not OptOut.NONE and not _NOT_AN_OPT_OUT.search(said.bare)
    return (found, rule) if is_one else (OptOut.NONE, "")


# One look for the words of all of them; where each is looked for: anywhere, at both ends of a long post, in each clause.
_ALL = Phrases(*PHRASES, *CHANNELS, *ORDERS, *CLAUSES)
_AT_ENDS = frozenset(id(rule) for rule in CHANNELS)
_IN_CLAUSES = frozenset(id(rule) for rule in (*ORDERS, *CLAUSES))


def _phrase_in(said: Said) -> tuple[OptOut, str]:
    near = _ALL.near(said)
    if not near:
        return OptOut.NONE, ""
    orders = []
    for rule in near:
        if id(rule) in _IN_CLAUSES:
            orders.append(rule)
        elif rule.pattern.search(ends_of(said.bare) if id(rule) in _AT_ENDS else said.bare):
            return OptOut.CLEAR, f"opt_out.{rule.name}"
    return _by_clause(said, orders)


def _by_clause(said: Said, orders: list[Phrase]) -> tuple[OptOut, str]:
    if orders:
        for clause in said.clauses():
            for rule in orders:
                if rule.pattern.search(clause):
                    return OptOut.CLEAR, f"opt_out.{rule.name}"
            is_stop = clause == "stop" and not _STOP_AND_LOOK.match(said.bare)
            if is_stop or _core(tuple(clause.split())) in _STOP_CLAUSES:
                return OptOut.CLEAR, "opt_out.clause"
            if (
                "stop" in clause
                and PLEASE_STOP.search(clause)
                and REACHES.search(ends_of(said.bare))
                and _AMUSED.isdisjoint(said.text)
            ):
                return OptOut.CLEAR, "opt_out.please-stop"
    if MAYBE.stands_in(said):
        return OptOut.UNCLEAR, "opt_out.maybe"
    return OptOut.NONE, ""


def _core(words: tuple[str, ...]) -> str:
    """The message without the fillers at its two ends; all of it when there is nothing else."""
    joined = " ".join(words)
    if joined in WHOLE:
        return joined
    start, end = 0, len(words)
    while end > start and words[end - 1] in FILLERS:
        end -= 1
    while start < end and words[start] in FILLERS and " ".join(words[start:end]) not in WHOLE:
        start += 1
    return " ".join(words[start:end])
