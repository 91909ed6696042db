"""Checks how the parts of a playbook fit together: names, ranges, endings, points, what is out of reach."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from leadbot.flows.cards import AnswerFirst, AnswerRule, Card, OnlyIf, Playbook
from leadbot.flows.faults import nearest
from leadbot.flows.yamltext import Path, YamlText
from leadbot.model import Intent, SlotType

# How the engine itself closes a dialog; a test may expect these beside the file's own endings.
ENGINE_ENDINGS = frozenset(
    {"abuse", "declined", "held", "opted_out", "silence", "taken_over", "thin_profile"}
)
_NEEDS_ANSWER = frozenset({Intent.PRICING, Intent.PRODUCT_QUESTION})


def check_playbook(
    playbook: Playbook, text: YamlText, *, brands: Collection[str] | None, teams: Collection[str] | None
) -> None:
    """Add what does not fit together to the problems of `text`.

    brands and teams: what leadbot.toml knows; None = not checked.
    """
    if brands is not None:
        known = {brand.removeprefix("@").lower() for brand in brands}
        _expect(text, ("brand",), "brand", playbook.brand, known)
    if teams is not None:
        _expect(text, ("hand_off", "to"), "team", playbook.hand_off.to, teams)
    _check_answers_first(playbook, text)
    names = [card.learn for card in playbook.cards]
    for index, card in enumerate(playbook.cards):
        path: Path = ("cards", index)
        if card.learn in names[:index]:
            text.complain(
                (*path, "learn"), "duplicate-card", f'another card learns "{card.learn}" already', "rename it"
            )
        _check_only_if(playbook, index, text)
        _check_card(playbook, card, path, text)
    _check_order(playbook, text)
    _check_endings(playbook, text)
    _check_points(playbook, text)
    _check_tests(playbook, text)


def _expect(text: YamlText, path: Path, kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        text.complain(path, f"unknown-{kind}", f'there is no {kind} "{name}"', nearest(name, known))


def _check_answers_first(playbook: Playbook, text: YamlText) -> None:
    asks = playbook.start_when.intents & _NEEDS_ANSWER
    if asks and not playbook.answers_first:
        labels = " or ".join(sorted(asks))
        what = f"it may start on {labels}, but answers nothing: people ask for an answer, not an interview"
        text.complain(
            ("start_when",), "answers-first", what, "add answers_first with a line for `when: pricing`"
        )
    seen: dict[str, str] = {}
    placed: list[tuple[Path, AnswerFirst]] = [
        *((("answers_first", index), answer) for index, answer in enumerate(playbook.answers_first)),
        *((("faq", index), answer) for index, answer in enumerate(playbook.faq)),
    ]
    for index, (path, answer) in enumerate(placed):
        phrases = answer.sounds_like if answer.when is None else (f"when: {answer.when}",)
        _check_phrases(phrases, f"answer {index + 1}", seen, path, text)


def _check_phrases(
    phrases: Collection[str], owner: str, seen: dict[str, str], path: Path, text: YamlText
) -> None:
    for phrase in phrases:
        folded = " ".join(phrase.casefold().split())
        if folded in seen:
            what = f'"{phrase}" stands for {seen[folded]} already'
            text.complain(path, "duplicate-phrase", what, "keep it in one place")
        seen.setdefault(folded, owner)


# ---------------------------------------------------------------- cards


def _check_only_if(playbook: Playbook, index: int, text: YamlText) -> None:
    earlier = {card.learn: card for card in playbook.cards[:index]}
    for number, condition in enumerate(playbook.cards[index].only_if):
        path: Path = ("cards", index, "only_if", number)
        card = earlier.get(condition.card)
        if card is None:
            what = f'no earlier card learns "{condition.card}"'
            text.complain((*path, "card"), "unknown-card", what, nearest(condition.card, earlier))
        else:
            _check_only_if_answers(condition, card, path, text)


def _check_only_if_answers(condition: OnlyIf, card: Card, path: Path, text: YamlText) -> None:
    known = {rule.name for rule in card.answers}
    for answer in sorted(condition.answers - known):
        what = f'the card "{card.learn}" has no answer "{answer}"'
        text.complain((*path, "answers"), "unknown-answer", what, nearest(answer, known))
    open_answers = {rule.name for rule in card.answers if rule.then is None}
    if condition.answers & known and not condition.answers & open_answers:
        what = "each of these answers closes the dialog, so this card is never asked"
        text.complain(path, "unreachable", what, "take the card out, or the `then` there")


def _check_card(playbook: Playbook, card: Card, path: Path, text: YamlText) -> None:
    seen: dict[str, str] = {}
    for rule in card.answers:
        inner = (*path, "answers", rule.name)
        if rule.then is not None:
            _expect(text, (*inner, "then"), "ending", rule.then, playbook.endings)
        _check_phrases(rule.sounds_like, f'"{rule.name}"', seen, inner, text)
        if not _can_match(rule) and not _is_faulty(text, inner):
            fix = (
                "add sounds_like"
                if card.type in (SlotType.CHOICE, SlotType.TEXT)
                else "add `is` or sounds_like"
            )
            text.complain(inner, "unreachable", f'nothing anybody says means "{rule.name}"', fix)
    _check_shadows(card, path, text)
    if card.type in (SlotType.COUNT, SlotType.MONEY):
        _check_ranges(card, path, text)


def _can_match(rule: AnswerRule) -> bool:
    return bool(
        rule.range or rule.within_days is not None or rule.values or rule.sounds_like or rule.anything
    )


def _is_faulty(text: YamlText, path: Path) -> bool:
    place = text.place((*path, "is"))
    return any((problem.line, problem.column) == (place.line, place.column) for problem in text.problems)


def _check_shadows(card: Card, path: Path, text: YamlText) -> None:
    """Answers are tried from top to bottom: what an earlier one takes, a later one never gets."""
    taken: dict[str, str] = {}
    days, takes_all = -1, ""
    for rule in card.answers:
        inner = (*path, "answers", rule.name)
        for value in sorted(rule.values & taken.keys()):
            what = f'{value} belongs to "{taken[value]}" already'
            text.complain(inner, "unreachable", what, "keep it in one answer")
        if rule.within_days is not None and rule.within_days <= days:
            what = "an answer above takes all of these days already"
            text.complain(inner, "unreachable", what, "put the shorter time first")
        if rule.anything and takes_all:
            what = f'"{takes_all}" takes anything already'
            text.complain(inner, "unreachable", what, "keep one of them")
        days = max(days, rule.within_days or -1)
        takes_all = takes_all or (rule.name if rule.anything else "")
        taken.update(dict.fromkeys(rule.values - taken.keys(), rule.name))


def _check_ranges(card: Card, path: Path, text: YamlText) -> None:
    step = 1 if card.type is SlotType.COUNT else 0
    takes_rest = any(rule.anything for rule in card.answers)
    spans = [(rule.range.low, rule.range.high, rule.name) for rule in card.answers if rule.range is not None]
    if not spans:
        return
    spans.sort(key=lambda span: (span[0], float("inf") if span[1] is None else span[1]))
    next_low: float | None = float(step)  # the lowest number that is not covered yet; None: all are
    for low, high, name in spans:
        inner = (*path, "answers", name, "is")
        if next_low is None or (low < next_low and name != spans[0][2]):
            text.complain(
                inner,
                "range-overlap",
                f'{_number(low)} belongs to the answer before "{name}" already',
                "let ranges meet",
            )
        elif low > next_low and not takes_rest:
            gap = _gap(next_low, low, step)
            text.complain(
                inner, "range-gap", f"no answer takes {gap}", f"let an answer begin at {_number(next_low)}"
            )
        next_low = None if high is None or next_low is None else max(next_low, high + step)
    if next_low is not None and not takes_rest:
        what = f"no answer takes {_number(next_low)} and more"
        text.complain((*path, "answers"), "range-gap", what, f"let an answer take {_number(next_low)}..")


def _gap(low: float, high: float, step: int) -> str:
    last = high - step
    if step and last == low:
        return _number(low)
    return f"{_number(low)}..{_number(last)}"


def _number(value: float) -> str:
    return f"{value:g}" if abs(value) < 1e6 else f"{value:.0f}"


def _check_order(playbook: Playbook, text: YamlText) -> None:
    """A card that takes any answer and closes on each leaves nothing for the cards below."""
    for index, card in enumerate(playbook.cards[:-1]):
        closes = all(rule.then is not None for rule in card.answers)
        if closes and any(rule.anything for rule in card.answers) and not card.only_if:
            what = f'every answer to "{card.learn}" closes the dialog, so this card is never asked'
            text.complain(("cards", index + 1), "unreachable", what, "move it up, or take a `then` out")
            return


# ---------------------------------------------------------------- endings, points, tests


def _check_endings(playbook: Playbook, text: YamlText) -> None:
    _expect(text, ("hand_off", "otherwise"), "ending", playbook.hand_off.otherwise, playbook.endings)
    used = {rule.then for card in playbook.cards for rule in card.answers} | {playbook.hand_off.otherwise}
    for name, ending in playbook.endings.items():
        # An ending that says nothing is how silence is noted down; no card leads there.
        if name not in used and ending.say is not None:
            what = f'nothing leads to the ending "{name}"'
            text.complain(("endings", name), "unreachable", what, "name it in a `then`, or take it out")


def _check_points(playbook: Playbook, text: YamlText) -> None:
    most = sum(max(0, *_open_points(card)) for card in playbook.cards)
    wanted = playbook.hand_off.at_points
    if wanted < 1:
        what = "everybody would be handed over: it takes no points"
        text.complain(("hand_off", "at"), "threshold", what, "ask for one point at least")
    elif wanted > most:
        what = f"nobody is ever handed over: {wanted} points are needed and {most} is the most"
        text.complain(("hand_off", "at"), "threshold", what, f"{most} points or fewer")


def _open_points(card: Card) -> Iterator[int]:
    yield 0
    yield from (rule.points for rule in card.answers if rule.then is None)


def _check_tests(playbook: Playbook, text: YamlText) -> None:
    cards = {card.learn for card in playbook.cards}
    for index, test in enumerate(playbook.tests):
        path: Path = ("tests", index, "expect")
        if "asked" in test.expect:
            _expect(text, (*path, "asked"), "card", test.expect["asked"], cards)
        if "ending" in test.expect:
            known = ENGINE_ENDINGS | playbook.endings.keys()
            _expect(text, (*path, "ending"), "ending", test.expect["ending"], known)
        if not test.expect:
            text.complain(path, "empty-test", "this test expects nothing", "say what shall have happened")
