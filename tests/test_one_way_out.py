"""Read in the code itself: who may write to X, who makes permits, and that nobody has a "current account"."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import tweepy

ROOT = Path(__file__).parent.parent / "leadbot"
SPEAKING_ROOMS = ("x", "relay", "reconcile", "engine", "store", "flows", "model", "app", "cli", "daemon.py")

READERS = {
    "get_me",
    "get_tweets",
    "get_users",
    "get_users_tweets",
    "get_users_mentions",
    "search_recent_tweets",
}
WRITERS = {
    name
    for name in dir(tweepy.Client)
    if not name.startswith("_")
    and not name.startswith(("get_", "search_"))
    and name not in ("request", "session")
}
"""Every method of tweepy's client that may change something at X."""

MAY_CALL_TWEEPY_TO_WRITE = {
    ("x/writer.py", "create_tweet"),
    ("x/writer.py", "delete_tweet"),
    ("x/compliance.py", "create_compliance_job"),  # upkeep, as the app: a list of ids, no post
}
UPKEEP = {("x/rules.py", "POST"), ("x/stream.py", "DELETE"), ("x/activity.py", "by name")}
"""Requests by hand. Those of activity.py name their method; the wire lets its subscriptions pass alone."""

MAY_CHANGE_ITS_ACCOUNT = {
    "x/proof.py": "what X last said about a token is remembered, to be compared",
    "x/tokens.py": "learns from the vault once whose its keys are, and refuses those of any other",
}
OTHER_HTTP = {
    "x/oauth2.py": "tokens of OAuth 2.0: sign-in, renewal, revocation; never a post",
    "x/activity.py": "the stream of deletions, by GET",
    "x/compliance.py": "lists of ids for X's store of compliance files, at the address X names for it",
    "simulator/people.py": "people who are played at the local simulator",
    "demo/stage.py": "the demo's own questions to the local simulator",
    "crm/wire.py": "CRMs, and nothing of X: every adapter asks through it",
    "clock.py": "the clock of a local simulator, by GET",
}
"""Files that talk HTTP without the door, and why they may."""


@cache
def nodes() -> dict[str, list[ast.AST]]:
    """Every file of the package, by its place in it: all nodes of its syntax tree."""
    return {
        str(file.relative_to(ROOT)): list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
        for file in sorted(ROOT.rglob("*.py"))
    }


@cache
def calls(name: str) -> list[tuple[ast.Call, str, str]]:
    """Every call in a file: the call, what it is called on (its last name), and which name is called."""
    return list(_calls(nodes()[name]))


def _calls(nodes: list[ast.AST]) -> Iterator[tuple[ast.Call, str, str]]:
    for node in nodes:
        if isinstance(node, ast.Call):
            if isinstance(node.func, ast.Attribute):
                on = node.func.value
                owner = (
                    on.id if isinstance(on, ast.Name) else on.attr if isinstance(on, ast.Attribute) else ""
                )
                yield node, owner, node.func.attr
            elif isinstance(node.func, ast.Name):
                yield node, "", node.func.id


def test_only_the_writer_calls_a_writing_endpoint() -> None:
    assert {
        "create_tweet",
        "delete_tweet",
        "like",
        "retweet",
        "follow_user",
        "create_direct_message",
    } <= WRITERS
    found = {
        (name, called)
        for name in nodes()
        for _, owner, called in calls(name)
        if called in WRITERS and owner == "client"
    }
    assert found == MAY_CALL_TWEEPY_TO_WRITE


def test_requests_by_hand_are_reads_or_upkeep_of_the_listener() -> None:
    by_hand = {
        (name, call.args[0].value if isinstance(call.args[0], ast.Constant) else "by name")
        for name in nodes()
        for call, owner, called in calls(name)
        if called == "request" and owner == "client"
    }
    assert {(name, method) for name, method in by_hand if method != "GET"} == UPKEEP


def test_nobody_else_talks_http() -> None:
    modules = {"requests", "urllib.request", "http.client", "urllib3", "aiohttp", "httpx", "socket"}
    found = set()
    for name in nodes():
        if name.startswith("simulator/") and name != "simulator/people.py":
            continue  # it serves; it asks nobody
        for node in nodes()[name]:
            imported = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if any(module in modules for module in imported):
                found.add(name)
    talks = {
        name
        for name in nodes()
        for node in nodes()[name]
        if isinstance(node, ast.ClassDef)
        and any(ast.unparse(base) == "requests.Session" for base in node.bases)
    }
    talks |= {
        name
        for name in found
        for _, owner, called in calls(name)
        if (owner == "requests" and called in {"get", "post", "put", "patch", "delete", "request", "Session"})
        or called == "urlopen"
    }
    assert talks == set(OTHER_HTTP)


def test_only_the_gate_makes_permits_and_only_the_door_opens_the_way_out() -> None:
    made = {name for name in nodes() for _, _, called in calls(name) if called == "Permit"}
    opened = {name for name in nodes() for _, _, called in calls(name) if called == "opened"}
    mounted = {
        name
        for name in nodes()
        for _, owner, called in calls(name)
        if (owner, called) == ("session", "mount")
    }
    assert made == {"flows/gate.py"}
    assert opened == {"x/door.py"}
    assert mounted == {"x/session.py"}


def test_only_relay_and_retraction_ask_for_permits() -> None:
    asked = {
        (name, node.attr)
        for name in nodes()
        for node in nodes()[name]
        if isinstance(node, ast.Attribute) and node.attr in ("permit_reply", "permit_retraction")
    }
    assert asked == {("relay/loop.py", "permit_reply"), ("app/retracting.py", "permit_retraction")}


# ---------------------------------------------------------------- no "current account"

CURRENT = re.compile(
    r"(^|_)(current|active|selected|default|main|the|our|my|this|last)_?"
    r"(account|brand|handle|writer|token|credentials|keys|user)s?(_|$)",
    re.IGNORECASE,
)
HELD = re.compile(r"^_?(account|brand|brand_id|writer|credentials|token_account\w*)$")


def assigned(node: ast.AST) -> Iterator[str]:
    targets: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        targets = node.targets
    elif isinstance(node, (ast.AnnAssign, ast.AugAssign, ast.NamedExpr)):
        targets = [node.target]
    for target in targets:
        for part in target.elts if isinstance(target, ast.Tuple) else [target]:
            if isinstance(part, ast.Name):
                yield part.id
            elif isinstance(part, ast.Attribute):
                yield part.attr


def test_no_name_anywhere_means_the_account_of_the_moment() -> None:
    found = {
        (name, variable)
        for name in nodes()
        if name.startswith(SPEAKING_ROOMS)
        for node in nodes()[name]
        for variable in assigned(node)
        if CURRENT.search(variable)
    }
    assert found == set()


def test_no_module_keeps_state_about_accounts() -> None:
    """No `global`, no context variable, no thread-local; no object changes its account after it was made.

    But for two, which exist to find another account out.
    """
    for name in nodes():
        if not name.startswith(SPEAKING_ROOMS):
            continue
        assert not [node for node in nodes()[name] if isinstance(node, ast.Global)], name
        assert not [c for _, _, c in calls(name) if c in ("ContextVar", "local")], name
        for function in (node for node in nodes()[name] if isinstance(node, ast.FunctionDef)):
            if function.name in ("__init__", "__post_init__") or name in MAY_CHANGE_ITS_ACCOUNT:
                continue
            changed = [
                part.attr
                for node in ast.walk(function)
                if isinstance(node, ast.Assign)
                for part in node.targets
                if isinstance(part, ast.Attribute)
                and isinstance(part.value, ast.Name)
                and part.value.id == "self"
                if HELD.match(part.attr)
            ]
            assert changed == [], f"{name}: {function.name}"
