"""The people of the demo: who they are, how they begin, what they say when asked.

Data only. `stage` gives each of them a keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

BRAND = "acme"

_SIZE = r"how many|roughly how many|no exact number|a handful"
_TODAY = r"use for it today|use today"
_TIMING = r"for now|looking around"
_CONSENT = r"ok if i pass"


@dataclass(frozen=True, slots=True)
class Role:
    """One person. answers: (what the brand's line must match, what they say to it), each at most once.

    edit: a second version of the opening, posted at once. week_later: said when a week has gone by.
    """

    handle: str
    name: str
    part: str
    opening: str
    answers: tuple[tuple[str, str], ...] = ()
    edit: str = ""
    week_later: str = ""
    profile: Mapping[str, Any] = field(default_factory=dict)

    def answer_to(self, line: str, said: frozenset[str]) -> str | None:
        """What they say to a line of the brand; None if they leave it at that."""
        fits = (words for asked, words in self.answers if re.search(asked, line, re.IGNORECASE))
        return next((words for words in fits if words not in said), None)

    @property
    def account(self) -> dict[str, Any]:
        """Their profile: people with some history, unless the role says otherwise."""
        usual = {"name": self.name, "followers_count": 180, "following_count": 240, "tweet_count": 900}
        return {**usual, **self.profile}


HOSTILE_NAME = "{{ 7*7 }} <b>@everyone</b> $BTC [red]"

CAST: tuple[Role, ...] = (
    Role(
        "ana_ops",
        "Ana Duarte",
        "a warm team buyer",
        "@acme we want to buy this for our team, how do we get started?",
        (
            (_SIZE, "about 40 of us"),
            (_TODAY, "honestly it all lives in google sheets"),
            (_TIMING, "this month if we can"),
            (_CONSENT, "yes please, go ahead"),
        ),
    ),
    Role(
        "ben_builds",
        "Ben Okafor",
        "answers two things in one post",
        "@acme pricing? about 25 of us, all in excel",
        ((_TIMING, "now, this month"), (_CONSENT, "sure, go ahead"), (_SIZE, "25"), (_TODAY, "excel")),
    ),
    Role(
        "cleo_asks",
        "Cleo Martin",
        "asks a price first",
        "@acme how much does the team plan cost?",
        ((_SIZE, "just me"),),
    ),
    Role(
        "dora_says_hi",
        "Dora Lindt",
        "a small-talker",
        "@acme loved your booth today, great coffee!",
    ),
    Role(
        "emil_waits",
        "Emil Novak",
        "a complainer",
        "@acme your app keeps crashing since the update and nobody answers my ticket, please fix it",
    ),
    Role(
        "fin_enough",
        "Fin Walsh",
        'one who says "stop"',
        "@acme what does the team plan cost?",
        (("", "stop"),),
    ),
    Role(
        "gold_signals",
        "GOLD SIGNALS",
        "a spammer",
        "@acme FREE crypto signals!!! 10x your money today, DM me to join, limited spots",
    ),
    Role(
        "daily_digest",
        "Daily Digest",
        "another bot",
        "@acme pricing for teams, as mentioned in today's digest",
        profile={"automated": True},
    ),
    Role(
        "ida_calls",
        "Ida Berg",
        "asks for a human",
        "@acme can I talk to a human about a plan for 60 seats?",
    ),
    Role(
        "null_island",
        HOSTILE_NAME,
        "has a hostile display name",
        "@acme we need a plan for our team of 12, how do we buy?",
        ((_SIZE, "12"), (_TODAY, "spreadsheets"), (_TIMING, "now"), (_CONSENT, "{{ 7*7 }} yes")),
    ),
    Role(
        "kim_edits",
        "Kim Sato",
        "edits a post",
        "@acme we want to buy seats for 4 people",
        (
            (_SIZE, "as I said, 400"),
            (_TODAY, "we pay for another tool"),
            (_TIMING, "this quarter"),
            (_CONSENT, "yes"),
        ),
        edit="@acme we want to buy seats for 400 people",
    ),
    Role(
        "lou_returns",
        "Lou Petit",
        "comes back after a week",
        "@acme we'd like to sign up our team of 15, how do we buy?",
        (
            (_SIZE, "15"),
            (_TODAY, "spreadsheets"),
            (_TIMING, "this month"),
            (_CONSENT, "yes, that works"),
        ),
        week_later="@acme back again: we want to buy 10 more seats, who helps us?",
    ),
)
