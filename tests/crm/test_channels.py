"""Teams and reps are told where they are: apprise's own JSON channel, to a server on this machine."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from leadbot.crm.channels import Address, ChannelNotifier, is_understood
from leadbot.errors import TransientError
from leadbot.model.secret import Secret
from tests.crm.stand_in import Answer, How, Request, StandIn

TOKEN = "s3cr3t-t0ken"


class Chat(StandIn):
    """A chat that takes messages."""

    def answer(self, request: Request) -> Answer:
        return Answer(200, {})

    def told(self) -> list[tuple[str, str]]:
        return [(one.path, one.json["title"]) for one in self.requests]


@pytest.fixture
def chat() -> Iterator[Chat]:
    chat = Chat()
    yield chat
    chat.close()


def notifier(folder: Path, chat: Chat) -> ChannelNotifier:
    where = chat.url.removeprefix("http://")
    addresses = [
        Address("sales", "", "SALES", Secret(f"json://{where}/team/{TOKEN}")),
        Address("sales", "Maya", "MAYA", Secret(f"json://{where}/maya/{TOKEN}")),
    ]
    return ChannelNotifier(folder, addresses, lambda key, rep: f"https://desk/{rep or 'all'}/{key}")


def test_a_rep_is_told_labels_and_a_link_once_also_after_a_restart(tmp_path: Path, chat: Chat) -> None:
    for one in (notifier(tmp_path, chat), notifier(tmp_path, chat)):
        one.notify("sales", "80 points", ["team_size=many +30"], key="n1", rep="Maya", handoff_key="1:7:h")
    assert chat.told() == [(f"/maya/{TOKEN}", "Maya: 80 points")]
    assert chat.requests[0].json["message"] == "team_size=many +30\nhttps://desk/Maya/1:7:h"


def test_who_has_no_channel_is_told_where_the_team_is(tmp_path: Path, chat: Chat) -> None:
    one = notifier(tmp_path, chat)
    one.notify("sales", "80 points", [], key="n1", rep="Tomás")
    one.notify("sales", "60 points", [], key="n2")
    one.notify("operators", "alarm", [], key="n3")
    assert chat.told() == [
        (f"/team/{TOKEN}", "Tomás: 80 points"),
        (f"/team/{TOKEN}", "sales: 60 points"),
    ]
    assert (tmp_path / "notifications.jsonl").read_text().count("\n") == 3


def test_a_channel_that_fails_is_made_up_for_by_the_team_and_asked_again_alone(
    tmp_path: Path, chat: Chat
) -> None:
    one = notifier(tmp_path, chat)
    chat.faults = {0: How.ERROR_BEFORE}
    with capture_logs() as logs, pytest.raises(TransientError, match="MAYA") as told:
        one.notify("sales", "80 points", [], key="n1", rep="Maya")
    one.notify("sales", "80 points", [], key="n1", rep="Maya")
    paths = [path.split("/")[1] for path, _ in chat.told()]
    assert paths == ["maya", "team", "maya"]
    seen = [str(told.value), repr(one), str(logs), *(file.read_text() for file in tmp_path.iterdir())]
    assert not any(TOKEN in text for text in seen)


@pytest.mark.parametrize(
    ("url", "is_good"),
    [("json://127.0.0.1/x", True), ("slakc://a/b/c", False), ("slack://", False), ("", False)],
)
def test_an_address_is_judged_without_asking_anybody(url: str, is_good: bool) -> None:
    assert is_understood(Secret(url)) is is_good
