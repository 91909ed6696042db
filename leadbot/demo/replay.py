"""Recorded conversations, played into the local X through the official endpoints.

A file holds one conversation a line: ``{"brand", "id", "turns": [{"by", "role", "at", "text"}]}``. `by` is a
person's pseudonym (turned into a handle), `role` is ``person`` or ``brand``, `at` an ISO time.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from leadbot.errors import ConfigError, Problem, TransientError
from leadbot.simulator.people import Player, Refused

FULL_SPEED = 0.0


@dataclass(frozen=True, slots=True)
class Turn:
    """One recorded post."""

    by: str
    is_brand: bool
    at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """One recorded thread of a brand."""

    brand: str
    turns: tuple[Turn, ...]


@dataclass(slots=True)
class Played:
    """What was played. post_ids: the posts of people that name their brand, as (brand handle, post id)."""

    conversations: int = 0
    brands: set[str] = field(default_factory=set)
    person_posts: int = 0
    brand_posts: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    post_ids: list[tuple[str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """Counts and ids, for scripts."""
        return {
            "conversations": self.conversations,
            "brands": sorted(self.brands),
            "person_posts": self.person_posts,
            "brand_posts": self.brand_posts,
            "left_out": dict(sorted(self.left_out.items())),
            "post_ids": [{"brand": brand, "id": post_id} for brand, post_id in self.post_ids],
        }


def read(file: Path) -> list[Conversation]:
    """All conversations of a file. Raises ConfigError with every faulty line."""
    found, problems = [], []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(_conversation(json.loads(line)))
        except (ValueError, KeyError, TypeError) as error:
            what = f"is no recorded conversation: {type(error).__name__} {error}"
            fix = 'write {"brand", "id", "turns": [{"by", "role", "at", "text"}]}'
            problems.append(
                Problem(f"{file.name}:{number}", what, fix, "not-a-conversation", file.name, number)
            )
    if problems:
        raise ConfigError(problems)
    return found


def speed(text: str) -> float:
    """How many times as fast as recorded; FULL_SPEED for "full". Raises ConfigError."""
    try:
        factor = FULL_SPEED if text == "full" else float(text)
    except ValueError:
        factor = -1.0
    if factor < 0:
        raise ConfigError(
            [Problem("--speed", f'is "{text}"', 'write "full" or a number such as 60', "speed")]
        )
    return factor


def play(
    conversations: Sequence[Conversation],
    base_url: str,
    *,
    speed: float = FULL_SPEED,
    on_turn: Callable[[], None] = lambda: None,
) -> Played:
    """Play conversations one after another. Raises TransientError if the simulator cannot be reached."""
    stage = _Stage(base_url)
    try:
        for conversation in conversations:
            stage.play(conversation, speed, on_turn)
    except OSError as error:
        raise TransientError(
            f"the simulator at {base_url} cannot be reached: {type(error).__name__}"
        ) from error
    finally:
        stage.close()
    return stage.played


class _Stage:
    """The people of the recordings, each made once."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self.played = Played()
        self._players: dict[str, Player] = {}

    def play(self, conversation: Conversation, speed: float, on_turn: Callable[[], None]) -> None:
        self.played.conversations += 1
        self.played.brands.add(conversation.brand)
        self._player(conversation.brand, brand=True)
        last_id, last_at = "", None
        for turn in conversation.turns:
            if speed and last_at is not None:
                time.sleep(max(0.0, (turn.at - last_at).total_seconds()) / speed)
            last_at = turn.at
            last_id = self._turn(conversation.brand, turn, last_id) or last_id
            on_turn()

    def _turn(self, brand: str, turn: Turn, last_id: str) -> str:
        """The new post's id, or "" if it was left out."""
        if not turn.is_brand and not names(turn.text, brand):
            return self._leave_out("names no brand")
        if turn.is_brand and not last_id:
            return self._leave_out("the brand's own, answering nothing that was played")
        player = self._player(brand if turn.is_brand else handle_of(turn.by), brand=turn.is_brand)
        try:
            post_id = player.reply(last_id, turn.text) if last_id else player.post(turn.text)
        except Refused as refused:
            return self._leave_out(f"refused with {refused.status}")
        if turn.is_brand:
            self.played.brand_posts += 1
        else:
            self.played.person_posts += 1
            self.played.post_ids.append((brand, post_id))
        return post_id

    def _player(self, handle: str, *, brand: bool) -> Player:
        if handle not in self._players:
            # Recorded posts may be longer than 280 characters: their authors pay X for that.
            # And they are no empty accounts, which get answers but no questions.
            profile: dict[str, Any] = {
                "premium": True,
                "followers_count": 100,
                "tweet_count": 500,
                **({"brand": True} if brand else {}),
            }
            self._players[handle] = Player(self.base_url, handle, **profile)
        return self._players[handle]

    def _leave_out(self, reason: str) -> str:
        self.played.left_out[reason] += 1
        return ""

    def close(self) -> None:
        for player in self._players.values():
            player.close()


def names(text: str, handle: str) -> bool:
    """Whether a text mentions the handle."""
    return re.search(rf"(?<!\w)@{re.escape(handle)}(?!\w)", text, re.IGNORECASE) is not None


def handle_of(pseudonym: str) -> str:
    """A handle X would allow, the same for the same pseudonym."""
    kept = re.sub(r"\W", "_", pseudonym, flags=re.ASCII)
    return kept if len(kept) <= 15 else kept[:6] + kept[-9:]


def _conversation(values: dict[str, Any]) -> Conversation:
    turns = tuple(
        Turn(str(turn["by"]), _is_brand(turn["role"]), datetime.fromisoformat(turn["at"]), str(turn["text"]))
        for turn in values["turns"]
    )
    return Conversation(handle_of(str(values["brand"])), turns)


def _is_brand(role: str) -> bool:
    if role not in ("person", "brand"):
        raise ValueError(f'role is "{role}"')
    return role == "brand"
