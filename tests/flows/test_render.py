"""Saying a line: the author's words, a stranger's name, and nothing that was not meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leadbot.errors import PlaybookError
from leadbot.flows.render import VARIABLES, Values, render, tidy, with_disclosure

ANA = Values(
    first_name="Ana",
    rep_first_name="Sam",
    rep_back_at="Monday at 9:00",
    brand_name="Acme",
    brand_handle="acme",
)


@pytest.mark.parametrize(
    ("wording", "with_name", "without"),
    [
        ("Hi{{ person.comma_name }}!", "Hi, Ana!", "Hi!"),
        ("Thanks. How many?", "Thanks. How many?", "Thanks. How many?"),
        ("Hi {{ person.first_name|default('there', true) }}!", "Hi Ana!", "Hi there!"),
        (
            "{% if person.first_name %}{{ person.first_name|upper }}, {% endif %}how many?",
            "ANA, how many?",
            "how many?",
        ),
    ],
)
def test_a_line_reads_well_with_and_without_a_name(wording: str, with_name: str, without: str) -> None:
    assert render(wording, ANA) == with_name
    assert render(wording, Values()) == without


def test_every_value_can_be_said() -> None:
    wording = "{{ rep.first_name }} of {{ brand.name }} (@{{ brand.handle }}) is back {{ rep.back_at }}."
    assert render(wording, ANA) == "Sam of Acme (@acme) is back Monday at 9:00."


def test_plain_text_is_not_escaped() -> None:
    assert (
        render("Q&A < 5 minutes{{ person.comma_name }}", Values(first_name="D’Arcy"))
        == "Q&A < 5 minutes, D’Arcy"
    )


def test_spaces_are_single_and_lines_are_kept() -> None:
    assert render("  Hi   there \n\n  you ", ANA) == "Hi there\nyou"


@pytest.mark.parametrize(
    "hostile",
    ["{{ 7 * 7 }}", "{% raw %}", "{{ person.__class__ }}", "{# x #}", "<b>", "{{ person.first_name }}"],
)
def test_what_a_person_wrote_is_never_a_template(hostile: str) -> None:
    assert render("Hi{{ person.comma_name }}!", Values(first_name=hostile)) == f"Hi, {hostile}!"


@given(st.text(max_size=30))
def test_any_name_is_put_in_as_it_is(name: str) -> None:
    assert render("<{{ person.first_name }}>", Values(first_name=name)) == tidy(f"<{name}>")


_NAMES = [f"{owner}.{attribute}" for owner, attributes in VARIABLES.items() for attribute in attributes]
_values_said = st.builds(
    "{{{{{} {} {}}}}}".format, st.sampled_from(["", "-"]), st.sampled_from(_NAMES), st.sampled_from(["", "-"])
)
_wordings = st.lists(st.one_of(_values_said, st.text(max_size=8)), max_size=6).map("".join)


@given(_wordings, st.builds(Values, *[st.text(max_size=6)] * 5))
def test_a_wording_of_plain_values_says_what_the_template_engine_would(wording: str, values: Values) -> None:
    takes_the_engine = " {% if true %}{% endif %}"  # adds nothing but the need for it
    assert _said_or_fault(wording, values) == _said_or_fault(wording + takes_the_engine, values)


def _said_or_fault(wording: str, values: Values) -> str:
    try:
        return render(wording, values)
    except PlaybookError:
        return "a fault"


@pytest.mark.parametrize(
    "wording",
    [
        "{{ person.shoe_size }}",
        "{{ nobody }}",
        "{{ person.__class__.__mro__ }}",
        "{{ person.first_name",
        "{% for x in y %}",
        "{{ 1 / 0 }}",
        "{{ range(3) }}",
        "{{ person.first_name|tojson }}",
    ],
)
def test_a_wording_that_can_not_be_filled_in_is_the_authors_problem(wording: str) -> None:
    with pytest.raises(PlaybookError) as caught:
        render(wording, ANA)
    assert caught.value.problems[0].rule == "template"


def test_a_line_can_not_change_a_value_for_the_next() -> None:
    render("{% set person = 1 %}", ANA)
    assert render("{{ person.first_name }}", ANA) == "Ana"


def test_the_disclosure_comes_first_on_a_line_of_its_own() -> None:
    assert with_disclosure("How many?", "🤖 bot here") == "🤖 bot here\nHow many?"
    assert with_disclosure("How many?", "") == "How many?"
