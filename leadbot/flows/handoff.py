"""Giving a person to a human: which team, which rep, and the whole story on one card.

Every handoff is remembered on the conversation (`on_desk`), so that later news of the same person (a
question, an edit, a consent) tells the same card instead of opening a second one.
"""

from __future__ import annotations

from leadbot.flows import answers, calendar, routing, wording
from leadbot.flows.cards import Card, Playbook
from leadbot.flows.reasons import Reason
from leadbot.flows.step import Step
from leadbot.model import Consent, Dialog, HandOff, Notify, OnDesk, Owner, Post, Rep, Status, Team

NOBODY = Rep("", "someone")


def team_of(step: Step, playbook: Playbook | None) -> Team | None:
    """The playbook's team, else the brand's first."""
    teams = step.deck.brand.teams
    wanted = playbook.hand_off.to if playbook else ""
    return next((team for team in teams if team.name == wanted), teams[0] if teams else None)


def rep_of(step: Step, team: Team | None) -> Rep:
    """Whom this person is told of: the rep they know, else one of the team, always the same for the same
    person and answers (`routing.named`).
    """
    conversation = step.conversation
    if conversation.last_rep:
        for known in (rep for each in step.deck.brand.teams for rep in each.reps):
            if known.name == conversation.last_rep:
                return known
    if team is None or not team.reps:
        return NOBODY
    said = frozenset((answer.card, answer.answer) for answer in conversation.known)
    if step.dialog is not None:
        said |= {(answer.card, answer.answer) for answer in step.dialog.answers}
    day = calendar.local_date(team.zone, calendar.next_open(team, step.at))
    handle = step.deck.brand.handle
    return routing.named(team, handle, said, day, wording.seed(conversation.id, "rep"))


def give(
    step: Step, reason: Reason, *, playbook: Playbook | None, post: Post | None, question: str = ""
) -> None:
    """Put the person on the desk, or tell the card that is there the news.

    A card keeps the reason it was laid down for: what came later stands in its question, its consent and the
    thread. Only a stop takes its place, because it changes what the rep may do.
    """
    on_desk = step.conversation.on_desk
    if on_desk is None:
        on_desk = _lay_down(step, reason, playbook, post)
    dialog = step.dialog
    changed = OnDesk(
        key=on_desk.key,
        team=on_desk.team,
        rep=on_desk.rep,
        reason=reason.value if reason in _MORE_THAN_NEWS else on_desk.reason,
        dialog=on_desk.dialog,
        claim_within_s=on_desk.claim_within_s,
        question=question or on_desk.question,
        question_post_id=post.first_id if question and post else on_desk.question_post_id,
        last_post_id=post.id if post else on_desk.last_post_id,
    )
    step.change(on_desk=changed)
    if dialog is not None and dialog.number == changed.dialog and dialog.handoff_key != changed.key:
        step.change_dialog(handoff_key=changed.key)
    step.emit(_story(step, changed, playbook))


_MORE_THAN_NEWS = frozenset({Reason.OPT_OUT, Reason.OPT_OUT_REQUESTED})


def tell(step: Step, reason: Reason, *, post: Post | None = None, question: str = "") -> None:
    """News for the card on the desk; nothing if there is none."""
    if step.conversation.on_desk is not None:
        give(step, reason, playbook=playbook_of(step), post=post, question=question)


def playbook_of(step: Step) -> Playbook | None:
    """The playbook the last dialog runs on, if it is still known."""
    return step.deck.playbook(step.dialog.version) if step.dialog else None


def hold_for_human(step: Step) -> None:
    """From now on the bot has nothing to say here: the card is on the desk."""
    step.change(status=Status.HANDED_OVER)


def _lay_down(step: Step, reason: Reason, playbook: Playbook | None, post: Post | None) -> OnDesk:
    """A new card, and the team is told that somebody waits."""
    team = team_of(step, playbook)
    dialog = step.open_dialog or (step.dialog if reason in _ABOUT_THE_LAST_DIALOG else None)
    number = dialog.number if dialog else 0
    tail = str(number) if number else f"0:{post.first_id if post else int(step.at.timestamp() * 1000)}"
    key = f"{step.conversation.id}:handoff:{tail}"
    claim_within_s = playbook.hand_off.claim_within_s if playbook else None
    team_name = team.name if team else (playbook.hand_off.to if playbook else "")
    on_desk = OnDesk(key, team_name, rep_of(step, team).name, reason.value, number, claim_within_s)
    subject = f"{dialog.score} points" if dialog else reason.value.replace("_", " ")
    step.emit(Notify(f"{key}:notify", team_name, subject, _labels(dialog), handoff_key=key))
    return on_desk


_ABOUT_THE_LAST_DIALOG = frozenset({Reason.LATE_ANSWER_FOR_HUMAN, Reason.EDIT_UPDATED})


def _labels(dialog: Dialog | None) -> tuple[str, ...]:
    """What the team is told: labels, never what the person wrote (SCENARIOS 25)."""
    if dialog is None:
        return ()
    return tuple(f"{line.card}={line.answer} {line.points:+d}" for line in dialog.receipt)


def _story(step: Step, on_desk: OnDesk, playbook: Playbook | None) -> HandOff:
    dialog = step.dialog if step.dialog and step.dialog.number == on_desk.dialog else None
    not_known = tuple(card.learn for card in _unanswered(playbook, dialog))
    return HandOff(
        key=on_desk.key,
        team=on_desk.team,
        rep=on_desk.rep,
        score=dialog.score if dialog else 0,
        receipt=dialog.receipt if dialog else (),
        consent=dialog.consent if dialog else Consent.NOT_ASKED,
        consent_words=dialog.consent_words if dialog else "",
        reason=on_desk.reason,
        answers=dialog.answers if dialog else step.conversation.known,
        not_known=not_known,
        question=on_desk.question,
        last_post_id=on_desk.last_post_id,
        claim_within_s=on_desk.claim_within_s,
        consent_post_id=dialog.consent_post_id if dialog else None,
        question_post_id=on_desk.question_post_id,
        warmth=dialog.warmth if dialog else None,
    )


def _unanswered(playbook: Playbook | None, dialog: Dialog | None) -> list[Card]:
    if playbook is None or dialog is None:
        return []
    given = {answer.card for answer in dialog.answers}
    waiting = {card.learn for card in answers.open_cards(playbook, dialog)} | set(dialog.passed)
    return [card for card in playbook.cards if card.learn not in given and card.learn in waiting]


def is_with_human(step: Step) -> bool:
    """Whether a human speaks here, or is about to."""
    conversation = step.conversation
    return conversation.owner is Owner.HUMAN or conversation.status is Status.HANDED_OVER
