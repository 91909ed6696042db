"""The stream's rules. X keeps them from one run to the next, and all programs of one app share them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog

from leadbot.errors import PermanentError
from leadbot.model import BrandId
from leadbot.x.account import Account
from leadbot.x.door import Door

log = structlog.get_logger(__name__)

TAG = "leadbot:"
"""What the tags of our rules start with; the brand's id follows. Rules with other tags are not ours."""

_PATH = "/2/tweets/search/stream/rules"


def rule_for(account: Account) -> str:
    """Mentions of and replies to the brand, without reposts and without its own posts."""
    handle = account.handle
    return f"(@{handle} OR to:{handle}) -is:retweet -from:{handle}"


def tag_for(brand_id: BrandId) -> str:
    """The tag by which a matched item tells its brand."""
    return TAG + brand_id


def brands_tagged(tags: Sequence[str]) -> set[BrandId]:
    """The brands that tags name, whether they are ours or not."""
    return {BrandId(tag.removeprefix(TAG)) for tag in tags if tag.startswith(TAG)}


def reconcile(door: Door, accounts: Sequence[Account]) -> int:
    """Make our rules at X those of `accounts`; rules of others stay. Returns how many had to change.

    Raises TransientError, AccountError, PermanentError (``rule_refused``). Never blindly repeated: each start
    lists first.
    """
    wanted = {tag_for(account.brand_id): rule_for(account) for account in accounts}
    body = door.ask(lambda client: client.request("GET", _PATH))
    there = [rule for rule in body.get("data") or [] if isinstance(rule, dict)]
    kept = {rule.get("tag") for rule in there if wanted.get(rule.get("tag", "")) == rule.get("value")}
    stale = [
        str(rule["id"])
        for rule in there
        if str(rule.get("tag", "")).startswith(TAG) and rule.get("tag") not in kept and "id" in rule
    ]
    missing = {tag: value for tag, value in wanted.items() if tag not in kept}
    if stale:
        _change(door, {"delete": {"ids": stale}})
    if missing:
        _change(door, {"add": [{"value": value, "tag": tag} for tag, value in missing.items()]})
    if stale or missing:
        log.info("rules.reconciled", deleted=len(stale), added=len(missing))
    return len(stale) + len(missing)


def _change(door: Door, change: Mapping[str, Any]) -> None:
    body = door.ask(lambda client: client.request("POST", _PATH, json=change))
    # A rule of the same value under a foreign tag serves as well: its items are told apart by their mentions.
    faults = [one for one in body.get("errors") or [] if "duplicate" not in str(one).lower()]
    if faults:
        raise PermanentError("rule_refused", str(faults)[:500])
