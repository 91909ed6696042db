"""What must hold after any number of kills and faults, judged from X's side and from the database."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from leadbot.simulator.conduct import says_stop
from tests.kills.crowd import Crowd
from tests.kills.project import Project

Row = dict[str, Any]
WAITS_AT_MOST_S = 1800.0
"""Virtual seconds after which a post that nobody has heard or decided is stuck, and not merely waiting."""

JUST_NOW = "said just before the end"
HEARD_WITHIN_S = 120.0
"""Virtual seconds within which a rep's reply must keep the bot silent under that post."""

FORGOTTEN_WITHIN_S = 86_400.0
COMMITS_WITHIN_S = 1.0
"""Real seconds between the moment a row tells and its commit: a writer may have waited for another one."""


@dataclass
class Verdict:
    """What was counted and what was checked. `faults` must be empty."""

    counts: dict[str, int] = field(default_factory=dict)
    outcomes: Counter[str] = field(default_factory=Counter)
    temperaments: Counter[str] = field(default_factory=Counter)
    struck: dict[str, int] = field(default_factory=dict)
    kills: int = 0
    checks: dict[str, list[str]] = field(default_factory=dict)

    @property
    def faults(self) -> list[str]:
        """All that is wrong, each with the name of its check."""
        return [f"{name}: {fault}" for name, found in self.checks.items() for fault in found]


def is_quiet(project: Project) -> bool:
    """Whether everything heard is decided and everything decided has left or is visibly held."""
    waiting = project.rows("SELECT count(*) FROM inbox WHERE state = 'new'")
    unsettled = project.rows(
        "SELECT count(*) FROM outbox WHERE state IN ('pending', 'held', 'sending', 'unknown')"
    )
    due = project.rows("SELECT count(*) FROM timer WHERE name = 'pace'")
    return waiting == unsettled == due == [(0,)]


def is_all_heard(project: Project) -> bool:
    """Whether the polls have come as far as the newest post that X shows for each brand."""
    evidence = Evidence(project)
    reached = dict(project.rows("SELECT brand_id, watermark FROM brand_state"))
    return all(
        int(post["id"]) <= int(reached.get(brand_id) or 0)
        for brand_id, post in evidence.spoken_to
        if evidence.why_unheard(post) in ("", JUST_NOW)
    )


def judge(project: Project, crowd: Crowd) -> Verdict:
    """Compare what people said, what X saw and what the database holds."""
    evidence = Evidence(project)
    verdict = Verdict(temperaments=crowd.temperaments)
    verdict.checks = {name: sorted(set(check(evidence))) for name, check in CHECKS.items()}
    verdict.counts = {
        "people": sum(crowd.temperaments.values()),
        "posts": len(evidence.said),
        "posts that name a brand": len(evidence.spoken_to),
        "replies on X": len(evidence.replies),
        "replies by hand": len(evidence.by_hand),
        "handoffs": project.rows("SELECT count(*) FROM handoff")[0][0],
        "opted out": project.rows("SELECT count(*) FROM suppression WHERE lifted_at IS NULL")[0][0],
        "tasks": project.rows("SELECT count(*) FROM task")[0][0],
        "items set aside": project.rows("SELECT count(*) FROM aside")[0][0],
        "posts explained": len(evidence.explained),
        "waiting at the end": sum(row["state"] == "new" for row in evidence.inbox),
    }
    verdict.outcomes = Counter(
        f"{row['state']}{': ' if row['rule'] else ''}{row['rule']}" for row in evidence.outbox
    )
    return verdict


@dataclass
class Evidence:
    """Everything both sides know, read once."""

    project: Project

    def __post_init__(self) -> None:
        self.posts: list[Row] = self.project.sim("log", requests=0)["posts"]
        users = self.project.sim("users")["users"]
        self.ids = {user["username"]: user["id"] for user in users}
        ways = ("protected", "suspended", "deactivated")
        self.hidden = {user["username"] for user in users if any(user[way] for way in ways)}
        self.brands = {self.ids[brand]: brand for brand in self.project.brands}
        self.violations: list[Row] = self.project.sim("violations")["violations"]
        self.now = _moment(self.project.sim("clock")["now"])
        self.inbox = self._table("inbox", "id, brand_id, key, post_id, kind, state, put_at, channel, payload")
        self.decided = Counter(row["inbox_id"] for row in self._table("decision", "inbox_id"))
        self.unreasoned = self.project.rows("SELECT id FROM decision WHERE reason = ''")
        self.outbox = [
            row
            for row in self._table(
                "outbox", "key, kind, brand_id, person_id, state, rule, why, post_id, parent_id, sending_at"
            )
            if row["kind"] == "SendReply"
        ]
        self.suppressed = {
            (row["brand_id"], row["person_id"]): row
            for row in self._table("suppression", "brand_id, person_id, lifted_at")
        }
        self.by_id = {post["id"]: post for post in self.posts}
        self.explained: Counter[str] = Counter()

    def _table(self, table: str, columns: str) -> list[Row]:
        names = columns.split(", ")
        return [
            dict(zip(names, row, strict=True)) for row in self.project.rows(f"SELECT {columns} FROM {table}")
        ]

    @cached_property
    def said(self) -> list[Row]:
        """Posts of people."""
        return [post for post in self.posts if post["username"] not in self.project.brands]

    @cached_property
    def replies(self) -> list[Row]:
        """What the bot said."""
        return [post for post in self.posts if post["client"] == "api"]

    @cached_property
    def by_hand(self) -> list[Row]:
        """What reps said under posts of people."""
        ours = self.project.brands
        return [
            post
            for post in self.posts
            if post["username"] in ours and post["client"] == "native" and post["in_reply_to"]
        ]

    @cached_property
    def spoken_to(self) -> list[tuple[str, Row]]:
        """(brand id, post) of everything people said to, or about, a brand by its name."""
        return [
            (self.ids[name], post)
            for post in self.said
            for name in post["names"]
            if self.ids[name] in self.brands
        ]

    @cached_property
    def later_version(self) -> dict[str, str]:
        return {post["edit_of"]: post["id"] for post in self.posts if post["edit_of"]}

    def root(self, post_id: str) -> str:
        """The first version of a post."""
        post = self.by_id.get(post_id)
        return post_id if post is None or not post["edit_of"] else self.root(post["edit_of"])

    def why_unheard(self, post: Row) -> str:
        """Why a post need not be in an inbox; empty if there is no reason."""
        if post["repost_of"]:
            return "a repost"
        if post["deleted"]:
            return "deleted before it was heard"
        if post["username"] in self.hidden:
            return "X hides its author"
        if post["id"] in self.later_version:
            return "edited before it was heard"
        if (self.now - _moment(post["created_at"])).total_seconds() < WAITS_AT_MOST_S:
            return JUST_NOW
        return ""


def _heard_once(evidence: Evidence) -> Iterable[str]:
    """0 posts lost."""
    seen = Counter((row["brand_id"], row["post_id"]) for row in evidence.inbox if row["post_id"])
    for brand_id, post in evidence.spoken_to:
        count = seen[brand_id, post["id"]]
        why = evidence.why_unheard(post) if count == 0 else ""
        if why:
            evidence.explained[why] += 1
        elif count != 1:
            yield f"{_shown(post)} stands {count} times in the inbox of @{evidence.brands[brand_id]}"


def _decided_once(evidence: Evidence) -> Iterable[str]:
    for row in evidence.inbox:
        if not row["post_id"]:
            continue
        age_s = (evidence.now - _micros(row["put_at"])).total_seconds()
        if row["state"] == "new" and age_s < WAITS_AT_MOST_S:
            continue
        if row["state"] != "done":
            yield f"the inbox row of post {row['post_id']} is {row['state']}"
        elif evidence.decided[row["id"]] != 1:
            yield f"post {row['post_id']} was decided {evidence.decided[row['id']]} times"


def _reasons(evidence: Evidence) -> Iterable[str]:
    return (f"decision {row[0]} has no reason" for row in evidence.unreasoned)


def _said_once(evidence: Evidence) -> Iterable[str]:
    """0 double replies: not to a post, nor to another version of it."""
    answered = Counter((post["username"], evidence.root(post["in_reply_to"])) for post in evidence.replies)
    return (f"@{brand} answered {parent} {n} times" for (brand, parent), n in answered.items() if n > 1)


def _in_order(evidence: Evidence) -> Iterable[str]:
    last: dict[tuple[str, str], int] = {}
    for reply in evidence.replies:
        parent = evidence.by_id[reply["in_reply_to"]]
        pair = (reply["username"], parent["username"])
        root = int(evidence.root(parent["id"]))
        if root < last.get(pair, 0):
            yield f"the answer to {parent['id']} came after that to a later post"
        last[pair] = root


def _recorded(evidence: Evidence) -> Iterable[str]:
    """What we believe to have said is what X saw."""
    sent = {row["post_id"] for row in evidence.outbox if row["state"] == "sent"}
    on_x = {post["id"] for post in evidence.replies}
    unsettled = {row["parent_id"] for row in evidence.outbox if row["state"] in ("sending", "unknown")}
    for post_id in on_x - sent:
        if evidence.by_id[post_id]["in_reply_to"] not in unsettled:
            yield f"{_shown(evidence.by_id[post_id])} is on X and not recorded"
    yield from (f"{post_id} is recorded and not on X" for post_id in sent - on_x)


def _right_account(evidence: Evidence) -> Iterable[str]:
    yield from _violations(evidence, "wrong_account")
    for row in evidence.outbox:
        post = evidence.by_id.get(row["post_id"] or "")
        if post is not None and post["author"] != row["brand_id"]:
            yield f"{row['key']} was said by @{post['username']}"


def _silent_after_stop(evidence: Evidence) -> Iterable[str]:
    """0 after an opt-out: none on X, and none that was still sent once the stop was on disk."""
    yield from _violations(evidence, "after_opt_out")
    for brand_id, post in evidence.spoken_to:
        if not says_stop(post["said"]) or post["repost_of"]:
            continue
        rows = [row for row in evidence.inbox if (row["brand_id"], row["post_id"]) == (brand_id, post["id"])]
        person = evidence.ids[post["username"]]
        lifted = evidence.suppressed.get((brand_id, person), {}).get("lifted_at")
        if rows and rows[0]["state"] == "done" and (brand_id, person) not in evidence.suppressed:
            yield f"{_shown(post)} is not on the suppression list of @{evidence.brands[brand_id]}"
        for late in evidence.outbox if rows else ():
            if (late["brand_id"], late["person_id"]) != (brand_id, person) or late["state"] != "sent":
                continue
            on_disk = rows[0]["put_at"] + COMMITS_WITHIN_S * evidence.project.rate * 1e6
            if (late["sending_at"] or 0) > on_disk and not (lifted and late["sending_at"] > lifted):
                yield f"{late['key']} was sent after {_shown(post)} was on disk"


def _silent_beside_humans(evidence: Evidence) -> Iterable[str]:
    """Where a rep answered by hand the bot says nothing under that post."""
    by_hand = {(post["username"], post["in_reply_to"]): post for post in evidence.by_hand}
    for reply in evidence.replies:
        human = by_hand.get((reply["username"], reply["in_reply_to"]))
        if human is None:
            continue
        apart_s = (_moment(reply["created_at"]) - _moment(human["created_at"])).total_seconds()
        if apart_s > HEARD_WITHIN_S:
            yield f"{_shown(reply)} came {apart_s:.0f} s after a rep's answer"


def _visible(evidence: Evidence) -> Iterable[str]:
    """Whatever did not leave says by which rule, and why."""
    for row in evidence.outbox:
        if row["state"] not in ("sent", "pending") and not row["rule"]:
            yield f"{row['key']} is {row['state']} without a rule"
        elif row["state"] in ("held", "refused", "unknown") and not row["why"]:
            yield f"{row['key']} is {row['state']} by {row['rule']} and does not say why"


def _words_gone(evidence: Evidence) -> Iterable[str]:
    """What people took back on X leaves our records within a day."""
    for row in evidence.inbox:
        post = evidence.by_id.get(row["post_id"] or "")
        if post is None or not post["deleted_at"] or post["said"] not in row["payload"]:
            continue
        kept_s = (evidence.now - _moment(post["deleted_at"])).total_seconds()
        if kept_s > FORGOTTEN_WITHIN_S:
            yield f"{_shown(post)} is still kept, {kept_s / 3600:.0f} hours after it was deleted"


def _violations(evidence: Evidence, *kinds: str) -> list[str]:
    return [
        f"{one['kind']} by @{one['brand']} to @{one['person']}: {one['text']!r} ({one['why']})"
        for one in evidence.violations
        if one["kind"] in kinds
    ]


def _ran_well(evidence: Evidence) -> Iterable[str]:
    log = (evidence.project.folder / "daemon.log").read_text(encoding="utf-8", errors="replace")
    signs = ("part.failed", "part.gave_up", "thread.died", "item.lost", "Traceback")
    found: dict[str, list[str]] = defaultdict(list)
    for line in log.splitlines():
        for sign in signs:
            if sign in line:
                found[sign].append(line)
    yield from evidence.project.deaths
    yield from (
        f"{sign} stands {len(lines)} times in the log: {lines[0][:200]}" for sign, lines in found.items()
    )


CHECKS: dict[str, Callable[[Evidence], Iterable[str]]] = {
    "0 posts lost": _heard_once,
    "each post decided once": _decided_once,
    "each decision has its reason": _reasons,
    "0 double replies": _said_once,
    "answers in the order of the posts": _in_order,
    "0 after an opt-out": _silent_after_stop,
    "0 by the wrong account": _right_account,
    "0 undisclosed": lambda evidence: _violations(evidence, "undisclosed"),
    "0 unsummoned, too long, too many, or to nobody's post": lambda evidence: _violations(
        evidence, "not_summoned", "over_length", "over_limit", "second_reply"
    ),
    "0 beside a human": _silent_beside_humans,
    "what was said is what was recorded": _recorded,
    "words taken back are gone within a day": _words_gone,
    "each held or refused reply says why": _visible,
    "no part of the daemon fell": _ran_well,
}


def _shown(post: Row) -> str:
    return f"{post['id']} of @{post['username']} {post['said'][:40]!r}"


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _micros(stored: int) -> datetime:
    return datetime.fromtimestamp(stored / 1e6, tz=datetime.now().astimezone().tzinfo)
