"""Saying one line: choosing its words, asking the gate, remembering what was chosen until X confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta

from leadbot.flows import calendar, gate, handoff, names, profile, render, summons, templates, wording
from leadbot.flows.cards import Limits, Line, Playbook
from leadbot.flows.step import MEMORY, Step
from leadbot.model import (
    Before,
    Conversation,
    GateFacts,
    Heard,
    Hold,
    LineKind,
    Post,
    PostId,
    Said,
    SendReply,
    SetTimer,
    Speaker,
    Status,
    Verdict,
)

MOST_MESSAGES = 4
FORGOTTEN_AFTER = timedelta(days=2)
# What one dialog can cost at most, for the budget: a summoned reply, one with a link, and hearing a post
# (X_API §0.6).
REPLY_USD, LINK_REPLY_USD, HEAR_USD = 0.010, 0.200, 0.005
_KINDS_BUDGET_NEVER_STOPS = frozenset({LineKind.HAND_OFF, LineKind.GOODBYE})


def reply_key(conversation: Conversation, post: Post) -> str:
    """The natural key of the only reply a post can have, whatever version of it is answered.

    A reply that was superseded never left and its row is settled, so the fresh one needs a key of its own.
    """
    key = f"{conversation.id}:reply:{post.first_id}"
    superseded = sum(said.is_superseded for said in replies_to(conversation, post))
    return f"{key}:{superseded + 1}" if superseded else key


def replies_to(conversation: Conversation, post: Post) -> list[Said]:
    """Replies chosen for this post, sent or not."""
    key = f"{conversation.id}:reply:{post.first_id}"
    return [said for said in conversation.said if said.key == key or said.key.startswith(f"{key}:")]


def may_answer(conversation: Conversation, heard: Heard) -> bool:
    """Whether this post may have words: it summons us, and no reply of ours was sent, refused or waits."""
    return heard.is_summons and all(said.is_superseded for said in replies_to(conversation, heard.post))


def newest_answerable(conversation: Conversation) -> Heard | None:
    """The post the next words go under."""
    return next((heard for heard in reversed(conversation.waiting) if may_answer(conversation, heard)), None)


def before(conversation: Conversation) -> Before:
    """The way back, in case the words about to be chosen are superseded."""
    return Before(conversation.status, conversation.dialog, conversation.dialogs, conversation.small_talk_at)


def limit_of(playbook: Playbook) -> int:
    """Most bot posts of a dialog on this playbook."""
    return min(playbook.limits.messages, MOST_MESSAGES)


def left(step: Step, playbook: Playbook) -> int:
    """How many bot posts the dialog may still have."""
    return limit_of(playbook) - (step.dialog.messages if step.dialog else 0)


@dataclass(frozen=True, slots=True)
class Utterance:
    """Words that may be said. facts_used: what of the profile stands in them; variants: line → variant."""

    text: str
    facts_used: tuple[str, ...] = ()
    variants: tuple[tuple[str, str], ...] = ()


_FACT_OF = {
    "person.first_name": "first_name",
    "person.comma_name": "first_name",
    "person.bio_topic": "bio_topic",
}


def compose(
    step: Step,
    playbook: Playbook,
    lines: tuple[Line, ...],
    *,
    is_small_talk: bool = False,
    introduces: bool = False,
) -> Utterance | None:
    """The words of some lines in one post, or None when they don't fit into one.

    introduces: say also here what speaks, as the first post of a dialog always does.
    """
    conversation, dialog = step.conversation, step.dialog
    number, messages = (dialog.number, dialog.messages) if dialog and not is_small_talk else (0, 0)
    if is_small_talk:
        messages = len(conversation.answered)
    is_first = is_small_talk or messages == 0
    values = _values(step, playbook, lines)
    variants = variants_of(step, lines, values)
    chosen = _in_variants(lines, variants)

    def words(disclosures: tuple[str, ...]) -> Utterance | None:
        found = wording.choose(
            wording.Speech(chosen, disclosures, playbook.limits.characters),
            values,
            seed_of=wording.seed(conversation.id, number, messages),
            avoid=step.recent_texts,
            heard=frozenset(gate.normalise(said.text) for said in conversation.said),
        )
        if found is None:
            return None
        return Utterance(found.text, _facts_used(found.wordings, values), tuple(variants.items()))

    if is_first or introduces:
        return words(step.deck.brand.disclosures)
    # After days they may have forgotten who writes; a line that only fits without is still better said.
    again = words(step.deck.brand.disclosures) if _is_long_ago(step) else None
    return again or words(())


def variants_of(step: Step, lines: tuple[Line, ...], values: render.Values) -> dict[str, str]:
    """The variant this person hears of each line that has variants."""
    known = dict(step.conversation.variants)
    return {
        line.name: wording.variant_of(
            line,
            known,
            seed_of=wording.seed(step.conversation.id, "variant", line.name),
            values=values,
            avoid=step.recent_texts,
        )
        for line in lines
        if line.variants
    }


def _in_variants(lines: tuple[Line, ...], variants: Mapping[str, str]) -> tuple[Line, ...]:
    """The lines with only the wordings of these variants."""
    if not variants:
        return lines
    return tuple(
        replace(line, wordings=line.of_variant(variants[line.name])) if line.variants else line
        for line in lines
    )


def _facts_used(wordings: tuple[str, ...], values: render.Values) -> tuple[str, ...]:
    """The facts of a profile that were there when these wordings were filled in."""
    named = {variable for text in wordings for variable in templates.variables(text)}
    facts = dict.fromkeys(fact for variable, fact in _FACT_OF.items() if variable in named)
    return tuple(fact for fact in facts if getattr(values, fact))


def was_told(step: Step, words: Utterance | None) -> bool:
    """Whether this person was told just that already; X refuses it, and so do we."""
    told = {gate.normalise(said.text) for said in step.conversation.said}
    return words is not None and gate.normalise(words.text) in told


def _is_long_ago(step: Step) -> bool:
    """Whether our last post left so long ago that whoever writes should introduce itself again."""
    last_at = max((said.sent_at for said in step.conversation.said if said.sent_at is not None), default=None)
    return last_at is not None and step.at - last_at >= FORGOTTEN_AFTER


def _values(step: Step, playbook: Playbook, lines: tuple[Line, ...]) -> render.Values:
    speaks_of_time = any("back_at" in text for line in lines for text in line.wordings)
    return values_of(step, playbook, knows_times=speaks_of_time)


def values_of(step: Step, playbook: Playbook, *, knows_times: bool) -> render.Values:
    """What lines may say here. knows_times: also when the rep is back, which takes a look at the calendar."""
    brand, person = step.deck.brand, step.conversation.person
    team = handoff.team_of(step, playbook)
    return render.Values(
        first_name=names.first_name(person.name) if person else "",
        rep_first_name=handoff.rep_of(step, team).first_name,
        rep_back_at=calendar.back_at_words(team, step.at) if team and knows_times else "",
        brand_name=brand.name or brand.handle,
        brand_handle=brand.handle,
        bio_topic=profile.bio_topic(person.description) if person else "",
    )


def speak(
    step: Step,
    playbook: Playbook,
    target: Heard,
    words: Utterance,
    kind: LineKind,
    *,
    line: Line,
    way_back: Before,
) -> Verdict:
    """Have `words` said under `target`, unless the gate is against it for good. Waiting posts count as
    answered.
    """
    reply = _reply(step, playbook, target, words, kind, line)
    verdict = gate.ask(_facts(step, target, reply))
    if verdict.hold in (Hold.DROP, Hold.TASK):
        step.note(f"the gate holds the reply: {verdict.rule} ({verdict.why})")
        return verdict
    conversation = step.conversation
    said = Said(reply.key, reply.in_reply_to, words.text, kind, reply.dialog, step.at)
    step.change(
        in_flight=reply.key,
        said=(*conversation.said, said)[-MEMORY:],
        answering=conversation.waiting,
    )
    step.way_back = way_back
    if reply.dialog:
        step.change_dialog(messages=reply.message)
    _remember_variants(step, words, reply)
    step.let_be()
    step.emit(reply)
    return verdict


def _remember_variants(step: Step, words: Utterance, reply: SendReply) -> None:
    if words.facts_used:
        step.note(f"used of their profile: {', '.join(words.facts_used)}")
    if not words.variants:
        return
    step.note(f"in the variant {', '.join(reply.variants)}")
    step.change(variants=tuple((dict(step.conversation.variants) | dict(words.variants)).items()))
    if reply.dialog and step.dialog is not None:
        heard = dict.fromkeys((*step.dialog.variants, *reply.variants))
        step.change_dialog(variants=tuple(heard))


def _reply(
    step: Step, playbook: Playbook, target: Heard, words: Utterance, kind: LineKind, line: Line
) -> SendReply:
    conversation, post = step.conversation, target.post
    dialog = None if kind is LineKind.SMALL_TALK else step.dialog
    limit = limit_of(playbook) if dialog else 1
    starts = (dialog is None or dialog.messages == 0) and kind not in _KINDS_BUDGET_NEVER_STOPS
    return SendReply(
        key=reply_key(conversation, post),
        in_reply_to=post.id,
        text=words.text,
        kind=kind,
        dialog=dialog.number if dialog else 0,
        message=dialog.messages + 1 if dialog else 1,
        limit=limit,
        max_length=playbook.limits.characters,
        parent_at=post.created_at,
        source=playbook.source(line.line, line.file),
        is_summons=target.is_summons,
        starts_dialog=starts,
        reserve_usd=reserve_usd(playbook, limit) if starts else 0.0,
        exclude=_bystanders(conversation, post),
        too_late_s=playbook.too_late_s,
        facts_used=words.facts_used,
        variants=tuple(f"{name}={variant}" for name, variant in words.variants),
    )


def reserve_usd(playbook: Playbook, messages: int) -> float:
    """What so many messages can cost at most."""
    lines = [card.ask for card in playbook.cards] + [answer.say for answer in playbook.answers]
    reply_usd = LINK_REPLY_USD if any(line.link for line in lines) else REPLY_USD
    return round(messages * (reply_usd + HEAR_USD), 4)


def _bystanders(conversation: Conversation, post: Post) -> tuple[str, ...]:
    """Accounts that stand in the post and didn't ask for anything: they are not to be mentioned."""
    ours = (conversation.brand_id, conversation.person_id)
    return tuple(dict.fromkeys(m.user_id for m in post.mentions if m.user_id not in ours))


def _facts(step: Step, target: Heard, reply: SendReply) -> GateFacts:
    conversation, brand = step.conversation, step.deck.brand
    return GateFacts(
        now=step.at,
        speaker=Speaker.BOT,
        at_send=False,
        brand_id=conversation.brand_id,
        person_id=conversation.person_id,
        text=reply.text,
        max_length=reply.max_length,
        mode=brand.mode,
        parent_at=reply.parent_at,
        too_late_s=reply.too_late_s or brand.too_late_s,
        zone=brand.zone,
        is_suppressed=conversation.status is Status.OPTED_OUT,
        starts_dialog=reply.starts_dialog,
        reserve_usd=reply.reserve_usd,
        same_text_per_hour=brand.same_text_per_hour,
        is_own_post=str(target.post.author_id) == conversation.brand_id,
        is_author_automated=conversation.person is not None and conversation.person.is_automated,
        is_summons=target.is_summons,
        owner=conversation.owner,
        is_answered=not may_answer(conversation, target),
        message=reply.message,
        limit=reply.limit,
        quiet_hours=brand.quiet_hours,
    )


def await_answer(step: Step) -> None:
    """In an open dialog where it is their turn: give up on them after a while."""
    conversation, dialog = step.conversation, step.dialog
    playbook = step.deck.playbook(dialog.version) if dialog else None
    is_their_turn = not conversation.waiting and conversation.in_flight is None
    if conversation.status is Status.OPEN and is_their_turn:
        # A playbook that is gone has no patience of its own; the dialog must fade all the same.
        patience_s = playbook.limits.gives_up_after_s if playbook else Limits().gives_up_after_s
        step.effects.append(SetTimer("gives_up", step.at + timedelta(seconds=patience_s)))


def summons_of(step: Step, post: Post) -> bool:
    """Whether this post summons us, as the conversation stands."""
    conversation = step.conversation
    is_talking = conversation.status in (Status.OPEN, Status.AWAITING_CONSENT)
    return summons.is_summons(
        post,
        conversation.brand_id,
        summons.our_post_ids(conversation),
        is_continuing=is_talking or bool(conversation.waiting),
        heard=summons.heard_ids(conversation),
    )


def unsaid(step: Step, post_id: PostId, verdict: Verdict, draft: str) -> None:
    """A line the gate will not let out becomes a task with its draft, unless it must not be said at all.

    A bot that only watches shows what it would have said.
    """
    if verdict.rule == "mode":
        step.raise_task("would_have_replied", verdict.why, post_id=post_id, draft=draft)
    elif verdict.hold is Hold.TASK:
        step.raise_task("reply_held", f"{verdict.rule}: {verdict.why}", post_id=post_id, draft=draft)
