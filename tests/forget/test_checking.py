"""The daily look at every post that is kept."""

from __future__ import annotations

from leadbot import model as m
from leadbot.errors import TransientError
from leadbot.ports import Standing
from tests.fakes.house import BRAND, person
from tests.forget.rooms import ANN, FakeWatch, Records

HOUR = 3600.0


def test_every_post_is_looked_at_once_a_day_and_not_more(records: Records) -> None:
    posts = [records.say("noise", by=number) for number in (8, 9)]
    watch = FakeWatch()
    checking = records.checking(watch)
    for _ in range(50):
        checking.step()
        records.clock.advance(HOUR)
    assert watch.asked == [post.id for post in posts] * 2


def test_the_longest_ago_comes_first_within_the_budget(records: Records) -> None:
    first, second = records.say("noise", by=8), None
    records.clock.advance(HOUR)
    second = records.say("noise", by=9)
    records.clock.advance(22 * HOUR)
    watch = FakeWatch()
    records.checking(watch, budget_usd=0.005).step()
    assert watch.asked == [first.id]
    records.checking(watch, budget_usd=0.010).step()
    assert watch.asked == [first.id, second.id]


def test_a_budget_too_small_for_a_look_a_day_raises_an_alarm_and_more_money_clears_it(
    records: Records,
) -> None:
    for number in range(8, 11):
        records.say("noise", by=number)
    records.clock.advance(25 * HOUR)
    records.checking(FakeWatch(), budget_usd=0.005).step()
    (alarm,) = records.store.alarms.open()
    assert "not looked at for more than 24 hours" in alarm.what
    assert "privacy.relookup_budget_usd is 0.005" in alarm.fix
    records.checking(FakeWatch(), budget_usd=1.0).step()
    assert records.store.alarms.open() == []


def test_what_is_missing_is_asked_for_twice_before_its_words_go(records: Records) -> None:
    post = records.say("we want zebralead")
    records.settle(seconds=1)
    watch = FakeWatch(gone={post.id})
    checking = records.checking(watch)
    records.clock.advance(21 * HOUR)
    assert checking.step() == 0
    assert checking.step() == 0
    assert watch.asked == [post.id], "not again within the hour"
    records.clock.advance(HOUR + 1)
    assert checking.step() == 1
    records.settle(seconds=1)
    assert records.words_on_disk() == {}
    assert checking.step() == 0


def test_what_x_did_not_find_for_a_while_keeps_its_words(records: Records) -> None:
    post = records.say("we want zebralead")
    records.settle(seconds=1)
    watch = FakeWatch(gone={post.id})
    checking = records.checking(watch)
    records.clock.advance(21 * HOUR)
    checking.step()
    watch.gone.clear()
    records.clock.advance(HOUR + 1)
    assert checking.step() == 0
    records.settle(seconds=1)
    assert "leadbot.db" in records.words_on_disk()


def test_an_answer_that_says_nothing_about_a_post_takes_nothing(records: Records) -> None:
    post = records.say("we want zebralead")
    records.settle(seconds=1)
    checking = records.checking(FakeWatch(silent={post.id}))
    for _ in range(4):
        records.clock.advance(12 * HOUR)
        assert checking.step() == 0
    assert "leadbot.db" in records.words_on_disk()


def test_when_an_author_is_gone_all_their_words_go_not_only_what_was_due(records: Records) -> None:
    old = records.say("we want zebralead")
    records.settle(seconds=21 * HOUR)
    records.say("about 40 zebraforty")
    records.settle(seconds=60)
    watch = FakeWatch(gone={old.id}, away={ANN: Standing.PROTECTED})
    checking = records.checking(watch)
    checking.step()
    records.clock.advance(HOUR + 1)
    checking.step()
    records.settle(seconds=1)
    assert records.words_on_disk() == {}


def test_x_that_cannot_be_asked_is_asked_again_later(records: Records) -> None:
    post = records.say("noise")
    records.clock.advance(21 * HOUR)
    watch = FakeWatch(failures=[TransientError("503")])
    checking = records.checking(watch)
    checking.step()
    assert watch.asked == []
    (chore,) = records.store.chores.all()
    assert "X cannot be asked: 503" in chore.outcome
    checking.step()
    assert watch.asked == [post.id]


def test_an_edit_that_took_our_handle_out_is_heard_when_we_look(records: Records) -> None:
    first = records.say("we want zebralead")
    records.settle(seconds=1)
    newest = m.PostId(str(int(first.id) + 9))
    edit = records.post("about 40 zebraforty", edit_history=(first.id, newest), mentions=())
    watch = FakeWatch(newer={first.id: newest}, edits={newest: (edit, person(7))})
    records.clock.advance(21 * HOUR)
    records.checking(watch).step()
    records.settle(seconds=1)
    assert records.words_on_disk("zebralead") == {}
    assert "leadbot.db" in records.words_on_disk("zebraforty")


def test_what_it_costs_is_written_down(records: Records) -> None:
    for number in range(8, 11):
        records.say("noise", by=number)
    records.clock.advance(21 * HOUR)
    records.checking(FakeWatch()).step()
    assert records.store.spend.spent(BRAND, records.clock.now()) == 0.015
