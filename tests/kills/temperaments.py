"""How people behave: each temperament is a few moves, in the order in which somebody makes them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Move:
    """One thing somebody does. waits: only after the brand has answered; else a moment after the last move.

    kind: say (first: a post; later: a reply to the brand's answer, else a new post), join (a reply to what
    somebody else said), edit and delete (the last post), quote and repost (a post of the brand's), block (the
    brand), hide and leave (the account becomes protected, or is gone).
    """

    text: str = ""
    kind: str = "say"
    waits: bool = True
    lang: str = ""


@dataclass(frozen=True)
class Temperament:
    """weight: how many of a crowd are like this, relative to the others."""

    name: str
    moves: tuple[Move, ...]
    weight: int = 1
    profile: dict[str, Any] = field(default_factory=dict)


def says(name: str, *lines: str, weight: int = 1, **profile: Any) -> Temperament:
    """Somebody who waits for an answer before each next line."""
    return Temperament(name, tuple(Move(line) for line in lines), weight, profile)


def at_once(text: str = "", kind: str = "say") -> Move:
    """A move that waits for nobody."""
    return Move(text, kind, waits=False)


BUYERS = (
    says(
        "buyer",
        "@{brand} looking for a team plan for our office, who do I talk to?",
        "about {n} of us",
        "all in excel",
        "this month",
        "yes",
        weight=4,
    ),
    says(
        "quick buyer", "@{brand} pricing? about {n} of us, all in excel", "next week", "yes please", weight=2
    ),
    says("just looking", "@{brand} how much is it for {n} people?", "google sheets", "just looking", "ok"),
)
STOPPERS = (
    says("stops", "@{brand} how do I sign my team up?", "stop"),
    says(
        "stops, writes on", "@{brand} want to move my team over to you", "{n} people", "stop", "hello?", "hm?"
    ),
    Temperament(
        "stops at once",
        (Move("@{brand} price for {n} seats please?"), at_once("@{brand} stop")),
    ),
    says("stops, starts", "@{brand} pricing for {n} seats?", "stop", "start", "still {n} of us"),
)
OTHERS = (
    says("small talk", "@{brand} great coffee at your booth!", "see you there", weight=2),
    says("complains", "@{brand} my invoice is wrong and nobody answers, order {n}", "this is awful"),
    says("wants a human", "@{brand} can I talk to a human?", "thanks"),
    says("wants a human later", "@{brand} pricing for {n} people?", "is there a real person here?"),
)
ODD = (
    Temperament(
        "impatient",
        (
            Move("@{brand} pricing?"),
            at_once("@{brand} about {n} of us"),
            at_once("@{brand} anybody there?"),
            Move("this month"),
        ),
    ),
    Temperament(
        "edits at once", (Move("@{brand} pricing for 4?"), at_once("@{brand} pricing for {n}?", "edit"))
    ),
    Temperament(
        "edits later",
        (Move("@{brand} how much for a team of 4?"), Move("@{brand} how much for a team of {n}?", "edit")),
    ),
    Temperament(
        "edits into a stop",
        (Move("@{brand} how much for {n} seats?"), Move("ten of us"), at_once("stop", "edit"), Move("so?")),
    ),
    Temperament("deletes at once", (Move("@{brand} pricing for {n}?"), at_once(kind="delete"))),
    Temperament(
        "deletes later",
        (
            Move("@{brand} pricing for {n} of us?"),
            Move("in excel"),
            at_once(kind="delete"),
            Move("never mind"),
        ),
    ),
    Temperament("quotes", (Move("@{brand} nice! what is it for {n} people?", "quote"), Move("excel"))),
    Temperament("quotes without a name", (Move("they should ask me about {n} seats", "quote"),)),
    Temperament("reposts", (Move(kind="repost"),)),
    Temperament("joins others", (Move("same here, {n} of us", "join"), at_once("@{brand} pricing for {n}?"))),
    Temperament("blocks", (Move("@{brand} pricing for {n}?"), at_once(kind="block"), Move("hm"))),
    Temperament("hides", (Move("@{brand} pricing for {n}?"), Move("in excel"), at_once(kind="hide"))),
    Temperament("leaves", (Move("@{brand} pricing for {n}?"), at_once(kind="leave"))),
    says("asks with a friend", "@{friend} @{brand} pricing for the {n} of us?", "excel", "this month"),
    says("tags two brands", "@{brand} @{other} which of you is cheaper for {n} people?", "excel"),
    says("names another brand", "@{brand} we leave @{other}, pricing for {n}?", "excel", "now", "yes"),
    says("a machine", "@{brand} pricing for {n} seats?", "pricing for {n} seats?", automated=True),
    says(
        "a long writer",
        "@{brand} " + "we are a growing team and read a lot. " * 12 + "Pricing for {n}?",
        "excel",
        premium=True,
    ),
    says(
        "a new account", "@{brand} pricing for {n}?", "hm", followers_count=0, tweet_count=1, description=""
    ),
    says(
        "hostile",
        "@{brand} <b>{{{{7*7}}}}</b> $(reboot) &amp; \u202etxet pricing for {n}?",
        "'; DROP TABLE outbox; --",
    ),
    says("emoji", "@{brand} 👍🏽👨‍👩‍👧", "🤷"),
    says("angry", "@{brand} you idiots, {n} calls and nothing", "go to hell"),
    says("protected", "@{brand} pricing for {n} of us?", protected=True),
    Temperament(
        "spanish", (Move("@{brand} ¿cuánto cuesta para {n} personas?", lang="es"), Move("para ya", lang="es"))
    ),
    Temperament(
        "german", (Move("@{brand} Was kostet das für {n} Leute?", lang="de"), Move("danke", lang="de"))
    ),
    Temperament("japanese", (Move("@{brand} {n}人で料金はいくらですか？", lang="ja"),)),
    Temperament("arabic", (Move("@{brand} كم السعر لفريق من {n} أشخاص؟", lang="ar"),)),
)
EVERYBODY = (*BUYERS, *STOPPERS, *OTHERS, *ODD)
PLAIN = (*BUYERS, *STOPPERS, *OTHERS)
"""Those of whom something is known at the end: leads, stops, tasks."""
