"""Real tweepy hands lists of ids to the simulator, and reads what must not be kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from leadbot.errors import PermanentError, TransientError
from leadbot.ports import JobKind
from leadbot.simulator import Player
from leadbot.simulator.accounts import user_id_for
from leadbot.x.account import Account
from leadbot.x.compliance import XComplianceJobs

from .rooms import SHORT, Control, RealClock
from .wire import ScriptedServer, answer


@pytest.fixture
def jobs_at(clock: RealClock, acme: Account) -> Iterator[Callable[[str], XComplianceJobs]]:
    made: list[XComplianceJobs] = []

    def make(base_url: str) -> XComplianceJobs:
        made.append(XComplianceJobs(acme, clock, base_url=base_url, time_outs=SHORT))
        return made[-1]

    yield make
    for jobs in made:
        jobs.close()


def test_a_job_tells_which_posts_and_people_must_go_and_why(
    jobs_at: Callable[[str], XComplianceJobs],
    person: Callable[..., Player],
    control: Control,
    base_url: str,
) -> None:
    people = [person(name) for name in ("ann", "bob", "cleo", "dan")]
    posts = [one.post(f"@acme hello from {one.username}") for one in people]
    people[1].delete(posts[1])
    control.ask("POST", "users", json={"username": "cleo", "protected": True})
    control.ask("POST", "users", json={"username": "dan", "suspended": True})
    jobs = jobs_at(base_url)

    found = jobs.results(jobs.start(JobKind.POSTS, posts))
    ids = [str(user_id_for(one.username)) for one in people]
    away = jobs.results(jobs.start(JobKind.PEOPLE, ids))

    assert found == {posts[1]: "deleted", posts[2]: "protected", posts[3]: "suspended"}
    assert away == {ids[2]: "protected", ids[3]: "suspended"}


def test_a_job_under_way_is_found_again_and_a_second_one_must_wait(
    jobs_at: Callable[[str], XComplianceJobs], control: Control, base_url: str
) -> None:
    control.settings(compliance_job_s=60.0)
    jobs = jobs_at(base_url)
    assert jobs.running(JobKind.POSTS) is None
    job_id = jobs.start(JobKind.POSTS, ["7"])
    assert jobs_at(base_url).running(JobKind.POSTS) == job_id
    assert jobs.results(job_id) is None
    with pytest.raises(TransientError, match="only one job can run"):
        jobs.start(JobKind.POSTS, ["7"])
    control.ask("POST", "clock", json={"advance_s": 61})
    assert jobs.results(job_id) == {"7": "deleted"}


def test_where_jobs_are_not_offered_that_is_said(
    jobs_at: Callable[[str], XComplianceJobs], control: Control, base_url: str
) -> None:
    control.settings(compliance_offered=False)
    with pytest.raises(PermanentError):
        jobs_at(base_url).start(JobKind.POSTS, ["7"])


def test_lines_nobody_can_read_take_nothing(
    jobs_at: Callable[[str], XComplianceJobs], server: ScriptedServer
) -> None:
    files = f"{server.base_url}/file"
    job = {"id": "1", "status": "complete", "download_url": files}
    server.scripts["GET /2/compliance/jobs/1"] = [[answer(200, {"data": job})]]
    lines = (b'{"id": "7", "reason": "deleted"}', b"not json", b"[]", b'{"id": 8}', b"", b'{"id": "10"}')
    place = b'{"id": "9", "reason": "scrub_geo"}'
    server.scripts["GET /file"] = [[answer(200, b"\n".join((*lines, place)))]]
    assert jobs_at(server.base_url).results("1") == {"7": "deleted", "10": "deleted"}


@pytest.mark.parametrize("status", ["failed", "expired"])
def test_a_job_that_came_to_nothing_is_no_answer(
    jobs_at: Callable[[str], XComplianceJobs], server: ScriptedServer, status: str
) -> None:
    server.scripts["GET /2/compliance/jobs/1"] = [[answer(200, {"data": {"id": "1", "status": status}})]]
    with pytest.raises(PermanentError, match=status):
        jobs_at(server.base_url).results("1")
