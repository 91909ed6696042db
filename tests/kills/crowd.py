"""A crowd that talks to @acme, each in their own words and at their own time."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from leadbot.simulator.people import Player, Refused
from tests.kills.project import Project

NAMES = [
    "Ana",
    "Ben",
    "Caro",
    "Dev",
    "Elif",
    "Finn",
    "Gus",
    "Hana",
    "Ivo",
    "Jun",
    "Kofi",
    "Lena",
    "Mio",
    "Nora",
    "Otis",
    "Pia",
    "Quinn",
    "Rosa",
    "Sven",
    "Tara",
    "Uma",
    "Vito",
    "Wren",
    "Xenia",
    "Yara",
    "Zeno",
]
SCRIPTS = (
    (
        "@acme looking for a team plan for our office, who do I talk to?",
        "about {n} of us",
        "all in excel",
        "this month",
        "yes",
    ),
    ("@acme pricing? about {n} of us, all in excel", "we want to start next week", "yes please"),
    ("@acme how much is it for {n} people?", "google sheets", "just looking", "ok"),
    ("@acme want to move my team over to you", "{n} people", "stop", "hello?", "anyone there?"),
    ("@acme how do I sign my team up?", "stop"),
    ("@acme great coffee at your booth!",),
    ("@acme my invoice is wrong and nobody answers, order {n}",),
    ("@acme can I talk to a human?", "thanks"),
)


@dataclass
class Somebody:
    """One person and how far they got in their script."""

    player: Player
    lines: list[str]
    posts: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)

    @property
    def has_more(self) -> bool:
        return len(self.posts) < len(self.lines)

    def begin(self) -> None:
        self.posts.append(self.player.post(self.lines[0]))

    def go_on(self, answer_id: str) -> None:
        """Answer the brand's post with the next line of the script."""
        self.heard.append(answer_id)
        if self.has_more:
            self.posts.append(self.player.reply(answer_id, self.lines[len(self.posts)]))


class Crowd:
    """All of them. One `turn` lets everybody answer who has been answered."""

    def __init__(self, project: Project, people: int, *, seed: int) -> None:
        self._project = project
        self._seen = "0"
        chance = random.Random(seed)
        self.people = [self._somebody(number, chance) for number in range(people)]
        self._by_post: dict[str, Somebody] = {}
        self._chance = chance

    def _somebody(self, number: int, chance: random.Random) -> Somebody:
        name = f"{NAMES[number % len(NAMES)]} {chance.choice(NAMES)}"
        profile = {
            "followers_count": 100 + number,
            "following_count": 80,
            "tweet_count": 300,
            "description": "tea",
        }
        player = Player(self._project.base_url, f"person{number}", name=name, **profile)
        script = SCRIPTS[number % len(SCRIPTS)]
        return Somebody(player, [line.format(n=2 + number) for line in script])

    def begin(self, somebody: Somebody) -> None:
        """Say the first line."""
        somebody.begin()
        self._by_post[somebody.posts[-1]] = somebody

    def turn(self) -> int:
        """Hear what the brand said since the last turn and answer it; returns how many answered."""
        answered = 0
        for post in self._project.sim("log", since=self._seen, requests=0)["posts"]:
            self._seen = post["id"]
            somebody = self._by_post.get(post.get("in_reply_to") or "")
            if post["username"] == "acme" and somebody is not None:
                self._answer(somebody, post)
                answered += 1
        return answered

    def _answer(self, somebody: Somebody, post: dict[str, Any]) -> None:
        before = len(somebody.posts)
        try:
            somebody.go_on(post["id"])
        except Refused as refused:
            raise AssertionError(f"a person could not post: {refused}") from refused
        if len(somebody.posts) > before:
            self._by_post[somebody.posts[-1]] = somebody

    def close(self) -> None:
        for somebody in self.people:
            somebody.player.close()
