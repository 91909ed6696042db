"""Proves a playbook before it speaks: every path is walked on the `decide` of production.

Holds on the compiled form. What is proved, what is not, and why the walk may merge: docs/verifier.md.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from leadbot.errors import Problem
from leadbot.flows import verify_lines, verify_reader
from leadbot.flows.cards import Deck, Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.shared import unbundle
from leadbot.flows.stage import BEGINS_AT
from leadbot.flows.verify_classes import Classes
from leadbot.flows.verify_proofs import Breach, check
from leadbot.flows.verify_reader import Listener
from leadbot.flows.verify_round import Move, Round, deck_for, place_of, play
from leadbot.flows.verify_walk import MOST_PLACES, Edge, Walk
from leadbot.flows.weights import weighted_length
from leadbot.model import Brand, Dialog, Reading, ReadRequest

HAND_OFF = "hand_off"
Chat = tuple[tuple[str, str], ...]
_HANDLE = re.compile(r"^@\w{1,15} ")


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A shortest dialog that breaks a promise: what the person does, move by move, and the whole chat.

    chat: who said what, in order, as ("them" or "bot", words). `replay` plays it again.
    """

    moves: tuple[Move, ...]
    chat: Chat


@dataclass(frozen=True, slots=True)
class Finding:
    """A promise the playbook breaks, and the dialog that shows it (None: no dialog is needed to see it)."""

    problem: Problem
    example: Counterexample | None = None


@dataclass(frozen=True, slots=True)
class Verified:
    """What the walk found.

    paths: how many there are, each answer counted by itself; walked: how many of them were; places: how many
    dialogs had to be kept apart. score: by ending (and ``hand_off``) the least and the most points.
    max_messages: most posts of the bot in a dialog. max_weighted_length: of any post, as X counts.
    max_cost_usd: what X takes for a dialog at most, posts it does not answer left out. dialogs_per_hour: how
    many the scarcest line (its number) allows before the duplicate rule holds them.
    """

    findings: tuple[Finding, ...]
    paths: int
    walked: int
    places: int
    score: Mapping[str, tuple[int, int]]
    max_messages: int
    max_weighted_length: int
    max_cost_usd: float
    dialogs_per_hour: int
    scarcest_line: int

    @property
    def ok(self) -> bool:
        """Whether everything holds."""
        return not self.findings


@dataclass(frozen=True, slots=True)
class Replay:
    """A counterexample played again: what was said, and the rules it breaks."""

    chat: Chat
    breaches: tuple[Breach, ...]


def verify(
    playbook: Playbook, *, brand: Brand | None = None, reader: Listener | None = None, merged: bool = True
) -> Verified:
    """Walk every path and prove what docs/verifier.md promises. Never raises for a playbook, however odd.

    brand: whose disclosure and reps count; made up as long as they may be when None. reader: None: what it
    understands is not checked. merged False: every answer and every set of answers by itself, which is
    possible for very small playbooks only.
    """
    return _Verifier(playbook, deck_for(playbook, brand), merged=merged).run(reader)


def replay(playbook: Playbook, example: Counterexample, *, brand: Brand | None = None) -> Replay:
    """Play the moves of a counterexample again, from the beginning."""
    deck = deck_for(playbook, brand)
    place = place_of(deck)
    chat: list[tuple[str, str]] = []
    breaches: list[Breach] = []
    for move in example.moves:
        round_ = play(place, move, deck)
        chat += chat_of(round_)
        breaches += check(round_, playbook)
        place = round_.after
    return Replay(tuple(chat), tuple(breaches))


class ExampleReader:
    """Reads the posts of a counterexample as the verifier did, and finds nothing in any other."""

    def __init__(self, example: Counterexample) -> None:
        self._readings = {post.text: post.reading for move in example.moves for post in move.posts}

    def read(self, requests: Sequence[ReadRequest]) -> list[Reading]:
        """One reading a request, in order."""
        return [self._readings.get(_HANDLE.sub("", request.text), Reading()) for request in requests]


def chat_of(round_: Round) -> list[tuple[str, str]]:
    """What was said in a round."""
    them = [("them", post.text) for post in round_.move.posts] or [("them", "(says nothing more)")]
    return [*them, *(("bot", reply.text) for reply in round_.replies)]


@dataclass(slots=True)
class _Seen:
    """What the walk has met."""

    breaches: dict[tuple[str, int], tuple[Breach, Edge | None]] = field(default_factory=dict)
    scores: dict[str, set[int]] = field(default_factory=dict)
    answered: set[int] = field(default_factory=set)  # scores judged after every question was answered
    said: set[int] = field(default_factory=set)  # lines
    asked: set[str] = field(default_factory=set)
    ended: set[str] = field(default_factory=set)
    messages: int = 0
    longest: int = 0


class _Verifier:
    """One verification under way."""

    def __init__(self, playbook: Playbook, deck: Deck, *, merged: bool) -> None:
        self._playbook = playbook
        self._deck = deck
        self._classes = Classes(playbook, BEGINS_AT.date(), merged=merged)
        self._walk = Walk(playbook, deck, self._classes, merged=merged)
        self._seen = _Seen()

    def run(self, reader: Listener | None) -> Verified:
        for breach in verify_lines.check_lines(self._playbook, self._deck.brand):
            self._note(breach, None)
        self._walk.run(self._see)
        for breach in self._unreached():
            self._note(breach, None)
        if reader is not None:
            for breach in verify_reader.check_reader(self._playbook, self._deck, reader, BEGINS_AT):
                self._note(breach, None)
        return self._result()

    # ------------------------------------------------------------ along the walk

    def _see(self, edge: Edge) -> None:
        round_, seen = edge.round, self._seen
        for breach in check(round_, self._playbook):
            self._note(breach, edge)
        for reply in round_.replies:
            seen.messages = max(seen.messages, reply.message if reply.dialog else 1)
            seen.longest = max(seen.longest, weighted_length(reply.text))
            if reply.source is not None:
                seen.said.add(reply.source.line)
        dialog = round_.after.conversation.dialog
        if dialog is None:
            return
        if dialog.asked is not None:
            seen.asked.add(dialog.asked)
        self._note_score(edge)

    def _note(self, breach: Breach, edge: Edge | None) -> None:
        """Keep the first, which is a shortest, example of each."""
        key = (breach.rule, breach.line)
        known = self._seen.breaches.get(key)
        if known is None:
            self._seen.breaches[key] = (breach, edge)
        elif known[1] is None and edge is not None:
            self._seen.breaches[key] = (known[0], edge)

    def _note_score(self, edge: Edge) -> None:
        round_ = edge.round
        before, after = round_.before.conversation, round_.after.conversation
        dialog = after.dialog
        if dialog is None or round_.error:
            return
        is_over = dialog.ending is not None and (before.dialog is None or before.dialog.ending is None)
        is_judged = self._walk.is_judged(round_)
        if not is_over and not is_judged:
            return
        at = self._playbook.hand_off.at_points
        sums = self._walk.sums(edge)
        if is_judged:
            is_handed = round_.last_reason == Reason.HANDED_OVER.value
            sums = frozenset(one for one in sums if (one >= at) is is_handed)
            if _has_answered(before.dialog, dialog):
                self._seen.answered.update(sums)
            name = HAND_OFF if is_handed else dialog.ending
        else:
            name = dialog.ending
        if name and sums:
            self._seen.scores.setdefault(name, set()).update(sums)

    # ------------------------------------------------------------ when all was walked

    def _unreached(self) -> Iterator[Breach]:
        playbook, seen = self._playbook, self._seen
        for card, rule in self._classes.unheard:
            what = f'nothing anybody says means "{rule.name}" of {card.learn}'
            yield Breach("unreachable", rule.line, what, "an answer above takes it all; change or move one")
        for card in playbook.cards:
            if card.learn not in seen.asked:
                what = f'no path asks "{card.learn}"'
                yield Breach("unreachable", card.line, what, "move it up, or take it out")
        for ending in playbook.endings.values():
            if ending.say is not None and ending.name not in seen.scores:
                what = f'no path ends with "{ending.name}"'
                yield Breach("unreachable", ending.line, what, "name it in a `then`, or take it out")
        yield from self._threshold()
        if not self._walk.is_whole:
            what = f"there are more than {MOST_PLACES:,} different dialogs: nobody can know what is said when"
            yield Breach("too-many-paths", 1, what, "take cards out, or conditions between them")

    def _threshold(self) -> Iterator[Breach]:
        plan, seen = self._playbook.hand_off, self._seen
        if HAND_OFF not in seen.scores:
            most = max((max(sums) for sums in seen.scores.values()), default=0)
            what = f"nobody is ever handed over: {plan.at_points} points are needed, and {most} is the most"
            yield Breach("threshold", plan.line, what, f"{max(most, 1)} points or fewer", "at: ")
        elif not any(points < plan.at_points for points in seen.answered):
            least = min(seen.answered, default=0)
            what = f"all who answer are handed over: {least} points is the least, {plan.at_points} are enough"
            yield Breach("threshold", plan.line, what, f"ask for more than {least} points", "at: ")

    def _result(self) -> Verified:
        seen, walk = self._seen, self._walk
        lengths = verify_lines.measure(self._playbook, self._deck.brand)
        paths = walk.paths()
        breaches = sorted(seen.breaches.values(), key=lambda one: (one[0].line, one[0].rule))
        return Verified(
            findings=tuple(self._finding(breach, edge) for breach, edge in breaches),
            paths=paths,
            walked=paths if walk.is_whole else min(paths, walk.places),
            places=walk.places,
            score={name: (min(sums), max(sums)) for name, sums in sorted(seen.scores.items())},
            max_messages=seen.messages,
            max_weighted_length=max(seen.longest, lengths.max_weighted),
            max_cost_usd=round(walk.dearest(), 4),
            dialogs_per_hour=lengths.dialogs_per_hour,
            scarcest_line=lengths.scarcest,
        )

    def _finding(self, breach: Breach, edge: Edge | None) -> Finding:
        file = self._playbook.file
        line, column = _place(self._playbook, breach)
        where = f"{file}:{line}:{column}"
        problem = Problem(where, breach.what, breach.fix, breach.rule, file, line, column)
        return Finding(problem, self._example(edge) if edge is not None else None)

    def _example(self, edge: Edge) -> Counterexample:
        """The whole dialog up to the edge."""
        place, chat = place_of(self._deck), []
        for move in edge.path:
            round_ = play(place, move, self._deck)
            chat += chat_of(round_)
            place = round_.after
        return Counterexample(edge.path, tuple(chat))


def _has_answered(before: Dialog | None, after: Dialog) -> bool:
    """Whether they gave an answer to every card they were asked."""
    given = {answer.card for answer in after.answers}
    asked = {before.asked} if before is not None and before.asked is not None else set()
    return bool(given) and not after.passed and given.issuperset((*after.unclear, *asked))


def _place(playbook: Playbook, breach: Breach) -> tuple[int, int]:
    """Where the words at fault stand in the file, 1-based; else where their line begins."""
    lines, first = unbundle(playbook.content)[0].splitlines(), breach.line or 1
    for number in range(first, len(lines) + 1) if breach.words else ():
        column = lines[number - 1].find(breach.words)
        if column >= 0:
            return number, column + 1
    text = lines[first - 1] if first <= len(lines) else ""
    return first, len(text) - len(text.lstrip()) + 1
