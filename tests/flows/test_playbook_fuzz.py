"""Whatever a file holds, loading it gives a playbook or problems, never another error."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from leadbot.flows import playbook as playbooks
from leadbot.flows.playbook import PlaybookSource

TEAM_PLAN = (Path(__file__).parents[2] / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
WORDS = """playbook brand goal start_when intent warmth_at_least unless answers_first when say limits messages
characters gives_up_after cards learn type ask answers is sounds_like anything points then if_unclear only_if
hand_off at at_once_if to claim_within otherwise endings outcome small_talk tests name them expect per link"""
KEYS = WORDS.split()
SIGNS = ": , - [ ] { } # & * ! | > ' \" % @ ` ? << --- ... \n \t \r \x00 \ud800 {{ }} {% %} {# \\"

PIECES = st.sampled_from(
    [
        *KEYS,
        *SIGNS.split(" "),
        *(
            "\n",
            "\n  ",
            "\n    ",
            ": ",
            "- ",
            " #",
            "2..10",
            "11..",
            "45 points",
            "30 days",
            "null",
            "~",
            "true",
        ),
        *(
            "{{ person.first_name }}",
            "{{ 7 * 7 }}",
            "{% if person.first_name %}",
            "{% endif %}",
            "{{ a.b.c }}",
        ),
        *(
            "count",
            "money",
            "choice",
            "-1",
            "1e999",
            "0o7",
            "é",
            "日本",
            "👩‍💻",
            "\u202e",
            "\u2028",
            "9" * 400,
        ),
    ]
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        ["nothing", "2..10", "within 9 days", "count", "pricing", "30 business minutes", "{{ x }}"]
    ),
)
_LINE_END = re.compile(r"\r\n|\n|\r")  # as YAML 1.2 counts lines
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=30,
)


def loads_or_complains(text: str) -> None:
    source = PlaybookSource("f.yaml", text)
    loaded, problems = playbooks.check([source], brands={"acme"}, teams={"sales"}, lists={})
    assert bool(loaded) is not bool(problems)
    lines = _LINE_END.split(text)
    for problem in problems:
        assert problem.rule
        assert problem.what
        assert 1 <= problem.line <= len(lines), f"line {problem.line} of {len(lines)}"
        assert 1 <= problem.column <= max(map(len, lines)) + 2, f"column {problem.column}"
        assert problem.where.endswith(f":{problem.line}:{problem.column}")
    assert len(set(problems)) == len(problems), "each is told once"


@given(st.text(max_size=300))
@settings(max_examples=300, deadline=None)
def test_random_text_never_breaks_loading(text: str) -> None:
    loads_or_complains(text)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=500, deadline=None)
def test_yaml_like_noise_never_breaks_loading(text: str) -> None:
    loads_or_complains(text)


@given(TREES)
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_tree_of_known_keys_never_breaks_loading(tree: Any) -> None:
    loads_or_complains(_flow(tree))


@given(st.integers(0, len(TEAM_PLAN)), st.integers(0, 40), PIECES)
@settings(max_examples=120, deadline=None)
def test_a_damaged_playbook_never_breaks_loading(at: int, cut: int, put_in: str) -> None:
    loads_or_complains(TEAM_PLAN[:at] + put_in + TEAM_PLAN[at + cut :])


@given(SCALARS | st.lists(SCALARS, max_size=2), st.integers(0, TEAM_PLAN.count(": ") - 1))
@settings(max_examples=120, deadline=None)
def test_any_value_at_any_key_never_breaks_loading(value: Any, which: int) -> None:
    head, tail = _split_at_value(which)
    loads_or_complains(f"{head}: {_flow(value)}\n{tail}")


def _split_at_value(which: int) -> tuple[str, str]:
    parts = TEAM_PLAN.split(": ")
    head, tail = ": ".join(parts[: which + 1]), ": ".join(parts[which + 1 :])
    return head, tail[tail.find("\n") + 1 :]


def _flow(tree: Any) -> str:
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {_flow(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(_flow, tree)) + "]"
    if isinstance(tree, str):
        return "'" + tree.replace("'", "''") + "'"
    return "null" if tree is None else str(tree).lower()


# One fault each: what is written instead of what. Told at its own line, whatever else is wrong.
FAULTS = (
    ("goal:", "gaol:"),
    ("warmth_at_least: 0.6", "warmth_at_least: 7"),
    ("messages: 4", "messages: 9"),
    ("learn: today", "laern: today"),
    ("is: 2..10", "is: 2..9"),
    ("claim_within: 30 business minutes", "claim_within: soon"),
    ("type: timeframe", "type: timefarme"),
    ("intent: [purchase_intent", "intent: [support"),
    ("talked_within: 30 days", "talked_within: 30 dyas"),
    ("then: to_same_rep", "then: to_the_moon"),
)


@given(st.sets(st.sampled_from(range(len(FAULTS))), min_size=1))
@settings(max_examples=15, deadline=None)
def test_whatever_is_wrong_at_once_is_told_at_once_each_at_its_line(which: set[int]) -> None:
    text, lines = TEAM_PLAN, set()
    for one in which:
        right, wrong = FAULTS[one]
        assert right in text
        told_below = 1 if wrong == "is: 2..9" else 0  # a gap is told where the next range begins
        lines.add(TEAM_PLAN[: TEAM_PLAN.index(right)].count("\n") + 1 + told_below)
        text = text.replace(right, wrong, 1)
    _, problems = playbooks.check([PlaybookSource("f.yaml", text)], brands=None, teams=None, lists={})
    assert lines <= {problem.line for problem in problems}


def steps(text: str) -> int:
    """How many functions loading a file calls: the same on every machine, however busy it is."""
    count = 0

    def note(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    source = PlaybookSource("f.yaml", text)
    sys.setprofile(note)
    try:
        playbooks.check([source], brands=None, teams=None, lists={})
    finally:
        sys.setprofile(None)
    return count


CARD = """  - learn: c{0}
    type: count
    ask: "How many {0}?"
    answers: {{few: {{is: 1..5, points: 1}}, many: {{is: 6.., points: 2}}}}
"""
SHAPES = {
    "unknown keys": lambda count: "\n".join(f"k{one}: 1" for one in range(count)),
    "cards": lambda count: TEAM_PLAN.replace(
        "hand_off:", "".join(CARD.format(one) for one in range(count)) + "\nhand_off:", 1
    ),
    "phrases": lambda count: TEAM_PLAN.replace(
        'sounds_like: ["excel"', 'sounds_like: ["excel"' + "".join(f', "w{one} a b"' for one in range(count))
    ),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_loading_costs_by_the_length_of_the_file(shape: str) -> None:
    steps(SHAPES[shape](2))  # what is remembered from one file to the next is remembered now
    base, short, long = (steps(SHAPES[shape](count)) for count in (1, 10, 40))
    assert long - base <= 6 * (short - base)
