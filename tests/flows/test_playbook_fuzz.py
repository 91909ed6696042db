"""Whatever a file holds, loading it gives a playbook or problems, never another error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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
TREES: st.SearchStrategy[Any] = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=8),
    max_leaves=30,
)


def loads_or_complains(text: str) -> None:
    source = PlaybookSource("f.yaml", text)
    loaded, problems = playbooks.check([source], brands={"acme"}, teams={"sales"}, lists={})
    assert bool(loaded) is not bool(problems)
    assert all(problem.line >= 1 and problem.column >= 1 and problem.rule for problem in problems)


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
