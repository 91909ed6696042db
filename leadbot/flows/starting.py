"""May a dialog begin, on which playbook, and what happens instead."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

from leadbot.flows import answers, calendar, handoff, speaking
from leadbot.flows.cards import Card, Deck, Playbook, StartWhen, Unless
from leadbot.flows.learning import receipt_line
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import Dialog, Heard, Person, Reading, Status

# An account this empty says nothing about who asks: it gets its answer and no questions.
THIN_POSTS, THIN_FOLLOWERS = 5, 5
# A person rarely needs more than two dialogs a day. An unlabelled bot that answers everything does, and two
# bots would talk for ever (X_API §6.11): from here on a human looks.
MOST_POSTS_A_DAY = 8
A_DAY = timedelta(hours=24)


def playbook_for(deck: Deck, reading: Reading, said: str) -> Playbook | None:
    """The first playbook in the brand's order whose `start_when` holds."""
    return next((book for book in deck.playbooks if _holds(book.start_when, reading, said)), None)


def _holds(start_when: StartWhen, reading: Reading, said: str) -> bool:
    if reading.intent not in start_when.intents or reading.warmth < start_when.warmth_at_least:
        return False
    return not start_when.mentions_any or any(_names(said, word) for word in start_when.mentions_any)


def _names(said: str, word: str) -> bool:
    """Whether the word itself stands there: "care" is not in "scared"."""
    return re.search(rf"(?<!\w){re.escape(word.casefold())}(?!\w)", said.casefold()) is not None


def note_why_not(step: Step, reading: Reading) -> None:
    """Say in the trace what each playbook wants besides, for a lead that begins none."""
    for book in step.deck.playbooks:
        start = book.start_when
        if reading.intent not in start.intents:
            why = f"it does not start on {reading.intent.value}"
        elif reading.warmth < start.warmth_at_least:
            why = f"the warmth is {reading.warmth:.2f}, and it wants {start.warmth_at_least:g}"
        else:
            why = f"it wants one of: {', '.join(start.mentions_any)}"
        step.note(f"{book.name} does not begin: {why}")


def is_thin(person: Person | None) -> bool:
    """Whether a profile is protected or all but empty. What X did not tell counts for them."""
    if person is None:
        return False
    if person.is_protected:
        return True
    posts, followers = person.tweet_count, person.followers_count
    return posts is not None and followers is not None and posts <= THIN_POSTS and followers <= THIN_FOLLOWERS


def instead(step: Step, playbook: Playbook, heard: Heard) -> Reason | None:
    """What happens instead of a dialog, if anything: never plain silence (SCENARIOS 6)."""
    if step.conversation.wants_no_bot:
        return _to_human(step, playbook, heard, Reason.WANTS_NO_BOT)
    unless = next((rule for rule in playbook.unless if _applies(step, rule)), None)
    if unless is None:
        return _enough(step, playbook, heard)
    step.note(f"unless, line {unless.line}: {unless.then}")
    if unless.then == "to_helpdesk":
        step.let_be()
        step.raise_task("to_helpdesk", f"on list {unless.list_name}", post_id=heard.post.id)
        return Reason.TO_HELPDESK
    reason = Reason.TO_SAME_REP if unless.then == "to_same_rep" else Reason.TO_HUMAN
    return _to_human(step, playbook, heard, reason)


def _enough(step: Step, playbook: Playbook, heard: Heard) -> Reason | None:
    """A dialog that could go beyond what a person needs in a day is for a human."""
    said = _said_today(step)
    if said + speaking.limit_of(playbook) <= MOST_POSTS_A_DAY:
        return None
    step.let_be()
    why = f"the bot wrote to them {said} times within 24 hours; they may be a bot"
    step.raise_task("enough_for_today", why, post_id=heard.post.id, once=step.at.date().isoformat())
    return Reason.ENOUGH_FOR_TODAY


def _said_today(step: Step) -> int:
    """Posts of ours that left, or may have left, to this person within 24 hours."""
    return sum(
        step.at - said.at < A_DAY
        for said in step.conversation.said
        if not (said.is_unsent or said.is_superseded)
    )


def _applies(step: Step, rule: Unless) -> bool:
    """Whether all that the rule names holds."""
    talked_at, checks = step.conversation.talked_at, []
    if rule.talked_within_s is not None:
        checks.append(
            talked_at is not None and step.at - talked_at <= timedelta(seconds=rule.talked_within_s)
        )
    if rule.on_list is not None:
        checks.append(step.conversation.person_id in rule.on_list)
    return bool(checks) and all(checks)


def _to_human(step: Step, playbook: Playbook, heard: Heard, reason: Reason) -> Reason:
    step.let_be()
    handoff.give(step, reason, playbook=playbook, post=heard.post, question=heard.post.said)
    handoff.hold_for_human(step)
    return reason


def begin(step: Step, playbook: Playbook, *, warmth: float) -> Dialog:
    """Open a dialog. What they told us in an earlier one is known in this one too.

    warmth: of the post it begins with, so that what became of warm leads can be looked at later.
    """
    number = step.conversation.dialogs + 1
    brand_id = step.conversation.brand_id
    dialog = Dialog(
        number, playbook.name, playbook.version, started_at=step.at, brand_id=brand_id, warmth=warmth
    )
    for card in playbook.cards:
        dialog = _remember(step, playbook, dialog, card)
    step.change(dialog=dialog, dialogs=number, status=Status.OPEN, on_desk=None)
    return dialog


def _remember(step: Step, playbook: Playbook, dialog: Dialog, card: Card) -> Dialog:
    known = next((answer for answer in step.conversation.known if answer.card == card.learn), None)
    if known is None or card not in answers.open_cards(playbook, dialog):
        return dialog
    rule = answers.rematch(card, known, calendar.local_date(step.deck.brand.zone, step.at))
    if rule is None or rule.then is not None:
        return dialog  # an old answer closes no new dialog: ask again
    line = receipt_line(playbook, card, rule, known.words, known.post_id)
    answer = replace(known, answer=rule.name)
    return replace(dialog, answers=(*dialog.answers, answer), receipt=(*dialog.receipt, line))
