"""Recorded conversations, played into the local X."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from leadbot.demo import replay
from leadbot.errors import ConfigError, TransientError
from leadbot.simulator import SimulatorServer, World

RECORDED = [
    {
        "brand": "acme",
        "id": "c-1",
        "turns": [
            {"by": "person_1", "role": "person", "at": "2026-03-01T10:00:00Z", "text": "@acme is it down?"},
            {"by": "acme", "role": "brand", "at": "2026-03-01T10:04:00Z", "text": "Looking into it!"},
            {"by": "person_1", "role": "person", "at": "2026-03-01T10:05:00Z", "text": "thanks @Acme"},
            {"by": "person_2", "role": "person", "at": "2026-03-01T10:06:00Z", "text": "same for me"},
        ],
    },
    {
        "brand": "acme",
        "id": "c-2",
        "turns": [
            {"by": "acme", "role": "brand", "at": "2026-03-01T11:00:00Z", "text": "Good morning"},
            {
                "by": "person_3",
                "role": "person",
                "at": "2026-03-01T11:05:00Z",
                "text": "@acme hm" + "!" * 400,
            },
        ],
    },
]


def recorded(folder: Path, lines: list[str]) -> Path:
    file = folder / "recorded.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


def test_posts_that_name_their_brand_are_played_in_their_threads_and_the_rest_is_counted(
    tmp_path: Path,
) -> None:
    conversations = replay.read(recorded(tmp_path, [json.dumps(one) for one in RECORDED]))
    with SimulatorServer(World(brands=["acme"])) as server:
        played = replay.play(conversations, server.base_url)
        posts = server.call(lambda world: [world.log_entry(post) for post in world.posts.values()])

    assert played.person_posts == 3
    assert played.brand_posts == 1
    assert dict(played.left_out) == {
        "names no brand": 1,
        "the brand's own, answering nothing that was played": 1,
    }
    opening, by_hand, thanks, long = posts
    assert [post["client"] for post in posts] == ["native"] * 4
    assert by_hand["in_reply_to"] == opening["id"]
    assert thanks["in_reply_to"] == by_hand["id"]
    assert len(long["said"]) > 280
    assert [post_id for _, post_id in played.post_ids] == [opening["id"], thanks["id"], long["id"]]


def test_every_faulty_line_is_told(tmp_path: Path) -> None:
    wrong = json.dumps({**RECORDED[0], "turns": [{"by": "x", "role": "ghost", "at": "never", "text": ""}]})
    file = recorded(tmp_path, [json.dumps(RECORDED[0]), "{", wrong])

    with pytest.raises(ConfigError) as caught:
        replay.read(file)

    assert [problem.line for problem in caught.value.problems] == [2, 3]


def test_a_simulator_that_is_not_there_is_told_plainly(tmp_path: Path) -> None:
    conversations = replay.read(recorded(tmp_path, [json.dumps(RECORDED[0])]))

    with pytest.raises(TransientError, match="cannot be reached"):
        replay.play(conversations, "http://127.0.0.1:9")


@pytest.mark.parametrize(("text", "factor"), [("full", 0.0), ("60", 60.0)])
def test_a_speed_is_full_or_a_factor(text: str, factor: float) -> None:
    assert replay.speed(text) == factor


def test_any_other_speed_is_refused() -> None:
    with pytest.raises(ConfigError):
        replay.speed("fast")
