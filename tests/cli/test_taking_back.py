"""`leadbot drafts edit`, `leadbot veto` and `leadbot retract` as people type them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadbot.errors import UnknownOutcome
from leadbot.simulator import Player, SimulatorServer, World
from tests.cli.shop import ACME, TOML, Run, house, run
from tests.fakes.house import House
from tests.fakes.writer import When

__all__ = ["house", "run"]

DISCLOSURE = ACME.disclosures[0]


def drafted(run: Run, house: House) -> str:
    assert run("brand", "mode", "acme", "draft").code == 0
    house.say("pricing?")
    house.wait_out(2)
    (draft,) = run("drafts", "list", "--json").json
    return str(draft["id"])


def test_a_draft_is_edited_and_what_was_decided_stays_beside_it(run: Run, house: House) -> None:
    number = drafted(run, house)
    assert run("drafts", "edit", number, "--text", "It starts at $6 a seat.").code == 0
    shown = run("drafts", "show", number).out
    assert "would say    It starts at $6 a seat." in shown
    assert "was decided  Thanks for “pricing?”" in shown
    assert run("drafts", "approve", number).code == 0
    house.wait_out(1)
    assert [post.said for post in house.timeline.posts] == ["It starts at $6 a seat."]
    assert run("drafts", "edit", number, "--text", "Too late").code == 2


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ("", "it says nothing"),
        ("x" * 281, "281 characters by X's count"),
        ("Ask @globex about that", "it names @globex, who did not ask"),
    ],
)
def test_words_that_may_not_leave_are_told_and_change_nothing(
    run: Run, house: House, words: str, wrong: str
) -> None:
    number = drafted(run, house)
    said = run("drafts", "edit", number, "--text", words)
    assert said.code == 2
    assert wrong in said.err
    assert "changed by" not in run("drafts", "show", number).out


def test_no_draft_is_approved_while_the_bot_only_watches(run: Run, house: House) -> None:
    number = drafted(run, house)
    run("brand", "mode", "acme", "watch")
    said = run("drafts", "approve", number)
    assert said.code == 2
    assert "the bot only watches" in said.err
    assert [one["id"] for one in run("drafts", "list", "--json").json] == [int(number)], "it waits"


def test_a_veto_by_number_and_by_handle_and_one_that_is_too_late(run: Run, house: House) -> None:
    house.say("pricing?", by=7)
    house.say("pricing?", by=8)
    house.store.brands.begin_catch_up(ACME.id)
    house.wait_out(1)
    waiting = run("veto", "--json").json
    assert [one["person"] for one in waiting] == ["person7", "person8"]
    assert "Thanks for" in run("veto").out

    assert run("veto", str(waiting[0]["number"]), "--why", "no", "--json").json["stopped"] == ["person7"]
    house.store.brands.poll_completed(ACME.id)
    house.wait_out(1)
    late = run("veto", "@person8")
    assert late.code == 1
    assert "Too late: it was sent to @person8" in late.out
    assert f"leadbot retract {house.timeline.posts[0].id}" in late.out
    assert len(house.timeline.posts) == 1
    assert run("veto", "@nobody").code == 2
    assert [line["what"] for line in run("brand", "log", "--json").json] == ["veto"]


def test_a_veto_by_handle_reaches_a_reply_that_x_lost_sight_of(run: Run, house: House) -> None:
    house.say("pricing?", by=7)
    house.writer.fail(When.BEFORE, lambda: UnknownOutcome("time-out"))
    house.settle(seconds=31)
    told = run("veto", "@person7", "--why", "no")
    assert (told.code, "has not answered yet" in told.out) == (1, True)
    house.wait_out(10)
    assert house.timeline.posts == []
    assert len(house.writer.calls) == 1


def test_of_two_accounts_no_post_is_deleted(run: Run, house: House, tmp_path: Path) -> None:
    toml = tmp_path / "leadbot.toml"
    both = toml.read_text() + '[[brands]]\nhandle = "globex"\nplaybooks = []\n'
    toml.write_text(both, encoding="utf-8")
    said = run("retract", "1", "--brand", "acme", "--brand", "globex", "--why", "?")
    assert (said.code, "name one account" in said.err) == (2, True)


def test_a_retraction_goes_through_the_door_with_the_keys_of_the_account(
    run: Run, house: House, tmp_path: Path
) -> None:
    with SimulatorServer(World(seed=7, brands=["acme"])) as server, Player(server.base_url, "ann") as ann:
        toml = tmp_path / "leadbot.toml"
        toml.write_text(TOML.replace("http://127.0.0.1:8765", server.base_url), encoding="utf-8")
        mention = ann.post("@acme pricing?")
        with Player(server.base_url, "acme") as acme:
            post_id = acme.reply(mention, "It starts at $5 a seat.")
        as_if_sent(house, post_id, under=mention)

        run("brand", "mode", "acme", "watch")
        refused = run("retract", post_id, "--why", "a wrong price")
        assert refused.code == 2
        assert f"delete it by hand at https://x.com/acme/status/{post_id}" in refused.err
        assert [one["id"] for one in ann.replies_to(mention)] == [post_id]

        run("brand", "mode", "acme", "live", "--confirm", "acme")
        run("pause", "--reason", "a wrong price")
        told = run("retract", post_id, "--why", "a wrong price", "--json").json
        assert told["was_gone"] is False
        assert ann.replies_to(mention) == []
        writes = [one["route"] for one in server.world.requests if not one["route"].startswith("GET")]
        assert writes.count("DELETE /2/tweets/:id") == 1
        assert "was gone already" in run("retract", post_id, "--why", "again").out
        spent = house.store.queries.counts(datetime.min.replace(year=2000, tzinfo=UTC)).spent_usd
        assert spent == pytest.approx(0.010 + 0.010 + 0.010), "a reply, a look, a deletion"


def as_if_sent(house: House, post_id: str, *, under: str) -> None:
    """The house sent that post an hour ago."""
    post = house.say("pricing?")
    house.wait_out(1)
    assert len(house.timeline.replies_to(post.id)) == 1
    with house.store.database.write() as connection:
        connection.exec_driver_sql("UPDATE outbox SET post_id = ?, parent_id = ?", (post_id, under))
