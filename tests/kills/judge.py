"""What must hold after any number of kills, judged from X's side and from the database."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from tests.kills.crowd import Crowd
from tests.kills.project import Project


@dataclass
class Verdict:
    """Everything found. `faults` must be empty; the rest is for the record."""

    people: int = 0
    posts: int = 0
    replies: int = 0
    handoffs: int = 0
    opted_out: int = 0
    unknown_told: int = 0
    not_sent: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)


def is_quiet(project: Project) -> bool:
    """Whether everything heard is decided and everything decided has left or is visibly held."""
    waiting = project.rows("SELECT count(*) FROM inbox WHERE state = 'new'")
    unsettled = project.rows(
        "SELECT count(*) FROM outbox WHERE state IN ('pending', 'held', 'sending', 'unknown')"
    )
    due = project.rows("SELECT count(*) FROM timer WHERE name = 'pace'")
    return waiting == unsettled == due == [(0,)]


def judge(project: Project, crowd: Crowd) -> Verdict:
    """Compare what people said, what X saw and what the database holds."""
    verdict = Verdict(people=len(crowd.people), posts=sum(len(one.posts) for one in crowd.people))
    posts = project.sim("log", requests=0)["posts"]
    replies = [post for post in posts if post["username"] == "acme"]
    verdict.replies = len(replies)
    verdict.handoffs = project.rows("SELECT count(*) FROM handoff")[0][0]
    verdict.opted_out = project.rows("SELECT count(*) FROM suppression WHERE lifted_at IS NULL")[0][0]
    _heard_once(project, crowd, verdict)
    _said_once(replies, verdict)
    _sent_as_recorded(project, replies, verdict)
    _in_order(crowd, replies, verdict)
    _silent_after_stop(crowd, posts, verdict)
    verdict.faults += [f"violation: {found}" for found in project.sim("violations")["violations"]]
    return verdict


def _heard_once(project: Project, crowd: Crowd, verdict: Verdict) -> None:
    rows = project.rows(
        "SELECT post_id, state, id FROM inbox WHERE post_id IS NOT NULL AND kind = 'PostReceived'"
    )
    seen = Counter(row[0] for row in rows)
    for post_id in (post for one in crowd.people for post in one.posts):
        if seen[post_id] != 1:
            verdict.faults.append(f"post {post_id} stands in the inbox {seen[post_id]} times")
    verdict.faults += [f"inbox row of {row[0]} is {row[1]}" for row in rows if row[1] != "done"]
    decided = Counter(
        row[0] for row in project.rows("SELECT inbox_id FROM decision WHERE inbox_id IS NOT NULL")
    )
    verdict.faults += [
        f"post {row[0]} was decided {decided[row[2]]} times" for row in rows if decided[row[2]] != 1
    ]
    verdict.faults += [
        f"decision {row[0]} has no reason"
        for row in project.rows("SELECT id FROM decision WHERE reason = ''")
    ]


def _said_once(replies: list[dict[str, Any]], verdict: Verdict) -> None:
    twice = [parent for parent, n in Counter(post["in_reply_to"] for post in replies).items() if n > 1]
    verdict.faults += [f"post {parent} was answered more than once" for parent in twice]


def _sent_as_recorded(project: Project, replies: list[dict[str, Any]], verdict: Verdict) -> None:
    rows = project.rows("SELECT key, state, post_id, rule FROM outbox WHERE kind = 'SendReply'")
    sent = {row[2] for row in rows if row[1] == "sent"}
    on_x = {post["id"] for post in replies}
    verdict.faults += [f"{post} is on X and not recorded" for post in on_x - sent]
    verdict.faults += [f"{post} is recorded and not on X" for post in sent - on_x]
    verdict.not_sent = Counter(f"{row[1]}: {row[3]}" for row in rows if row[1] != "sent")
    verdict.unknown_told = sum(n for why, n in verdict.not_sent.items() if "unknown" in why)
    verdict.faults += [
        f"{row[0]} was held without a reason" for row in rows if row[1] != "sent" and not row[3]
    ]


def _in_order(crowd: Crowd, replies: list[dict[str, Any]], verdict: Verdict) -> None:
    parents = [int(post["in_reply_to"]) for post in replies]
    owner = {post: one for one in crowd.people for post in one.posts}
    last: dict[int, int] = {}
    for parent in parents:
        person = id(owner.get(str(parent)))
        if parent < last.get(person, 0):
            verdict.faults.append(f"the answer to {parent} came after that to a later post")
        last[person] = parent


def _silent_after_stop(crowd: Crowd, posts: list[dict[str, Any]], verdict: Verdict) -> None:
    for one in crowd.people:
        stops = [post for post, line in zip(one.posts, one.lines, strict=False) if line == "stop"]
        if stops:
            late = [
                p
                for p in posts
                if p["username"] == "acme" and p["in_reply_to"] in one.posts and int(p["id"]) > int(stops[0])
            ]
            verdict.faults += [f"{one.player.username} said stop and heard {p['text']!r}" for p in late]
