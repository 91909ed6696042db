"""A notice's link leads to the desk, where the routes stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from leadbot import settings
from leadbot.app.notices import notifier_of
from leadbot.desk import links
from leadbot.model.secret import Secret
from leadbot.relay.routing import Routing
from leadbot.settings.scaffold import write_project
from leadbot.settings.values import Channel
from tests.crm.stand_in import Answer, Request, StandIn
from tests.desk.conftest import Desk


class Chat(StandIn):
    """A chat that takes messages."""

    def answer(self, request: Request) -> Answer:
        return Answer(200, {})


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat()
    yield chat
    chat.close()


def test_the_card_tells_who_was_asked_and_why_not_the_others(desk: Desk) -> None:
    who = desk.hand_over()
    Routing(desk.store, desk.machinery.decks, desk.machinery.clock).step()
    page = desk.as_("Maya Lindqvist").get(f"/talk/{who}").text
    assert "Who was asked" in page
    assert "claim within 1 h" in page
    assert "Not Maya Lindqvist: " in page or "Not Tomás Rivera: " in page


def test_a_rep_with_a_desk_account_gets_a_link_of_their_own_and_others_the_page(
    desk: Desk, chat: Chat, tmp_path: Path
) -> None:
    who = desk.hand_over("a human about my secret number please")
    desk.as_("Maya Lindqvist")
    write_project(tmp_path / "project", "acme")
    url = Secret(f"json://{chat.url.removeprefix('http://')}/")
    found = replace(settings.load(tmp_path / "project", {}), channels=(Channel("sales", "", "SALES", url),))
    notifier = notifier_of(found, desk.store)
    for rep in ("Maya Lindqvist", "Tomás Rivera"):
        about = {"rep": rep, "handoff_key": desk.key_of(who)}
        notifier.notify("sales", "asked for human", [], key=f"n:{rep}", **about)
    own, page = (one.json["message"] for one in chat.requests)
    assert page == f"http://127.0.0.1:8788/talk/{who}"
    token = own.removeprefix("http://127.0.0.1:8788/claim/")
    secret = desk.store.desk_access.secret(links.SECRET)
    link = links.read(secret, token, now=desk.time.at)
    assert link is not None
    assert (link.rep, link.handoff_key) == ("Maya Lindqvist", desk.key_of(who))
    assert "secret" not in own.split("/claim/")[0]
