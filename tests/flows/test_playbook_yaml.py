"""YAML has traps; a playbook steps over them and says so in plain words."""

from __future__ import annotations

import time

import pytest

from leadbot.flows import yamltext
from leadbot.flows.playbook import PlaybookSource, check


def read(text: str) -> yamltext.YamlText:
    return yamltext.read("f.yaml", text)


def test_words_that_old_yaml_took_for_truth_stay_words() -> None:
    assert read("on: yes\nno: off\n").data == {"on": "yes", "no": "off"}


def test_numbers_dates_and_ranges_are_told_apart() -> None:
    data = read(
        "a: 1\nb: 0.6\nc: 2..10\nd: 11..\ne: ..5\nf: 12:30\ng: 2026-11-22\nh: 1_000\ni: 0x1F\nj: .inf"
    ).data
    assert list(data.values()) == [
        1,
        0.6,
        "2..10",
        "11..",
        "..5",
        "12:30",
        "2026-11-22",
        "1_000",
        "0x1F",
        ".inf",
    ]


def test_quotes_make_text_of_anything() -> None:
    assert read("a: '1'\nb: \"true\"\nc: 'null'").data == {"a": "1", "b": "true", "c": "null"}


@pytest.mark.parametrize(
    ("text", "rule", "line", "column"),
    [
        ("%YAML 1.1\n---\na: 1", "directive", 2, 1),
        ("a: 1\nb: !!str x", "tag", 2, 4),
        ("a: !important wow", "tag", 1, 4),
        ("a: &x 1", "alias", 1, 4),
        ("a: 1\nb: *x", "alias", 2, 4),
        ("a:\n  <<: {b: 1}", "merge-key", 2, 3),
        ("a: 1\nb: 2\na: 3", "duplicate-key", 3, 1),
        ("a: 1\n---\nb: 2", "yaml", 2, 1),
        ("a: @acme", "yaml", 1, 4),
        ("a: b: c", "yaml", 1, 5),
        ("a: {{ person.first_name }}", "yaml", 1, 5),
        ("a:\n\tb: 1", "yaml", 2, 1),
        ('a: "x', "yaml", 1, 6),
        ("a: [1, 2", "yaml", 1, 9),
        ("? [a]\n: b", "yaml", 1, 3),
        ("\x00\x01\x02", "yaml", 1, 1),
        ("\ud800", "yaml", 1, 1),
        ("a: " + "x" * 70_000, "too-big", 1, 1),
        ("[" * 60_000, "too-big", 1, 18),
        ("- " * 20_000, "too-big", 1, 35),
    ],
)
def test_a_trap_is_refused_where_it_stands(text: str, rule: str, line: int, column: int) -> None:
    problem = read(text).problems[0]
    assert (problem.rule, problem.line, problem.column) == (rule, line, column)
    assert problem.where == f"f.yaml:{line}:{column}"
    assert problem.fix


def test_a_colon_in_a_spoken_line_is_explained() -> None:
    (problem,) = read("ask: Great: how many?").problems
    assert "quotes" in problem.fix


def test_hostile_nesting_is_given_up_early() -> None:
    began = time.perf_counter()
    read("{a: " * 16_000)
    read("[" * 65_000)
    assert time.perf_counter() - began < 10  # the plain parser takes minutes


def test_a_comment_that_cuts_off_a_spoken_line_is_an_error() -> None:
    _, problems = check(
        [PlaybookSource("f.yaml", "cards:\n  - ask: about #shoes\n")], brands=None, teams=None
    )
    (cut,) = [problem for problem in problems if problem.rule == "comment"]
    assert (cut.line, cut.column) == (2, 5)
    assert "quotes" in cut.fix


def test_a_comment_behind_quotes_or_a_number_is_fine() -> None:
    assert read("ask: 'about shoes' # quoted\nat: 45 points # fine\n").cut == [("at",)]
    _, problems = check([PlaybookSource("f.yaml", "limits: {messages: 4} # four")], brands=None, teams=None)
    assert "comment" not in {problem.rule for problem in problems}


@pytest.mark.parametrize("text", ["", "# only a remark\n", "just words", "- a\n- b", "42", "null", "---\n"])
def test_a_file_without_keys_is_no_playbook(text: str) -> None:
    loaded, problems = check([PlaybookSource("f.yaml", text)], brands=None, teams=None)
    assert loaded == ()
    assert [problem.rule for problem in problems] == ["empty"]


def test_a_sign_that_looks_like_a_line_end_does_not_hide_a_comment_that_cuts_a_line_off() -> None:
    found = read("goal: 'one\u2028two'\nask: about shoes #1\n")
    assert found.cut == [("ask",)]
