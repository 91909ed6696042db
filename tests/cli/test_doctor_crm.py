"""`leadbot doctor` asks the CRM itself, and says what to make or mend there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from leadbot.app.doctor import Report, State, examine
from leadbot.model.readings import Reading, ReadRequest
from leadbot.store import open_database
from tests.crm.hubspot_stand_in import TOKEN, HubspotStandIn

PROJECT = """
[x]
base_url = "http://127.0.0.1:9"
[[brands]]
handle = "acme"
playbooks = []
[crm]
adapter = "hubspot"
base_url = "{url}"
[crm.fields]
username = "twitterhandle"
score = "{score}"
"""


class NoReader:
    def read(self, requests: list[ReadRequest]) -> list[Reading]:
        return [Reading() for _ in requests]


@pytest.fixture
def server() -> Iterator[HubspotStandIn]:
    server = HubspotStandIn()
    yield server
    server.close()


def look(
    folder: Path, server: HubspotStandIn, *, score: str, token: str = TOKEN, offline: bool = False
) -> Report:
    text = PROJECT.format(url=server.url, score=score)
    (folder / "leadbot.toml").write_text(text, encoding="utf-8")
    open_database(f"sqlite:///{folder / 'leadbot.db'}").close()
    env = {"LEADBOT_CRM_TOKEN": token}
    return examine(folder, env, offline=offline, load=NoReader)  # type: ignore[arg-type]


def of_crm(report: Report) -> list[tuple[State, str, str]]:
    return [(one.state, one.what, one.fix) for one in report.findings if one.id == "crm"]


def test_a_crm_that_has_everything_is_green(tmp_path: Path, server: HubspotStandIn) -> None:
    ((state, what, _),) = of_crm(look(tmp_path, server, score="seats"))
    assert state is State.GREEN
    assert "pull outcomes" in what


def test_a_field_that_is_missing_there_is_red_with_what_was_meant(
    tmp_path: Path, server: HubspotStandIn
) -> None:
    ((state, what, fix),) = of_crm(look(tmp_path, server, score="seets"))
    assert (state, "crm.fields.score" in what) == (State.RED, True)
    assert 'did you mean "seats"?' in fix


def test_a_token_that_is_refused_is_red_and_not_shown(tmp_path: Path, server: HubspotStandIn) -> None:
    ((state, what, fix),) = of_crm(look(tmp_path, server, score="seats", token="pat-of-another"))
    assert state is State.RED
    assert "LEADBOT_CRM_TOKEN" in fix
    assert "pat-of-another" not in what + fix


def test_offline_nothing_is_asked(tmp_path: Path, server: HubspotStandIn) -> None:
    ((state, _, _),) = of_crm(look(tmp_path, server, score="seets", offline=True))
    assert (state, server.requests) == (State.GREEN, [])
