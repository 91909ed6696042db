"""What happens to a post the moment it is heard. Words are chosen later, when the pace timer fires.

A post is looked at in this order; the first row that holds decides:

| #  | the post                                         | what happens                                       |
|----|--------------------------------------------------|----------------------------------------------------|
| 1  | is no person's (ours, a bot's), a repost, known  | nothing                                            |
| 2  | says stop or start (`optout`)                    | suppressed, paused with a task, or lifted          |
| 3  | comes from somebody opted out                    | no words; a task if they want something            |
| 4  | comes while the conversation is paused           | no words; a task if it was said to us              |
| 5  | is not addressed to us (`summons`)               | no words; a task if we were named and it matters   |
| 6  | answers our question for consent                 | `consent`; "a human, please" is row 8              |
| 7  | comes while a human has it                       | no words; the card on the desk is told             |
| 8  | asks for a human                                 | handed over at once; its line waits for its turn   |
| 9  | does not summon us                               | no words; to a human if it is a lead or an answer  |
| 10 | comes in an open dialog, or while posts wait     | waits for its turn: it is read as an answer first  |
| 11 | answers our last question late (SCENARIOS 5)     | the dialog reopens, or a human gets it             |
| 12 | is a lead and `start_when` holds                 | `unless`, or it waits for its turn                 |
| 13 | is small talk or praise                          | given back once, or peace                          |
| 14 | is for support or business                       | a task, once a day                                 |
| 15 | is anything else                                 | peace                                              |

Posts that wait are gathered: a further one does not move the timer, so nobody is kept waiting by writing on.
"""

from __future__ import annotations

from datetime import timedelta

from leadbot.flows import consent, handoff, learning, optout, smalltalk, speaking, starting, summons, wording
from leadbot.flows.cards import Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.step import MEMORY, Step
from leadbot.model import (
    LEAD_INTENTS,
    Consent,
    Heard,
    Intent,
    Person,
    Post,
    Reading,
    Status,
)

LATE_ANSWER = timedelta(days=30)
KNOWN_FOR, KNOWN_FOR_WITH_CONSENT = timedelta(days=30), timedelta(days=365)
_WHY = {
    Reason.SUPPORT: "reads like a customer's problem",
    Reason.BUSINESS: "reads like a job, press or an offer",
    Reason.PRICE_FOR_HUMAN: "asks a price, perhaps in another language",
}
_TASKS = {Intent.SUPPORT: Reason.SUPPORT, Intent.BUSINESS: Reason.BUSINESS}


def hear(step: Step, post: Post, person: Person, reading: Reading) -> Reason:
    """Take a post in."""
    conversation = step.conversation
    reason = of_no_person(step, post, person)
    if reason is not None:
        return reason
    first_id = post.first_id
    if first_id in conversation.deleted:
        # It came late, and is no longer there: nothing is answered, and a "stop" is still obeyed.
        return optout.obey(step, post, reading) or Reason.POST_DELETED
    if first_id in conversation.answered or any(h.post.first_id == first_id for h in conversation.waiting):
        return Reason.HEARD_ALREADY
    forget_old(step, post)
    step.change(
        person=person,
        last_heard_at=max(conversation.last_heard_at or post.created_at, post.created_at),
        # Not in `waiting` means let be; `_wait` takes it back.
        answered=(*conversation.answered, first_id)[-MEMORY:],
    )
    return consider(step, post, reading)


def of_no_person(step: Step, post: Post, person: Person) -> Reason | None:
    """Whether no person speaks here: us, a sister brand (two bots of one house would talk for ever), another
    bot, or words that were only passed on.
    """
    if str(post.author_id) == step.conversation.brand_id:
        return Reason.OWN_POST
    if post.author_id in step.brands:
        return Reason.SISTER_BRAND
    if person.is_automated:
        return Reason.AUTOMATED_ACCOUNT
    return Reason.REPOST if summons.is_passed_on(post) else None


def consider(step: Step, post: Post, reading: Reading) -> Reason:
    """Rows 2 to 15 of the table."""
    reason = optout.obey(step, post, reading)
    if reason is not None:
        return reason
    conversation = step.conversation
    if conversation.status is Status.OPTED_OUT:
        return optout.hear_opted_out(step, post, reading)
    brand_id = conversation.brand_id
    if conversation.status is Status.PAUSED:
        return _hear_paused(step, post)
    ours, known = summons.our_post_ids(conversation), summons.heard_ids(conversation)
    if not summons.is_addressed(post, brand_id, step.brands, our_post_ids=ours, heard=known):
        return _hear_for_others(step, post, reading)
    heard = Heard(post, reading, speaking.summons_of(step, post))
    if conversation.in_flight is None and consent.is_answer(step, heard):
        if asks_for_human(reading) and consent.note_unclear(step, heard):
            return call_human(step, heard)
        return consent.hear(step, heard)
    if handoff.is_with_human(step):
        return _hear_for_human(step, heard)
    if conversation.status is Status.AWAITING_CONSENT:
        return _hear_before_consent(step, heard)
    if asks_for_human(reading):
        return call_human(step, heard)
    if not heard.is_summons:
        return _hear_unsummoned(step, heard)
    if conversation.status is Status.OPEN or conversation.waiting or conversation.in_flight is not None:
        return _wait(step, heard)
    return _hear_late(step, heard) or hear_idle(step, heard)


def asks_for_human(reading: Reading) -> bool:
    """Whether they want a person. A problem or an offer goes to a human anyway, and to another one than
    sales.
    """
    if reading.intent in (Intent.SUPPORT, Intent.BUSINESS, Intent.SPAM_PROMO):
        return False
    return reading.asks_for_human or reading.intent is Intent.ASKS_FOR_HUMAN


def _hear_paused(step: Step, post: Post) -> Reason:
    conversation = step.conversation
    ours, known = summons.our_post_ids(conversation), summons.heard_ids(conversation)
    if summons.is_directed(post, conversation.brand_id, ours, known):
        step.raise_task("paused_person_wrote", "the bot is silent until you decide", post_id=post.id)
    return Reason.PAUSED


def _hear_for_others(step: Step, post: Post, reading: Reading) -> Reason:
    conversation = step.conversation
    if not summons.is_typed(post, conversation.brand_id):
        return Reason.NOT_ADDRESSED
    if conversation.status is Status.OPEN or starting.playbook_for(step.deck, reading, post.said) is not None:
        why = "named us, but another account is meant to answer"
        step.raise_task("lead_not_addressed", why, post_id=post.id)
        return Reason.LEAD_NOT_ADDRESSED
    return Reason.NOT_ADDRESSED


def _hear_for_human(step: Step, heard: Heard) -> Reason:
    """A human has it: no words, but the rep sees what came."""
    conversation, reading = step.conversation, heard.reading
    if conversation.wake_at is not None and conversation.waiting:
        _join(step, heard)  # the line for "a human, please" is still to be said, under their newest post
    is_asking = reading.is_question or reading.asks_price or asks_for_human(reading)
    question = heard.post.said if is_asking else ""
    if conversation.on_desk is not None:
        handoff.tell(step, Reason.HUMAN_HAS_IT, post=heard.post, question=question)
    elif reading.intent in LEAD_INTENTS or asks_for_human(reading) or question:
        playbook = handoff.playbook_of(step)
        handoff.give(step, Reason.HUMAN_HAS_IT, playbook=playbook, post=heard.post, question=heard.post.said)
    return Reason.HUMAN_HAS_IT


def _hear_before_consent(step: Step, heard: Heard) -> Reason:
    """Written before our question for consent was out: no answer to it. A reply that is being sent is awaited
    first.
    """
    if step.conversation.in_flight is not None:
        _join(step, heard)
        return Reason.REPLY_IN_FLIGHT
    handoff.tell(step, Reason.HUMAN_HAS_IT, post=heard.post, question=heard.post.said)
    return Reason.HUMAN_HAS_IT


def call_human(step: Step, heard: Heard) -> Reason:
    """They want a person: handed over at once with what is known; that is consent to be answered here, not to
    a CRM record (SCENARIOS 12).
    """
    conversation = step.conversation
    playbook = handoff.playbook_of(step) if step.open_dialog else None
    if step.open_dialog is None and step.deck.playbooks:
        matching = starting.playbook_for(step.deck, heard.reading, heard.post.said)
        playbook = matching or step.deck.playbooks[0]
        starting.begin(step, playbook, warmth=heard.reading.warmth)
    posts = (*conversation.waiting, heard)
    if playbook is not None:
        learning.read(step, playbook, posts, is_start=False)
    question = heard.post.said
    step.change(wants_no_bot=True)
    handoff.give(step, Reason.ASKED_FOR_HUMAN, playbook=playbook, post=heard.post, question=question)
    handoff.hold_for_human(step)
    if heard.is_summons and playbook is not None and speaking.left(step, playbook) >= 1:
        _wait(step, heard)
    else:
        step.let_be()
    return Reason.ASKED_FOR_HUMAN


def _hear_unsummoned(step: Step, heard: Heard) -> Reason:
    """X would refuse our reply, so a human gets what matters."""
    if step.conversation.status is Status.OPEN:
        playbook = handoff.playbook_of(step)
        posts = (*step.conversation.waiting, heard)
        if playbook is not None:
            learning.read(step, playbook, posts, is_start=False)
        step.let_be()
        reason = Reason.NOT_SUMMONED_FOR_HUMAN
        handoff.give(step, reason, playbook=playbook, post=heard.post, question=heard.post.said)
        handoff.hold_for_human(step)
        return reason
    if starting.playbook_for(step.deck, heard.reading, heard.post.said) is not None:
        step.raise_task("lead_not_summoned", "a lead X does not let us answer", post_id=heard.post.id)
        return Reason.LEAD_NOT_SUMMONED
    return Reason.NOT_SUMMONED


def _join(step: Step, heard: Heard) -> None:
    """Put a post among those that wait."""
    conversation = step.conversation
    first_id = heard.post.first_id
    step.change(
        waiting=(*conversation.waiting, heard),
        answered=tuple(post_id for post_id in conversation.answered if post_id != first_id),
    )


def _wait(step: Step, heard: Heard) -> Reason:
    """Wait for the turn: at once a timer, unless one runs or a reply on its way comes first."""
    _join(step, heard)
    conversation = step.conversation
    if conversation.in_flight is not None:
        return Reason.REPLY_IN_FLIGHT
    if conversation.wake_at is not None:
        return Reason.GATHERED
    step.wake(step.at + pace(step))
    return Reason.PACE


def pace(step: Step) -> timedelta:
    """How long a reply waits: between two bounds of the playbook, or else of the brand; the same for the same
    turn.
    """
    playbook = _playbook_at_hand(step)
    least, most = (playbook.pace_s if playbook else None) or step.deck.brand.pace_s
    if most <= least:
        return timedelta(seconds=least)
    conversation = step.conversation
    turn = conversation.dialog.messages if conversation.dialog else 0
    return timedelta(
        seconds=least + (most - least) * wording.share(conversation.id, conversation.dialogs, turn, "pace")
    )


def _playbook_at_hand(step: Step) -> Playbook | None:
    """The playbook whose words are likely to come next."""
    if step.conversation.status is not Status.IDLE:
        return handoff.playbook_of(step)
    waiting = step.conversation.waiting
    found = (starting.playbook_for(step.deck, heard.reading, heard.post.said) for heard in waiting)
    return next((playbook for playbook in found if playbook is not None), None)


def _hear_late(step: Step, heard: Heard) -> Reason | None:
    """An answer to our last question after we had given up on it: never silence."""
    dialog = step.dialog
    if dialog is None or dialog.ending != "silence" or heard.post.in_reply_to_post_id is None:
        return None
    question = learning.last_said(step, dialog.number)
    if question is None or question.post_id != heard.post.in_reply_to_post_id:
        return None
    playbook = handoff.playbook_of(step)
    asked_at = question.sent_at or question.at
    is_in_time = heard.post.created_at - asked_at <= LATE_ANSWER
    if playbook is not None and is_in_time and speaking.left(step, playbook) >= 1:
        step.change(status=Status.OPEN)
        step.change_dialog(ending=None, ended_at=None)
        _wait(step, heard)
        return Reason.REOPENED
    if playbook is not None:
        learning.read(step, playbook, (heard,), is_start=False)
    reason = Reason.LATE_ANSWER_FOR_HUMAN
    handoff.give(step, reason, playbook=playbook, post=heard.post, question=heard.post.said)
    handoff.hold_for_human(step)
    return reason


def hear_idle(step: Step, heard: Heard) -> Reason:
    """No dialog is open: does this post open one?"""
    reading = heard.reading
    if reading.intent in LEAD_INTENTS:
        playbook = starting.playbook_for(step.deck, reading, heard.post.said)
        if playbook is None:
            starting.note_why_not(step, reading)
            return Reason.NOT_WARM_ENOUGH if step.deck.playbooks else Reason.NO_PLAYBOOK
        return starting.instead(step, playbook, heard) or _wait(step, heard)
    if reading.intent in smalltalk.INTENTS:
        if smalltalk.playbook_for(step) is None:
            return Reason.PEACE
        return Reason.SMALL_TALK_COOLDOWN if smalltalk.is_too_soon(step) else _wait(step, heard)
    return leave(step, heard)


def leave(step: Step, heard: Heard) -> Reason:
    """No words: what a colleague should see becomes a task, once a day for each person; the rest is left in
    peace.
    """
    reading = heard.reading
    reason = _TASKS.get(reading.intent)
    if reading.intent is Intent.OTHER and reading.asks_price:
        reason = Reason.PRICE_FOR_HUMAN  # most often a buyer who writes another language than English
    if reason is None:
        return Reason.PEACE
    day = heard.post.created_at.date().isoformat()
    step.raise_task(reason.value, _WHY[reason], post_id=heard.post.id, once=day)
    return reason


def forget_old(step: Step, at_post: Post) -> None:
    """What they told us is kept 30 days after the last contact, twelve months with their consent."""
    conversation = step.conversation
    if not conversation.known or conversation.last_heard_at is None:
        return
    has_consent = conversation.dialog is not None and conversation.dialog.consent is Consent.YES
    keeps = KNOWN_FOR_WITH_CONSENT if has_consent else KNOWN_FOR
    if at_post.created_at - conversation.last_heard_at > keeps:
        step.change(known=())
