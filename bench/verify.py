"""How long the verifier takes on this machine, in processor time: python -m bench.verify

A playbook of 4 cards (aim: under 1 s), one of 12 cards with 6 answers each (under 10 s), and those that ship.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from leadbot.flows import playbook as playbooks
from leadbot.flows.cards import Playbook
from leadbot.flows.playbook import PlaybookSource
from leadbot.flows.verify import verify

SHIPPED = Path(__file__).parents[1] / "playbooks"
KINDS = ("count", "choice", "timeframe", "choice")
COUNTS = ("1", "2..5", "6..10", "11..50", "51..200", "201..")
TIMES = ("now", "this_month", "this_quarter", "this_half", "[this_year, later]", "none")


def playbook_of(cards: int, answers: int) -> str:
    """A playbook of this size as its file would say it: every third card closes on its first answer."""
    lines = [
        "playbook: sized",
        "brand: acme",
        'goal: "Measure."',
        "start_when: {intent: [purchase_intent, pricing, product_question], warmth_at_least: 0.6}",
        "answers_first:",
        '  - {when: pricing, say: ["It starts at $6 a month.", "From $6 a month."]}',
        '  - {when_sounds_like: ["does it do sso"], say: "Yes, in every plan."}',
        "cards:",
    ]
    for number in range(cards):
        lines += _card(number, KINDS[number % len(KINDS)], answers)
    return "\n".join(
        [
            *lines,
            "hand_off:",
            "  at: 20 points",
            "  to: sales",
            '  say: ["OK if I pass this to {{ rep.first_name }}?", "May {{ rep.first_name }} write to you?"]',
            '  say_after_hours: "OK if {{ rep.first_name }} writes to you? Back {{ rep.back_at }}."',
            '  say_if_asked_for: "{{ rep.first_name }} will write to you here."',
            "  otherwise: close",
            "endings:",
            '  close: {say: ["All the best!", "Write again any time."], outcome: not_a_fit}',
            'small_talk: ["Thank you{{ person.comma_name }}!"]',
            "",
        ]
    )


def _card(number: int, kind: str, answers: int) -> list[str]:
    lines = [
        f"  - learn: card{number}",
        f"    type: {kind}",
        f'    ask: ["What about {_word(number)}{{{{ person.comma_name }}}}?", "And {_word(number)}?"]',
        f'    if_unclear: "Roughly is fine for {_word(number)}."',
        "    answers:",
    ]
    for index in range(answers):
        then = ", then: close" if index == 0 and number % 3 == 0 else ""
        meaning = {"count": f"is: {_range(index, answers)}", "timeframe": f"is: {_time(index, answers)}"}.get(
            kind, f'sounds_like: ["{_word(number)} {_word(index + 20)}"]'
        )
        lines.append(f"      answer{index}: {{{meaning}, points: {5 * index}{then}}}")
    return lines


def _range(index: int, answers: int) -> str:
    return f"{COUNTS[index].split('..')[0]}.." if index == answers - 1 else COUNTS[index]


def _time(index: int, answers: int) -> str:
    return TIMES[index] if index < answers - 1 else "none"


def _word(number: int) -> str:
    """A word of its own for every number."""
    return "".join("bdfghklmnprstvwz"[number // 16**place % 16] + "aeiou"[place] for place in range(3))


def main() -> None:
    argparse.ArgumentParser(description="Processor time of the verifier on this machine.").parse_args()
    books = [_load("4 cards, 3 answers", playbook_of(4, 3)), _load("12 cards, 6 answers", playbook_of(12, 6))]
    books += [_load(file.name, file.read_text(encoding="utf-8")) for file in sorted(SHIPPED.glob("*.yaml"))]
    aims = {"4 cards, 3 answers": "< 1", "12 cards, 6 answers": "< 10"}
    table = Table("playbook", "seconds", "aim", "paths", "places", title="the verifier, processor time")
    for name, book in books:
        began = time.process_time()
        found = verify(book)
        took = time.process_time() - began
        table.add_row(name, f"{took:.2f}", aims.get(name, ""), f"{found.paths:,}", f"{found.places:,}")
    Console().print(table)


def _load(name: str, text: str) -> tuple[str, Playbook]:
    (book,) = playbooks.load([PlaybookSource(f"{name}.yaml", text)], brands=None, teams=None)
    return name, book


if __name__ == "__main__":
    main()
