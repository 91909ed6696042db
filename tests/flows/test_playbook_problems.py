"""Every rule of the linter: what it refuses, where, and with which advice."""

from __future__ import annotations

import pytest

from leadbot.errors import Problem
from leadbot.flows.playbook import PlaybookSource, check

PLAYBOOK = """\
playbook: plan
brand: acme
goal: Learn whether a team wants a trial.
start_when:
  intent: [pricing]
answers_first:
  - when: pricing
    say: "It is $6 a seat."
cards:
  - learn: size
    type: count
    ask: "How many of you{{ person.comma_name }}?"
    answers:
      one: {is: 1, points: 0, then: bye}
      few: {is: 2..10, points: 15}
      many: {is: 11.., points: 30}
    if_unclear: "Roughly is fine."
  - learn: today
    type: choice
    ask: "What do you use today?"
    answers:
      sheet: {sounds_like: ["excel"], points: 20}
      anything: {points: 5}
hand_off:
  at: 45 points
  to: sales
  say: "OK if {{ rep.first_name }} writes to you?"
  say_after_hours: "OK if {{ rep.first_name }} writes {{ rep.back_at }}?"
  say_if_asked_for: "{{ rep.first_name }} will write to you."
  otherwise: bye
endings:
  bye: {say: "All the best!", outcome: not_a_fit}
  silence: {say: nothing, outcome: faded}
small_talk: ["Thank you!"]
tests:
  - name: a price
    them: ["how much?"]
    expect: {asked: size}
"""


def problems_of(text: str, **known: object) -> tuple[Problem, ...]:
    settings = {"brands": {"acme"}, "teams": {"sales"}, "lists": {"customers.csv": frozenset[str]()}} | known
    return check([PlaybookSource("plan.yaml", text)], **settings)[1]  # type: ignore[arg-type]


def changed(old: str, new: str) -> str:
    assert old in PLAYBOOK
    return PLAYBOOK.replace(old, new, 1)


def line_of(text: str, words: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if words in line)


def test_the_playbook_of_these_tests_has_no_problem() -> None:
    assert problems_of(PLAYBOOK) == ()


CASES = {
    # ------------------------------------------------ keys and words
    "a key that is not known": ("goal:", "gaol:", "unknown-key", 'did you mean "goal"?'),
    "a key of a card that is not known": ('ask: "What', 'aks: "What', "unknown-key", 'did you mean "ask"?'),
    "a key of an answer that is not known": ("then: bye", "than: bye", "unknown-key", 'did you mean "then"?'),
    "a key that belongs in leadbot.toml": (
        "goal:",
        "quiet_hours: 22 to 7\ngoal:",
        "unknown-key",
        "leadbot.toml",
    ),
    "a pace that runs backwards": ("goal:", "pace: 90 s to 20 s\ngoal:", "value", ""),
    "a faq without a question": ("cards:\n", "faq: [{say: We do.}]\ncards:\n", "answers-first", ""),
    "a type that is not known": ("type: count", "type: coutn", "unknown-word", 'did you mean "count"?'),
    "an ending that is not known": ("then: bye", "then: by", "unknown-ending", 'did you mean "bye"?'),
    "an otherwise that is not known": (
        "otherwise: bye",
        "otherwise: bey",
        "unknown-ending",
        'did you mean "bye"?',
    ),
    "an intent that is not known": ("[pricing]", "[pricng]", "unknown-intent", 'did you mean "pricing"?'),
    "an intent that is no lead": ("[pricing]", "[pricing, praise]", "lead-intents-only", "purchase_intent"),
    "a brand that is not known": ("brand: acme", "brand: acne", "unknown-brand", 'did you mean "acme"?'),
    "a team that is not known": ("to: sales", "to: sale", "unknown-team", 'did you mean "sales"?'),
    "a list that is not known": (
        "answers_first:",
        "unless:\n  - {on_list: custmers.csv, then: to_helpdesk}\nanswers_first:",
        "unknown-list",
        'did you mean "customers.csv"?',
    ),
    "silence instead of an answer": (
        "answers_first:",
        "unless:\n  - {talked_within: 30 days, then: nothing}\nanswers_first:",
        "unknown-word",
        "to_same_rep",
    ),
    "an unless without a condition": (
        "answers_first:",
        "unless:\n  - {then: to_human}\nanswers_first:",
        "unless",
        "",
    ),
    "a card in a test that is not known": (
        "{asked: size}",
        "{asked: sizes}",
        "unknown-card",
        'did you mean "size"?',
    ),
    "a key of a test that is not known": (
        "{asked: size}",
        "{aksed: size}",
        "unknown-key",
        'did you mean "asked"?',
    ),
    "a test that expects nothing": ("{asked: size}", "{}", "empty-test", ""),
    # ------------------------------------------------ kinds and limits
    "a number where text is wanted": ('"What do you use today?"', "42", "kind", '"42" in quotes'),
    "nothing where text is wanted": ("goal: Learn whether a team wants a trial.", "goal:", "kind", ""),
    "text where a number is wanted": ("points: 15", "points: many", "kind", ""),
    "more messages than the ceiling": ("cards:", "limits: {messages: 5}\ncards:", "limit", ""),
    "more characters than the ceiling": ("cards:", "limits: {characters: 281}\ncards:", "limit", ""),
    "a time that can't be read": ("cards:", "limits: {gives_up_after: 2 dys}\ncards:", "value", ""),
    "points that can't be read": ("at: 45 points", "at: many points", "value", ""),
    "days where business minutes are wanted": (
        "  otherwise",
        "  claim_within: 30 minutes\n  otherwise",
        "value",
        "",
    ),
    "a name that is no name": ("learn: size", "learn: Team Size", "name", "small letters"),
    # ------------------------------------------------ starting
    "a start on pricing without an answer": (
        'answers_first:\n  - when: pricing\n    say: "It is $6 a seat."\n',
        "",
        "answers-first",
        "when: pricing",
    ),
    "an answer without a question": ("  - when: pricing\n    say", "  - say", "answers-first", ""),
    # ------------------------------------------------ cards
    "a card for an e-mail address": ("type: choice", "type: email", "private-data", "rep asks"),
    "two cards that learn the same": ("learn: today", "learn: size", "duplicate-card", ""),
    "an only_if on a later card": (
        'if_unclear: "Roughly is fine."',
        'only_if: {card: today, answers: [sheet]}\n    if_unclear: "Roughly is fine."',
        "unknown-card",
        "",
    ),
    "an only_if on an answer that closes": (
        "type: choice",
        "type: choice\n    only_if: {card: size, answers: [one]}",
        "unreachable",
        "",
    ),
    "an only_if on an answer that is not known": (
        "type: choice",
        "type: choice\n    only_if: {card: size, answers: [fw]}",
        "unknown-answer",
        'did you mean "few"?',
    ),
    "a gap between ranges": ("is: 11..,", "is: 15..,", "range-gap", "begin at 11"),
    "ranges that begin too high": ("is: 1,", "sounds_like: ['me'],", "range-gap", "begin at 1"),
    "ranges that end": ("is: 11..,", "is: 11..99,", "range-gap", "100.."),
    "ranges that overlap": ("is: 2..10", "is: 1..10", "range-overlap", ""),
    "a range that holds nothing": ("is: 2..10", "is: 10..2", "range", ""),
    "a range that is none": ("is: 2..10", "is: 2-10", "range", ""),
    "half a person": ("is: 2..10", "is: 2..10.5", "range", ""),
    "is on a choice": ('sounds_like: ["excel"]', "is: excel", "is", "sounds_like"),
    "an answer that nothing means": ('sounds_like: ["excel"], ', "", "unreachable", "sounds_like"),
    "two answers that take anything": ('sounds_like: ["excel"]', "anything: true", "unreachable", ""),
    "one phrase for two answers": (
        "anything: {points: 5}",
        "paper: {sounds_like: ['Excel'], points: 1}\n      anything: {points: 5}",
        "duplicate-phrase",
        "",
    ),
    "an ending nothing leads to": (
        "silence:",
        'lost: {say: "Bye!", outcome: lost}\n  silence:',
        "unreachable",
        "",
    ),
    "points nobody can reach": ("at: 45 points", "at: 51", "threshold", "50 points"),
    "points everybody has": ("at: 45 points", "at: 0", "threshold", ""),
    "money without a currency": ("type: choice", "type: money", "money", "currency"),
    "a currency on a count": ("type: count", "type: count\n    currency: USD", "money", "take it out"),
    # ------------------------------------------------ lines
    "a variable that is not known": (
        "{{ person.comma_name }}",
        "{{ mood }}",
        "template",
        "choose from",
    ),
    "a variable without its owner": (
        "{{ person.comma_name }}",
        "{{ comma_name }}",
        "template",
        "person.comma_name",
    ),
    "a look behind the curtain": ("{{ person.comma_name }}", "{{ person.__class__ }}", "template", ""),
    "arithmetic in a line": ("{{ person.comma_name }}", "{{ 9 ** 9 }}", "template", "plain values"),
    "a call in a line": (
        "{{ person.comma_name }}",
        "{{ person.first_name.upper() }}",
        "template",
        "plain values",
    ),
    "a loop in a line": (
        "{{ person.comma_name }}",
        "{% for x in person.first_name %}{{ x }}{% endfor %}",
        "template",
        "",
    ),
    "a filter that is not known": (
        "{{ person.comma_name }}",
        "{{ person.comma_name|replace('a', 'b') }}",
        "template",
        "capitalize",
    ),
    "braces that don't close": ("{{ person.comma_name }}", "{{ person.comma_name }", "template", ""),
    "a rep before one is chosen": (
        "{{ person.comma_name }}",
        " for {{ rep.first_name }}",
        "template",
        "hand_off",
    ),
    "a time of return where it is not known": (
        'say: "OK if {{ rep.first_name }} writes to you?"',
        'say: "OK if {{ rep.first_name }} writes {{ rep.back_at }}?"',
        "template",
        "say_after_hours",
    ),
    "a name that leaves a hole": (
        "{{ person.comma_name }}?",
        " {{ person.first_name }}?",
        "reads-badly",
        "comma_name",
    ),
    "a comma in front of nothing": (
        "How many of you{{ person.comma_name }}?",
        "Hi {{ person.first_name }}, how many?",
        "reads-badly",
        "comma_name",
    ),
    "a link that is not allowed": (
        "What do you use today?",
        "Seen acme.com/x already?",
        "link",
        "link: true",
    ),
    "empty praise": ("What do you use today?", "Love your posts! What do you use?", "flattery", ""),
    "a question for an address": (
        "What do you use today?",
        "What's your work email?",
        "private-data",
        "rep asks",
    ),
    "a question for a number": ("What do you use today?", "Drop us a phone number?", "private-data", ""),
    "a day that is written out": (
        "writes {{ rep.back_at }}?",
        "writes on Monday?",
        "literal-time",
        "rep.back_at",
    ),
    "a time that is written out": (
        "writes {{ rep.back_at }}?",
        "writes from 9 am?",
        "literal-time",
        "rep.back_at",
    ),
    "a question in small talk": ('["Thank you!"]', '["Thank you! Need anything?"]', "small-talk", ""),
    "a pitch in small talk": ('["Thank you!"]', '["Thank you! Our plans are great."]', "small-talk", ""),
    "a link in small talk": ('["Thank you!"]', '["Thank you! acme.com"]', "link", "take the link out"),
    "the same wording twice": (
        '"What do you use today?"',
        '["What now?", "what  NOW?"]',
        "duplicate-wording",
        "",
    ),
    "the same question on two cards": ("Roughly is fine.", "What do you use today?", "duplicate-wording", ""),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_it_is_refused_at_its_line_with_advice(case: tuple[str, str, str, str]) -> None:
    old, new, rule, advice = case
    text = changed(old, new)
    found = [problem for problem in problems_of(text) if problem.rule == rule]
    assert found, problems_of(text)
    assert any(advice in problem.fix for problem in found), [problem.fix for problem in found]
    assert all(problem.file == "plan.yaml" and problem.line > 0 and problem.column > 0 for problem in found)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("is: 11..,", "is: 15..,", "is: 15..,"),
        ("then: bye", "then: by", "then: by}"),
        ("goal:", "gaol:", "gaol:"),
        ("type: choice", "type: chioce", "type: chioce"),
        ('["Thank you!"]', '["Thank you! Need anything?"]', "Need anything"),
        ("{asked: size}", "{asked: sizes}", "asked: sizes"),
        ("What do you use today?", "Love your posts!", "Love your posts"),
    ],
)
def test_a_problem_names_the_line_it_stands_in(old: str, new: str, words: str) -> None:
    text = changed(old, new)
    assert line_of(text, words) in {problem.line for problem in problems_of(text)}


def test_a_missing_key_says_what_it_is_for() -> None:
    (problem,) = problems_of(changed("  to: sales\n", ""))
    assert (problem.rule, problem.fix) == ("missing-key", "Team in leadbot.toml")
    assert "`to` is missing in `hand_off`" in problem.what


def test_a_gap_is_named() -> None:
    (problem,) = problems_of(changed("is: 11..,", "is: 15..,"))
    assert problem.what == "no answer takes 11..14"


def test_an_answer_that_takes_anything_fills_the_gaps() -> None:
    assert problems_of(changed("many: {is: 11..", "anything: {is: 15..")) == ()


def test_a_card_below_one_that_always_closes_is_never_asked() -> None:
    closing = changed("few: {is: 2..10, points: 15}", "few: {is: 2..10, points: 15, then: bye}").replace(
        "many: {is: 11.., points: 30}", "anything: {points: 30, then: bye}"
    )
    (problem,) = [problem for problem in problems_of(closing) if problem.rule == "unreachable"]
    assert problem.line == line_of(closing, "learn: today")


def test_a_value_in_two_answers_belongs_to_the_first() -> None:
    text = changed("type: choice", "type: yes_no").replace(
        'sheet: {sounds_like: ["excel"], points: 20}',
        "yes: {is: yes, points: 20}\n      aye: {is: [yes, maybe], points: 1}",
    )
    (problem,) = problems_of(text)
    assert problem.what == 'yes belongs to "yes" already'


def test_a_longer_time_above_hides_a_shorter_one() -> None:
    text = changed("type: choice", "type: timeframe").replace(
        'sheet: {sounds_like: ["excel"], points: 20}',
        "year: {is: within 12 months, points: 20}\n      month: {is: within 30 days, points: 20}",
    )
    assert [problem.rule for problem in problems_of(text)] == ["unreachable"]


def test_length_is_told_with_the_longest_values_in_it() -> None:
    ask = "x" * 69 + " {{ person.comma_name }}?"
    text = changed("How many of you{{ person.comma_name }}?", ask.replace(" {{", "{{"))
    assert problems_of(text.replace("x" * 69, "x" * 76)) == ()
    (problem,) = problems_of(text.replace("x" * 69, "x" * 89))
    assert problem.rule == "too-long"
    assert "153 of 140 once person.first_name is 20 letters long" in problem.what
    assert problem.what.endswith("cut 13")


def test_the_disclosure_counts_where_it_may_come_first() -> None:
    text = changed("What do you use today?", "x" * 99 + "?")
    assert "141 of 140 with the disclosure (41)" in problems_of(text)[0].what
    assert problems_of(changed("Roughly is fine.", "x" * 139 + ".")) == ()


def test_the_longest_rep_of_the_team_counts() -> None:
    text = changed('"OK if {{ rep.first_name }} writes to you?"', '"{{ rep.first_name }}' + "x" * 90 + '"')
    assert [problem.rule for problem in problems_of(text)] == ["too-long"]
    assert problems_of(text, reps={"sales": ["Sam", "Maximilian"][:1]}) == ()
    assert [problem.rule for problem in problems_of(text, reps={"sales": ["Sam", "Maximilian"]})] == [
        "too-long"
    ]


def test_a_link_is_fine_where_the_author_allows_it() -> None:
    text = changed('say: "It is $6 a seat."', 'say: "It is all on acme.com/price"\n    link: true')
    assert problems_of(text) == ()


@pytest.mark.parametrize(
    "line",
    [
        "Hello{% if person.first_name %} {{ person.first_name }}{% endif %}, how many?",
        "Hi {{ person.first_name|default('there', true) }}, how many?",
        "{% if not person.first_name %}Hi! {% else %}Hi {{ person.first_name|title }}! {% endif %}How many?",
        "{{ brand.name }} here: how many?",
    ],
)
def test_if_and_a_few_filters_are_allowed(line: str) -> None:
    assert problems_of(changed("What do you use today?", line)) == ()


@pytest.mark.parametrize(
    "line",
    [
        "E-mail support is in every plan.",
        "No exact number needed: just you, or more than ten?",
        "You get phone support.",
        "It is $6.50 a seat, e.g. $65 for ten.",
    ],
)
def test_harmless_lines_pass(line: str) -> None:
    assert problems_of(changed("It is $6 a seat.", line)) == ()


def test_what_leadbot_toml_says_is_not_checked_when_it_is_not_known() -> None:
    text = changed("to: sales", "to: anybody").replace("brand: acme", "brand: anyone")
    assert problems_of(text, brands=None, teams=None, lists=None) == ()


def test_a_handle_may_be_written_with_its_sign() -> None:
    assert problems_of(changed("brand: acme", "brand: '@Acme'")) == ()


def test_slips_of_the_pen_hide_no_other_problem() -> None:
    text = (
        changed("goal:", "gaol:")
        .replace("type: count", "type: coutn")
        .replace("is: 11..,", "is: 15..,")
        .replace("answers:\n      sheet", "anwsers:\n      sheet")
        .replace("otherwise: bye", "otherwise: bey")
        .replace("tests:", "limits: {messages: 9}\ntests:")
    )
    found = {(problem.rule, problem.line) for problem in problems_of(text)}
    assert ("unknown-key", line_of(text, "gaol")) in found
    assert ("unknown-word", line_of(text, "coutn")) in found
    assert ("range-gap", line_of(text, "is: 15")) in found
    assert ("unknown-key", line_of(text, "anwsers")) in found
    assert ("unknown-ending", line_of(text, "bey")) in found
    assert ("limit", line_of(text, "limits")) in found


def test_a_file_with_any_problem_is_no_playbook() -> None:
    loaded, problems = check(
        [PlaybookSource("plan.yaml", changed("goal:", "gaol:"))], brands=None, teams=None
    )
    assert loaded == ()
    assert {problem.rule for problem in problems} == {"unknown-key", "missing-key"}
