"""What a good playbook becomes."""

from __future__ import annotations

from pathlib import Path

import pytest

from leadbot.errors import PlaybookError
from leadbot.flows import playbook as playbooks
from leadbot.flows.cards import Playbook, Range
from leadbot.flows.playbook import PlaybookSource
from leadbot.model import Intent, SlotType

ROOT = Path(__file__).parents[2]
TEAM_PLAN = (ROOT / "playbooks" / "team-plan.yaml").read_text(encoding="utf-8")
FILES = sorted((ROOT / "playbooks").glob("*.yaml"))


def load(text: str = TEAM_PLAN, **known: object) -> Playbook:
    source = PlaybookSource("team-plan.yaml", text)
    (loaded,) = playbooks.load([source], brands={"acme"}, teams={"inside-sales"}, **known)  # type: ignore[arg-type]
    return loaded


def line_with(words: str) -> int:
    return next(number for number, line in enumerate(TEAM_PLAN.splitlines(), 1) if words in line)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_playbook_that_is_shipped_has_no_problem(file: Path) -> None:
    _, problems = playbooks.check(
        [PlaybookSource(file.name, file.read_text(encoding="utf-8"))], brands=None, teams=None
    )
    assert problems == ()


def test_the_whole_file_is_understood() -> None:
    loaded = load()
    assert (loaded.name, loaded.brand, loaded.file) == ("team-plan", "acme", "team-plan.yaml")
    assert loaded.start_when.intents == {Intent.PURCHASE_INTENT, Intent.PRICING, Intent.PRODUCT_QUESTION}
    assert loaded.start_when.warmth_at_least == 0.6
    assert [card.learn for card in loaded.cards] == ["team_size", "today", "timing"]
    assert [card.type for card in loaded.cards] == [SlotType.COUNT, SlotType.CHOICE, SlotType.TIMEFRAME]
    assert loaded.limits.messages == 4
    assert loaded.limits.gives_up_after_s == 2 * 86400
    assert loaded.unless[0].talked_within_s == 30 * 86400
    assert loaded.hand_off.at_points == 45
    assert loaded.hand_off.claim_within_s == 30 * 60
    assert loaded.hand_off.at_once_if == {"asks_for_human"}
    assert loaded.endings["silence"].say is None
    assert len(loaded.small_talk) > 1


def test_answers_carry_their_meaning() -> None:
    size, today, timing = load().cards
    assert [rule.range for rule in size.answers] == [
        Range(1, 1, True),
        Range(2, 10, True),
        Range(11, None, True),
    ]
    assert [rule.anything for rule in today.answers] == [False, False, False, True]
    assert timing.answers[0].within_days == 90
    assert timing.answers[1].values == {"this_half", "this_year", "later"}
    assert timing.answers[2].values == {"none"}
    assert size.answers[0].then == "kind_close"


def test_lines_are_the_real_lines_of_the_file() -> None:
    loaded = load()
    assert loaded.cards[0].line == line_with("learn: team_size")
    assert loaded.cards[0].ask.line == line_with("ask:")
    assert loaded.cards[0].answers[1].line == line_with("a_few: {")
    assert loaded.cards[0].if_unclear is not None
    assert loaded.cards[0].if_unclear.line == line_with("if_unclear:")
    assert loaded.hand_off.line == line_with("hand_off:")
    assert loaded.hand_off.say.line == line_with("say:                          # this asks")
    assert loaded.endings["silence"].line == line_with("silence: {")
    assert loaded.answers_first[0].line == line_with("- when: pricing")
    assert loaded.small_talk[0].line == line_with("made our day")
    assert loaded.tests[0].line == line_with("the price is answered")
    assert str(loaded.source(7)).endswith("line 7")


def test_the_version_is_the_hash_of_the_content() -> None:
    loaded, changed = load(), load(TEAM_PLAN + "# one more remark\n")
    assert loaded.version == playbooks.version_of(TEAM_PLAN) == load().version
    assert changed.version != loaded.version
    assert loaded.content == TEAM_PLAN


def test_phrases_hold_every_sounds_like_for_the_reader() -> None:
    phrases = load().phrases
    assert {"does it do sso", "excel", "just me", "no plans yet"} <= phrases


def test_a_list_brings_its_members() -> None:
    text = TEAM_PLAN.replace(
        "unless: ", "unless: # who else\n  - {on_list: customers.csv, then: to_helpdesk}\n#"
    )
    loaded = load(text, lists={"customers.csv": frozenset({"12", "34"})})
    assert loaded.unless[0].on_list == {"12", "34"}
    assert loaded.unless[0].list_name == "customers.csv"


def test_a_timeframe_may_be_within_so_many_days() -> None:
    loaded = load(TEAM_PLAN.replace("is: [now, this_month, this_quarter]", "is: within 90 days"))
    assert loaded.cards[2].answers[0].within_days == 90
    assert loaded.cards[2].answers[0].values == frozenset()


def test_money_meets_at_its_borders() -> None:
    card = """cards:
  - learn: budget
    type: money
    currency: USD
    per: month
    ask: "What would you like to spend a month?"
    answers:
      small: {is: ..1000, points: 10}
      large: {is: 1000.., points: 45}

"""
    head, rest = TEAM_PLAN.split("cards: ")
    tail = rest[rest.index("hand_off:") :]
    without_tests = tail[: tail.index("tests:")]
    loaded = load(head + card + without_tests)
    assert [rule.range for rule in loaded.cards[0].answers] == [
        Range(0, 1000, False),
        Range(1000, None, False),
    ]
    assert (loaded.cards[0].currency, loaded.cards[0].per) == ("USD", "month")


def test_all_problems_of_all_files_come_at_once() -> None:
    first = TEAM_PLAN.replace("goal:", "gaol:").replace("type: count", "type: cout")
    second = TEAM_PLAN.replace("then: kind_close", "then: kind_clos").replace("team-plan", "other")
    with pytest.raises(PlaybookError) as caught:
        playbooks.load(
            [PlaybookSource("a.yaml", first), PlaybookSource("b.yaml", second)], brands=None, teams=None
        )
    found = [(problem.file, problem.rule) for problem in caught.value.problems]
    assert ("a.yaml", "unknown-key") in found
    assert ("a.yaml", "unknown-word") in found
    assert found.count(("b.yaml", "unknown-ending")) == 2


def test_good_files_are_loaded_beside_a_bad_one() -> None:
    sources = [PlaybookSource("good.yaml", TEAM_PLAN), PlaybookSource("bad.yaml", "playbook: x")]
    loaded, problems = playbooks.check(sources, brands=None, teams=None)
    assert [playbook.file for playbook in loaded] == ["good.yaml"]
    assert {problem.file for problem in problems} == {"bad.yaml"}


def test_two_playbooks_never_share_a_name() -> None:
    sources = [PlaybookSource("a.yaml", TEAM_PLAN), PlaybookSource("b.yaml", TEAM_PLAN)]
    _, problems = playbooks.check(sources, brands=None, teams=None)
    assert [(problem.file, problem.rule) for problem in problems] == [("b.yaml", "duplicate-playbook")]


def test_the_schema_for_editors_has_a_title_on_every_key() -> None:
    schema = playbooks.json_schema()
    parts = [schema, *schema["$defs"].values()]
    keys = [(key, about) for part in parts for key, about in part.get("properties", {}).items()]
    assert len(keys) > 50
    assert [key for key, about in keys if not about.get("title")] == []
