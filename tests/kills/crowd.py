"""A crowd that talks to brands, each in their own way and at their own time."""

from __future__ import annotations

import contextlib
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from leadbot.simulator.people import Player, Refused
from tests.kills.project import Project
from tests.kills.temperaments import PLAIN, Move, Temperament

NAMES = (
    "Ana", "Ben", "Caro", "Dev", "Elif", "Finn", "Gus", "Hana", "Ivo", "Jun", "Kofi", "Lena", "Mio", "Nora",
    "Otis", "Pia", "Quinn", "Rosa", "Sven", "Tara", "Uma", "Vito", "Wren", "Xenia", "Yara", "Zeno",
)  # fmt: skip
ORDINARY = {"following_count": 80, "tweet_count": 300, "description": "tea"}
ANNOUNCEMENT = "We are at the fair next week: come and say hello"
BY_HAND = "Hi, it is Maya herself. About your {n}: I will look at it now"

CHANGES = {"hide": {"protected": True}, "leave": {"deactivated": True}}
MOST_POSTS = 8
"""Nobody goes on for ever, however often a brand answers."""


@dataclass
class Somebody:
    """One person, whom they speak to, and how far they got."""

    player: Player
    temperament: Temperament
    words: dict[str, Any]
    announced: str
    done: int = 0
    posts: list[str] = field(default_factory=list)

    @property
    def brand(self) -> str:
        return str(self.words["brand"])

    @property
    def next_move(self) -> Move | None:
        moves = self.temperament.moves
        return moves[self.done] if self.done < len(moves) and len(self.posts) < MOST_POSTS else None

    def act(self, answer_id: str = "") -> None:
        """Make the next move, in answer to a post of the brand's if there is one."""
        move = self.next_move
        if move is None:
            return
        self.done += 1
        text = move.text.format(**self.words)
        if move.kind == "delete":
            self.player.delete(self.posts[-1])
        elif move.kind == "edit":
            self.posts.append(self.player.edit(self.posts[-1], text, lang=move.lang))
        elif move.kind == "quote":
            self.posts.append(self.player.quote(self.announced, text, lang=move.lang))
        elif move.kind == "repost":
            self.player.repost(self.announced)
        elif move.kind == "block":
            self.player.tell("blocks", {"by": self.player.username, "whom": self.brand})
        elif move.kind in CHANGES:
            self.player.tell("users", {"username": self.player.username, **CHANGES[move.kind]})
        elif answer_id:
            self.posts.append(self.player.reply(answer_id, text, lang=move.lang))
        else:
            self.posts.append(self.player.post(text, lang=move.lang))


class Crowd:
    """All of them. One `turn` lets everybody go on who has been answered, or waits for nothing."""

    def __init__(
        self,
        project: Project,
        people: int,
        *,
        seed: int,
        temperaments: Sequence[Temperament] = PLAIN,
        reps_answer: float = 0.0,
    ) -> None:
        """reps_answer: how likely a rep answers a post by hand, as the brand."""
        self._project = project
        self._http = requests.Session()
        self._chance = random.Random(seed)
        self._seen = "0"
        self._reps_answer = reps_answer
        self.reps = {brand: self._player(brand) for brand in project.brands}
        self._announced = {brand: rep.post(ANNOUNCEMENT) for brand, rep in self.reps.items()}
        for number in range(4):
            self._player(f"friend{number}", **ORDINARY)
        kinds = [kind for kind in temperaments for _ in range(kind.weight)]
        self._chance.shuffle(kinds)
        self.people = [self._somebody(number, kinds[number % len(kinds)]) for number in range(people)]
        self.silent = list(self.people)
        self._by_post: dict[str, Somebody] = {}
        self._eager: list[Somebody] = []

    @property
    def have_all_begun(self) -> bool:
        return not self.silent

    @property
    def temperaments(self) -> Counter[str]:
        """How many of each kind have spoken."""
        return Counter(one.temperament.name for one in self.people if one.done)

    def _player(self, handle: str, **profile: Any) -> Player:
        return Player(self._project.base_url, handle, session=self._http, **profile)

    def _somebody(self, number: int, kind: Temperament) -> Somebody:
        profile = {**ORDINARY, "followers_count": 100 + number, **kind.profile}
        name = f"{NAMES[number % len(NAMES)]} {self._chance.choice(NAMES)}"
        player = self._player(f"person{number}", name=name, **profile)
        brands = self._chance.sample(self._project.brands, len(self._project.brands))
        words = {
            "brand": brands[0],
            "other": brands[-1],
            "friend": f"friend{number % 4}",
            "n": 2 + number,
        }
        return Somebody(player, kind, words, self._announced[brands[0]])

    def begin(self, people: int = 1) -> None:
        """Let so many more say their first line."""
        for _ in range(min(people, len(self.silent))):
            self._act(self.silent.pop())

    def turn(self) -> int:
        """Hear what was said since the last turn and go on; returns how many heard an answer."""
        eager, self._eager = self._eager, []
        for somebody in eager:
            self._act(somebody)
        answered = 0
        for post in self._project.sim("log", since=self._seen, requests=0)["posts"]:
            self._seen = post["id"]
            if post["username"] not in self._project.brands:
                self._let_a_rep_answer(post)
                continue
            somebody = self._by_post.get(post["in_reply_to"] or "")
            if somebody is not None:
                answered += 1
                if somebody.next_move is not None:
                    self._act(somebody, post["id"])
        return answered

    def _act(self, somebody: Somebody, answer_id: str = "") -> None:
        before = len(somebody.posts)
        move = somebody.next_move
        if move is not None and move.kind == "join" and self._by_post:
            answer_id = self._chance.choice(list(self._by_post))
        with _unless_x_forbids():
            somebody.act(answer_id)
        for post_id in somebody.posts[before:]:
            self._by_post[post_id] = somebody
        if somebody.next_move is not None and not somebody.next_move.waits:
            self._eager.append(somebody)

    def _let_a_rep_answer(self, post: dict[str, Any]) -> None:
        somebody = self._by_post.get(post["id"])
        if somebody is not None and self._chance.random() < self._reps_answer:
            with _unless_x_forbids():
                self.reps[somebody.brand].reply(post["id"], BY_HAND.format(**somebody.words))

    def close(self) -> None:
        self._http.close()


@contextlib.contextmanager
def _unless_x_forbids() -> Iterator[None]:
    """People meet posts that are gone, accounts that hide, and blocks: they shrug and go on."""
    try:
        yield
    except Refused as refused:
        if refused.status not in (401, 403):
            raise
