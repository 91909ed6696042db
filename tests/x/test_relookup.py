"""Real tweepy asks the simulator whether it still shows what we keep."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from leadbot.model import PersonId, PostId
from leadbot.ports import Standing
from leadbot.simulator import Player
from leadbot.simulator.accounts import user_id_for
from leadbot.x.account import Account
from leadbot.x.relookup import Relookup

from .rooms import SHORT, Control, RealClock
from .wire import ScriptedServer, answer


@pytest.fixture
def ask(clock: RealClock, acme: Account) -> Iterator[Callable[[str], Relookup]]:
    made: list[Relookup] = []

    def make(base_url: str) -> Relookup:
        made.append(Relookup(acme, clock, base_url=base_url, time_outs=SHORT))
        return made[-1]

    yield make
    for relookup in made:
        relookup.close()


def test_it_tells_what_stands_what_is_deleted_and_whose_author_is_away(
    ask: Callable[[str], Relookup], person: Callable[..., Player], control: Control, base_url: str
) -> None:
    people = [person(name) for name in ("ann", "bob", "cleo", "dan")]
    posts = [PostId(one.post(f"@acme hello from {one.username}")) for one in people]
    people[1].delete(posts[1])
    control.ask("POST", "users", json={"username": "cleo", "protected": True})
    control.ask("POST", "users", json={"username": "dan", "suspended": True})
    relookup = ask(base_url)
    ids = [PersonId(str(user_id_for(one.username))) for one in people]

    looked = relookup.look([*posts, PostId("99")])
    standing = relookup.standing(ids)

    assert looked.there == {posts[0]}
    assert looked.gone == {*posts[1:], "99"}
    there, protected, gone = Standing.THERE, Standing.PROTECTED, Standing.GONE
    assert [standing[one] for one in ids] == [there, there, protected, gone]


def test_an_edited_post_tells_its_newest_version(
    ask: Callable[[str], Relookup], ann: Player, base_url: str
) -> None:
    first = PostId(ann.post("@acme for 4"))
    newest = PostId(ann.edit(first, "for 400"))
    relookup = ask(base_url)
    assert relookup.look([first]).newer == {first: newest}
    ((post, author),) = relookup.fetch([newest])
    assert (post.said, post.edit_history, author.username) == ("for 400", (first, newest), "ann")


def test_only_what_x_names_as_gone_is_gone(ask: Callable[[str], Relookup], server: ScriptedServer) -> None:
    withheld = {"id": "2", "text": "b", "withheld": {"copyright": False, "country_codes": ["DE"]}}
    problem = {"resource_id": "3", "type": "https://api.twitter.com/2/problems/resource-not-found"}
    other = {"resource_id": "4", "type": "https://api.x.com/2/problems/service-unavailable"}
    body = {"data": [{"id": "1", "text": "a"}, withheld], "errors": [problem, other, "odd", {"type": None}]}
    server.scripts["GET /2/tweets"] = [[answer(200, body)]]
    looked = ask(server.base_url).look([PostId(one) for one in "12345"])
    assert (looked.there, looked.gone) == ({"1"}, {"2", "3"})


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": "x", "errors": 5}, {"errors": [{}]}])
def test_an_odd_answer_takes_nothing_from_anybody(
    ask: Callable[[str], Relookup], server: ScriptedServer, body: object
) -> None:
    server.scripts["GET /2/tweets"] = [[answer(200, body)]]
    looked = ask(server.base_url).look([PostId("1")])
    assert (looked.there, looked.gone) == (frozenset(), frozenset())
