"""What a person may do at each place of a dialog: the alphabet of the walk.

Every move is a post (or several, or silence) a real reader could have read so. Where moves differ in nothing
`decide` looks at, one stands for all of them (docs/verifier.md, "Merging").
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from leadbot.flows import answers
from leadbot.flows.cards import AnswerFirst, Card, Playbook
from leadbot.flows.verify_classes import CORRECTABLE, AnswerClass, Classes
from leadbot.flows.verify_readings import Utterance, Words, utter
from leadbot.flows.verify_round import NAMELESS, THIN, Move, Place
from leadbot.flows.weights import weighted_length
from leadbot.model import Dialog, Intent, OptOut, SlotType, SlotValue, Status

_YES = SlotValue(SlotType.YES_NO, "yes please", 0, 10, value="yes")
_YES_IF = SlotValue(SlotType.YES_NO, "yes, if it's short", 0, 18, value="yes")
_NO = SlotValue(SlotType.YES_NO, "no, not interested thanks", 0, 25, value="no")
_MAYBE = SlotValue(SlotType.YES_NO, "maybe", 0, 5, value="maybe")
_UNKNOWN = "does it come in green?"

STOP = utter(intent=Intent.OPT_OUT, lead="stop", opt_out=OptOut.CLEAR)
MAYBE_STOP = utter(intent=Intent.OTHER, lead="enough", opt_out=OptOut.UNCLEAR)
HUMAN = utter(
    intent=Intent.ASKS_FOR_HUMAN, lead="can I talk to a human please", asks_for_human=True, is_question=True
)
UNCLEAR = utter(lead="hard to say really")
NOISE = utter(lead="👀", is_noise=True)
NICETY = utter(intent=Intent.SMALL_TALK, lead="haha, have a lovely day")
COMPLAINT = utter(intent=Intent.SUPPORT, lead="my order never came and nobody answers")
ABUSE = utter(intent=Intent.ABUSE, lead="you are all idiots")
FOREIGN = Utterance("keine Ahnung, was soll ich sagen", UNCLEAR.reading, lang="de")
WHO = utter(lead="are you a bot?", is_question=True)
QUESTION = utter(intent=Intent.PRODUCT_QUESTION, lead=_UNKNOWN, is_question=True)
YES = utter(lead="yes please", slots=(_YES,))
DECLINE = utter(lead="no, not interested thanks", slots=(_NO,))
WANTS = utter(intent=Intent.PURCHASE_INTENT, lead="we want to buy this for our team", warmth=0.95)

ANYWHERE = (
    Move("stop", (STOP,)),
    Move("perhaps stop", (MAYBE_STOP,)),
    Move("asks for a human", (HUMAN,)),
    Move("complains", (COMPLAINT,)),
    Move("insults", (ABUSE,)),
)
_CONSENT = (
    Move("yes", (YES,)),
    Move("yes, on a condition", (utter(lead="yes, if it's short", slots=(_YES_IF,)),)),
    Move("no", (utter(lead="no thanks", slots=(_NO,)),)),
    Move("maybe", (utter(lead="maybe", slots=(_MAYBE,)),)),
    Move("yes, with a question", (utter(lead="yes, what is it about?", slots=(_YES,), is_question=True),)),
    Move("asks something else", (QUESTION,)),
    Move("noise", (NOISE,)),
    Move("small talk", (NICETY,)),
)
_AFTERWARDS = (
    Move("stop", (STOP,)),
    Move("small talk", (NICETY,)),
    Move("complains", (COMPLAINT,)),
)
_LOCKED = (Move("wants it after all", (WANTS,)), Move("yes", (YES,)), Move("small talk", (NICETY,)))


class Moves:
    """The moves of one playbook."""

    def __init__(self, playbook: Playbook, classes: Classes, *, merged: bool = True) -> None:
        self._playbook = playbook
        self._classes = classes
        self._merged = merged
        self._questions = tuple(self._known_questions())
        by_weight = sorted(self._questions, key=_weight)
        self._extremes = (
            tuple(dict.fromkeys((*by_weight[-1:], *by_weight[:1]))) if merged else self._questions
        )
        self._start = tuple(self._starting())

    def at(self, place: Place) -> Iterable[Move]:
        """Everything a person may do here."""
        conversation = place.conversation
        if conversation.status is Status.OPEN:
            return self._in_dialog(place)
        if conversation.status is Status.AWAITING_CONSENT:
            return (*_CONSENT, *ANYWHERE, Move("silence"))
        if conversation.status is Status.IDLE and conversation.dialogs == 0:
            return self._start
        if (
            conversation.status is Status.IDLE
            and conversation.dialog
            and conversation.dialog.ending == "silence"
        ):
            return (*self._late(conversation.dialog), *_AFTERWARDS)
        return _AFTERWARDS if conversation.status is Status.IDLE else _LOCKED

    # ------------------------------------------------------------ in a dialog

    def _in_dialog(self, place: Place) -> Iterator[Move]:
        dialog = place.conversation.dialog
        assert dialog is not None
        cards = answers.open_cards(self._playbook, dialog)
        asked = next((card for card in cards if card.learn == dialog.asked), None)
        others = [card for card in cards if card is not asked]
        if asked is not None:
            yield from self._answers(asked, others)
        yield from self._beside(asked, others)
        yield from self._second_thoughts(dialog, asked)
        yield from self._asides()
        yield from ANYWHERE
        yield Move("silence")

    def _answers(self, asked: Card, others: Sequence[Card]) -> Iterator[Move]:
        """The card's answers: alone, with a question, and with more than was asked."""
        carriers: list[AnswerClass] = []
        for found in self._classes.of_card(asked):
            if found.asked is not None:
                yield _move(f"{asked.learn}: {found.name}", [found.asked], found)
            if found.then is None and all(found.opens != one.opens for one in carriers):
                carriers.append(found)
        for found in carriers if self._merged else self._classes.of_card(asked):
            words = found.asked
            if words is None:
                continue
            for label, more in self._bundles(others):
                yield _move(f"{asked.learn}: {found.name}, and {label}", [words, *more], found)
            for line in self._extremes:
                yield _asking(f"{found.name}, and a question", [words], line)
            yield Move("answer, then small talk", (utter(words), NICETY))
            yield Move("answer, then stop", (utter(words), STOP))

    def _beside(self, asked: Card | None, others: Sequence[Card]) -> Iterator[Move]:
        """What nobody asked for yet."""
        is_ordinary_told = False
        for card in others:
            for found in self._classes.of_card(card):
                words = found.told
                is_ordinary = found.then is None and card.learn not in self._classes.conditions
                if words is None or (self._merged and is_ordinary and is_ordinary_told):
                    continue
                is_ordinary_told = is_ordinary_told or is_ordinary
                yield _move(f"tells {card.learn}: {found.name}", [words], found)
        for label, several in self._bundles(others):
            if len(several) > 1:
                yield Move(label, (utter(*several),))

    def _bundles(self, cards: Sequence[Card]) -> Iterator[tuple[str, list[Words]]]:
        """Several answers at once: of the first open cards up to each one, and of every one that decides."""
        if not self._merged:
            yield from self._all_bundles(cards)
            return
        for last in range(len(cards)):
            for words in self._openings(cards[: last + 1]):
                yield f"{len(words)} more", words
        for card in cards[1:]:
            for found in self._classes.of_card(card):
                decides = found.then is not None or card.learn in self._classes.conditions
                if decides and found.told is not None:
                    yield f"{card.learn}: {found.name}", [found.told]

    def _openings(self, cards: Sequence[Card]) -> Iterator[list[Words]]:
        """Words for all these cards, once for each way they open later cards."""
        ways: list[list[Words]] = [[]]
        for card in cards:
            seen: list[AnswerClass] = []
            for found in self._classes.of_card(card):
                if found.then is None and found.told and all(found.opens != s.opens for s in seen):
                    seen.append(found)
            if not seen:
                continue
            ways = [[*way, found.told] for way in ways for found in seen if found.told is not None]
        yield from (way for way in ways if way)

    def _all_bundles(self, cards: Sequence[Card]) -> Iterator[tuple[str, list[Words]]]:
        """Every set of answers there is: for the walk without merging."""
        ways: list[list[Words]] = [[]]
        for card in cards:
            said = [one.told for one in self._classes.of_card(card)]
            ways += [[*way, words] for way in ways for words in said if words is not None]
        yield from ((f"{len(way)} more", way) for way in ways if way)

    def _second_thoughts(self, dialog: Dialog, asked: Card | None) -> Iterator[Move]:
        """An earlier answer taken back for another one of its card."""
        given = {answer.card for answer in dialog.answers} | set(dialog.passed)
        for card in self._playbook.cards:
            if card.learn not in given or card.type not in CORRECTABLE or (asked and asked.type is card.type):
                continue
            for found in self._classes.of_card(card):
                words = found.asked
                if words is not None and words.slot is not None:
                    yield Move(f"sorry, {card.learn}: {found.name}", (utter(words, lead="sorry, I mean"),))

    def _asides(self) -> Iterator[Move]:
        yield Move("unclear", (UNCLEAR,))
        yield Move("noise", (NOISE,))
        yield Move("small talk", (NICETY,))
        yield Move("small talk, then unclear", (NICETY, UNCLEAR))
        yield Move("declines", (DECLINE,))
        yield Move("another language", (FOREIGN,))
        yield Move("asks whether a bot writes", (WHO,))
        yield Move("asks what has no answer", (QUESTION,))
        for line in self._extremes:
            yield _asking("asks", [], line)
        for line in self._extremes[:1] if self._merged else self._extremes:
            yield Move("asks, and whether a bot writes", (_question(line, []), WHO))

    def _late(self, dialog: Dialog) -> Iterator[Move]:
        """They answer after all, when the bot had given up."""
        card = self._playbook.card(dialog.asked or "")
        for found in self._classes.of_card(card) if card else ():
            if found.asked is not None:
                yield _move(f"late, {found.name}", [found.asked], found)
        yield Move("late, unclear", (UNCLEAR,))
        yield Move("late, asks", (QUESTION,))

    # ------------------------------------------------------------ at the start

    def _starting(self) -> Iterator[Move]:
        start = self._playbook.start_when
        for intent in sorted(start.intents & {Intent.PURCHASE_INTENT}):
            lead = self._lead("we want to buy this for our team")
            yield Move("wants to buy", (utter(intent=intent, lead=lead, warmth=0.95),))
            for card in self._playbook.cards:
                for found in self._classes.of_card(card):
                    yield from self._telling(intent, lead, card, found)
            for label, words in self._bundles(self._playbook.cards):
                yield Move(f"wants to buy, {label}", (utter(*words, intent=intent, lead=lead, warmth=0.95),))
            for words in self._told_by_the_hidden():
                said = utter(*words, intent=intent, lead=lead, warmth=0.95)
                yield Move("wants to buy, hidden", (said,), person=THIN)
            asks = utter(intent=intent, lead="how do I sign up?", warmth=0.95, is_question=True)
            yield Move("asks how to buy", (asks,))
        yield from self._asking_starts()
        cold = utter(intent=Intent.PURCHASE_INTENT, lead="might need this one day", warmth=0.0)
        yield Move("a cold lead", (cold,))
        for intent in (Intent.SMALL_TALK, Intent.PRAISE, Intent.BUSINESS, Intent.SPAM_PROMO, Intent.OTHER):
            yield Move(intent.value, (utter(intent=intent, lead="great coffee at your booth!"),))
        yield from ANYWHERE

    def _telling(self, intent: Intent, lead: str, card: Card, found: AnswerClass) -> Iterator[Move]:
        words = found.told
        if words is not None:
            said = utter(words, intent=intent, lead=lead, warmth=0.95)
            yield Move(f"wants to buy, {card.learn}: {found.name}", (said,), times=len(found.choices))

    def _asking_starts(self) -> Iterator[Move]:
        """A price or a product question opens the dialog."""
        for intent in sorted(self._playbook.start_when.intents - {Intent.PURCHASE_INTENT}):
            for line in self._questions:
                for more in ([], *(words for _, words in self._bundles(self._playbook.cards))):
                    said = _question(line, more, intent=intent, lead=self._lead("hi"))
                    yield Move("asks first", (said,))
                is_first = line is self._questions[0] or not self._merged
                for more in self._told_by_the_hidden() if is_first else [[]]:
                    said = _question(line, more, intent=intent, lead=self._lead("hi"))
                    yield Move("asks first, hidden", (said,), person=THIN)
            lead = self._lead(_UNKNOWN)
            yield Move(
                "asks what has no answer", (utter(intent=intent, lead=lead, warmth=0.95, is_question=True),)
            )

    def _told_by_the_hidden(self) -> Iterator[list[Words]]:
        yield []
        yield from (words for _, words in self._bundles(self._playbook.cards))

    def _lead(self, text: str) -> str:
        words = self._playbook.start_when.mentions_any
        return f"{text} ({words[0]})" if words else text

    def _known_questions(self) -> Iterator[AnswerFirst]:
        """The shortest and longest answer of each kind: what fits beside them, fits beside the rest."""
        kinds: dict[str, list[AnswerFirst]] = {}
        for line in self._playbook.answers:
            kinds.setdefault(line.when or "sounds_like", []).append(line)
        for lines in kinds.values():
            if not self._merged:
                yield from lines
                continue
            lines.sort(key=_weight)
            yield lines[-1]
            if len(lines) > 1:
                yield lines[0]


def _weight(line: AnswerFirst) -> int:
    return min(weighted_length(wording) for wording in line.say.wordings)


def _move(label: str, words: Sequence[Words], found: AnswerClass) -> Move:
    return Move(label, (utter(*words),), times=len(found.choices))


def _asking(label: str, words: Sequence[Words], line: AnswerFirst) -> Move:
    return Move(label, (_question(line, words),))


def _question(
    line: AnswerFirst, words: Sequence[Words], *, lead: str = "", intent: Intent | None = None
) -> Utterance:
    """A post that asks what `line` answers."""
    warmth = 0.95 if intent else 0.1
    if line.when == "pricing":
        said = Words("what does it cost?")
        return utter(
            *words,
            said,
            lead=lead,
            intent=intent or Intent.PRICING,
            warmth=warmth,
            asks_price=True,
            is_question=True,
        )
    if line.when == "how_to_buy":
        said = Words("how do I sign up?")
        return utter(*words, said, lead=lead, intent=Intent.PURCHASE_INTENT, warmth=warmth, is_question=True)
    phrase = line.sounds_like[0] if line.sounds_like else "?"
    said = Words(f"{phrase}?", phrase=phrase)
    return utter(
        *words, said, lead=lead, intent=intent or Intent.PRODUCT_QUESTION, warmth=warmth, is_question=True
    )


def without_a_name(move: Move) -> Move:
    """The same from somebody whose name can't be said."""
    return move if move.person is THIN else replace(move, person=NAMELESS)


def after_hours(move: Move) -> Move:
    """The same when nobody of the team is in."""
    return replace(move, label=f"{move.label}, after hours", after_hours=True)
