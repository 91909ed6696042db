"""How two versions of a playbook differ, in a marketer's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from leadbot.flows.cards import AnswerFirst, AnswerRule, Card, Line, Playbook, Unless
from leadbot.flows.screenplay import meaning_of, read_aloud


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that is different. line: where it stands in the newer file; 0: it is gone from there.

    moves_score: whether it can change who is handed over; else only words are different.
    """

    text: str
    line: int = 0
    moves_score: bool = False


def differences(old: Playbook, new: Playbook) -> tuple[Change, ...]:
    """What a person would meet otherwise with `new`, in the order of the file; empty when nothing."""
    return tuple(_changes(old, new))


def _changes(old: Playbook, new: Playbook) -> Iterator[Change]:
    if old.brand != new.brand:
        yield Change(f"spoken by @{new.brand} instead of @{old.brand}", moves_score=True)
    if old.name != new.name:
        yield Change(f"called {new.name} instead of {old.name}")
    if old.goal != new.goal:
        yield Change(f"the goal reads: {new.goal}")
    yield from _start(old, new)
    yield from _unless(old, new)
    yield from _answers_first(old, new)
    yield from _limits(old, new)
    yield from _order(old, new)
    yield from _cards(old, new)
    yield from _hand_off(old, new)
    yield from _endings(old, new)
    yield from _small_talk(old, new)
    yield from _tests(old, new)


def _start(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = old.start_when, new.start_when
    yield from _moved("starts from a warmth of", before.warmth_at_least, after.warmth_at_least)
    for intent in sorted(after.intents - before.intents):
        yield Change(f"now starts on {intent.replace('_', ' ')} too", moves_score=True)
    for intent in sorted(before.intents - after.intents):
        yield Change(f"no longer starts on {intent.replace('_', ' ')}", moves_score=True)
    if before.mentions_any != after.mentions_any:
        words = ", ".join(after.mentions_any) or "any words"
        yield Change(f"starts on posts with {words}", moves_score=True)


def _unless(old: Playbook, new: Playbook) -> Iterator[Change]:
    before = {_unless_words(rule): rule for rule in old.unless}
    after = {_unless_words(rule): rule for rule in new.unless}
    for words in sorted(after.keys() - before.keys()):
        yield Change(f"new: {words}", after[words].line, moves_score=True)
    for words in sorted(before.keys() - after.keys()):
        yield Change(f"no more: {words}", moves_score=True)


def _unless_words(rule: Unless) -> str:
    days = f"talked within {_span(rule.talked_within_s)}" if rule.talked_within_s is not None else ""
    listed = f"on the list {rule.list_name}" if rule.on_list is not None else ""
    return f"unless {' and '.join(filter(None, (days, listed)))}, then {rule.then.replace('_', ' ')}"


def _answers_first(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = ({_asked(one): one for one in book.answers} for book in (old, new))
    pairs = _paired(before, after, lambda one, other: bool(set(one.sounds_like) & set(other.sounds_like)))
    for was, now in pairs:
        if was is None and now is not None:
            yield Change(f"answers {_asked(now)}: {_said(now.say)}", now.line)
        elif now is None and was is not None:
            yield Change(f"no longer answers {_asked(was)}")
        elif was is not None and now is not None:
            yield from _wordings(f"the answer to {_asked(now)}", was.say, now.say)
            yield from _phrases(f"the answer to {_asked(now)}", was.sounds_like, now.sounds_like, now.line)


def _asked(answer: AnswerFirst) -> str:
    return answer.when.replace("_", " ") if answer.when else f"“{answer.sounds_like[0]}”"


def _limits(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = old.limits, new.limits
    yield from _moved("most messages", before.messages, after.messages)
    yield from _moved("most characters a post", before.characters, after.characters, moves_score=False)
    if before.gives_up_after_s != after.gives_up_after_s:
        spans = f"{_span(before.gives_up_after_s)} -> {_span(after.gives_up_after_s)}"
        yield Change(f"gives up after {spans}")
    yield from _waits(old, new)


def _waits(old: Playbook, new: Playbook) -> Iterator[Change]:
    if old.pace_s != new.pace_s:
        yield Change(f"a reply waits {_pace(old.pace_s)} -> {_pace(new.pace_s)}")
    if old.too_late_s != new.too_late_s:
        spans = [
            _span(one) if one is not None else "the brand's time" for one in (old.too_late_s, new.too_late_s)
        ]
        yield Change(f"a post is for a human after {' -> '.join(spans)}")


def _pace(pace_s: tuple[float, float] | None) -> str:
    return "as long as the brand says" if pace_s is None else f"{pace_s[0]:g} to {pace_s[1]:g} s"


# ---------------------------------------------------------------- cards


def _order(old: Playbook, new: Playbook) -> Iterator[Change]:
    kept_before = [card.learn for card in old.cards if new.card(card.learn)]
    kept_after = [card.learn for card in new.cards if old.card(card.learn)]
    if kept_before != kept_after:
        first = kept_after[0].replace("_", " ")
        order = ", ".join(card.learn.replace("_", " ") for card in new.cards)
        asks = f"asks for {first} first" if kept_before[0] != kept_after[0] else "asks in another order"
        yield Change(f"{asks}: {order}", new.cards[0].line, moves_score=True)


def _cards(old: Playbook, new: Playbook) -> Iterator[Change]:
    for card in new.cards:
        before = old.card(card.learn)
        if before is None:
            names = ", ".join(f"{rule.name} {rule.points:+d}" for rule in card.answers)
            yield Change(f"new card {card.learn}: {_said(card.ask)} ({names})", card.line, moves_score=True)
        else:
            yield from _card(before, card)
    for card in old.cards:
        if new.card(card.learn) is None:
            yield Change(f"no longer asks for {card.learn}", moves_score=True)


def _card(old: Card, new: Card) -> Iterator[Change]:
    name = new.learn
    if old.type is not new.type or (old.currency, old.per) != (new.currency, new.per):
        kinds = f"{_kind(old)} -> {_kind(new)}"
        yield Change(f"{name} is read otherwise: {kinds}", new.line, moves_score=True)
    if old.only_if != new.only_if:
        when = " and ".join(f"{c.card} is {' or '.join(sorted(c.answers))}" for c in new.only_if)
        yield Change(f"{name} is asked {f'only if {when}' if when else 'always'}", new.line, moves_score=True)
    yield from _wordings(f"the question for {name}", old.ask, new.ask)
    yield from _wordings(f"what is said when {name} is unclear", old.if_unclear, new.if_unclear)
    before = {rule.name: rule for rule in old.answers}
    for rule in new.answers:
        was = before.pop(rule.name, None)
        if was is None:
            text = f"{name} knows a new answer {rule.name} ({meaning_of(rule, new)}): {rule.points} points"
            yield Change(text + _then(rule), rule.line, moves_score=True)
        else:
            yield from _answer(was, rule, old, new)
    for gone in before:
        yield Change(f"{name} no longer knows the answer {gone}", new.line, moves_score=True)


def _kind(card: Card) -> str:
    money = f" in {card.currency} a {card.per}" if card.currency else ""
    return card.type.value.replace("_", " ") + money


def _answer(old: AnswerRule, new: AnswerRule, old_card: Card, new_card: Card) -> Iterator[Change]:
    name = f"{new_card.learn}: {new.name}"
    if old.points != new.points:
        text = f"{name} now gives {new.points} instead of {old.points} points"
        yield Change(text, new.line, moves_score=True)
    if old.then != new.then:
        text = f"{name} now closes with {new.then}" if new.then else f"{name} no longer closes the dialog"
        yield Change(text, new.line, moves_score=True)
    if (old.range, old.within_days, old.values, old.anything) != (
        new.range,
        new.within_days,
        new.values,
        new.anything,
    ):
        meanings = f"{meaning_of(old, old_card)} -> {meaning_of(new, new_card)}"
        yield Change(f"{name} means something else: {meanings}", new.line, moves_score=True)
    else:
        yield from _phrases(name, old.sounds_like, new.sounds_like, new.line)
    if old.counts_as != new.counts_as:
        yield Change(f"{name} now counts as {new.counts_as}", new.line)


def _then(rule: AnswerRule) -> str:
    return f", closes with {rule.then}" if rule.then else ""


# ---------------------------------------------------------------- the end


def _hand_off(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = old.hand_off, new.hand_off
    if before.at_points != after.at_points:
        text = f"threshold {before.at_points} -> {after.at_points} points"
        yield Change(text, after.line, moves_score=True)
    if before.to != after.to:
        yield Change(f"hands over to {after.to} instead of {before.to}", after.line)
    if before.claim_within_s != after.claim_within_s:
        spans = f"{_span(before.claim_within_s)} -> {_span(after.claim_within_s)}"
        yield Change(f"to be claimed within {spans} of office hours", after.line)
    if before.at_once_if != after.at_once_if:
        when = ", ".join(sorted(one.replace("_", " ") for one in after.at_once_if)) or "never"
        yield Change(f"hands over at once: {when}", after.line, moves_score=True)
    if before.otherwise != after.otherwise:
        text = f"fewer points end with {after.otherwise} instead of {before.otherwise}"
        yield Change(text, after.line)
    yield from _wordings("the hand-off line", before.say, after.say)
    yield from _wordings("the line after hours", before.say_after_hours, after.say_after_hours)
    yield from _wordings("the line for who asks for a human", before.say_if_asked_for, after.say_if_asked_for)


def _endings(old: Playbook, new: Playbook) -> Iterator[Change]:
    for name, ending in new.endings.items():
        before = old.endings.get(name)
        if before is None:
            words = _said(ending.say) if ending.say else "nothing is said"
            yield Change(f"new ending {name}: {words}", ending.line)
            continue
        if before.outcome != ending.outcome:
            yield Change(f"{name} is noted as {ending.outcome} instead of {before.outcome}", ending.line)
        yield from _wordings(f"the ending {name}", before.say, ending.say)
    for name in sorted(old.endings.keys() - new.endings.keys()):
        yield Change(f"the ending {name} is gone")


def _small_talk(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = ([word for line in book.small_talk for word in line.wordings] for book in (old, new))
    line = new.small_talk[0].line if new.small_talk else 0
    yield from _words("small talk", before, after, line)


def _tests(old: Playbook, new: Playbook) -> Iterator[Change]:
    before, after = ({test.name for test in book.tests} for book in (old, new))
    for what, names in (("more", after - before), ("fewer", before - after)):
        if names:
            yield Change(f"{len(names)} test{'s' if len(names) != 1 else ''} {what}")


# ---------------------------------------------------------------- words


def _wordings(what: str, old: Line | None, new: Line | None) -> Iterator[Change]:
    before, after = (line.wordings if line else () for line in (old, new))
    yield from _words(what, before, after, new.line if new else 0)


def _words(what: str, before: Sequence[str], after: Sequence[str], line: int) -> Iterator[Change]:
    gone = [word for word in before if word not in after]
    new = [word for word in after if word not in before]
    for was, now in zip(gone, new, strict=False):
        yield Change(f"{what}: “{read_aloud(was)}” -> “{read_aloud(now)}”", line)
    for word in new[len(gone) :]:
        yield Change(f"{what} may also be: “{read_aloud(word)}”", line)
    for word in gone[len(new) :]:
        yield Change(f"{what} is no longer: “{read_aloud(word)}”", line)


def _phrases(what: str, before: Sequence[str], after: Sequence[str], line: int) -> Iterator[Change]:
    new = [phrase for phrase in after if phrase not in before]
    gone = [phrase for phrase in before if phrase not in after]
    if new:
        yield Change(f"{what} is also heard in {_quoted(new)}", line, moves_score=True)
    if gone:
        yield Change(f"{what} is no longer heard in {_quoted(gone)}", line, moves_score=True)


def _quoted(phrases: Sequence[str]) -> str:
    return ", ".join(f"“{phrase}”" for phrase in phrases)


def _said(line: Line) -> str:
    return f"“{read_aloud(line.wordings[0])}”"


def _moved(what: str, old: float, new: float, *, moves_score: bool = True) -> Iterator[Change]:
    if old != new:
        yield Change(f"{what} {old:g} -> {new:g}", moves_score=moves_score)


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "any time"
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60)):
        if seconds >= length:
            number = seconds / length
            return f"{number:g} {unit}{'' if number == 1 else 's'}"
    return f"{seconds:g} s"


def _paired(
    before: dict[str, AnswerFirst],
    after: dict[str, AnswerFirst],
    are_alike: Callable[[AnswerFirst, AnswerFirst], bool],
) -> list[tuple[AnswerFirst | None, AnswerFirst | None]]:
    """Old and new answers that belong together: by their first phrase, else by any phrase they share."""
    left = dict(before)
    pairs: list[tuple[AnswerFirst | None, AnswerFirst | None]] = []
    for key, now in after.items():
        was = left.pop(key, None)
        if was is None:
            alike = next((name for name, one in left.items() if are_alike(one, now)), None)
            was = left.pop(alike) if alike is not None else None
        pairs.append((was, now))
    return [*pairs, *((was, None) for was in left.values())]
