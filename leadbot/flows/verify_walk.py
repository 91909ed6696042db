"""Walks every path of a playbook, breadth first, so that the first counterexample found is a shortest one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from leadbot.flows import answers
from leadbot.flows.cards import Deck, Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.speaking import HEAR_USD, LINK_REPLY_USD, REPLY_USD
from leadbot.flows.verify_classes import Classes, Sums
from leadbot.flows.verify_merge import exactly, may_go_on, open_set, sort_of
from leadbot.flows.verify_moves import Moves, after_hours, without_a_name
from leadbot.flows.verify_round import Move, Place, Round, place_of, play
from leadbot.flows.weights import has_link
from leadbot.model import LineKind, Status

MOST_PLACES = 20_000  # more is no playbook a person could read aloud


class Way(NamedTuple):
    """An edge as it is counted: where it leads, how many answers it stands for, what it costs."""

    to: Node
    times: int
    usd: float


@dataclass(eq=False, slots=True)
class Node:
    """A place of the walk and how it was first reached. ways: edges that leave it, each with its target."""

    place: Place
    told: frozenset[str] = frozenset()  # cards answered without being asked
    parent: Node | None = None
    move: Move | None = None
    ways: list[Way] = field(default_factory=list)
    paths: int = 0  # 0: not counted yet
    cost: float = -1.0  # -1: not counted yet

    @property
    def path(self) -> tuple[Move, ...]:
        """The moves that lead here."""
        moves: list[Move] = []
        node: Node | None = self
        while node is not None and node.move is not None:
            moves.append(node.move)
            node = node.parent
        return tuple(reversed(moves))


@dataclass(frozen=True, slots=True)
class Edge:
    """One move from one place, as it was walked."""

    node: Node
    round: Round

    @property
    def path(self) -> tuple[Move, ...]:
        """The moves that lead through it."""
        return (*self.node.path, self.round.move)


class Walk:
    """All places and edges of a playbook. After `run`: root, count of places, whether all were walked."""

    def __init__(self, playbook: Playbook, deck: Deck, classes: Classes, *, merged: bool = True) -> None:
        self.playbook = playbook
        self.root = Node(place_of(deck))
        self.places = 0
        self.is_whole = True
        self._deck = deck
        self._classes = classes
        self._moves = Moves(playbook, classes, merged=merged)
        self._merged = merged
        self._seen: dict[Hashable, list[tuple[frozenset[str], Node]]] = {}
        self._raised: dict[int, Node] = {}
        self._tried: set[Hashable] = set()
        self._disclosure = next(iter(deck.brand.disclosures), "")

    def run(self, see: Callable[[Edge], None]) -> None:
        """Walk everything, and show every edge to `see`, those nearest to the beginning first."""
        queue = deque([self.root])
        while queue:
            layer = sorted(queue, key=lambda node: -len(open_set(node.place, self.playbook)))
            queue.clear()
            for node in layer:
                for edge in self._edges(node):
                    see(edge)
                    child = self._enter(edge)
                    if child is not None:
                        queue.append(child)
            if self.places > MOST_PLACES:
                self.is_whole = False
                return

    def _edges(self, node: Node) -> Iterator[Edge]:
        for move in self._moves.at(node.place):
            edge = Edge(node, play(node.place, move, self._deck))
            yield edge
            yield from self._otherwise(edge)

    def _otherwise(self, edge: Edge) -> Iterator[Edge]:
        """The same move where it may go another way: with more points, without a name, after hours."""
        node, move, round_ = edge.node, edge.round.move, edge.round
        kinds = {reply.kind for reply in round_.replies}
        if self.is_judged(round_) and self._may_be_raised(edge):
            high = self._raise(node)
            yield Edge(high, play(high.place, move.raised, self._deck))
        if kinds & {LineKind.ANSWER, LineKind.HAND_OFF} and self._is_new("no name", round_):
            yield Edge(node, play(node.place, without_a_name(move), self._deck))
        if LineKind.HAND_OFF in kinds and self._is_new("after hours", round_):
            yield Edge(node, play(node.place, after_hours(move), self._deck))

    def _is_new(self, way: str, round_: Round) -> bool:
        """Whether this was not tried yet where the same line was said for the same reason to the same end."""
        sort = self._sort(round_.after, frozenset())
        lines = tuple(reply.source.line for reply in round_.replies if reply.source is not None)
        key = (way, round_.reasons, lines, sort)
        is_new = key not in self._tried
        self._tried.add(key)
        return is_new

    def _may_be_raised(self, edge: Edge) -> bool:
        dialog = edge.round.after.conversation.dialog
        if dialog is None or dialog.score >= self.playbook.hand_off.at_points:
            return False
        return max(self._classes.sums(dialog, self._told(edge))) >= self.playbook.hand_off.at_points

    def _raise(self, node: Node) -> Node:
        """The same place, with the answers that are worth most."""
        if node.parent is None or node.move is None:
            return node
        found = self._raised.get(id(node))
        if found is None:
            parent, move = self._raise(node.parent), node.move.raised
            found = node
            if parent is not node.parent or move != node.move:
                place = play(parent.place, move, self._deck).after
                found = Node(place, node.told, parent, move, ways=node.ways)
            self._raised[id(node)] = found
        return found

    def _enter(self, edge: Edge) -> Node | None:
        """The place an edge leads to, if nobody was there before."""
        place, node = edge.round.after, edge.node
        told = self._told(edge)
        sort = self._sort(place, told)
        cards = open_set(place, self.playbook)
        times, usd = edge.round.move.times, usd_of(edge.round)
        for known, there in self._seen.setdefault(sort, []):
            if cards <= known:
                node.ways.append(Way(there, times, usd))
                return None
        child = Node(place, told, node, edge.round.move)
        self._seen[sort].append((cards, child))
        node.ways.append(Way(child, times, usd))
        self.places += 1
        return child

    def _told(self, edge: Edge) -> frozenset[str]:
        """Cards answered without being asked, until the end of this edge."""
        old, new = edge.round.before.conversation.dialog, edge.round.after.conversation.dialog
        if new is None:
            return frozenset()
        had = {answer.card: answer for answer in old.answers} if old is not None else {}
        fresh = {answer.card for answer in new.answers if had.get(answer.card) != answer}
        asked = {*had, old.asked if old is not None else None}
        return (edge.node.told - fresh) | (fresh - asked)

    def _sort(self, place: Place, told: frozenset[str]) -> Hashable:
        if not self._merged and may_go_on(place):
            return exactly(place)
        return sort_of(place, self.playbook, self._classes, told=told, disclosure=self._disclosure)

    def is_judged(self, round_: Round) -> bool:
        """Whether points decided here between the hand-off and the ending `otherwise`."""
        dialog = round_.after.conversation.dialog
        if dialog is None or round_.before.conversation.status not in (Status.OPEN, Status.IDLE):
            return False
        if round_.last_reason == Reason.HANDED_OVER.value:
            return True
        return round_.last_reason == Reason.ENDED.value and not self._closes(round_)

    def _closes(self, round_: Round) -> bool:
        """Whether an answer of this round has a `then`."""
        old, new = round_.before.conversation.dialog, round_.after.conversation.dialog
        had = old.answers if old is not None else ()
        said = [answer for answer in new.answers if answer not in had] if new is not None else []
        found = [self._classes.of(answer.card, answer.answer) for answer in said]
        return any(one is not None and one.then is not None for one in found)

    def sums(self, edge: Edge) -> Sums:
        """Every score the dialog may have after this edge, whatever else was told beside."""
        round_ = edge.round
        dialog = round_.after.conversation.dialog
        if dialog is None:
            return frozenset({0})
        if not self._merged:
            return frozenset({dialog.score})
        cards = answers.open_cards(self.playbook, dialog)
        if not (self.is_judged(round_) or self._closes(round_) or dialog.ending == "thin_profile"):
            # Who says nothing of use has not answered the card that is out; what comes behind it may be told.
            focus = dialog.asked or (cards[0].learn if cards else None)
            cards = [card for card in cards if card.learn != focus]
        return self._classes.sums(dialog, self._told(edge), cards)

    def paths(self) -> int:
        """How many ways there are through the walk, each answer counted by itself."""
        return _paths(self.root, set())

    def dearest(self) -> float:
        """What a dialog costs at most, in dollars."""
        return _dearest(self.root, set())


def _paths(node: Node, above: set[int]) -> int:
    """Ways from here to the end. What comes when a dialog is over is looked at, and is no path of its own."""
    if (
        node.place.conversation.status not in (Status.OPEN, Status.AWAITING_CONSENT)
        and node.parent is not None
    ):
        return 1
    if node.paths == 0:
        above = above | {id(node)}
        node.paths = sum(
            way.times * (1 if id(way.to) in above else _paths(way.to, above)) for way in node.ways
        )
    return node.paths or 1


def _dearest(node: Node, above: set[int]) -> float:
    if node.cost < 0:
        above = above | {id(node)}
        node.cost = max(
            (way.usd + (0.0 if id(way.to) in above else _dearest(way.to, above)) for way in node.ways),
            default=0.0,
        )
    return node.cost


def usd_of(round_: Round) -> float:
    """What X takes for a round that was answered: hearing the posts, saying the reply (X_API §0.6)."""
    replies = [reply for reply in round_.replies if reply.dialog]  # small talk belongs to no dialog
    said = sum(LINK_REPLY_USD if has_link(reply.text) else REPLY_USD for reply in replies)
    return said + len(round_.heard) * HEAR_USD if replies else 0.0
