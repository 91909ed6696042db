"""Checks that ask X. One read of an account costs $0.010; rules and connections are free."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Any

from leadbot.app.doctor.findings import Finding, Thresholds, green, red, yellow
from leadbot.errors import AccountError, LeadbotError, PermanentError
from leadbot.keys import Kind
from leadbot.ports import Clock
from leadbot.settings import BrandSettings, Settings
from leadbot.x.account import Account, Profile, profile_of
from leadbot.x.door import Door
from leadbot.x.oauth2 import SCOPES
from leadbot.x.rules import TAG, rule_for, tag_for
from leadbot.x.session import TimeOuts

QUICK = TimeOuts(connect_s=4.0, read_s=8.0)

_BOT = re.compile(r"\b(bot|automated|automation|assistant|virtual|ai|robot)\b|🤖", re.IGNORECASE)
_OPERATOR = re.compile(
    r"\b(run|operated|managed|owned|maintained|made|built|powered|provided|staffed) by\b|@\w|https?://|"
    r"\b(team|operator|by the)\b",
    re.IGNORECASE,
)


def scopes(brand: BrandSettings) -> Iterator[Finding]:
    """What tokens of OAuth 2.0 may do; keys of OAuth 1.0a have no scopes."""
    kept, handle = brand.kept, brand.facts.handle
    if brand.secrets.may_speak or kept is None or kept.kind is not Kind.OAUTH2:
        return
    missing = [scope for scope in SCOPES if scope not in kept.scopes]
    if missing:
        fix = f"leadbot brand add {handle} --oauth2, and say yes to everything it asks for"
        yield red("scopes", f"missing: {' '.join(missing)}", fix, brand=handle)
    else:
        yield green("scopes", " ".join(kept.scopes), brand=handle)


def token(brand: BrandSettings, clock: Clock) -> Iterator[Finding]:
    """Until when the token is good, and what then."""
    kept, handle = brand.kept, brand.facts.handle
    if brand.secrets.may_speak or kept is None or kept.kind is not Kind.OAUTH2:
        if brand.secrets.oauth2_token:
            fix = f"leadbot brand add {handle} --oauth2: those tokens renew themselves"
            yield yellow("token", "oauth2_token ends after two hours and nobody renews it", fix, brand=handle)
        return
    is_over = kept.expires_at is None or clock.now() >= kept.expires_at
    if not kept.refresh_token:
        until = "has ended" if is_over else f"ends at {kept.expires_at:%H:%M} UTC"
        yield red("token", f"{until}, and nothing can renew it", f"leadbot brand add {handle}", brand=handle)
    elif kept.renewing_since is not None:
        what = f"the answer to the renewal of {kept.renewing_since:%Y-%m-%d %H:%M} UTC was lost"
        fix = f"leadbot run tries once more; if X refuses: leadbot brand add {handle}"
        yield yellow("token", what, fix, brand=handle)
    else:
        yield green("token", "is renewed before it ends", brand=handle)


class Visit:
    """One question about an account, and everything its answer tells."""

    def __init__(self, account: Account, settings: Settings, clock: Clock, limits: Thresholds) -> None:
        self._account, self._clock, self._limits = account, clock, limits
        self._base_url = settings.x.base_url
        self.profile: Profile | None = None

    def findings(self) -> Iterator[Finding]:
        """Ask, and tell."""
        handle = self._account.handle
        door = Door(
            self._account.credentials, self._clock, base_url=self._base_url, owner=handle, time_outs=QUICK
        )
        with closing(door):
            try:
                self.profile = profile_of(door)
            except LeadbotError as error:
                yield refusal(error, handle)
            yield from self._clock_of(door.x_time())
        if self.profile is not None:
            yield green("x", f"answers at {self._base_url}", brand=handle)
            yield green("credentials", "X takes the keys", brand=handle)
            yield from self._whose(self.profile)
            yield from shown(self.profile, handle)

    def _clock_of(self, x_time: datetime | None) -> Iterator[Finding]:
        if x_time is None:
            return
        off_s = (self._clock.now() - x_time).total_seconds()
        handle = self._account.handle
        what = f"this machine's clock is {abs(off_s):.0f} s {'ahead of' if off_s > 0 else 'behind'} X's"
        fix = "set it by NTP: timedatectl set-ntp true"
        if abs(off_s) > self._limits.skew_red_s:
            yield red("clock", what, fix, brand=handle)
        elif abs(off_s) > self._limits.skew_yellow_s:
            yield yellow("clock", what, fix, brand=handle)
        else:
            yield green("clock", "this machine's clock agrees with X's", brand=handle)

    def _whose(self, profile: Profile) -> Iterator[Finding]:
        handle, own_id = self._account.handle, self._account.brand_id
        if profile.username.lower() != handle.lower() or (own_id and own_id != profile.id):
            what = f"the keys are those of @{profile.username} ({profile.id}), not of @{handle} ({own_id})"
            yield red("account", what, f"leadbot brand add {handle}, signed in as @{handle}", brand=handle)
        else:
            yield green("account", f"the keys are those of @{profile.username}, {profile.id}", brand=handle)


def shown(profile: Profile, handle: str) -> Iterator[Finding]:
    """What X wants to be seen of an account that a bot writes for."""
    if "automated" in profile.affiliation.lower():
        yield green("label", "labelled Automated", brand=handle)
    else:
        fix = "at X: Settings, Your account, Account information, Automation; link the account of its human"
        yield red("label", "X's label Automated is missing", fix, brand=handle)
    if _BOT.search(profile.description):
        yield green("bio-bot", "the bio says that a bot writes", brand=handle)
    else:
        fix = 'write into the bio at X, for example "Automated assistant of …"'
        yield red("bio-bot", "the bio does not say that a bot writes", fix, brand=handle)
    if _OPERATOR.search(profile.description):
        yield green("bio-operator", "the bio says who runs it", brand=handle)
    else:
        fix = 'write into the bio at X, for example "run by @yourteam"'
        yield yellow("bio-operator", "the bio does not seem to say who runs it", fix, brand=handle)
    if profile.is_protected:
        what, fix = (
            "the account is protected: people cannot see its replies",
            "at X: Settings, Privacy, unprotect",
        )
        yield red("visibility", what, fix, brand=handle)
    else:
        yield green("visibility", "public", brand=handle)


_REFUSALS: Mapping[str, tuple[str, str, str]] = {
    "unauthorized": ("credentials", "X refuses the keys", "leadbot brand add {handle}"),
    "app_refused": (
        "credentials",
        "X refuses the app",
        "check the Client ID and Secret: leadbot brand add {handle}",
    ),
    "credits": (
        "credits",
        "X has no credits left to charge",
        "buy credits or raise the spending limit at console.x.com",
    ),
    "usage_cap": (
        "credits",
        "the month's cap of reads is reached",
        "wait for the next month, or raise the cap at console.x.com",
    ),
    "account_forbidden": (
        "account",
        "X does not let the account work",
        "sign in at x.com as @{handle} and do what X asks for",
    ),
    "sign_in_again": ("token", "the token cannot be renewed", "leadbot brand add {handle}"),
    "signed_out": ("token", "the keys are gone", "leadbot brand add {handle}"),
    "keys_of_another": (
        "account",
        "the keys were exchanged for those of another account",
        "leadbot brand add {handle}, signed in as @{handle}",
    ),
    "keys_unusable": (
        "file-modes",
        "the keys cannot be used",
        "do what the line says, or leadbot brand add {handle}",
    ),
}
"""Reason of an AccountError → check, what it means, fix."""


def refusal(error: LeadbotError, handle: str, *, otherwise: str = "account") -> Finding:
    """What it means that X did not answer as it should. otherwise: the check a bare refusal belongs to."""
    reason = error.reason if isinstance(error, AccountError) else ""
    if reason in _REFUSALS:
        name, what, fix = _REFUSALS[reason]
        return red(name, f"{what}: {error}", fix.format(handle=handle), brand=handle)
    if isinstance(error, PermanentError) or isinstance(error.__cause__, PermanentError):
        fix = "see the app's access at console.x.com (Read and write), and the account's state at x.com"
        return red(otherwise, f"X refuses: {error}", fix, brand=handle)
    fix = "check this machine's network and x.base_url; X's state: docs.x.com/status"
    return red("x", f"X cannot be asked: {error}", fix, brand=handle)


def app(accounts: Sequence[Account], settings: Settings, clock: Clock, *, runs: bool) -> Iterator[Finding]:
    """The app's stream: rules, caps, connections. Nothing here costs anything."""
    if settings.x.listen == "poll" or not accounts:
        yield green("stream", "not used: x.listen is poll")
        return
    credentials = accounts[0].credentials
    if not credentials.has_app:
        return  # told as missing keys
    door = Door(credentials, clock, base_url=settings.x.base_url, owner="app", as_app=True, time_outs=QUICK)
    with closing(door):
        try:
            rules = door.ask(lambda client: client.request("GET", "/2/tweets/search/stream/rules"))
            counts = door.ask(lambda client: client.request("GET", "/2/tweets/search/stream/rules/counts"))
            held = door.ask(lambda client: client.request("GET", "/2/connections"))
        except LeadbotError as error:
            yield _app_refusal(error)
            return
    yield green("stream", "the app may use the filtered stream")
    yield from judge_rules(rules, counts, accounts, runs=runs)
    yield from _connections(held, runs=runs)


def _app_refusal(error: LeadbotError) -> Finding:
    found = refusal(error, "", otherwise="stream")
    if found.id in ("account", "stream", "credentials"):
        fix = 'give the bearer token of an app that may stream (leadbot brand add), or x.listen = "poll"'
        return red("stream", f"X does not open the stream to this app: {error}", fix)
    return found


def judge_rules(
    rules: Mapping[str, Any], counts: Mapping[str, Any], accounts: Sequence[Account], *, runs: bool
) -> Iterator[Finding]:
    """Ours, those of others, and the room that is left."""
    there = [rule for rule in rules.get("data") or [] if isinstance(rule, dict)]
    wanted = {tag_for(account.brand_id): rule_for(account) for account in accounts}
    # A rule of the same value under a foreign tag serves as well, see x/rules.py.
    missing = [tag for tag, value in wanted.items() if value not in [rule.get("value") for rule in there]]
    tags = [str(rule.get("tag", "")) for rule in there]
    strangers = [tag for tag in tags if tag.startswith(TAG) and tag not in wanted]
    used = _count(counts, "all_project_client_apps", otherwise=len(there))
    cap = _count(counts, "cap_per_client_app", otherwise=1000)
    if len(missing) > cap - used:
        fix = "delete rules of other programs of this app, or give leadbot an app of its own"
        yield red("rules", f"no room for {len(missing)} rules: {used} of {cap} are taken", fix)
    elif strangers:
        what = f"another leadbot uses this app ({', '.join(strangers[:3])}): each deletes the other's rules"
        yield red("rules", what, "name all accounts of an app in one project, or give each project an app")
    elif missing and runs:
        what = f"{len(missing)} of our rules are missing while leadbot runs"
        yield red("rules", what, "restart leadbot run; if it comes again, another program deletes them")
    elif missing:
        yield yellow("rules", f"{len(missing)} of our rules are not there yet", "leadbot run makes them")
    else:
        yield green("rules", f"ours are there; {used} of {cap} are taken")


def _count(counts: Mapping[str, Any], name: str, *, otherwise: int) -> int:
    data = counts.get("data")
    value = data.get(name) if isinstance(data, dict) else None
    return value if isinstance(value, int) else otherwise


def _connections(held: Mapping[str, Any], *, runs: bool) -> Iterator[Finding]:
    active = [
        one for one in held.get("data") or [] if isinstance(one, dict) and not one.get("disconnected_at")
    ]
    if active and not runs:
        since = str(active[0].get("connected_at", ""))[:16]
        what = f"somebody holds the app's only connection since {since}: another program, or one that crashed"
        fix = "end the other program; if there is none, leadbot run frees the connection when X refuses it"
        yield yellow("connections", what, fix)
    else:
        yield green("connections", "free" if not active else "ours")
