"""What must hold of every round of every dialog: the proofs that can be seen on one move and its answer.

The rules look at what was heard, what was decided and what was said, never at how it was decided. So they
judge the walk, a replayed counterexample and dialogs of strangers alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from leadbot.flows import consent, hearing, manners, moods, questions, smalltalk
from leadbot.flows.cards import Playbook
from leadbot.flows.speaking import limit_of
from leadbot.flows.stage import spoken_by
from leadbot.flows.verify_round import Round
from leadbot.flows.weights import has_link, weighted_length
from leadbot.model import (
    LEAD_INTENTS,
    Consent,
    HandOff,
    LineKind,
    OptOut,
    Owner,
    PushToCrm,
    RaiseTask,
    Reading,
    SendReply,
    Status,
    Suppress,
)

_ASKS = frozenset({LineKind.ASK, LineKind.IF_UNCLEAR})
_SILENT = frozenset({Status.OPTED_OUT, Status.PAUSED})


@dataclass(frozen=True, slots=True)
class Breach:
    """A promise that was not kept. line: of the playbook (0: of none); what and fix: for its author; words:
    those of the line that are wrong, where it has several wordings.
    """

    rule: str
    line: int
    what: str
    fix: str = ""
    words: str = ""


def check(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """Every promise this round breaks."""
    if round_.error:
        yield Breach("ends", 1, f"the dialog breaks off: {round_.error}", "see the line it stopped at")
        return
    for rule in RULES:
        yield from rule(round_, playbook)


# ---------------------------------------------------------------- 1: it ends


def _ends(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """One reply for a turn, no more of them than `messages`, and silence closes what is open."""
    if len(round_.replies) > 1:
        yield Breach("ends", _line(round_.replies[1]), "two posts of ours answer one of theirs")
    for reply in round_.replies:
        if reply.dialog and reply.message > limit_of(playbook):
            what = f"this would be message {reply.message} of at most {limit_of(playbook)}"
            yield Breach("ends", _line(reply), what)
    after = round_.after.conversation
    if round_.move.is_silence and after.status is Status.OPEN:
        what = "nobody ever closes this dialog when they fall silent"
        yield Breach("ends", 1, what, "check limits: gives_up_after")
    if after.waiting or after.in_flight:
        yield Breach("ends", 1, "a post is left waiting for ever")


# ---------------------------------------------------------------- 2 and 3: what is said


def _fits(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """Every post fits, and nothing had to be left unsaid because it does not."""
    for reply in round_.replies:
        length = weighted_length(reply.text)
        if length > playbook.limits.characters:
            over = length - playbook.limits.characters
            what = f"{length} of {playbook.limits.characters} characters; cut {over}"
            yield Breach("too-long", _line(reply), what, "make it shorter")
        if "{{" in reply.text or "{%" in reply.text:
            yield Breach("template", _line(reply), "a template is said as it stands")
    for task in _all(round_, RaiseTask):
        if task.kind == "line_too_long":
            number = int("".join(filter(str.isdigit, task.why)) or 0)
            yield Breach("too-long", number, "this line does not fit into one post", "make it shorter")
        elif task.kind == "reply_held" and "too_late" not in task.why and "parent" not in task.why:
            yield Breach("held", 1, f"the gate would hold this reply: {task.why}")


def _links(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """A link costs twenty times as much, so its author asks for it."""
    for reply in round_.replies:
        number = _line(reply)
        if has_link(reply.text) and not any(line.link for line in spoken_by(playbook)):
            yield Breach("link", number, "there is a link in this post", "take it out, or write `link: true`")


# ---------------------------------------------------------------- 4: obeyed, and nobody is pitched at


def _obeys_a_stop(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    before, after = round_.before.conversation, round_.after.conversation
    said = [heard.reading.opt_out for heard in round_.heard]
    if OptOut.CLEAR in said and before.status is not Status.OPTED_OUT:
        is_noted = any(not effect.lifted for effect in _all(round_, Suppress))
        if after.status is not Status.OPTED_OUT or not is_noted or round_.replies:
            yield Breach("opt-out", _spoken_line(round_), '"stop" is not obeyed here')
    if OptOut.UNCLEAR in said and round_.replies:
        yield Breach("opt-out", _spoken_line(round_), "speaks on although they may have said stop")
    if (before.status in _SILENT or before.owner is Owner.HUMAN) and round_.replies:
        yield Breach("opt-out", _spoken_line(round_), "speaks where it must be silent")


def _calls_a_human(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    before, after = round_.before.conversation, round_.after.conversation
    wants = any(hearing.asks_for_human(heard.reading) for heard in round_.heard)
    stopped = any(heard.reading.opt_out is not OptOut.NONE for heard in round_.heard)
    if not wants or stopped or before.status in _SILENT:
        return
    is_theirs = after.on_desk is not None or after.owner is Owner.HUMAN or bool(_all(round_, HandOff))
    if not is_theirs:
        yield Breach("human", playbook.hand_off.line, "asks for a human, and none gets it")
    for reply in round_.replies:
        if reply.kind is not LineKind.HAND_OFF or "?" in reply.text:
            what = "asks for a human, and is asked something instead"
            yield Breach(
                "human", _line(reply), what, "say_if_asked_for tells who will write; it asks nothing"
            )


def _pitches_at_nobody(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """Small talk, praise and support are no opening, and what is said to them sells nothing."""
    before, after = round_.before.conversation, round_.after.conversation
    readings = [heard.reading for heard in round_.heard]
    is_open = before.status in (Status.OPEN, Status.AWAITING_CONSENT)
    if is_open or not readings or any(_is_opening(reading) for reading in readings):
        return
    is_late = before.dialog is not None and before.dialog.ending == "silence"
    if after.dialogs > before.dialogs:
        yield Breach("small-talk", _spoken_line(round_), "begins a dialog with somebody who wants nothing")
    for reply in round_.replies:
        if reply.kind is LineKind.SMALL_TALK:
            if word := manners.pitch_in(_undisclosed(reply)):
                yield Breach("small-talk", _line(reply), f'"{word}" is a pitch', "answer in kind")
            if "?" in reply.text:
                yield Breach("small-talk", _line(reply), "small talk asks nothing", "answer in kind")
        elif not is_late and reply.kind is not LineKind.HAND_OFF:
            yield Breach("small-talk", _line(reply), "says this to somebody who wants nothing")
        if any(reading.intent not in smalltalk.INTENTS for reading in readings[-1:]) and not is_late:
            yield Breach("small-talk", _line(reply), "answers what is for support or for nobody")


def _is_opening(reading: Reading) -> bool:
    return (
        reading.intent in LEAD_INTENTS
        or hearing.asks_for_human(reading)
        or reading.opt_out is not OptOut.NONE
        or reading.asks_price
    )


def _leaves_support_alone(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """A complaint in mid-dialog goes to a human, without words of the bot."""
    before, after = round_.before.conversation, round_.after.conversation
    complains = [heard for heard in round_.heard if moods.is_complaint(heard.reading)]
    if before.status is not Status.OPEN or not complains or _has_learned(round_):
        return
    if len(complains) == len(round_.heard) and (round_.replies or after.status is Status.OPEN):
        yield Breach("support", _spoken_line(round_), "goes on selling to somebody with a problem")


# ---------------------------------------------------------------- 5: consent and private data


def _asks_consent(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    """Only a clear yes to a line that asks releases the push."""
    after = round_.after.conversation
    for reply in round_.replies:
        is_consent_line = reply.kind is LineKind.HAND_OFF and after.status is Status.AWAITING_CONSENT
        if is_consent_line and "?" not in reply.text:
            what = "this hands a person over without asking whether it may"
            yield Breach("consent", _line(reply), what, "ask: OK if I pass this to …?")
    if not _all(round_, PushToCrm):
        return
    line = next(
        (one for one in reversed(round_.before.conversation.said) if one.kind is LineKind.HAND_OFF), None
    )
    judged = [consent.judge(heard.reading) for heard in round_.heard]
    dialog = after.dialog
    is_yes = Consent.YES in judged and dialog is not None and dialog.consent is Consent.YES
    if not is_yes or line is None or "?" not in line.text:
        number = playbook.hand_off.say.line
        yield Breach(
            "consent", number, "this person is put into the CRM without having said yes", "ask for it"
        )


def _asks_nothing_private(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    for reply in round_.replies:
        if found := manners.private_question_in(reply.text):
            what = f'"{found}" asks for private data in public'
            yield Breach("private-data", _line(reply), what, "a rep asks once they agreed to be written to")


# ---------------------------------------------------------------- answer before you ask


def _answers_first(round_: Round, playbook: Playbook) -> Iterator[Breach]:
    before = round_.before.conversation
    is_start = before.status is Status.IDLE
    if is_start:
        asks = any(questions.needs_answer(heard.reading) for heard in round_.heard)
    else:
        asks = any(
            questions.is_question_back(heard, None) and not questions.asks_who_speaks(heard)
            for heard in round_.heard
        )
    if not asks or (not is_start and _has_learned(round_)):
        return
    for reply in round_.replies:
        if reply.kind in _ASKS:
            what = "they asked something, and are asked this instead of being answered"
            yield Breach("answers-first", _line(reply), what, "add a line under answers_first")


RULES: tuple[Callable[[Round, Playbook], Iterator[Breach]], ...] = (
    _ends,
    _fits,
    _links,
    _obeys_a_stop,
    _calls_a_human,
    _pitches_at_nobody,
    _leaves_support_alone,
    _asks_consent,
    _asks_nothing_private,
    _answers_first,
)


# ---------------------------------------------------------------- what the rules look at


def _line(reply: SendReply) -> int:
    return reply.source.line if reply.source is not None else 0


def _spoken_line(round_: Round) -> int:
    return next((_line(reply) for reply in round_.replies), 1)


def _undisclosed(reply: SendReply) -> str:
    """Without the brand's disclosure, which is no line of the playbook."""
    return reply.text.partition("\n")[2] or reply.text


def _all(round_: Round, kind: type) -> list[Any]:
    return [effect for effect in round_.effects if isinstance(effect, kind)]


def _has_learned(round_: Round) -> bool:
    old, new = round_.before.conversation.dialog, round_.after.conversation.dialog
    return bool(new and set(new.answers) - set(old.answers if old else ()))
