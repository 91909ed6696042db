"""The one ordered list of rules every word of ours passes: in `decide`, and again at the moment of sending.

`decide` fills in the facts it knows; the rest of GateFacts is harmless by default. The first rule that holds
decides. A rule returns None when it has nothing against the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from leadbot.errors import PermanentError
from leadbot.flows import calendar, render
from leadbot.model import (
    BrandId,
    Deed,
    GateFacts,
    Hold,
    Mode,
    Owner,
    Parent,
    Permit,
    PostId,
    SendReply,
    Speaker,
    Verdict,
    Witness,
    dissent,
)

GO = Verdict()
_LEADING_HANDLES = re.compile(r"^(?:\s*@\w{1,20}\b)+[\s,:]*")


class Binds(StrEnum):
    """Whom a rule binds."""

    BOT = "bot"
    HUMAN = "human"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the gate. `source` is its docstring: what it wants and who says so."""

    name: str
    binds: Binds
    check: Callable[[GateFacts], Verdict | None]

    @property
    def source(self) -> str:
        """What the rule wants, and who says so."""
        return " ".join((self.check.__doc__ or "").split())

    def is_for(self, speaker: Speaker) -> bool:
        """Whether it binds this speaker."""
        return self.binds is Binds.BOTH or self.binds.value == speaker.value


def _hold(hold: Hold, why: str, until: datetime | None = None) -> Verdict:
    return Verdict(hold=hold, why=why, until=until)


# ---------------------------------------------------------------- both


def _account(facts: GateFacts) -> Verdict | None:
    """Outbox row, conversation, dialog, playbook, writer, its keys and the live token name the same account.
    ARCHITECTURE "The gate": nothing leaves for another one.
    """
    fault = dissent(facts.brand_id, facts.witnesses)
    if fault:
        return _hold(Hold.TASK, fault)
    if facts.token_account_id is None:
        return _hold(Hold.WAIT, "whose token this is was not looked up yet") if facts.at_send else None
    if facts.token_account_id == facts.brand_id:
        return None
    return _hold(Hold.WAIT, f"the token belongs to account {facts.token_account_id}, not to this brand")


def _suppressed(facts: GateFacts) -> Verdict | None:
    """Nobody on the suppression list is written to. X developer guidelines: opt-outs are honoured at once."""
    return _hold(Hold.DROP, "the person asked not to be written to") if facts.is_suppressed else None


def _paused(facts: GateFacts) -> Verdict | None:
    """A paused brand says nothing. ARCHITECTURE "The gate"."""
    return _hold(Hold.WAIT, "the brand is paused") if facts.is_paused else None


def _budget(facts: GateFacts) -> Verdict | None:
    """What starts must be affordable to its end; what runs is never stopped. SCENARIOS 20."""
    if not facts.starts_dialog or facts.reserve_usd <= facts.budget_left_usd:
        return None
    why = f"a dialog may cost ${facts.reserve_usd:.3f}, ${max(facts.budget_left_usd, 0):.3f} is left today"
    # Money is counted by the days X bills by, wherever the brand lives.
    midnight = calendar.moment("UTC", calendar.local_date("UTC", facts.now) + timedelta(days=1), 0)
    if midnight - facts.parent_at > timedelta(seconds=facts.too_late_s):
        return _hold(Hold.TASK, f"{why}, and tomorrow is too late")
    return _hold(Hold.WAIT, why, midnight)


def _duplicate(facts: GateFacts) -> Verdict | None:
    """Not the same words twice. X refuses duplicates (403), and identical posts to many are spam."""
    if facts.same_text_to_person:
        return _hold(Hold.TASK, "this person was told just that already")
    if facts.same_text_last_hour < facts.same_text_per_hour:
        return None
    # The hour slides, so on average a place is free after one share of it.
    until = facts.now + timedelta(seconds=3600 / max(facts.same_text_per_hour, 1))
    return _hold(Hold.WAIT, f"said {facts.same_text_last_hour} times in the last hour", until)


def _length(facts: GateFacts) -> Verdict | None:
    """The words fit by X's weighted count. PLAYBOOKS "Turn taking"."""
    length = render.weighted_length(facts.text)
    if facts.text.strip() and length <= facts.max_length:
        return None
    return _hold(Hold.TASK, f"{length} weighted characters, {facts.max_length} fit")


def _parent(facts: GateFacts) -> Verdict | None:
    """The post that would be answered is still there. X answers 403 otherwise; a deleted post's words are not
    ours.
    """
    return _hold(Hold.DROP, "the post is gone") if facts.parent is Parent.GONE else None


# ---------------------------------------------------------------- bot


def _mode(facts: GateFacts) -> Verdict | None:
    """A watching bot says nothing, a drafting one what a person approved. ARCHITECTURE "The gate"."""
    if facts.mode is Mode.LIVE or (facts.mode is Mode.DRAFT and facts.is_approved):
        return None
    if facts.mode is Mode.DRAFT:
        return _hold(Hold.DRAFT, "drafts wait for approval")
    return _hold(Hold.DROP, "the bot only watches")


def _author(facts: GateFacts) -> Verdict | None:
    """Never our own posts, never accounts X labels "Automated": bots must not talk to bots. X_API §3
    Labelling.
    """
    if facts.is_own_post:
        return _hold(Hold.DROP, "this is our own post")
    return _hold(Hold.DROP, "the account is automated") if facts.is_author_automated else None


def _summoned(facts: GateFacts) -> Verdict | None:
    """Only posts that summon us are answered. X_API §0.1 and §0.2."""
    return None if facts.is_summons else _hold(Hold.TASK, "the post does not summon this account")


def _owner(facts: GateFacts) -> Verdict | None:
    """The bot does not talk over a human. ARCHITECTURE "The gate"."""
    return None if facts.owner is Owner.BOT else _hold(Hold.DROP, "a human has this conversation")


def _one_reply(facts: GateFacts) -> Verdict | None:
    """One automated reply a post. X developer guidelines: one per interaction."""
    return _hold(Hold.DROP, "the post has its answer") if facts.is_answered else None


def _limit(facts: GateFacts) -> Verdict | None:
    """No more posts a dialog than the playbook allows, four at most. PLAYBOOKS "Turn taking"."""
    if facts.message <= min(facts.limit, 4):
        return None
    return _hold(Hold.TASK, f"message {facts.message} of at most {min(facts.limit, 4)}")


def _quiet_hours(facts: GateFacts) -> Verdict | None:
    """Silence in the brand's quiet hours, by its wall clock. PLAYBOOKS "Pace", SCENARIOS 24."""
    until = calendar.quiet_until(facts.quiet_hours, facts.zone, facts.now)
    return None if until is None else _hold(Hold.WAIT, "quiet hours", until)


def _too_late(facts: GateFacts) -> Verdict | None:
    """An old post is for a human, who may still have it answered. PLAYBOOKS "Pace"."""
    age_s = (facts.now - facts.parent_at).total_seconds()
    if age_s <= facts.too_late_s or facts.is_approved:
        return None
    return _hold(Hold.TASK, f"the post is {age_s / 3600:.1f} hours old")


def _unread_posts(facts: GateFacts) -> Verdict | None:
    """Everything they wrote is read first: a "stop" may be waiting. ARCHITECTURE "The gate"."""
    return _hold(Hold.WAIT, "posts of theirs are not read yet") if facts.has_unread_posts else None


def _foreign_post(facts: GateFacts) -> Verdict | None:
    """A post of the brand that we did not send means a human is answering. SCENARIOS 18."""
    return _hold(Hold.DROP, "somebody answers by hand") if facts.has_foreign_post else None


def _caught_up(facts: GateFacts) -> Verdict | None:
    """After a start or a reconnect one complete poll comes first. ARCHITECTURE "The gate"."""
    return None if facts.has_caught_up else _hold(Hold.WAIT, "still catching up")


# ---------------------------------------------------------------- human


def _watching(facts: GateFacts) -> Verdict | None:
    """While an account only watches nothing at all is written to X; a rep answers in X's own app.
    ARCHITECTURE "The gate": there is no permit in that mode.
    """
    why = "nothing is written to X while the account only watches: answer on X itself"
    return _hold(Hold.TASK, why) if facts.mode is Mode.WATCH else None


RULES: tuple[Rule, ...] = (
    Rule("account", Binds.BOTH, _account),
    Rule("suppressed", Binds.BOTH, _suppressed),
    Rule("paused", Binds.BOTH, _paused),
    Rule("budget", Binds.BOTH, _budget),
    Rule("duplicate", Binds.BOTH, _duplicate),
    Rule("length", Binds.BOTH, _length),
    Rule("parent_gone", Binds.BOTH, _parent),
    Rule("mode", Binds.BOT, _mode),
    Rule("author", Binds.BOT, _author),
    Rule("not_summoned", Binds.BOT, _summoned),
    Rule("bot_owns", Binds.BOT, _owner),
    Rule("one_reply", Binds.BOT, _one_reply),
    Rule("message_limit", Binds.BOT, _limit),
    Rule("quiet_hours", Binds.BOT, _quiet_hours),
    Rule("too_late", Binds.BOT, _too_late),
    Rule("unread_posts", Binds.BOT, _unread_posts),
    Rule("foreign_post", Binds.BOT, _foreign_post),
    Rule("catching_up", Binds.BOT, _caught_up),
    Rule("watching", Binds.HUMAN, _watching),
)


def ask(facts: GateFacts) -> Verdict:
    """May these words leave? The first rule that holds answers."""
    for rule in RULES:
        if rule.is_for(facts.speaker):
            verdict = rule.check(facts)
            if verdict is not None:
                return Verdict(rule.name, verdict.hold, verdict.until, verdict.why)
    return GO


def permit_reply(
    facts: GateFacts, reply: SendReply, *, key: str, attempt: int, approved_by: str | None
) -> Permit:
    """The permit for exactly these words under that post. Raises PermanentError (``not_permitted``).

    The gate asks itself again, so that there is no permit for what it would hold.
    """
    verdict = ask(facts)
    if not (verdict.is_go and facts.at_send):
        raise PermanentError(
            "not_permitted", f"{verdict.rule or 'at_send'}: {verdict.why or 'asked too early'}"
        )
    return Permit(
        deed=Deed.REPLY,
        key=key,
        attempt=attempt,
        brand_id=facts.brand_id,
        mode=facts.mode,
        witnesses=(*facts.witnesses, ("token", facts.token_account_id or "")),
        text=facts.text,
        in_reply_to=reply.in_reply_to,
        exclude=reply.exclude,
        by=approved_by or "",
        author=reply.by,
    )


def permit_retraction(
    brand_id: BrandId, post_id: PostId, *, key: str, mode: Mode, witnesses: tuple[Witness, ...], by: str
) -> Permit:
    """The permit to delete a post of ours. Raises PermanentError (``not_permitted``).

    A pause does not forbid it: what must not stand there is taken back first of all. Watching does.
    """
    return Permit(
        deed=Deed.DELETE,
        key=key,
        attempt=0,
        brand_id=brand_id,
        mode=mode,
        witnesses=witnesses,
        post_id=post_id,
        by=by,
    )


def normalise(text: str) -> str:
    """A text as the duplicate rule compares it: NFKC, casefolded, single spaces, no leading handles."""
    plain = _LEADING_HANDLES.sub("", unicodedata.normalize("NFKC", text))
    return " ".join(plain.casefold().split())
