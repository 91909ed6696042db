"""Words taken back: before they leave, in the moment they leave, and after they stood on X."""

from __future__ import annotations

import pytest

from leadbot import model as m
from leadbot.app.retracting import retract
from leadbot.errors import LeadbotError, PermanentError, TransientError
from leadbot.ports import SentPost
from leadbot.store.erase import erase_person
from leadbot.store.states import Lane, OutboxState
from leadbot.store.suppressions import Stop
from leadbot.store.threads import RETRACTED
from tests.engine.test_relay import reply_states
from tests.engine.test_scenarios import MakeHouse, make_house, playbooks, states
from tests.fakes.house import BRAND, House
from tests.fakes.writer import When

__all__ = ["make_house", "playbooks"]

SEVEN = m.PersonId("7")


def conversation(house: House) -> m.Conversation:
    found = house.store.queries.find_person("person7")
    assert found is not None
    return found.conversations[0]


def tasks(house: House) -> list[str]:
    return [task.kind for task in house.store.queries.tasks()]


# ---------------------------------------------------------------- veto


def test_a_post_in_its_pace_gets_no_words_and_becomes_a_task(make_house: MakeHouse) -> None:
    house = make_house()
    house.say("pricing?")
    house.settle(seconds=4)
    assert house.store.vetoes.veto(BRAND, SEVEN, by="ana", why="a competitor") == []
    house.wait_out(4, every_s=30)
    assert house.writer.calls == []
    assert tasks(house) == ["vetoed"]
    assert conversation(house).owner is m.Owner.HUMAN


def test_a_reply_that_waits_in_the_outbox_is_stopped_and_its_draft_is_on_the_task(
    make_house: MakeHouse,
) -> None:
    house = make_house()
    house.say("pricing?")
    house.clock.advance(90)
    house.engine.step()
    assert house.store.vetoes.veto(BRAND, SEVEN, by="ana") == []
    house.wait_out(4, every_s=30)
    assert house.writer.calls == []
    assert states(house) == [OutboxState.CANCELLED]
    (task,) = house.store.queries.tasks()
    assert (task.kind, task.why) == ("reply_refused", "vetoed")
    assert "$6" in task.draft
    house.say("hello? about 40 of us")
    house.wait_out(4, every_s=30)
    assert house.writer.calls == [], "a human speaks there now"


def test_words_chosen_while_the_veto_is_on_its_way_do_not_leave(house: House) -> None:
    """The engine had the timer in hand when the veto was written down: its row comes after the veto."""
    house.say("pricing?")
    house.engine.step()
    house.clock.advance(31)
    claim = house.store.work.claim((BRAND,), house.clock.now(), limit=9)
    house.store.vetoes.veto(BRAND, SEVEN, by="ana")
    house.engine._decide_on(claim, house.clock.now())
    assert reply_states(house) == [("pending", "")]
    house.relay.step()
    assert reply_states(house) == [("held", "unread_posts")]


def test_a_reply_in_hand_is_called_back(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    _, (one,) = house.relay._checkpoint.clear(house.decks[BRAND].brand, house.writer, limit=1)
    assert house.store.vetoes.veto(BRAND, SEVEN, by="ana") == [one.entry.id]
    assert one.permit is not None
    house.relay._sender.send(one.entry, one.permit, house.writer)
    assert house.writer.calls == []
    assert reply_states(house) == [("cancelled", "vetoed")]


def test_a_stop_that_comes_while_a_reply_is_in_hand_is_obeyed(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    _, (one,) = house.relay._checkpoint.clear(house.decks[BRAND].brand, house.writer, limit=1)
    house.store.suppressions.add([Stop(BRAND, SEVEN, "imported")], by="ana")
    assert one.permit is not None
    house.relay._sender.send(one.entry, one.permit, house.writer)
    assert reply_states(house) == [("pending", "suppressed")]
    house.wait_out(2)
    assert house.writer.calls == []
    assert reply_states(house) == [("cancelled", "suppressed")]


def test_what_was_settled_while_x_kept_the_relay_waiting_does_not_come_back(house: House) -> None:
    house.say("pricing?")
    house.clock.advance(31)
    house.engine.step()
    house.engine.step()
    read = house.writer.own_posts

    class Slow(type(house.writer)):  # type: ignore[misc]
        def own_posts(self, *, since_id: m.PostId | None, limit: int = 100) -> list[SentPost]:
            house.store.vetoes.veto(BRAND, SEVEN, by="ana")
            read(since_id=since_id, limit=limit)
            raise TransientError("time-out")

    slow = Slow(BRAND, house.clock, house.timeline)
    house.relay._checkpoint.clear(house.decks[BRAND].brand, slow, limit=1)
    assert reply_states(house) == [("cancelled", "vetoed")]


def test_a_veto_that_comes_too_late_is_told_so(house: House) -> None:
    """It strikes while the request is at X."""
    in_hand: list[int] = []
    house.writer.on_send = lambda text: in_hand.extend(house.store.vetoes.veto(BRAND, SEVEN, by="ana"))
    house.say("pricing?")
    house.wait_out(2, every_s=30)
    (number,) = in_hand
    reply = house.store.vetoes.reply(number)
    assert reply is not None
    assert reply.state is OutboxState.SENT
    assert reply.post_id == house.timeline.posts[0].id
    assert house.store.vetoes.newest_sent([BRAND], "@Person7") == reply


def test_a_lost_reply_that_was_vetoed_meanwhile_is_never_sent_again(house: House) -> None:
    from leadbot.errors import UnknownOutcome

    house.say("pricing?")
    house.writer.fail(When.BEFORE, lambda: UnknownOutcome("time-out"))
    house.settle(seconds=31)
    assert reply_states(house)[0][0] == "unknown"
    house.store.vetoes.veto(BRAND, SEVEN, by="ana")
    house.wait_out(10)
    assert len(house.writer.calls) == 1
    assert house.timeline.posts == []
    assert reply_states(house)[0][0] == "cancelled"


# ---------------------------------------------------------------- retract


def sent(house: House) -> str:
    house.say("pricing?")
    house.wait_out(3, every_s=30)
    (post,) = house.timeline.posts
    return post.id


def take_back(house: House, what: str, *, mode: m.Mode = m.Mode.LIVE) -> bool:
    taken = retract(house.store, house.writer, BRAND, what, mode=mode, by="ana", why="a wrong price")
    return taken.was_gone


def test_a_post_of_ours_is_deleted_and_a_human_takes_it(make_house: MakeHouse) -> None:
    house = make_house()
    post_id = sent(house)
    assert take_back(house, post_id) is False
    house.wait_out(1, every_s=30)
    assert house.timeline.posts == []
    assert conversation(house).owner is m.Owner.HUMAN
    (task,) = house.store.queries.tasks()
    assert (task.kind, "a wrong price" in task.why) == ("retracted", True)
    newest = house.store.queries.decisions(f"{BRAND}:7")[0]
    assert (newest.reason, newest.post_id) == ("retracted", post_id)
    assert any("a wrong price" in line for line in newest.trace)
    thread = house.store.queries.thread(BRAND, SEVEN)
    assert thread[-1].text.startswith(RETRACTED)
    told = [(one.what, one.after, one.subject) for one in house.store.brand_log.items()]
    assert told == [("retract", "begun", f"post {post_id}"), ("retract", "deleted", f"post {post_id}")]
    house.say("about 40 of us")
    house.wait_out(3, every_s=30)
    assert house.timeline.posts == [], "the bot is silent there"


def test_it_may_be_named_by_the_number_of_its_reply_and_asked_for_twice(house: House) -> None:
    sent(house)
    with house.store.database.read() as connection:
        number = connection.exec_driver_sql("SELECT id FROM outbox WHERE state = 'sent'").scalar_one()
    assert take_back(house, str(number)) is False
    assert take_back(house, str(number)) is True
    assert len(house.store.brand_log.items()) == 2


def test_only_what_leadbot_itself_sent_for_that_brand_is_deleted(house: House) -> None:
    by_hand = house.writer.post_by_hand("Hi, Ana here.")
    post_id = sent_by_bot(house)
    other = m.BrandId("200")
    for brand_id, what in ((BRAND, by_hand.id), (BRAND, "9999"), (BRAND, "x"), (other, post_id)):
        with pytest.raises(PermanentError) as caught:
            retract(house.store, house.writer, brand_id, what, mode=m.Mode.LIVE, by="ana", why="?")
        assert caught.value.reason == "not_ours"
    assert len(house.timeline.posts) == 2


def sent_by_bot(house: House) -> str:
    post = house.say("pricing?")
    house.wait_out(2, every_s=30)
    (found,) = [one.id for one in house.timeline.posts if one.in_reply_to == post.id]
    return found


def test_a_pause_does_not_keep_a_post_standing_and_watching_does(house: House) -> None:
    post_id = sent(house)
    with pytest.raises(PermanentError, match="only watches"):
        take_back(house, post_id, mode=m.Mode.WATCH)
    house.store.brands.pause(BRAND, why="a rumour", by="ana")
    assert take_back(house, post_id) is False
    assert house.timeline.posts == []


def test_who_is_erased_is_no_longer_named_in_the_log(house: House) -> None:
    take_back(house, sent(house))
    house.store.vetoes.veto(BRAND, SEVEN, by="ana", why="they are a competitor")
    house.wait_out(1, every_s=30)
    erase_person(house.store.database, SEVEN)
    told = [(one.what, one.subject, one.why) for one in house.store.brand_log.items()]
    assert told == [("retract", "", ""), ("retract", "", ""), ("veto", "", "")]


def test_no_errand_is_run_for_somebody_who_is_erased_in_between(house: House) -> None:
    house.say("yes")
    house.engine.step()
    now, errands = house.clock.now(), (Lane.CRM, Lane.NOTICE)
    ids = [entry.id for entry in house.store.outbox.due([BRAND], now, limit=9, lanes=errands)]
    assert len(ids) == 2
    erase_person(house.store.database, SEVEN)
    assert house.store.outbox.mark_sending(ids, now) == set()


@pytest.mark.parametrize("wrong", ["token", "keys"])
def test_a_token_or_keys_of_another_account_delete_nothing(house: House, wrong: str) -> None:
    post_id = sent(house)
    if wrong == "token":
        house.writer._token_account_id = "666"
    else:
        house.writer.keys_of = m.BrandId("666")
    with pytest.raises(PermanentError, match=f"the {wrong} belongs to account 666"):
        take_back(house, post_id)
    assert len(house.timeline.posts) == 1


@pytest.mark.parametrize("stands", [True, False])
def test_a_deletion_x_does_not_confirm_counts_only_if_the_post_is_gone(house: House, stands: bool) -> None:
    post_id = sent(house)

    class Vague(type(house.writer)):  # type: ignore[misc]
        def delete(self, permit: m.Permit) -> None:
            raise PermanentError("not_deleted", "X did not say so")

    if not stands:
        house.timeline.gone.add(post_id)
    vague = Vague(BRAND, house.clock, house.timeline)
    if stands:
        with pytest.raises(PermanentError, match="did not say so"):
            retract(house.store, vague, BRAND, post_id, mode=m.Mode.LIVE, by="ana", why="?")
    else:
        assert retract(house.store, vague, BRAND, post_id, mode=m.Mode.LIVE, by="ana", why="?").was_gone
    expected = ["begun", "failed" if stands else "was gone already"]
    assert [one.after for one in house.store.brand_log.items()] == expected


def test_a_deletion_x_could_not_do_is_logged_and_may_be_tried_again(house: House) -> None:
    post_id = sent(house)
    faults: list[LeadbotError] = [TransientError("503")]
    delete = house.writer.delete

    class Busy(type(house.writer)):  # type: ignore[misc]
        def delete(self, permit: m.Permit) -> None:
            if faults:
                raise faults.pop()
            delete(permit)

    busy = Busy(BRAND, house.clock, house.timeline)
    with pytest.raises(TransientError):
        retract(house.store, busy, BRAND, post_id, mode=m.Mode.LIVE, by="ana", why="?")
    assert retract(house.store, busy, BRAND, post_id, mode=m.Mode.LIVE, by="ana", why="?").was_gone is False
    assert [one.after for one in house.store.brand_log.items()] == ["begun", "failed", "begun", "deleted"]
