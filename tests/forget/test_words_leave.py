"""What left X leaves the disk: every copy, byte by byte."""

from __future__ import annotations

import pytest

from leadbot import model as m
from leadbot.model.redaction import DELETED
from leadbot.store.states import OutboxState
from tests.fakes.house import BRAND
from tests.forget.rooms import ANN, WORDS, Records


def rows(records: Records, sql: str) -> list[tuple[object, ...]]:
    with records.store.database.read() as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_before_anything_is_deleted_the_words_stand_where_they_are_looked_for(records: Records) -> None:
    records.dialog()
    found = records.words_on_disk()
    assert found["leadbot.db"] == list(WORDS)
    assert "zebraforty" in found["leads.jsonl"]
    assert "zebraforty" in found["leads.csv"]


def test_scenario_25_the_words_of_deleted_posts_leave_every_table_and_the_crm(records: Records) -> None:
    posts = records.dialog()
    records.store.checks.posts_gone([post.id for post in posts], records.clock.now())
    records.settle(seconds=60)
    assert records.words_on_disk() == {}


def test_one_deleted_post_takes_its_words_and_leaves_its_points(records: Records) -> None:
    posts = records.dialog()
    records.store.checks.posts_gone([posts[1].id], records.clock.now())
    records.settle(seconds=60)
    assert records.words_on_disk("zebraforty") == {}
    assert records.words_on_disk("zebraexcel")["leads.jsonl"] == ["zebraexcel"]
    dialog = records.ann().dialog
    assert dialog is not None
    assert [line.points for line in dialog.receipt] == [30, 20, 15]
    assert [line.words == DELETED for line in dialog.receipt] == [True, False, False]


def test_a_card_of_an_earlier_dialog_loses_them_too(records: Records) -> None:
    posts = records.dialog()
    (handoff,) = records.store.queries.handoffs()
    records.store.desk.close_handoff(handoff.key, "later", by="Mia Winter")
    key = "release:1"
    records.store.inbox.put_event(BRAND, ANN, m.ReleasedToBot("Mia Winter", records.clock.now()), key=key)
    records.settle(seconds=40 * 86_400)
    records.say("we want it again")
    records.wait_out(4)
    assert records.ann().dialogs == 2
    records.store.checks.posts_gone([post.id for post in posts], records.clock.now())
    records.settle(seconds=60)
    assert records.words_on_disk() == {}


def test_a_person_x_no_longer_shows_leaves_with_words_name_and_profile(records: Records) -> None:
    records.dialog()
    records.store.checks.people_gone([(ANN, "protected")], records.clock.now())
    records.settle(seconds=60)
    assert records.words_on_disk() == {}
    assert records.ann().person is None
    assert rows(records, "SELECT * FROM person") == []


def test_a_reply_that_waits_is_not_said_to_a_post_that_is_gone(records: Records) -> None:
    records.decks[BRAND] = records.decks[BRAND].__class__(
        m.Brand(BRAND, "acme", "Acme", mode=m.Mode.DRAFT), records.decks[BRAND].playbooks
    )
    post = records.say("we want zebralead")
    records.wait_out(2)
    assert rows(records, "SELECT state FROM outbox WHERE lane = 'reply'") == [(OutboxState.DRAFT,)]
    records.store.checks.posts_gone([post.id], records.clock.now())
    records.settle(seconds=60)
    assert rows(records, "SELECT state, rule FROM outbox WHERE lane = 'reply'") == [
        (OutboxState.CANCELLED, "parent_gone")
    ]
    assert records.ann().in_flight is None
    assert records.words_on_disk() == {}


def test_an_edit_takes_the_older_words_away(records: Records) -> None:
    first = records.say("we want zebralead")
    records.settle(seconds=1)
    records.say("about 40 zebraforty", version=1, edit_history=(first.id, m.PostId(str(int(first.id) + 9))))
    records.wait_out(2)
    assert records.words_on_disk("zebralead") == {}
    assert "leadbot.db" in records.words_on_disk("zebraforty")


def test_an_edit_that_comes_after_the_deletion_is_not_kept_and_not_answered(records: Records) -> None:
    first = records.say("we want zebralead")
    records.settle(seconds=1)
    records.store.checks.posts_gone([first.id], records.clock.now())
    records.settle(seconds=1)
    records.say("about 40 zebraforty", edit_history=(first.id, m.PostId(str(int(first.id) + 9))))
    records.wait_out(4)
    assert records.timeline.posts == []
    assert records.words_on_disk() == {}


@pytest.mark.parametrize("which", [0, 1])
def test_any_version_named_takes_the_whole_post(records: Records, which: int) -> None:
    first = records.post("we want zebralead")
    second = m.PostId(str(int(first.id) + 9))
    records.hear(first)
    records.settle(seconds=1)
    edit = records.post("about 40 zebraforty", edit_history=(first.id, second))
    records.hear(edit)
    records.wait_out(2)
    records.store.checks.posts_gone([(first.id, edit.id)[which]], records.clock.now())
    records.settle(seconds=60)
    assert records.words_on_disk() == {}
