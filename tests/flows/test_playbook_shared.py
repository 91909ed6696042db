"""Cards that several playbooks of a brand share."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.app.shared_files import source_of
from leadbot.errors import Problem
from leadbot.flows import playbook as playbooks
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource
from leadbot.flows.shared import bundle, names_in, unbundle
from tests.flows.factories import ASKS_PRICE, Stage, deck, forty
from tests.flows.test_playbook_problems import PLAYBOOK, line_of

NAME = "cards/sizes.yaml"
SHARED = """\
shared: sizes
brand: "@Acme"
cards:
  - learn: size
    type: count
    ask: "How many of you{{ person.comma_name }}?"
    answers:
      one: {is: 1, points: 0, then: bye}
      few: {is: 2..10, points: 15}
      many: {is: 11.., points: 30}
    if_unclear: "Roughly is fine."
"""
_start = PLAYBOOK.index("  - learn: size")
_end = PLAYBOOK.index("  - learn: today")
USING = (PLAYBOOK[:_start] + "  - use: size\n" + PLAYBOOK[_end:]).replace(
    "brand: acme", f"brand: acme\nuse: {NAME}"
)


def checked(
    text: str = USING, shared: str | None = SHARED, name: str = NAME
) -> tuple[tuple[Playbook, ...], tuple[Problem, ...]]:
    used = {} if shared is None else {name: shared}
    return playbooks.check([PlaybookSource("books/plan.yaml", text, used)], brands=None, teams=None)


def loaded() -> Playbook:
    (book,), problems = checked()
    assert problems == ()
    return book


def test_a_shared_card_is_a_card_like_any_other() -> None:
    written_out, _ = playbooks.check([PlaybookSource("plan.yaml", PLAYBOOK)], brands=None, teams=None)
    mine, theirs = loaded().cards[0], written_out[0].cards[0]
    assert mine.ask.wordings == theirs.ask.wordings
    assert [(r.name, r.points, r.range, r.then) for r in mine.answers] == [
        (r.name, r.points, r.range, r.then) for r in theirs.answers
    ]


def test_points_name_the_file_and_line_where_they_really_stand() -> None:
    book = loaded()
    many = book.cards[0].answers[2]
    source = book.source(many.line, many.file)
    assert str(source).endswith(f"line {line_of(SHARED, 'many:')} of books/{NAME}")


def test_a_receipt_names_the_file_of_the_shared_card() -> None:
    stage = Stage(deck(loaded()))
    stage.turn("@acme what does it cost?", ASKS_PRICE)
    stage.turn("40", forty())
    dialog = stage.conversation.dialog
    assert dialog is not None
    (line,) = dialog.receipt
    assert line.source.file == f"books/{NAME}"


def test_the_version_changes_with_what_is_used() -> None:
    (other,), _ = checked(shared=SHARED + "# a remark\n")
    assert other.version != loaded().version


def test_a_stored_version_needs_no_file_to_finish_its_dialogs() -> None:
    book = loaded()
    restored = playbooks.restore(PlaybookSource("books/plan.yaml", book.content))
    assert restored == book
    (again,), problems = playbooks.check(
        [PlaybookSource("books/plan.yaml", book.content)], brands=None, teams=None
    )
    assert (again, problems) == (book, ())


def test_a_playbook_that_uses_nothing_is_stored_as_it_is() -> None:
    assert bundle(PLAYBOOK, {}) == PLAYBOOK
    assert unbundle(PLAYBOOK) == (PLAYBOOK, {})


@pytest.mark.parametrize("text", ["", "a\nb", "#leadbot-bundle 1 []\n", "#leadbot-bundle 1 x\ny", "é\r\n☕"])
def test_a_bundle_comes_apart_as_it_went_in(text: str) -> None:
    used = {"b.yaml": "☕\n#leadbot-bundle 1 x\n", "a.yaml": text}
    assert unbundle(bundle(text, used)) == (text, used)


def test_a_fault_in_a_shared_card_is_told_in_its_own_file_and_in_the_playbook() -> None:
    books, problems = checked(shared=SHARED.replace("points: 15", "pionts: 15"))
    assert books == ()
    found = {(p.file, p.line, p.rule) for p in problems}
    at = line_of(SHARED, "few:")
    assert (f"books/{NAME}", at, "unknown-key") in found
    assert ("books/plan.yaml", line_of(USING, "use: cards"), "shared-file") in found
    assert all(p.where.startswith(f"{p.file}:{p.line}:{p.column}") for p in problems)


@pytest.mark.parametrize(
    ("old", "new", "rule", "advice"),
    [
        ("  - use: size", "  - use: sise", "unknown-card", 'did you mean "size"?'),
        ("  - use: size", "  - {use: size, ask: Other?}", "unknown-key", "written out"),
        (f"use: {NAME}", "use: ../sizes.yaml", "shared-file", "from this playbook's folder"),
        (f"use: {NAME}", "use: /etc/passwd", "shared-file", "from this playbook's folder"),
        (f"use: {NAME}", "use: cards/none.yaml", "shared-file", "begins at this playbook's folder"),
        (f"brand: acme\nuse: {NAME}", f"brand: globex\nuse: {NAME}", "wrong-brand", "same brand"),
    ],
)
def test_what_can_not_be_used_is_told_where_it_is_asked_for(
    old: str, new: str, rule: str, advice: str
) -> None:
    assert old in USING
    books, problems = checked(USING.replace(old, new, 1))
    assert books == ()
    (problem,) = (one for one in problems if one.rule == rule)
    assert problem.file == "books/plan.yaml"
    assert advice.replace("written out", "write the card out") in problem.fix


@pytest.mark.parametrize("shared", ["", "[]", "a: b", "cards: 3", "{", SHARED.replace("shared:", "sharde:")])
def test_a_file_that_holds_no_shared_cards_is_told(shared: str) -> None:
    books, problems = checked(shared=shared)
    assert books == ()
    assert f"books/{NAME}" in {problem.file for problem in problems}


def test_two_playbooks_that_use_a_faulty_file_tell_its_fault_once() -> None:
    used = {NAME: SHARED.replace("points: 15", "pionts: 15")}
    sources = [
        PlaybookSource("a.yaml", USING, used),
        PlaybookSource("b.yaml", USING.replace("playbook: plan", "playbook: other"), used),
    ]
    _, problems = playbooks.check(sources, brands=None, teams=None)
    assert [p.rule for p in problems if p.file == NAME].count("unknown-key") == 1


def test_files_are_read_from_the_playbooks_folder_and_never_from_above(tmp_path: Path) -> None:
    (tmp_path / "cards").mkdir()
    (tmp_path / NAME).write_text(SHARED, encoding="utf-8")
    assert source_of("plan.yaml", USING, tmp_path).used == {NAME: SHARED}
    assert names_in("use: [../a.yaml, /a.yaml, 'C:\\a.yaml', b.yaml]") == ("b.yaml",)
