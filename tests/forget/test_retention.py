"""Old words leave by themselves, with a moved clock."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.cli import call
from leadbot.daemon import only_one
from leadbot.forget import Keeper, Sweeping
from leadbot.ports import Odd
from leadbot.simulator.accounts import user_id_for
from leadbot.store import Store, open_database
from tests.fakes.clock import ManualClock
from tests.fakes.house import BRAND
from tests.flows.factories import NOISE, STOP
from tests.forget.rooms import ANN, Records

DAY = 86_400.0


@pytest.fixture
def sweep(records: Records) -> Callable[[], int]:
    thirty, year = timedelta(days=30), timedelta(days=365)
    return Sweeping(records.store, records.clock, thirty, year).step


def tables_with_rows(records: Records) -> set[str]:
    with records.store.database.read() as connection:
        names = (
            connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'").scalars().all()
        )
        return {
            name
            for name in names
            if connection.exec_driver_sql(f"SELECT count(*) FROM {name}").scalar()
            and not name.startswith(("sqlite", "alembic"))
        }


def test_thirty_days_after_the_last_contact_nothing_of_a_person_is_left(
    records: Records, sweep: Callable[[], int]
) -> None:
    records.say("we want zebralead")
    records.wait_out(2)
    records.answer("about 40 zebraforty")
    records.wait_out(2)
    records.settle(seconds=29 * DAY)
    assert sweep() == 0
    assert "leadbot.db" in records.words_on_disk()
    records.settle(seconds=2 * DAY)
    assert sweep() == 1
    assert records.words_on_disk() == {}
    assert tables_with_rows(records) <= {"brand_state", "spend", "chore", "own_post"}
    assert records.store.spend.spent(BRAND, records.clock.now() - timedelta(days=31)) > 0


def test_a_new_contact_begins_the_time_anew(records: Records, sweep: Callable[[], int]) -> None:
    records.say("we want zebralead")
    records.wait_out(2)
    records.settle(seconds=29 * DAY)
    records.say("about 40 zebraforty")
    records.settle(seconds=20 * DAY)
    assert sweep() == 0
    assert records.words_on_disk()["leadbot.db"] == ["zebralead", "zebraforty"]


def test_with_consent_it_is_a_year(records: Records, sweep: Callable[[], int]) -> None:
    records.dialog()
    records.settle(seconds=300 * DAY)
    assert sweep() == 0
    assert "leadbot.db" in records.words_on_disk()
    records.settle(seconds=70 * DAY)
    assert sweep() == 1
    assert "leadbot.db" not in records.words_on_disk()


def test_it_runs_once_a_day_and_tells_when(records: Records, sweep: Callable[[], int]) -> None:
    records.reader.known["what a day"] = NOISE
    records.hear(*(records.post("what a day", by=number) for number in range(20, 75)))
    records.settle(seconds=31 * DAY)
    assert sweep() == 55, "in batches, all of them"
    records.clock.advance(DAY - 1)
    assert sweep() == 0
    (chore,) = records.store.chores.all()
    assert (chore.name, chore.outcome) == ("forget old words", "55 people's words left")
    assert chore.at == records.clock.now() - timedelta(seconds=DAY - 1)
    records.clock.advance(1)
    sweep()
    assert records.store.chores.last("forget old words") == records.clock.now()


def test_a_stop_outlives_the_words(records: Records, sweep: Callable[[], int]) -> None:
    records.reader.known["stop"] = STOP
    records.say("we want zebralead")
    records.wait_out(2)
    records.say("stop")
    records.settle(seconds=31 * DAY)
    assert sweep() == 1
    assert records.store.suppressions.has(BRAND, ANN)
    said = len(records.timeline.posts)
    records.say("we want it again")
    records.wait_out(4)
    assert len(records.timeline.posts) == said


def test_what_still_waits_is_not_taken_away(records: Records, sweep: Callable[[], int]) -> None:
    records.say("we want zebralead")
    records.settle(seconds=1)
    post = records.post("about 40 zebraforty")
    records.clock.advance(31 * DAY)
    records.hear(post)
    assert sweep() == 0
    assert "leadbot.db" in records.words_on_disk()


def test_an_item_nobody_can_read_goes_after_a_day(records: Records, sweep: Callable[[], int]) -> None:
    records.store.inbox.set_aside([Odd(BRAND, b'{"text": "zebralead"', "not JSON")])
    sweep()
    records.clock.advance(DAY + 1)
    sweep()
    assert records.words_on_disk() == {}


def test_a_task_that_fails_does_not_keep_the_others_from_their_work() -> None:
    done: list[str] = []

    def broken() -> None:
        raise ValueError("a bug")

    keeper = Keeper([broken, lambda: done.append("swept")], ManualClock())
    with pytest.raises(ValueError, match="a bug"):
        keeper.step()
    assert done == ["swept"]


def test_once_told_to_stop_the_keeper_begins_no_further_task() -> None:
    stop, done = threading.Event(), list[str]()
    keeper = Keeper([lambda: (done.append("one"), stop.set()), lambda: done.append("two")], ManualClock())
    keeper.step(stop)
    assert done == ["one"]


def test_many_old_words_go_in_several_rounds(records: Records) -> None:
    for person in range(100, 125):
        records.say("we want zebralead", by=person)
    records.settle()
    records.wait_out(2)
    records.clock.advance(31 * DAY)
    records.settle()
    sweeping = Sweeping(records.store, records.clock, timedelta(days=30), timedelta(days=365), most_batches=1)
    assert [sweeping.step() for _ in range(5)] == [10, 10, 5, 0, 0]
    assert records.words_on_disk() == {}


def test_words_that_failed_before_anybody_knew_the_person_leave_as_well(
    records: Records, sweep: Callable[[], int]
) -> None:
    records.reader.poison = {"we want zebralead"}
    records.say("we want zebralead")
    records.settle()
    assert "leadbot.db" in records.words_on_disk()
    records.clock.advance(31 * DAY)
    sweep()
    assert records.words_on_disk() == {}


@pytest.fixture
def project(tmp_path: Path, template: Path) -> Path:
    base = '[x]\nbase_url = "http://127.0.0.1:8765"\n[[brands]]\nhandle = "acme"\nplaybooks = []\n'
    (tmp_path / "leadbot.toml").write_text(base, encoding="utf-8")
    (tmp_path / "leadbot.db").write_bytes(template.read_bytes())
    brand_id = m.BrandId(str(user_id_for("acme")))
    clock = ManualClock()
    store = Store(open_database(f"sqlite:///{tmp_path}/leadbot.db"), clock)
    store.brands.introduce(brand_id, "acme")
    at = clock.now()
    post = m.Post(m.PostId("9"), ANN, "@acme zebralead", "zebralead", at, m.PostId("9"))
    store.inbox.put_posts(brand_id, [(post, m.Person(ANN, "ann"))], channel="poll")
    store.inbox.set_aside([Odd(None, b"zebraforty", "odd")])
    store.chores.done("forget old words", at, "3 people's words left")
    store.close()
    return tmp_path


def test_status_tells_when_old_words_were_last_seen_to(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert call(["status", "--project", str(project)]) == 0
    assert "forget old words, 23 Nov 10:00 UTC: 3 people's words left" in capsys.readouterr().out
    assert call(["status", "--json", "--project", str(project)]) == 0
    assert json.loads(capsys.readouterr().out)["chores"][0]["name"] == "forget old words"


def test_a_purge_needs_the_handle_typed_again_and_leaves_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    at = ["--project", str(project)]
    assert call(["purge", "acme", "--confirm", "globex", *at]) == 2
    assert "--confirm @acme" in capsys.readouterr().err
    with only_one(project / "leadbot.db.lock"):
        assert call(["purge", "acme", "--confirm", "@acme", *at]) == 2
    assert "another leadbot works on this database" in capsys.readouterr().err
    assert b"zebralead" in b"".join(file.read_bytes() for file in project.glob("leadbot.db*"))
    assert call(["purge", "@acme", "--confirm", "@Acme", *at]) == 0
    left = b"".join(file.read_bytes() for file in project.glob("leadbot.db*"))
    assert b"zebralead" not in left
    assert b"zebraforty" not in left
