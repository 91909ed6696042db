"""The ten-second card: everything a rep must know of a person before the first word, in sixty words.

Pure: a story in, texts out. What the person wrote is shortened, never changed, and stands between quotes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from leadbot.flows.names import first_name
from leadbot.model import Consent, ReceiptLine
from leadbot.store.desk_story import Story

MOST_WORDS = 60

_REASONS = {
    "handed_over": "enough points",
    "asked_for_human": "asked for a human",
    "question_for_human": "asked what no playbook answers",
    "to_same_rep": "came back to you",
    "taken_over": "a rep took over",
    "late_answer_for_human": "answered late",
    "opt_out": "said stop",
    "opt_out_requested": "must not be written to",
}
"""How they came here, where the name of the reason says too little."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the score: points, and what they said for them."""

    points: int
    words: str


@dataclass(frozen=True, slots=True)
class Card:
    """What stands on it. wants and why quote the person; first_line: what a rep may begin with."""

    who: str
    about: str
    score: int
    why: tuple[Line, ...]
    wants: str
    not_known: str
    avoid: str
    first_line: str
    reason: str

    @property
    def words(self) -> int:
        """All its words, points and labels counted."""
        return sum(map(_count, self._texts()))

    def _texts(self) -> tuple[str, ...]:
        lines = tuple(f"{line.points:+d} {line.words}" for line in self.why)
        labelled = {
            "Wants": self.wants,
            "Not known": self.not_known,
            "Don't": self.avoid,
            "Say first": self.first_line,
        }
        rest = tuple(f"{label} {text}" for label, text in labelled.items() if text)
        return (self.who, self.about, f"{self.score} points", self.reason, *lines, *rest)


def card_of(story: Story, *, rep: str) -> Card:
    """The card of a story, for the rep of that name. At most `MOST_WORDS` words, whatever was said."""
    handoff = story.handoff.story if story.handoff else None
    dialog = story.conversation.dialog
    receipt = handoff.receipt if handoff else dialog.receipt if dialog else ()
    reason = handoff.reason if handoff else ""
    card = Card(
        who=_cut(story.person.name or story.person.username or "Somebody", 4),
        about=_cut(" ".join(story.person.description.split()), 6),
        score=sum(line.points for line in receipt),
        why=_why(receipt),
        wants=_cut(_wanted(story), 9),
        not_known=_cut(", ".join(name.replace("_", " ") for name in handoff.not_known), 5) if handoff else "",
        avoid=_avoid(story, receipt),
        first_line=first_line(story, rep=rep),
        reason=_cut(_REASONS.get(reason, reason.replace("_", " ")), 5),
    )
    return _fitted(card)


def first_line(story: Story, *, rep: str) -> str:
    """What a rep may begin with; empty where nobody may write. No word of the person's is in it but their
    first name, as far as it can be trusted.
    """
    if story.suppressed_why:
        return ""
    name = first_name(story.person.name)
    hello = f"Hi {name}, " if name else "Hi, "
    me = rep.split()[0] if rep.split() else "me"
    handoff = story.handoff.story if story.handoff else None
    if handoff is not None and handoff.reason == "asked_for_human":
        return f"{hello}{me} here, a real person. How can I help?"
    if handoff is not None and handoff.question:
        return f"{hello}{me} here, a person now. Good question:"
    if handoff is not None and handoff.consent is Consent.YES:
        return f"{hello}{me} here, as promised. What would help you most?"
    return f"{hello}{me} here, a person now. Shall I help?"


def _why(receipt: Sequence[ReceiptLine]) -> tuple[Line, ...]:
    best = sorted((line for line in receipt if line.points), key=lambda line: -abs(line.points))[:3]
    return tuple(Line(line.points, _cut(line.words, 5)) for line in best)


def _wanted(story: Story) -> str:
    handoff = story.handoff.story if story.handoff else None
    first = next((post.text for post in story.thread if post.who == "person"), "")
    return without_handles(handoff.question if handoff is not None and handoff.question else first)


def without_handles(text: str) -> str:
    """What is said, without those it is said to."""
    return " ".join(word for word in text.split() if not word.startswith("@"))


def _avoid(story: Story, receipt: Sequence[ReceiptLine]) -> str:
    if story.suppressed_why:
        return "write: they asked us to stop"
    handoff = story.handoff.story if story.handoff else None
    if handoff is not None and handoff.consent is Consent.NO:
        return "pass them on: they said no"
    known = list(dict.fromkeys(line.card.replace("_", " ") for line in receipt))
    if not known and handoff is not None:
        known = [answer.card.replace("_", " ") for answer in handoff.answers]
    return _cut(f"ask again: {', '.join(known)}", 7) if known else ""


def _fitted(card: Card) -> Card:
    """Say less until it fits: what they want least of all, for a rep asks that first."""
    for words in (4, 3, 2, 1):
        if card.words <= MOST_WORDS:
            return card
        card = replace(
            card,
            about=_cut(card.about, words),
            why=tuple(replace(line, words=_cut(line.words, words)) for line in card.why),
            not_known=_cut(card.not_known, words),
            wants=_cut(card.wants, words + 4),
            avoid=_cut(card.avoid, words + 3),
        )
    return card


def _cut(text: str, most: int) -> str:
    """The first words of a text; "…" says that there is more. Long unbroken ones count as they are read."""
    words = text.split()
    shown = [word if len(word) <= 32 else word[:31] + "…" for word in words[:most]]
    return " ".join(shown) + ("…" if len(words) > most else "")


def _count(text: str) -> int:
    return len(text.split())
