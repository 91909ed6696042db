"""One turn of a dialog: the posts that wait are read, and at most one line of ours answers the newest of
them.

What is said, in this order:

1. nothing, when a human is needed (abuse, a complaint, another language, at the start a question we can't
   answer), or when they don't want to go on;
2. the hand-off line, when they asked something in mid-dialog that we can't answer;
3. the card's `if_unclear`, once, when the card we asked was not answered;
4. our answer to their question, with what comes next if both fit into one post;
5. what comes next: the ending an answer asked for; the next card while two messages are left; else the
   judgement, because the last message is kept for it: the hand-off line from `at_points` on, below it the
   ending `otherwise`.
"""

from __future__ import annotations

from collections.abc import Callable

from leadbot.flows import answers, calendar, handoff, learning, speaking, starting
from leadbot.flows.cards import Card, Ending, Line, Playbook
from leadbot.flows.learning import Turn
from leadbot.flows.reasons import Reason
from leadbot.flows.speaking import Utterance
from leadbot.flows.step import Step
from leadbot.model import Before, CancelTimer, Consent, Heard, Hold, LineKind, Mode, Owner, Post, Status


class Talk:
    """One turn on its way: the playbook, the post that will be answered, and what was heard."""

    __slots__ = ("is_start", "playbook", "step", "target", "turn", "way_back")

    def __init__(
        self, step: Step, playbook: Playbook, target: Heard, turn: Turn, way_back: Before, *, is_start: bool
    ) -> None:
        self.step = step
        self.playbook = playbook
        self.target = target
        self.turn = turn
        self.way_back = way_back
        self.is_start = is_start

    @property
    def room(self) -> int:
        """How many messages are left."""
        return speaking.left(self.step, self.playbook)

    @property
    def answer_lines(self) -> tuple[Line, ...]:
        """Our answers to what they asked."""
        return tuple(answer.say for answer in self.turn.says)

    def compose(self, *lines: Line) -> Utterance | None:
        """The words of these lines in one post, if they fit."""
        return speaking.compose(self.step, self.playbook, lines) if lines else None

    def say(
        self, text: Utterance | None, kind: LineKind, line: Line, then: Callable[[], None], reason: Reason
    ) -> Reason:
        """Say it and let `then` happen, or let a human do it when the words can't leave."""
        if text is None:
            self.step.raise_task(
                "line_too_long", f"line {line.line} does not fit", post_id=self.target.post.id
            )
            return fall_silent(self.step, self.playbook, self.target.post)
        step, before = self.step, self.way_back
        verdict = speaking.speak(step, self.playbook, self.target, text, kind, line=line, way_back=before)
        if verdict.hold in (Hold.DROP, Hold.TASK):
            if self.is_start and step.deck.brand.mode is Mode.WATCH:
                return _only_watch(self, text.text)
            speaking.unsaid(step, self.target.post.id, verdict, text.text)
            return fall_silent(step, self.playbook, self.target.post)
        then()
        return reason


def take_turn(step: Step, playbook: Playbook, *, is_start: bool, way_back: Before) -> Reason:
    """Read the waiting posts and answer them with one line, or give them to a human."""
    posts = step.conversation.waiting
    turn = learning.read(step, playbook, posts, is_start=is_start)
    target = speaking.newest_answerable(step.conversation)
    wordless = _without_words(step, playbook, turn, is_start=is_start)
    if wordless is not None:
        return wordless
    if is_start and turn.question:
        return _to_human(step, playbook, Reason.QUESTION_FOR_HUMAN, posts[-1].post, turn.question)
    if target is None:
        return _to_human(step, playbook, Reason.NOT_SUMMONED_FOR_HUMAN, posts[-1].post, turn.question)
    talk = Talk(step, playbook, target, turn, way_back, is_start=is_start)
    if turn.question:
        return _pass_on(talk, Reason.QUESTION_FOR_HUMAN, turn.question)
    if turn.asks_who:
        return _say_who_speaks(talk) or _pass_on(talk, Reason.QUESTION_FOR_HUMAN, turn.asks_who)
    if is_start and starting.is_thin(step.conversation.person):
        return _only_answer(talk)
    if not (turn.replied or turn.says or turn.closing) and _has_question_out(step, playbook):
        # Written before they could read our question, and no answer to it: the question stands.
        step.let_be()
        speaking.await_answer(step)
        return Reason.NOTHING_TO_ANSWER
    return _clear_up(talk) or _move_on(talk)


def _without_words(step: Step, playbook: Playbook, turn: Turn, *, is_start: bool) -> Reason | None:
    """What their mood forbids to answer; None: nothing of that kind."""
    if turn.abuse is not None:
        return _stop_at_abuse(step, turn.abuse.post)
    if turn.complaint is not None:
        post = turn.complaint.post
        return _to_human(step, playbook, Reason.SUPPORT_FOR_HUMAN, post, post.said)
    if turn.foreign is not None and not is_start and not turn.learned:
        post = turn.foreign.post
        return _to_human(step, playbook, Reason.FOREIGN_LANGUAGE_FOR_HUMAN, post, post.said)
    if turn.declined is not None and not (turn.learned or turn.says or turn.question):
        return _let_go(step, turn.declined.post)
    return None


def _has_question_out(step: Step, playbook: Playbook) -> bool:
    dialog = step.dialog
    return dialog is not None and any(
        card.learn == dialog.asked for card in answers.open_cards(playbook, dialog)
    )


def fall_silent(step: Step, playbook: Playbook | None, post: Post | None) -> Reason:
    """No more words of the bot in this dialog: a human gets what there is, or looks first."""
    step.let_be()
    if step.conversation.on_desk is not None or (step.open_dialog and step.open_dialog.answers):
        handoff.give(step, Reason.HELD_BY_GATE, playbook=playbook, post=post)
        handoff.hold_for_human(step)
    else:
        step.change(status=Status.PAUSED, owner=Owner.HUMAN)
    if step.open_dialog is not None:
        step.change_dialog(ending="held", ended_at=step.at)
    return Reason.HELD_BY_GATE


def _only_watch(talk: Talk, text: str) -> Reason:
    """A watching bot shows what it would have said; the dialog never began."""
    step, back = talk.step, talk.way_back
    step.change(status=back.status, dialog=back.dialog, dialogs=back.dialogs)
    step.let_be()
    step.raise_task("would_have_replied", "the bot only watches", post_id=talk.target.post.id, draft=text)
    return Reason.HELD_BY_GATE


def _stop_at_abuse(step: Step, post: Post) -> Reason:
    step.let_be()
    step.change_dialog(ending="abuse", ended_at=step.at)
    step.change(status=Status.PAUSED, owner=Owner.HUMAN)
    step.raise_task("abuse", "insulted us in a dialog; the bot is silent until you decide", post_id=post.id)
    return Reason.ABUSE


def _let_go(step: Step, post: Post) -> Reason:
    """They don't want to go on: peace, and no further question. What is on the desk stays there."""
    step.let_be()
    step.effects.append(CancelTimer("gives_up"))
    if step.conversation.on_desk is not None:
        handoff.hold_for_human(step)
        handoff.tell(step, Reason.DECLINED, post=post)
        return Reason.DECLINED
    step.change_dialog(ending="declined", ended_at=step.at, asked=None)
    step.change(status=Status.IDLE)
    return Reason.DECLINED


def _to_human(step: Step, playbook: Playbook, reason: Reason, post: Post, question: str) -> Reason:
    """To a human at once, without words of ours."""
    step.let_be()
    handoff.give(step, reason, playbook=playbook, post=post, question=question)
    handoff.hold_for_human(step)
    return reason


def _only_answer(talk: Talk) -> Reason:
    """A thin or protected profile gets the answer it asked for, and no questions."""
    step = talk.step

    def close() -> None:
        step.change_dialog(ending="thin_profile", ended_at=step.at)
        step.change(status=Status.IDLE)

    if not talk.turn.says:
        step.let_be()
        close()
        why = "wants something, from a protected or nearly empty account"
        step.raise_task("thin_profile", why, post_id=talk.target.post.id)
        return Reason.THIN_PROFILE
    line = talk.answer_lines[0]
    return talk.say(_answers_alone(talk), LineKind.ANSWER, line, close, Reason.THIN_PROFILE)


def _answers_alone(talk: Talk) -> Utterance | None:
    return talk.compose(*talk.answer_lines) or talk.compose(talk.answer_lines[0])


def _clear_up(talk: Talk) -> Reason | None:
    """The card we asked was not answered: say `if_unclear` once, then go on without. None: go on."""
    step, dialog, playbook = talk.step, talk.step.dialog, talk.playbook
    if dialog is None or dialog.asked is None or talk.turn.says or talk.turn.closing:
        return None
    card = next((card for card in answers.open_cards(playbook, dialog) if card.learn == dialog.asked), None)
    if card is None or (card.learn not in dialog.unclear and talk.room < 2):
        return None
    was_unclear = card.learn in dialog.unclear
    may_repeat = not was_unclear and talk.room >= 2
    says_unclear = card.if_unclear is not None and may_repeat and not talk.turn.is_correction
    text = talk.compose(card.if_unclear) if card.if_unclear is not None and says_unclear else None
    if text is not None and card.if_unclear is not None:
        step.change_dialog(unclear=(*dialog.unclear, card.learn))
        return talk.say(text, LineKind.IF_UNCLEAR, card.if_unclear, _nothing, Reason.ASKED_AGAIN)
    if talk.turn.is_aside and may_repeat and not speaking.was_told(step, talk.compose(card.ask)):
        step.change_dialog(unclear=(*dialog.unclear, card.learn))
        step.note(f"{card.learn} is asked once more: they said something else first")
        return None
    step.change_dialog(passed=(*dialog.passed, card.learn))
    step.note(f"{card.learn} is passed over")
    if was_unclear and step.dialog and not answers.open_cards(playbook, step.dialog):
        return _pass_on(talk, Reason.UNCLEAR_FOR_HUMAN, talk.target.post.said)
    return None


def _say_who_speaks(talk: Talk) -> Reason | None:
    """They ask whether a bot writes: it does, says so again, answers what else they asked, and asks its
    question again. None: no room.
    """
    step, dialog, lines = talk.step, talk.step.dialog, talk.answer_lines
    cards = answers.open_cards(talk.playbook, dialog) if dialog else []
    card = next(
        (card for card in cards if dialog and card.learn == dialog.asked), cards[0] if cards else None
    )
    if card is None or talk.room < 2:
        return None

    def asked() -> None:
        step.change_dialog(asked=card.learn, last_asked_at=step.at)
        if line is card.if_unclear and step.dialog is not None:
            step.change_dialog(unclear=(*step.dialog.unclear, card.learn))

    kind = LineKind.ANSWER_AND_ASK if lines else LineKind.ASK
    for line in (card.ask, card.if_unclear):
        text = speaking.compose(step, talk.playbook, (*lines, line), introduces=True) if line else None
        if line is not None and text is not None and not speaking.was_told(step, text):
            return talk.say(text, kind, line, asked, Reason.ASKED_AGAIN)
    alone = speaking.compose(step, talk.playbook, lines, introduces=True) if lines else None
    if alone is None:
        return None
    return talk.say(alone, LineKind.ANSWER, lines[0], _nothing, Reason.ANSWERED)


def _nothing() -> None:
    """Nothing more happens when the line is said."""


def _move_on(talk: Talk) -> Reason:
    """What comes next: an ending, a card, or the judgement."""
    step, playbook, dialog = talk.step, talk.playbook, talk.step.dialog
    if dialog is None:
        return Reason.NOTHING_TO_DO
    if talk.turn.closing is not None:
        return _end(talk, playbook.endings[talk.turn.closing])
    cards = answers.open_cards(playbook, dialog)
    is_on_desk = dialog.handoff_key is not None
    if cards and talk.room >= 2 and not is_on_desk:
        return _ask(talk, cards[0])
    if talk.turn.says and talk.room < 2 and not talk.is_start:
        return _pass_on(talk, Reason.QUESTION_FOR_HUMAN, talk.turn.asked)
    if is_on_desk or dialog.score >= playbook.hand_off.at_points:
        step.note(f"{dialog.score} points, {playbook.hand_off.at_points} are enough")
        return _answer_then_desk(talk) if talk.turn.says else _pass_on(talk, Reason.HANDED_OVER, "")
    return _end(talk, playbook.endings[playbook.hand_off.otherwise])


def _ask(talk: Talk, card: Card) -> Reason:
    step, was_asked = talk.step, talk.step.dialog.asked if talk.step.dialog else None
    answer_lines = talk.answer_lines

    def asked() -> None:
        step.change_dialog(asked=card.learn, last_asked_at=step.at)

    def waits() -> None:
        # Asked before, the card still takes a bare answer; not yet asked, it takes only what is volunteered.
        step.change_dialog(asked=card.learn if was_asked == card.learn else None, last_asked_at=step.at)

    reason = Reason.STARTED if talk.is_start else Reason.ASKED
    both = talk.compose(*answer_lines, card.ask)
    if not answer_lines:
        return talk.say(both, LineKind.ASK, card.ask, asked, reason)
    if both is not None:
        return talk.say(both, LineKind.ANSWER_AND_ASK, card.ask, asked, reason)
    reason = Reason.STARTED if talk.is_start else Reason.ANSWERED
    return talk.say(_answers_alone(talk), LineKind.ANSWER, answer_lines[0], waits, reason)


def _answer_then_desk(talk: Talk) -> Reason:
    """Everything is known and they asked something: the answer goes alone, the handoff is on the desk at
    once, and the line that asks consent waits for their next post.
    """
    step, post = talk.step, talk.target.post

    def to_desk() -> None:
        step.change_dialog(asked=None, last_asked_at=step.at)
        handoff.give(step, Reason.HANDED_OVER, playbook=talk.playbook, post=post)
        if talk.room < 1:
            handoff.hold_for_human(step)

    return talk.say(_answers_alone(talk), LineKind.ANSWER, talk.answer_lines[0], to_desk, Reason.ANSWERED)


def _pass_on(talk: Talk, reason: Reason, question: str) -> Reason:
    """To a human, with the line that asks consent if a message is left for it."""
    step, playbook, post = talk.step, talk.playbook, talk.target.post
    line = hand_off_line(step, playbook)
    text = talk.compose(line) if talk.room >= 1 else None
    if text is None:
        return _to_human(step, playbook, reason, post, question)

    def ask_consent() -> None:
        step.change(status=Status.AWAITING_CONSENT)
        step.change_dialog(asked=None, consent=Consent.ASKED)
        handoff.give(step, reason, playbook=playbook, post=post, question=question)

    if question and step.deck.brand.mode is not Mode.WATCH:
        # The question reaches a human even if our line does not leave.
        handoff.give(step, reason, playbook=playbook, post=post, question=question)
    return talk.say(text, LineKind.HAND_OFF, line, ask_consent, reason)


def hand_off_line(step: Step, playbook: Playbook) -> Line:
    """The line that asks consent; another one when nobody is in (SCENARIOS 23)."""
    plan, team = playbook.hand_off, handoff.team_of(step, playbook)
    if plan.say_after_hours is not None and team is not None and not calendar.is_open(team, step.at):
        return plan.say_after_hours
    return plan.say


def _end(talk: Talk, ending: Ending) -> Reason:
    step, answer_lines = talk.step, talk.answer_lines

    def close() -> None:
        step.change_dialog(ending=ending.name, ended_at=step.at, asked=None)
        step.change(status=Status.IDLE)

    step.note(f"ends with {ending.name}")
    if ending.say is None and not answer_lines:
        step.let_be()
        close()
        return Reason.ENDED
    if ending.say is not None:
        text = talk.compose(*answer_lines, ending.say)
        if text is not None or not answer_lines:
            return talk.say(text, LineKind.ENDING, ending.say, close, Reason.ENDED)
    return talk.say(_answers_alone(talk), LineKind.ANSWER, answer_lines[0], close, Reason.ENDED)
