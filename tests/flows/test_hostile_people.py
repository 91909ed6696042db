"""Whatever stands in a name, a bio or a post: our lines hold the words of their author and a plain name."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot.flows import names, render
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource, load
from leadbot.flows.weights import weighted_length
from leadbot.model import Intent
from tests.flows.factories import ANN, ASKS_PRICE, BRAND, EXCEL, SOON, Stage, deck, forty, reads

FILE = Path(__file__).parents[2] / "playbooks" / "team-plan.yaml"
TEAM_PLAN: Playbook = load(
    [PlaybookSource(FILE.name, FILE.read_text(encoding="utf-8"))], brands=None, teams=None
)[0]
TRAPS = st.sampled_from(
    [
        "{{7*7}}",
        "{{ person }}",
        "{% for i in range(9**9) %}x{% endfor %}",
        "{{ ''.__class__.__mro__ }}",
        "{#",
        "@everyone",
        "$BTC",
        "https://evil.example",
        "\u202egnp.exe",
        "Z\u0301\u0323\u0302\u0301a",
        "Ana",
        "Jean-Luc",
        "李雷",
        "\x00",
        "\n",
        "ADMIN",
        "𝓐𝓷𝓪",
        "W" * 60,
    ]
)
WORDS = st.lists(TRAPS | st.text(max_size=12), max_size=4).map(" ".join)


@settings(max_examples=60, deadline=None)
@given(name=WORDS, bio=WORDS, said=WORDS)
def test_no_name_bio_or_post_ever_shapes_our_lines(name: str, bio: str, said: str) -> None:
    someone = replace(ANN, name=name, description=bio, username="x" * 15)
    stage = Stage(deck(TEAM_PLAN, brand=BRAND), person=someone)
    stage.turn(f"@acme {said}", ASKS_PRICE)
    stage.turn(said, reads(Intent.OTHER))
    stage.turn(said, forty())
    stage.turn(said, EXCEL)
    stage.turn(said, SOON)
    assert 1 <= len(stage.replies) <= 4
    first_name = names.first_name(name)
    assert weighted_length(first_name) <= names.MAX_WEIGHT
    for reply in stage.replies:
        assert weighted_length(reply.text) <= TEAM_PLAN.limits.characters
        assert not re.search(r"[{}@]|https?:|\bBTC\b|49|[\u202a-\u202e\u2066-\u2069\x00]", reply.text)
        plain = reply.text.replace(first_name, "") if first_name else reply.text
        assert plain.isascii() or set(filter(lambda sign: not sign.isascii(), plain)) <= set("🤖·")


@settings(max_examples=80, deadline=None)
@given(name=WORDS)
def test_no_name_makes_a_line_longer_than_the_linter_reckoned(name: str) -> None:
    longest = render.Values(first_name="W" * names.MAX_WEIGHT)
    values = render.Values(first_name=names.first_name(name))
    for card in TEAM_PLAN.cards:
        for wording in card.ask.wordings:
            said = render.render(wording, values)
            assert weighted_length(said) <= weighted_length(render.render(wording, longest))
