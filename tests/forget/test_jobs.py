"""Compliance jobs: X looks at the whole list, and what it names goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from leadbot.errors import PermanentError
from leadbot.forget import JobChecking
from leadbot.ports import JobKind
from tests.forget.rooms import ANN, FakeWatch, Records

HOUR = 3600.0


@dataclass
class FakeJobs:
    """An X that answers when it is told to."""

    gone: dict[str, str] = field(default_factory=dict)
    is_ready: bool = True
    refuses: bool = False
    asked: list[tuple[JobKind, tuple[str, ...]]] = field(default_factory=list)
    left_behind: str | None = None

    def running(self, kind: JobKind) -> str | None:
        if kind is JobKind.PEOPLE:
            return None
        found, self.left_behind = self.left_behind, None
        return found

    def start(self, kind: JobKind, ids: Sequence[str]) -> str:
        if self.refuses:
            raise PermanentError("forbidden", "not part of your access")
        self.asked.append((kind, tuple(ids)))
        return f"job-{len(self.asked)}"

    def results(self, job_id: str) -> dict[str, str] | None:
        return self.gone if self.is_ready else None


def test_what_a_job_names_goes_and_the_rest_needs_no_look_that_costs(records: Records) -> None:
    old = records.say("we want zebralead")
    kept = records.say("about 40 zebraforty", by=8)
    records.settle(seconds=19 * HOUR)
    jobs = FakeJobs(gone={old.id: "deleted"})
    checking = JobChecking(records.store, records.clock, jobs)
    assert [checking.step() for _ in range(2)] == [1, 1]
    records.settle(seconds=2 * HOUR)
    assert records.words_on_disk("zebralead") == {}
    watch = FakeWatch()
    records.checking(watch).step()
    assert watch.asked == []
    assert jobs.asked == [(JobKind.PEOPLE, (ANN, "8")), (JobKind.POSTS, (old.id, kept.id))]


def test_people_are_asked_about_as_well_and_both_twice_a_day(records: Records) -> None:
    records.say("we want zebralead")
    records.settle(seconds=1)
    jobs = FakeJobs()
    checking = JobChecking(records.store, records.clock, jobs)
    for _ in range(25):
        checking.step()
        records.clock.advance(HOUR)
    assert [kind for kind, _ in jobs.asked] == [JobKind.PEOPLE, JobKind.POSTS] * 2 + [JobKind.PEOPLE]
    jobs.gone = {ANN: "suspended"}
    records.clock.advance(12 * HOUR)
    checking.step()
    records.settle(seconds=1)
    assert records.words_on_disk() == {}
    assert records.ann().person is None


def test_a_post_that_is_gone_because_of_its_author_takes_the_author_along(records: Records) -> None:
    first = records.say("we want zebralead")
    records.settle(seconds=1)
    records.say("about 40 zebraforty")
    records.settle(seconds=1)
    jobs = FakeJobs(gone={first.id: "protected"})
    checking = JobChecking(records.store, records.clock, jobs)
    checking.step()
    checking.step()
    records.settle(seconds=1)
    assert records.words_on_disk() == {}
    assert records.ann().person is None


def test_a_job_that_takes_its_time_is_waited_for(records: Records) -> None:
    post = records.say("we want zebralead")
    records.settle(seconds=1)
    jobs = FakeJobs(gone={post.id: "deleted"}, is_ready=False)
    checking = JobChecking(records.store, records.clock, jobs)
    for _ in range(5):
        assert checking.step() == 0
        records.clock.advance(300)
    assert len(jobs.asked) == 1
    jobs.is_ready = True
    assert checking.step() == 1


def test_a_job_of_an_earlier_process_is_taken_up(records: Records) -> None:
    post = records.say("we want zebralead")
    records.settle(seconds=1)
    jobs = FakeJobs(gone={post.id: "deleted"}, left_behind="job-9")
    checking = JobChecking(records.store, records.clock, jobs)
    assert [checking.step() for _ in range(2)] == [1, 1]
    assert [kind for kind, _ in jobs.asked] == [JobKind.PEOPLE]
    records.settle(seconds=1)
    assert records.words_on_disk() == {}


def test_where_x_offers_no_jobs_it_is_asked_again_a_day_later_and_said_so(records: Records) -> None:
    records.say("we want zebralead")
    jobs = FakeJobs(refuses=True)
    checking = JobChecking(records.store, records.clock, jobs)
    checking.step()
    (chore,) = records.store.chores.all()
    assert "looked at one by one: not part of your access" in chore.outcome
    jobs.refuses = False
    checking.step()
    assert jobs.asked == []
    records.clock.advance(24 * HOUR)
    checking.step()
    assert len(jobs.asked) == 1
