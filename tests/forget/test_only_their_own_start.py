"""A "stop" is for ever: only the person's own "start" lifts it, whatever else happens to our records."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from leadbot import model as m
from leadbot.store.erase import erase_person
from leadbot.store.suppressions import Stop
from tests.fakes.house import BRAND
from tests.flows.factories import START, STOP
from tests.forget.rooms import ANN, Records


def is_listed(records: Records) -> bool:
    return records.store.suppressions.has(BRAND, ANN)


def put(records: Records, event: m.Event) -> None:
    key = f"{type(event).__name__}:{records.clock.now().isoformat()}"
    records.store.inbox.put_event(BRAND, ANN, event, key=key)


def edit_the_stop(records: Records) -> None:
    stop = next(post for post in records.asked if post.said == "please stop")
    newer = m.PostId(str(int(stop.id) + 9))
    records.say("about 40 zebraforty", edit_history=(stop.id, newer))


def delete_the_stop(records: Records) -> None:
    records.store.checks.posts_gone([post.id for post in records.asked], records.clock.now())


def release(records: Records) -> None:
    put(records, m.ReleasedToBot("Mia Winter", records.clock.now()))


def take_over_and_release(records: Records) -> None:
    put(records, m.TakenOver("Mia Winter", records.clock.now()))
    release(records)


def close(records: Records) -> None:
    put(records, m.OutcomeSet("won", "Mia Winter", records.clock.now()))


def erase(records: Records) -> None:
    erase_person(records.store.database, ANN)


def import_again(records: Records) -> None:
    records.store.suppressions.add([Stop(BRAND, ANN, "imported")], by="operator")


def lose_the_account(records: Records) -> None:
    records.store.checks.people_gone([(ANN, "gone")], records.clock.now())


def restart(records: Records) -> None:
    records.restart()


HAPPENINGS: list[Callable[[Records], None]] = [
    edit_the_stop,
    delete_the_stop,
    release,
    take_over_and_release,
    close,
    erase,
    import_again,
    lose_the_account,
    restart,
]


@pytest.mark.parametrize("happens", HAPPENINGS, ids=lambda one: one.__name__)
def test_nothing_else_lifts_a_stop_and_their_start_does(
    records: Records, happens: Callable[[Records], None]
) -> None:
    records.reader.known |= {"please stop": STOP, "start": START}
    records.asked = [records.say("we want zebralead")]
    records.wait_out(2)
    records.asked.append(records.say("please stop"))
    records.settle(seconds=5)
    said = len(records.timeline.posts)
    happens(records)
    records.settle(seconds=60)
    assert is_listed(records)
    records.say("we want it again")
    records.wait_out(4)
    assert len(records.timeline.posts) == said, "not a word"
    assert is_listed(records)
    records.say("start")
    records.settle(seconds=5)
    assert not is_listed(records)


def test_an_imported_stranger_gets_no_word_and_is_lifted_by_their_own_start(records: Records) -> None:
    records.reader.known |= {"start": START}
    records.store.suppressions.add([Stop(BRAND, ANN, "imported")], by="operator")
    records.say("we want zebralead")
    records.wait_out(4)
    assert records.timeline.posts == []
    assert [task.kind for task in records.store.queries.tasks()] == ["opted_out_person_wrote"]
    records.say("start")
    records.settle(seconds=5)
    assert not is_listed(records)
    records.say("we want it again")
    records.wait_out(4)
    assert len(records.timeline.posts) == 1


def test_an_import_ends_a_dialog_that_is_under_way(records: Records) -> None:
    records.say("we want zebralead")
    records.settle(seconds=1)
    added = records.store.suppressions.add([Stop(BRAND, ANN, "imported")], by="operator")
    records.wait_out(4)
    assert added.new == 1
    assert records.timeline.posts == []
    assert records.ann().status is m.Status.OPTED_OUT
    (stop,) = records.store.suppressions.all([BRAND])
    assert stop.reason == "imported", "what it was first noted with stays"


def test_an_old_list_does_not_silence_who_said_start_since(records: Records) -> None:
    records.reader.known |= {"start": START}
    old = records.clock.now()
    records.store.suppressions.add([Stop(BRAND, ANN, "imported", old)], by="operator")
    records.clock.advance(60)
    records.say("start")
    records.settle(seconds=5)
    again = records.store.suppressions.add([Stop(BRAND, ANN, "imported", old)], by="operator")
    assert (again.new, again.known, again.lifted_since) == (0, 0, 1)
    assert not is_listed(records)
    by_hand = records.store.suppressions.add([Stop(BRAND, ANN, "asked by phone")], by="operator")
    assert by_hand.new == 1
    assert is_listed(records)
