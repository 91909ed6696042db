"""Second thoughts: a post that was edited.

Before its answer an edit simply replaces what waits. After it, words, answers, receipt and the card on the
desk follow the edit, and nothing is said again (SCENARIOS 4).
"""

from __future__ import annotations

from leadbot.flows import answers, consent, handoff, hearing, learning, optout, speaking
from leadbot.flows.cards import Card, Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.step import MEMORY, Step
from leadbot.model import (
    Consent,
    Heard,
    Person,
    Post,
    PostId,
    Reading,
    Status,
)


def hear_edit(step: Step, post: Post, person: Person, reading: Reading) -> Reason:
    """Take a later version of a post in."""
    conversation = step.conversation
    nobody = hearing.of_no_person(step, post, person)
    if nobody is not None and nobody is not Reason.REPOST:  # their own words may become a quotation
        return nobody
    if post.first_id in conversation.deleted:
        return hearing.hear(step, post, person, reading)
    if _is_overtaken(step, post):
        # A newer version was heard before this one; what it asked for was said all the same.
        return optout.obey(step, post, reading) or Reason.HEARD_ALREADY
    step.change(edited=(*conversation.edited, (post.id, post.first_id))[-MEMORY:])
    if not _is_known(step, post.first_id):
        return hearing.hear(step, post, person, reading)
    step.change(person=person)
    is_waiting = any(heard.post.first_id == post.first_id for heard in conversation.waiting)
    _replace_answering(step, post, reading)
    if is_waiting:
        return _replace_waiting(step, post, reading)
    reason = optout.obey(step, post, reading)
    if reason is not None:
        return reason
    if conversation.status is Status.OPTED_OUT:
        return optout.hear_opted_out(step, post, reading)
    if _left_no_trace(step, post):
        # It had no answer and taught us nothing: what it says now is heard like a new post.
        return hearing.consider(step, post, reading)
    return _update(step, post, reading)


def _is_overtaken(step: Step, post: Post) -> bool:
    versions = (one for one, first_id in step.conversation.edited if first_id == post.first_id)
    return any(int(version) > int(post.id) for version in versions)


def _is_known(step: Step, first_id: PostId) -> bool:
    conversation = step.conversation
    return first_id in conversation.answered or any(h.post.first_id == first_id for h in conversation.waiting)


def _replace_waiting(step: Step, post: Post, reading: Reading) -> Reason:
    """Not answered yet: the new version waits in its place, unless it asks for something at once."""
    reason = optout.obey(step, post, reading)
    if reason is not None:
        return reason
    heard = Heard(post, reading, speaking.summons_of(step, post))
    waiting = tuple(heard if h.post.first_id == post.first_id else h for h in step.conversation.waiting)
    step.change(waiting=waiting)
    if hearing.asks_for_human(reading) and not handoff.is_with_human(step):
        hearing.call_human(step, heard)
        return Reason.ASKED_FOR_HUMAN
    return Reason.EDIT_WAITS


def _replace_answering(step: Step, post: Post, reading: Reading) -> None:
    """If the reply on its way is superseded, its posts are read again: in their newest version."""
    conversation = step.conversation
    if conversation.answering:
        step.change(
            answering=tuple(
                Heard(post, reading, h.is_summons) if h.post.first_id == post.first_id else h
                for h in conversation.answering
            )
        )


def _left_no_trace(step: Step, post: Post) -> bool:
    conversation, first_id = step.conversation, post.first_id
    known = (*conversation.known, *(step.dialog.answers if step.dialog else ()))
    return (
        not speaking.replies_to(conversation, post)
        and all(answer.post_id != first_id for answer in known)
        and all(heard.post.first_id != first_id for heard in conversation.answering)
        and (step.dialog is None or step.dialog.consent_post_id != first_id)
        and conversation.on_desk is None
    )


def _update(step: Step, post: Post, reading: Reading) -> Reason:
    """Answered already: what we wrote down follows the edit, and no second answer is given."""
    before = step.conversation
    playbook = handoff.playbook_of(step)
    heard = Heard(post, reading, is_summons=False)
    if step.dialog is not None and step.dialog.consent_post_id == post.first_id:
        return _update_consent(step, heard)
    if playbook is not None:
        _relearn(step, playbook, heard)
    is_changed = step.conversation.dialog != before.dialog or step.conversation.known != before.known
    if step.conversation.on_desk is not None:
        question = post.said if reading.is_question or reading.asks_price else ""
        handoff.tell(step, Reason.EDIT_UPDATED, post=post, question=question)
    elif is_changed and playbook is not None:
        _hand_over_if_warm(step, playbook, post)
    return Reason.EDIT_UPDATED if is_changed else Reason.EDIT_CHANGED_NOTHING


def _relearn(step: Step, playbook: Playbook, heard: Heard) -> None:
    """The answers of this post, read again. An answer the new version no longer gives is taken back."""
    dialog, first_id = step.dialog, heard.post.first_id
    if dialog is None:
        return
    old = [answer for answer in dialog.answers if answer.post_id == first_id]
    said = learning.said_in(step, heard)
    step.change(known=tuple(a for a in step.conversation.known if a.post_id != first_id))
    step.change_dialog(
        answers=tuple(a for a in dialog.answers if a.post_id != first_id),
        receipt=tuple(r for r in dialog.receipt if r.post_id != first_id),
    )
    for answer in old:
        card = playbook.card(answer.card)
        # What can stand alone is quoted alone; else it answers the card as a bare "40" did.
        match = _match_again(card, said) if card else None
        if card is not None and match is not None:
            learning.record(step, playbook, card, match, first_id)
    learning.learn(step, playbook, heard, asked=None)


def _match_again(card: Card, said: answers.Said) -> answers.Match | None:
    return answers.match(card, said, is_asked=False) or answers.match(card, said, is_asked=True)


def _hand_over_if_warm(step: Step, playbook: Playbook, post: Post) -> None:
    """A dialog that ended too cold is warm enough with the edit: a human gets it, the bot says nothing."""
    dialog, status = step.dialog, step.conversation.status
    if dialog is None or status is not Status.IDLE or dialog.ending not in playbook.endings:
        return
    if dialog.score >= playbook.hand_off.at_points:
        handoff.give(step, Reason.EDIT_UPDATED, playbook=playbook, post=post)
        handoff.hold_for_human(step)


def _update_consent(step: Step, heard: Heard) -> Reason:
    """The post that answered "may I pass this on?" says something else now."""
    was = step.dialog.consent if step.dialog else Consent.NOT_ASKED
    now = consent.judge(heard.reading)
    step.change_dialog(consent=now, consent_words=heard.post.said.strip())
    handoff.tell(step, Reason.EDIT_UPDATED, post=heard.post)
    if was is Consent.YES and now is not Consent.YES:
        why = "their yes was edited away; take the record out of the CRM"
        step.raise_task("consent_withdrawn", why, post_id=heard.post.id)
    elif now is Consent.YES and was is not Consent.YES:
        consent.push(step)
    return Reason.EDIT_UPDATED
