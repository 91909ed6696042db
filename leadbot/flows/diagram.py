"""A playbook as a drawing (SVG): its cards from top to bottom, what each answer is worth, where it can end.

The same drawing takes an overlay: the path one person went, or how many went which way. Everything that is
written in it is escaped; it holds no script and loads nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from html import escape
from textwrap import shorten, wrap

from leadbot.flows.cards import AnswerRule, Card, Ending, Playbook
from leadbot.flows.screenplay import meaning_of, read_aloud
from leadbot.model import Dialog

# All lengths in px of the drawing's own size; a page may show it at any size.
_LEFT, _WIDTH = 24, 540
_RIGHT, _END_WIDTH = 690, 260
_TOP, _GAP, _PAD = 20, 34, 14
_ROW, _TEXT = 26, 19
_ASK_COLUMNS, _END_COLUMNS, _MEANING_COLUMNS = 66, 31, 40
_STYLE = """
.ld{font:14px system-ui,sans-serif;--ink:#1d2433;--soft:#5b6577;--line:#c3cad6;--box:#fff;--page:#f6f7f9;
--way:#0b6bcb;--warm:#0a7d4b;background:var(--page)}
@media(prefers-color-scheme:dark){.ld{--ink:#e8ecf3;--soft:#9aa5b8;--line:#465063;--box:#1f2634;--page:#151a24;
--way:#6cb2ff;--warm:#5fd39c}}
.ld text{fill:var(--ink)}.ld .soft{fill:var(--soft)}.ld .name{font-weight:600}
.ld .points{font-weight:600;text-anchor:end}.ld .label{fill:var(--way);font-weight:600;text-anchor:end}
.ld rect{fill:var(--box);stroke:var(--line)}.ld .end rect{stroke-dasharray:4 3}
.ld .hand rect{stroke:var(--warm)}
.ld path{fill:none;stroke:var(--line);stroke-width:1.5}.ld .on rect{stroke:var(--way);stroke-width:2.5}
.ld .row.on text{fill:var(--way)}.ld path.on{stroke:var(--way);stroke-width:3}.ld .off{opacity:.45}
.ld .head{fill:var(--line);stroke:none}
"""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What to mark: keys are marked, values are written beside them ("" for nothing).

    cards: by what they learn; answers: (card, answer); endings: by name; hand_off: None if it is not marked.
    dims: whether what is not marked steps back, as for the path of one person.
    """

    cards: Mapping[str, str] = field(default_factory=dict)
    answers: Mapping[tuple[str, str], str] = field(default_factory=dict)
    endings: Mapping[str, str] = field(default_factory=dict)
    hand_off: str | None = None
    dims: bool = False


def trail(dialog: Dialog) -> Overlay:
    """The path of one dialog: what was answered, what is asked now, where it ended."""
    cards = {answer.card: "" for answer in dialog.answers}
    cards |= dict.fromkeys(dialog.passed, "passed over")
    if dialog.asked is not None and dialog.ended_at is None:
        cards[dialog.asked] = "asked now"
    return Overlay(
        cards=cards,
        answers={(answer.card, answer.answer): "" for answer in dialog.answers},
        endings={dialog.ending: ""} if dialog.ending else {},
        hand_off=f"{dialog.score} points" if dialog.handoff_key is not None else None,
        dims=True,
    )


def drawing(playbook: Playbook, overlay: Overlay | None = None) -> str:
    """The playbook as a whole SVG document, with what `overlay` marks."""
    return _Drawing(playbook, overlay or Overlay()).svg()


class _Drawing:
    """Boxes from top to bottom; an ending stands to the right of the first answer that leads there."""

    def __init__(self, playbook: Playbook, overlay: Overlay) -> None:
        self._playbook = playbook
        self._overlay = overlay
        self._parts: list[str] = []
        self._exits: list[tuple[int, str, bool]] = []  # (y of an answer, ending, is marked)
        self._y = _TOP

    def svg(self) -> str:
        self._start()
        for card in self._playbook.cards:
            self._card(card)
        self._hand_off()
        bottom = max(self._y, self._endings())
        width, height = _RIGHT + _END_WIDTH + _LEFT, bottom + _TOP
        title = escape(f"{self._playbook.name}: {self._playbook.goal}")
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="ld" role="img" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}"><title>{title}</title><style>{_STYLE}</style>'
            f"{''.join(self._parts)}</svg>\n"
        )

    def _start(self) -> None:
        start = self._playbook.start_when
        wanted = ", ".join(sorted(intent.value.replace("_", " ") for intent in start.intents))
        lines = [f"{wanted}; warmth {start.warmth_at_least:g} or more"]
        for answer in self._playbook.answers:
            asked = answer.when.replace("_", " ") if answer.when else f"“{answer.sounds_like[0]}”"
            lines.append(
                shorten(f"{asked}: {read_aloud(answer.say.wordings[0])}", _ASK_COLUMNS, placeholder=" …")
            )
        self._box(f"somebody writes to @{self._playbook.brand}", lines, is_on=bool(self._overlay.cards))
        self._arrow_down(bool(self._overlay.cards))

    def _card(self, card: Card) -> None:
        label = self._overlay.cards.get(card.learn)
        lines = wrap(read_aloud(card.ask.wordings[0]), _ASK_COLUMNS)[:2]
        for condition in card.only_if:
            lines.append(f"only if {condition.card} is {' or '.join(sorted(condition.answers))}")
        top, rows = self._y, len(card.answers)
        height = _PAD * 2 + _TEXT * (1 + len(lines)) + _ROW * rows
        inner = [self._text(_LEFT + _PAD, top + _PAD + 13, card.learn.replace("_", " "), "name")]
        if label:
            inner.append(self._text(_LEFT + _WIDTH - _PAD, top + _PAD + 13, label, "label"))
        inner += self._lines(lines, _LEFT + _PAD, top + _PAD + 13 + _TEXT)
        y = top + _PAD + _TEXT * (1 + len(lines)) + 18
        for rule in card.answers:
            inner.append(self._answer(card, rule, y))
            y += _ROW
        self._group("card", _LEFT, top, _WIDTH, height, inner, is_on=label is not None)
        self._y = top + height
        goes_on = [rule for rule in card.answers if rule.then is None]
        self._arrow_down(any((card.learn, rule.name) in self._overlay.answers for rule in goes_on))

    def _answer(self, card: Card, rule: AnswerRule, y: int) -> str:
        mark = self._overlay.answers.get((card.learn, rule.name))
        if rule.then is not None:
            self._exits.append((y - 5, rule.then, mark is not None))
        means = shorten(meaning_of(rule, card), _MEANING_COLUMNS, placeholder=" …")
        parts = [
            self._text(_LEFT + _PAD + 8, y, rule.name.replace("_", " "), "name"),
            self._text(_LEFT + 160, y, means, "soft"),
            self._text(_LEFT + _WIDTH - _PAD, y, f"{rule.points:+d}", "points"),
        ]
        if mark:
            parts.append(self._text(_LEFT + _WIDTH - 62, y, mark, "label"))
        return f'<g class="row{self._state(mark is not None)}">{"".join(parts)}</g>'

    def _hand_off(self) -> None:
        plan, mark = self._playbook.hand_off, self._overlay.hand_off
        lines = wrap(read_aloud(plan.say.wordings[0]), _ASK_COLUMNS)[:2]
        is_below = plan.otherwise in self._overlay.endings and mark is None
        top = self._y
        self._exits.append((top + _PAD + 8, plan.otherwise, is_below))
        self._parts.append(self._text(_LEFT + _WIDTH + 8, top + _PAD + 3, "fewer", "soft"))
        title = f"{plan.at_points} points or more: to {plan.to}, if they agree"
        self._box(title, lines, kind="hand", is_on=mark is not None, label=mark or "")
        self._y += _TEXT

    def _endings(self) -> int:
        """Place the endings beside the answers that lead there, lowest edge last. Returns that edge."""
        first = {name: y for y, name, _ in reversed(self._exits)}
        bottom = 0
        for ending in sorted(self._reachable(first), key=lambda ending: first[ending.name]):
            top = max(first[ending.name] - _PAD - 8, bottom + _PAD)
            bottom = self._ending(ending, top)
            for y, name, is_on in self._exits:
                if name == ending.name:
                    self._lead_to(y, top + _PAD + 8, is_on)
        return bottom

    def _reachable(self, first: Mapping[str, int]) -> Iterable[Ending]:
        return (ending for ending in self._playbook.endings.values() if ending.name in first)

    def _ending(self, ending: Ending, top: int) -> int:
        lines = wrap(read_aloud(ending.say.wordings[0]), _END_COLUMNS) if ending.say else ["nothing is said"]
        height = _PAD * 2 + _TEXT * (1 + len(lines))
        mark = self._overlay.endings.get(ending.name)
        title = f"{ending.name.replace('_', ' ')} ({ending.outcome.replace('_', ' ')})"
        inner = [self._text(_RIGHT + _PAD, top + _PAD + 13, title, "name")]
        if mark:
            inner.append(self._text(_RIGHT + _END_WIDTH - _PAD, top + _PAD + 13, mark, "label"))
        inner += self._lines(lines, _RIGHT + _PAD, top + _PAD + 13 + _TEXT)
        self._group("end", _RIGHT, top, _END_WIDTH, height, inner, is_on=mark is not None)
        return top + height

    def _box(self, title: str, lines: list[str], *, kind: str = "", is_on: bool, label: str = "") -> None:
        height = _PAD * 2 + _TEXT * (1 + len(lines))
        inner = [self._text(_LEFT + _PAD, self._y + _PAD + 13, title, "name")]
        if label:
            inner.append(self._text(_LEFT + _WIDTH - _PAD, self._y + _PAD + 13, label, "label"))
        inner += self._lines(lines, _LEFT + _PAD, self._y + _PAD + 13 + _TEXT)
        self._group(kind, _LEFT, self._y, _WIDTH, height, inner, is_on=is_on)
        self._y += height

    def _group(
        self, kind: str, x: int, y: int, width: int, height: int, inner: list[str], *, is_on: bool
    ) -> None:
        rect = f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="10"/>'
        self._parts.append(f'<g class="{kind}{self._state(is_on)}">{rect}{"".join(inner)}</g>')

    def _arrow_down(self, is_on: bool) -> None:
        x, top, bottom = _LEFT + _WIDTH // 2, self._y, self._y + _GAP
        self._parts.append(f'<path class="{self._state(is_on).strip()}" d="M{x} {top}V{bottom - 6}"/>')
        self._parts.append(f'<path class="head" d="M{x - 5} {bottom - 8}h10l-5 8z"/>')
        self._y = bottom

    def _lead_to(self, y: int, target_y: int, is_on: bool) -> None:
        left, right = _LEFT + _WIDTH, _RIGHT - 6
        middle = left + 40
        way = f"M{left} {y}C{middle + 30} {y} {middle} {target_y} {right} {target_y}"
        self._parts.append(f'<path class="{self._state(is_on).strip()}" d="{way}"/>')
        self._parts.append(f'<path class="head" d="M{right - 2} {target_y - 5}v10l8 -5z"/>')

    def _state(self, is_on: bool) -> str:
        return " on" if is_on else (" off" if self._overlay.dims else "")

    def _lines(self, lines: Iterable[str], x: int, y: int) -> list[str]:
        return [self._text(x, y + _TEXT * number, line, "soft") for number, line in enumerate(lines)]

    def _text(self, x: int, y: int, text: str, kind: str) -> str:
        return f'<text x="{x}" y="{y}" class="{kind}">{escape(text)}</text>'
