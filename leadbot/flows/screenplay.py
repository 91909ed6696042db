"""A playbook as it reads aloud: who says what, and what an answer is worth. And as a Mermaid flowchart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from leadbot.flows.cards import AnswerRule, Card, Line, Playbook, Range
from leadbot.model import SlotType


@dataclass(frozen=True, slots=True)
class Cue:
    """One line of a screenplay.

    kind: ``title``, ``scene``, ``bot`` (we say), ``them`` (they may say), ``note``. line: where it stands in
    the file, 0: nowhere. points: what an answer is worth; goes_to: the ending it leads to.
    """

    kind: str
    text: str
    line: int = 0
    points: int | None = None
    goes_to: str = ""


def screenplay(playbook: Playbook) -> tuple[Cue, ...]:
    """The whole playbook, in the order in which a dialog may go."""
    return tuple(_cues(playbook))


def _cues(playbook: Playbook) -> Iterator[Cue]:
    yield Cue("title", f"{playbook.name}, spoken by @{playbook.brand}")
    yield Cue("note", playbook.goal)
    yield from _opening(playbook)
    for number, card in enumerate(playbook.cards, start=1):
        yield from _card(number, card)
    yield from _hand_off(playbook)
    yield Cue("scene", "Endings")
    for ending in playbook.endings.values():
        yield Cue("note", f"{ending.name} ({ending.outcome})", ending.line)
        yield from _said(ending.say) if ending.say is not None else [Cue("note", "nothing is said")]
    yield Cue("scene", "Small talk")
    if not playbook.small_talk:
        yield Cue("note", "nothing is said")
    for line in playbook.small_talk:
        yield from _said(line)


def _opening(playbook: Playbook) -> Iterator[Cue]:
    start = playbook.start_when
    wanted = ", ".join(sorted(intent.value.replace("_", " ") for intent in start.intents))
    words = f", with one of: {', '.join(start.mentions_any)}" if start.mentions_any else ""
    yield Cue("scene", "It begins")
    warmth = f"with a warmth of {start.warmth_at_least:g} or more"
    yield Cue("note", f"when somebody writes to @{playbook.brand}, it reads as {wanted}{words}, {warmth}")
    for rule in playbook.unless:
        when = f"on the list {rule.list_name}" if rule.on_list is not None else "we talked lately"
        yield Cue("note", f"unless {when}: then {rule.then.replace('_', ' ')}", rule.line)
    for answer in playbook.answers:
        asked = _WHENS.get(answer.when or "", " / ".join(f"“{p}”" for p in answer.sounds_like))
        yield Cue("them", asked, answer.line)
        yield from _said(answer.say)


_WHENS = {"pricing": "What does it cost?", "how_to_buy": "How do I get it?"}


def _card(number: int, card: Card) -> Iterator[Cue]:
    yield Cue("scene", f"{number}. {card.learn.replace('_', ' ')}", card.line)
    for condition in card.only_if:
        yield Cue("note", f"only if {condition.card} is {' or '.join(sorted(condition.answers))}")
    yield from _said(card.ask)
    for rule in card.answers:
        text = f"{rule.name.replace('_', ' ')}: {meaning_of(rule, card)}"
        yield Cue("them", text, rule.line, rule.points, rule.then or "")
    if card.if_unclear is not None:
        yield Cue("note", "if that is not understood, once:")
        yield from _said(card.if_unclear)


def _hand_off(playbook: Playbook) -> Iterator[Cue]:
    plan = playbook.hand_off
    yield Cue("scene", f"From {plan.at_points} points on: to {plan.to}", plan.line)
    yield from _said(plan.say)
    if plan.say_after_hours is not None:
        yield Cue("note", "when nobody is in:")
        yield from _said(plan.say_after_hours)
    yield Cue("note", "when they ask for a human:")
    yield from _said(plan.say_if_asked_for)
    yield Cue("note", f"with fewer points: {plan.otherwise}")


def _said(line: Line) -> Iterator[Cue]:
    for wording in line.wordings:
        yield Cue("bot", read_aloud(wording), line.line)


def read_aloud(wording: str) -> str:
    """A wording with its values as somebody would read them out: "Thanks[, Ana]!"."""
    return _VALUE.sub(lambda found: _SPOKEN.get(found[1], f"[{found[1].replace('.', ' ')}]"), wording)


_VALUE = re.compile(r"\{\{\s*([\w.]+)\s*\}\}")
_SPOKEN = {
    "person.comma_name": "[, Ana]",
    "person.first_name": "[Ana]",
    "rep.first_name": "[rep]",
    "rep.back_at": "[Monday at 9:00]",
}


def meaning_of(rule: AnswerRule, card: Card) -> str:
    """What people say to give this answer, in a few words."""
    means = []
    if rule.range is not None:
        means.append(_range(rule.range, card))
    if rule.within_days is not None:
        means.append(f"within {rule.within_days} days")
    if rule.values:
        named = sorted(value.replace("_", " ") for value in rule.values)
        means.append(", ".join(name.title() if card.type is SlotType.PLACE else name for name in named))
    if rule.sounds_like:
        means.append(" / ".join(f"“{phrase}”" for phrase in rule.sounds_like[:3]))
    if rule.anything:
        means.append("anything else")
    return ", ".join(means)


def _range(span: Range, card: Card) -> str:
    unit = f" {card.currency}" if card.currency else ""
    if span.high is None:
        return f"{span.low:,g} and more{unit}"
    if span.high == span.low:
        return f"{span.low:,g}{unit}"
    return f"{span.low:,g} to {span.high:,g}{unit}"


# ---------------------------------------------------------------- Mermaid


def mermaid(playbook: Playbook) -> str:
    """The playbook as a Mermaid flowchart, for wikis and pull requests."""
    lines = ["flowchart TD", f"  start([somebody writes to {_quoted('@' + playbook.brand, bare=True)}])"]
    cards = playbook.cards
    names = [f"card{number}" for number in range(len(cards))]
    after = [*names[1:], "judge"]
    lines.append(f"  start --> {names[0]}")
    for name, card, next_name in zip(names, cards, after, strict=True):
        condition = " or ".join(f"{c.card}: {', '.join(sorted(c.answers))}" for c in card.only_if)
        title = f"{card.learn}?" + (f" only if {condition}" if condition else "")
        lines.append(f"  {name}[{_quoted(title)}]")
        for rule in card.answers:
            target = f"end_{rule.then}" if rule.then else next_name
            lines.append(f"  {name} -- {_quoted(f'{rule.name} {rule.points:+d}')} --> {target}")
    plan = playbook.hand_off
    lines.append(f"  judge{{{_quoted(f'{plan.at_points} points?')}}}")
    lines.append(f"  judge -- yes --> hand_off([{_quoted(f'{plan.to}, if they agree')}])")
    lines.append(f"  judge -- no --> end_{plan.otherwise}")
    used = {rule.then for card in cards for rule in card.answers} | {plan.otherwise}
    lines += [f"  end_{name}([{_quoted(name)}])" for name in playbook.endings if name in used]
    return "\n".join(lines)


def _quoted(text: str, *, bare: bool = False) -> str:
    plain = text.replace('"', "'")
    return plain if bare else f'"{plain}"'
