"""Reading posts for answers: every post is read for every card still open, the one asked first."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from leadbot.flows import answers, calendar, corrections, moods, questions, summons, tongues
from leadbot.flows.answers import Match
from leadbot.flows.cards import AnswerFirst, AnswerRule, Card, Playbook
from leadbot.flows.step import Step
from leadbot.model import Answer, Heard, PostId, ReceiptLine, Said, SlotValue


@dataclass(slots=True)
class Turn:
    """What the posts of one turn came to."""

    learned: int = 0
    replied: bool = False  # one of them came after our question
    is_aside: bool = False  # it passed our question by, in peace: a nicety, a second thought
    is_correction: bool = False  # a second thought about an earlier answer
    closing: str | None = None  # the ending an answer asks for
    says: list[AnswerFirst] = field(default_factory=list)  # our answers to what they asked
    asked: str = ""  # their question that has an answer
    question: str = ""  # their question that has none
    asks_who: str = ""  # they asked whether a bot writes
    complaint: Heard | None = None
    abuse: Heard | None = None
    declined: Heard | None = None  # they don't want to go on
    foreign: Heard | None = None  # words of another language that answer nothing


def receipt_line(
    playbook: Playbook, card: Card, rule: AnswerRule, words: str, post_id: PostId
) -> ReceiptLine:
    """The line an answer puts on the receipt."""
    source = playbook.source(rule.line, rule.file)
    return ReceiptLine(rule.points, words, card.learn, rule.name, source, post_id, rule.counts_as)


def read(step: Step, playbook: Playbook, posts: tuple[Heard, ...], *, is_start: bool) -> Turn:
    """Read posts, oldest first, into the dialog."""
    found = Turn()
    for heard in posts:
        asked = _asked_before(step, heard)
        corrected = _correct(step, playbook, heard, asked) if asked is not None else []
        # What answers an earlier card is no answer to the last one, unless it stands for itself.
        matches = [*corrected, *learn(step, playbook, heard, asked=None if corrected else asked)]
        found.is_correction = found.is_correction or bool(corrected)
        found.is_aside = bool(corrected) or (not matches and moods.is_nicety(heard.reading))
        found.learned += len(matches)
        found.replied = found.replied or asked is not None
        found.closing = next((m.rule.then for m in matches if m.rule.then), found.closing)
        _note_question(playbook, heard, matches, found, is_start=is_start)
        if not matches:
            _note_mood(heard, found, is_asked=asked is not None)
        else:
            found.declined = None
    return found


def _note_mood(heard: Heard, found: Turn, *, is_asked: bool) -> None:
    """What a post is that answers nothing."""
    reading = heard.reading
    found.declined = heard if is_asked and moods.is_decline(reading) else None
    if found.declined is None and moods.is_complaint(reading):
        found.complaint = heard
    if moods.is_abuse(reading):
        found.abuse = heard
    if tongues.is_foreign(heard.post):
        found.foreign = heard


def learn(step: Step, playbook: Playbook, heard: Heard, *, asked: str | None) -> list[Match]:
    """Fill every open card this post answers. A slot answers one card only, the `asked` one first."""
    said = said_in(step, heard)
    matches: list[Match] = []
    used: list[SlotValue] = []
    for card in _asked_first(step, playbook, asked):
        match = None
        if card in _open(step, playbook):
            match = answers.match(card, said, is_asked=card.learn == asked, used=used)
        if match is not None:
            matches.append(match)
            used.extend([match.value] if match.value else [])
            record(step, playbook, card, match, heard.post.first_id)
    return matches


def said_in(step: Step, heard: Heard) -> answers.Said:
    """A post as the cards look at it."""
    today = calendar.local_date(step.deck.brand.zone, heard.post.created_at)
    foreign = tongues.is_foreign(heard.post)
    return answers.Said(heard.post.said.strip(), heard.reading, today, is_foreign=foreign)


def _correct(step: Step, playbook: Playbook, heard: Heard, asked: str) -> list[Match]:
    """Follow a second thought about an earlier answer; nothing if it is none."""
    if step.dialog is None:
        return []
    found = corrections.find(playbook, step.dialog, said_in(step, heard), asked=asked)
    if found is None:
        return []
    card, match = found
    record(step, playbook, card, match, heard.post.first_id)
    return [match]


def _asked_before(step: Step, heard: Heard) -> str | None:
    """The card we asked, if our question was out when they wrote: a bare "40" answers nothing else."""
    dialog = step.dialog
    if dialog is None or dialog.asked is None:
        return None
    question = last_said(step, dialog.number)
    return dialog.asked if question is not None and summons.is_after(heard.post, question) else None


def last_said(step: Step, number: int) -> Said | None:
    """Our last post in that dialog that left."""
    said = (
        said
        for said in reversed(step.conversation.said)
        if said.dialog == number and not (said.is_unsent or said.is_superseded)
    )
    return next(said, None)


def _open(step: Step, playbook: Playbook) -> list[Card]:
    return answers.open_cards(playbook, step.dialog) if step.dialog else []


def _asked_first(step: Step, playbook: Playbook, asked: str | None) -> list[Card]:
    return sorted(playbook.cards, key=lambda card: card.learn != asked)


def record(step: Step, playbook: Playbook, card: Card, match: Match, post_id: PostId) -> None:
    """Write an answer down, with its line on the receipt; a newer one takes the place of an older."""
    dialog = step.dialog
    if dialog is None:
        return
    answer = Answer(card.learn, match.rule.name, match.words, post_id, step.at, match.value)
    line = receipt_line(playbook, card, match.rule, match.words, post_id)
    step.change(
        dialog=replace(
            dialog,
            answers=(*(a for a in dialog.answers if a.card != card.learn), answer),
            receipt=(*(r for r in dialog.receipt if r.card != card.learn), line),
        ),
        known=(*(a for a in step.conversation.known if a.card != card.learn), answer),
    )
    step.note(f"{card.learn} is {match.rule.name}: {match.rule.points:+d}")


def _note_question(
    playbook: Playbook, heard: Heard, matches: list[Match], found: Turn, *, is_start: bool
) -> None:
    reading = heard.reading
    if is_start:
        must = questions.needs_answer(reading)
        is_asked = must or reading.is_question
    else:
        must = is_asked = questions.is_question_back(heard, matches[0].part if matches else None)
    if not is_start and questions.asks_who_speaks(heard) and not reading.asks_for_human:
        found.asks_who = heard.post.said
        return
    if not is_asked:
        return
    lines = questions.find_answers(playbook, reading)
    if lines:
        found.says.extend(line for line in lines if line not in found.says)
        found.asked = heard.post.said
    elif must:
        found.question = heard.post.said
