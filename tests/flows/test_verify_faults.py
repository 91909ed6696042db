"""Faults seeded into copies of playbooks that ship: each is found, by the right rule and on its line."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from leadbot.errors import Problem
from leadbot.flows import playbook as playbooks
from leadbot.flows.playbook import PlaybookSource
from leadbot.flows.verify import verify
from leadbot.nlp import SpacyReader, load_reader

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"


class Fault(NamedTuple):
    """What is done to a copy of a playbook, and what must be told. at: words of the line it is told of."""

    what: str
    book: str
    old: str
    new: str
    rule: str
    at: str
    walked: bool = False  # only the walk or the reader can see it


TP, BB = "team-plan", "b2b-saas"
ASK = '      - "How many people would be on it{{ person.comma_name }}?"'
THANKS = '  - "That is kind of you{{ person.comma_name }}, thank you!"'
CONSENT = '    - "OK if I pass this to {{ rep.first_name }} from our team, who will write to you?"'
AFTER = '    - "May I pass this to {{ rep.first_name }}, who is back {{ rep.back_at }}?"'

FAULTS = (
    # ---- lines
    Fault(
        "too long with a long name",
        TP,
        ASK,
        ASK.replace("on it", "on it, if you had to say it off the top of your head, without looking it up"),
        "too-long",
        "off the top",
    ),
    Fault("too long whoever it is", TP, ASK, '      - "' + "very " * 40 + 'many?"', "too-long", "very very"),
    Fault(
        "too long with the longest time",
        TP,
        AFTER,
        AFTER.replace(", who", " from the team next door to ours, which knows it best, who"),
        "too-long",
        "next door",
    ),
    Fault(
        "a variable that is not there",
        TP,
        ASK,
        '      - "How many{{ person.comma_nam }}?"',
        "template",
        "comma_nam }}",
    ),
    Fault("code in a template", TP, ASK, '      - "{{ [].__class__ }} how many?"', "template", "__class__"),
    Fault(
        "a loop in a template",
        TP,
        ASK,
        '      - "{% for a in [1] %}how many?{% endfor %}"',
        "template",
        "{% for",
    ),
    Fault(
        "an unknown filter",
        TP,
        ASK,
        '      - "How many{{ person.comma_name | shout }}?"',
        "template",
        "shout",
    ),
    Fault(
        "braces that do not close",
        TP,
        ASK,
        '      - "How many{{ person.comma_name?"',
        "template",
        "person.comma_name?",
    ),
    Fault(
        "reads badly without a name",
        TP,
        ASK,
        '      - "Hi {{ person.first_name }}, how many?"',
        "reads-badly",
        "Hi {{",
    ),
    Fault(
        "the rep before there is one",
        TP,
        ASK,
        '      - "{{ rep.first_name }} asks: how many?"',
        "template",
        "asks: how many",
    ),
    Fault(
        "the time outside of after hours",
        TP,
        CONSENT,
        '    - "OK if I pass this on? Back {{ rep.back_at }}."',
        "template",
        "OK if I pass this on? Back",
    ),
    Fault(
        "a literal time after hours",
        TP,
        AFTER,
        '    - "May I pass this to {{ rep.first_name }}, who is back on Monday at 9:00?"',
        "literal-time",
        "on Monday",
    ),
    Fault(
        "a link without link:",
        TP,
        ASK,
        '      - "See acme.com/teams: how many of you?"',
        "link",
        "acme.com/teams",
    ),
    Fault(
        "private data asked for",
        TP,
        ASK,
        '      - "What is your phone number?"',
        "private-data",
        "phone number",
    ),
    Fault("a card for e-mail", TP, "    type: choice", "    type: email", "private-data", "type: email"),
    Fault(
        "flattery without a fact",
        TP,
        ASK,
        '      - "Love your posts! How many of you?"',
        "flattery",
        "Love your",
    ),
    Fault(
        "the same wording twice",
        TP,
        ASK,
        '      - "How big is the team, roughly{{ person.comma_name }}?"',
        "duplicate-wording",
        "How big is the team, roughly",
    ),
    # ---- small talk, consent, answers
    Fault(
        "a pitch in small talk",
        TP,
        THANKS,
        '  - "Thank you! Try our free plan."',
        "small-talk",
        "Try our free",
    ),
    Fault(
        "a question in small talk",
        TP,
        THANKS,
        '  - "Thank you! What brings you here?"',
        "small-talk",
        "What brings",
    ),
    Fault("a link in small talk", TP, THANKS, '  - "Thank you! acme.com"', "link", "Thank you! acme.com"),
    Fault(
        "no question for consent",
        TP,
        CONSENT,
        '    - "{{ rep.first_name }} from our team will write to you about it."',
        "consent",
        "will write to you about it",
        walked=True,
    ),
    Fault(
        "no question for consent after hours",
        TP,
        AFTER,
        '    - "{{ rep.first_name }} writes to you when back {{ rep.back_at }}."',
        "consent",
        "writes to you when",
        walked=True,
    ),
    Fault(
        "a question to who asked for a human",
        TP,
        '    - "Of course. {{ rep.first_name }} from our team will answer you here."',
        '    - "Is it fine if {{ rep.first_name }} from our team answers you here?"',
        "human",
        "Is it fine",
        walked=True,
    ),
    Fault(
        "a start on prices without an answer",
        TP,
        "answers_first:",
        "answers_last:",
        "unknown-key",
        "answers_last:",
    ),
    # ---- cards and points
    Fault(
        "a card behind an answer that closes",
        TP,
        "  - learn: timing\n",
        "  - learn: timing\n    only_if: {card: team_size, answers: [just_me]}\n",
        "unreachable",
        "only_if:",
    ),
    Fault(
        "a condition on no card",
        TP,
        "  - learn: timing\n",
        "  - learn: timing\n    only_if: {card: teamsize, answers: [many]}\n",
        "unknown-card",
        "only_if:",
    ),
    Fault(
        "a condition on no answer",
        TP,
        "  - learn: timing\n",
        "  - learn: timing\n    only_if: {card: team_size, answers: [lots]}\n",
        "unknown-answer",
        "only_if:",
    ),
    Fault("a threshold out of reach", TP, "at: 45 points", "at: 450 points", "threshold", "at: 450"),
    Fault(
        "a threshold everybody reaches",
        TP,
        "at: 45 points",
        "at: 5 points",
        "threshold",
        "at: 5 points",
        walked=True,
    ),
    Fault("a threshold of nothing", TP, "at: 45 points", "at: 0 points", "threshold", "at: 0"),
    Fault("ranges that overlap", TP, "is: 2..10", "is: 2..20", "range-overlap", "many: {is: 11.."),
    Fault("a gap between ranges", TP, "is: 2..10", "is: 2..8", "range-gap", "many: {is: 11.."),
    Fault("a range that never begins", TP, "is: 11..", "is: 20..11", "range", "20..11"),
    Fault(
        "a value the type can't read",
        TP,
        "looking: {is: none",
        "looking: {is: whenever",
        "unknown-value",
        "whenever",
    ),
    Fault(
        "a value twice",
        TP,
        "later: {is: [this_half, this_year, later]",
        "later: {is: [this_half, none]",
        "unreachable",
        "looking: {is: none",
    ),
    Fault(
        "an answer nothing means",
        TP,
        "      anything: {points: 5}",
        "      other: {points: 5}",
        "unreachable",
        "other: {points: 5}",
    ),
    Fault(
        "a phrase of two answers",
        TP,
        '"another tool"',
        '"excel"',
        "duplicate-phrase",
        'rival: {sounds_like: ["excel"',
    ),
    Fault(
        "phrases that are one to the reader",
        TP,
        '"another tool"',
        '"a google sheet"',
        "confusable",
        'rival: {sounds_like: ["a google',
        walked=True,
    ),
    Fault(
        "a phrase that reads as a stop",
        TP,
        '"pen and paper"',
        '"leave me alone"',
        "misheard",
        '"leave me alone"',
        walked=True,
    ),
    Fault(
        "a phrase that reads as a call for a human",
        TP,
        '"pen and paper"',
        '"let me talk to a person"',
        "misheard",
        "talk to a person",
        walked=True,
    ),
    Fault(
        "an ending that is not there",
        TP,
        "otherwise: kind_close",
        "otherwise: kind_clsoe",
        "unknown-ending",
        "kind_clsoe",
    ),
    Fault(
        "an ending nothing leads to",
        TP,
        "  silence: {say: nothing",
        '  lost: {say: "Bye.", outcome: lost}\n  silence: {say: nothing',
        "unreachable",
        "lost: {say",
    ),
    Fault(
        "a card twice", TP, "learn: today", "learn: timing", "duplicate-card", "learn: timing                "
    ),
    Fault(
        "points beyond all measure",
        TP,
        'points: 30, sounds_like: ["more',
        'points: 3000, sounds_like: ["more',
        "limit",
        "3000",
    ),
    Fault(
        "a money card without a currency",
        BB,
        "    type: count\n",
        "    type: money\n",
        "money",
        "  - learn: company_size",
    ),
    # ---- the file
    Fault("the wrong brand", TP, "brand: acme ", "brand: acmee ", "unknown-brand", "brand: acmee"),
    Fault("an unknown team", TP, "to: inside-sales", "to: outside-sales", "unknown-team", "outside-sales"),
    Fault("an unknown key", TP, "    if_unclear:", "    if_uncler:", "unknown-key", "if_uncler"),
    Fault(
        "a key twice",
        TP,
        "limits: {messages: 4,",
        "goal: x\nlimits: {messages: 4,",
        "duplicate-key",
        "goal: x",
    ),
    Fault("five messages", TP, "messages: 4,", "messages: 5,", "limit", "messages: 5"),
    Fault(
        "small talk as a start",
        TP,
        "intent: [purchase_intent,",
        "intent: [small_talk,",
        "lead-intents-only",
        "intent: [small_talk",
    ),
    Fault(
        "an intent that is none",
        TP,
        "intent: [purchase_intent,",
        "intent: [purchase,",
        "unknown-intent",
        "intent: [purchase,",
    ),
    Fault("a comment that eats words", TP, ASK, "      - How many, about #40?", "comment", "about #40"),
    Fault("an alias", TP, "  otherwise: kind_close", "  otherwise: *x", "alias", "*x"),
    Fault("a tag", TP, 'goal: "Learn', 'goal: !!str "Learn', "tag", "!!str"),
    Fault("a tab", TP, "  warmth_at_least: 0.6", "\twarmth_at_least: 0.6", "yaml", "\twarmth"),
    Fault("no instead of a word", TP, "outcome: not_a_fit", "outcome: no fit", "name", "no fit"),
    Fault("a number as a wording", TP, ASK, "      - 42", "kind", "      - 42"),
    Fault(
        "a test that does not expect what comes",
        TP,
        "expect: {started: true, asked: timing, points: 50}",
        "expect: {}",
        "empty-test",
        "expect: {}",
    ),
)


@cache
def _reader() -> SpacyReader:
    return load_reader()


def problems_in(text: str) -> list[Problem]:
    """All that `leadbot playbook check` tells, but for the tests in the file."""
    known = {"brands": ["acme", "your_handle"], "teams": ["inside-sales", "sales"]}
    books, problems = playbooks.check([PlaybookSource("copy.yaml", text)], **known)
    found = [finding.problem for book in books for finding in verify(book, reader=_reader()).findings]
    return [*problems, *found]


def test_there_are_more_than_forty_faults() -> None:
    assert len({fault.what for fault in FAULTS}) == len(FAULTS) >= 50


FEW = ("phrases that are one to the reader",)


def is_slow(fault: Fault) -> bool:
    return fault.walked and fault.what not in FEW


CASES = [
    pytest.param(fault, id=fault.what, marks=[pytest.mark.long] if is_slow(fault) else []) for fault in FAULTS
]


@pytest.mark.parametrize("fault", CASES)
def test_a_seeded_fault_is_found_by_its_rule_and_on_its_line(fault: Fault) -> None:
    sound = (PLAYBOOKS / f"{fault.book}.yaml").read_text(encoding="utf-8")
    assert fault.old in sound
    text = sound.replace(fault.old, fault.new, 1)
    lines = text.split("\n")
    found = problems_in(text)
    told = {(problem.rule, lines[problem.line - 1].strip()) for problem in found}
    assert any(rule == fault.rule and fault.at.strip() in line for rule, line in told), told
    assert all(problem.column >= 1 and problem.what for problem in found)


def test_a_question_before_the_answer_is_found() -> None:
    text = (PLAYBOOKS / "b2b-saas.yaml").read_text(encoding="utf-8")
    cut = text[: text.index("answers_first:")] + text[text.index("limits:") :]
    (problem,) = problems_in(cut)
    assert (problem.rule, cut.split("\n")[problem.line - 1]) == ("answers-first", "start_when:")
