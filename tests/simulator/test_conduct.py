"""The judge of conduct: each kind of violation, and what is none."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from leadbot.simulator import World
from leadbot.simulator.accounts import Client, Post
from leadbot.simulator.conduct import says_start, says_stop
from leadbot.simulator.world import Draft


class Scene:
    """People and brands in one world, its clock moved by hand."""

    def __init__(self) -> None:
        self.world = World(rate=0.0, epoch=datetime(2026, 11, 22, 10, tzinfo=UTC), brands=["acme", "globex"])
        self.world.add_user("ann")
        self.count = 0

    def says(
        self, text: str, *, to: Post | None = None, by: str = "ann", edit_of: Post | None = None
    ) -> Post:
        self.wait(1)
        draft = Draft(text, reply_to=to.id if to else None, edit_of=edit_of.id if edit_of else None)
        return self.world.post(self.world.add_user(by), draft, Client.NATIVE)

    def bot(self, to: Post | None, text: str = "I'm a bot.", *, by: str = "acme") -> Post:
        self.wait(1)
        self.count += 1
        draft = Draft(f"{text} {self.count}", reply_to=to.id if to else None)
        return self.world.post(self.world.by_name[by], draft, Client.API)

    def wait(self, seconds: float) -> None:
        self.world.clock.change(advance_s=seconds)

    def kinds(self) -> list[str]:
        return [violation["kind"] for violation in self.world.conduct.violations]


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_one_reply_for_each_post_is_good_conduct(scene: Scene) -> None:
    asked = scene.says("@acme price?")
    for _ in range(4):
        asked = scene.says("40", to=scene.bot(asked))
    assert scene.kinds() == []


def test_a_fifth_reply_in_one_dialog_is_over_the_limit(scene: Scene) -> None:
    asked = scene.says("@acme price?")
    for _ in range(5):
        asked = scene.says("40", to=scene.bot(asked))
    assert scene.kinds() == ["over_limit"]


def test_after_two_silent_days_a_new_dialog_begins_and_must_be_disclosed_anew(scene: Scene) -> None:
    asked = scene.says("@acme price?")
    for _ in range(4):
        asked = scene.says("40", to=scene.bot(asked))
    scene.wait(2 * 86_400 + 1)
    scene.bot(scene.says("@acme me again"), "Welcome back!")
    assert scene.kinds() == ["undisclosed"]


def test_two_replies_to_one_post_are_one_too_many(scene: Scene) -> None:
    asked = scene.says("@acme price?")
    scene.bot(asked)
    scene.bot(asked)
    assert scene.kinds() == ["second_reply"]


def test_an_edit_is_no_new_post_to_answer(scene: Scene) -> None:
    asked = scene.says("@acme for 4")
    scene.bot(asked)
    scene.bot(scene.says("@acme for 400", edit_of=asked))
    assert scene.kinds() == ["second_reply"]


def test_answering_two_waiting_posts_one_by_one_is_a_second_reply(scene: Scene) -> None:
    first, second = scene.says("@acme price?"), scene.says("@acme for 40")
    scene.wait(60)
    scene.bot(first)
    scene.bot(second)
    assert scene.kinds() == ["second_reply"]


def test_answering_the_older_post_after_the_newer_is_a_second_reply(scene: Scene) -> None:
    first, second = scene.says("@acme price?"), scene.says("@acme for 40")
    scene.bot(second)
    scene.bot(first)
    assert scene.kinds() == ["second_reply"]


def test_a_post_that_came_while_a_reply_was_under_way_may_be_answered(scene: Scene) -> None:
    first = scene.says("@acme price?")
    second = scene.says("@acme for 40")
    scene.bot(first)
    scene.bot(second)
    assert scene.kinds() == []


def test_a_reply_to_somebody_else_is_not_a_second_one(scene: Scene) -> None:
    scene.bot(scene.says("@acme price?"))
    scene.bot(scene.says("@acme price?", by="bob"))
    assert scene.kinds() == []


@pytest.mark.parametrize("word", ["stop", "STOP!", "Stop. 🙏", "Unsubscribe", "para", "Lass mich in Ruhe!"])
def test_whoever_says_stop_is_left_alone_for_good(scene: Scene, word: str) -> None:
    stopped = scene.says(word, to=scene.bot(scene.says("@acme price?")))
    scene.bot(stopped)
    scene.wait(400 * 86_400)
    scene.bot(scene.says("@acme hello again"))
    assert scene.kinds() == ["after_opt_out", "after_opt_out"]


def test_only_ones_own_start_lifts_a_stop(scene: Scene) -> None:
    stopped = scene.says("stop", to=scene.bot(scene.says("@acme price?")))
    started = scene.says("start", to=stopped.parent)
    scene.bot(started)
    assert scene.kinds() == []


def test_a_reply_that_was_under_way_at_the_stop_is_forgiven_and_a_late_one_is_not(scene: Scene) -> None:
    first = scene.says("@acme price?")
    scene.says("@acme stop")
    scene.bot(first)
    assert scene.kinds() == []
    other = scene.says("@acme price?", by="bob")
    scene.says("@acme stop", by="bob")
    scene.wait(60)
    scene.bot(other)
    assert scene.kinds() == ["after_opt_out"]


def test_stop_said_to_a_friend_is_not_said_to_the_brand(scene: Scene) -> None:
    asked = scene.says("@acme price?", by="bob")
    scene.says("stop", to=asked)
    scene.bot(scene.says("@acme and for me?"))
    assert scene.kinds() == []


@pytest.mark.parametrize("text", ["Hi!", "Robots are nice", "both of us"])
def test_a_first_reply_that_hides_the_bot_is_undisclosed(scene: Scene, text: str) -> None:
    scene.bot(scene.says("@acme price?"), text)
    assert scene.kinds() == ["undisclosed"]


@pytest.mark.parametrize("text", ["🤖 hi", "Acme's bot here", "This is an automated reply"])
def test_a_first_reply_that_names_the_bot_is_fine(scene: Scene, text: str) -> None:
    scene.bot(scene.says("@acme price?"), text)
    assert scene.kinds() == []


def test_a_cold_reply_is_not_summoned_also_when_the_switch_lets_it_pass(scene: Scene) -> None:
    scene.world.settings.change({"summon_rule": False})
    scene.bot(scene.says("any CRM tips?"))
    scene.bot(None, "Hello @ann I'm a bot")
    assert scene.kinds() == ["not_summoned", "not_summoned"]


def test_more_than_140_visible_characters_are_over_length(scene: Scene) -> None:
    scene.bot(scene.says("@acme price?"), "I'm a bot. " + "x" * 127)
    assert scene.kinds() == []
    scene.bot(scene.says("@acme price?"), "I'm a bot. " + "x" * 130)
    assert scene.kinds() == ["over_length"]


def test_a_brand_that_speaks_for_another_uses_the_wrong_account(scene: Scene) -> None:
    scene.world.settings.change({"summon_rule": False})
    scene.bot(scene.says("@acme price?"), by="globex")
    assert scene.kinds() == ["not_summoned", "wrong_account"]


def test_a_thread_of_one_brand_is_not_the_others_although_both_are_carried_along(scene: Scene) -> None:
    both = scene.says("@acme @globex which is cheaper?")
    answer = scene.says("40 of us", to=scene.bot(both))
    scene.bot(answer, by="globex")
    assert scene.kinds() == ["wrong_account"]


def test_reps_and_people_are_never_judged(scene: Scene) -> None:
    asked = scene.says("@acme price?")
    scene.says("Rita here.", to=asked, by="acme")
    scene.says("Rita again.", to=asked, by="acme")
    assert scene.kinds() == []


def test_stop_words_count_only_as_the_whole_message() -> None:
    assert says_stop("@acme please stop!")
    assert says_stop("Arrêtez")
    assert not says_stop("can we stop by your office?")
    assert not says_stop("")
    assert says_start("@acme START")
