"""A stage for one person and one brand: what they post goes through the reader and `decide`.

Pure but for the reader: the clock moves only when somebody speaks, `pace` is nothing, X takes every reply at
once. The tests inside a playbook, `leadbot playbook chat` and past dialogs are played on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from leadbot.flows import calendar, render, speaking
from leadbot.flows.cards import Deck, Line, Playbook
from leadbot.flows.decide import decide, new_conversation
from leadbot.flows.handoff import team_of
from leadbot.flows.step import Step
from leadbot.model import (
    Brand,
    BrandId,
    CancelTimer,
    Conversation,
    Decision,
    Event,
    HandOff,
    Mention,
    Mode,
    Person,
    PersonId,
    Post,
    PostId,
    PostReceived,
    Reading,
    ReadRequest,
    ReplySent,
    SendReply,
    SetTimer,
    Status,
    Team,
    TimerFired,
)
from leadbot.ports import Reader

BEGINS_AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday, in the hours of most teams
BETWEEN_POSTS = timedelta(minutes=5)
# A name of ordinary length, and a profile full enough to be asked something.
SOMEBODY = Person(
    id=PersonId("1001"), username="somebody", name="Maria Silva", followers_count=180, tweet_count=900
)
OFFICE_HOURS = tuple((weekday, 9 * 60, 17 * 60) for weekday in range(5))
_MENTION = re.compile(r"(?<!\w)@(\w{1,15})")
_STRANGER = "2002"
_A_WEEK_H = 7 * 24


@dataclass(frozen=True, slots=True)
class Beat:
    """One event on the stage and what was concluded. reading: None where nothing was read."""

    event: Event
    decision: Decision
    reading: Reading | None = None


def on_stage(deck: Deck) -> Deck:
    """The deck as it speaks on a stage: live, without pace and without quiet hours."""
    brand = replace(deck.brand, mode=Mode.LIVE, pace_s=(0.0, 0.0), quiet_hours=None)
    books = tuple(replace(book, pace_s=None) for book in deck.playbooks)
    return replace(deck, brand=brand if brand.id else replace(brand, id=BrandId("1")), playbooks=books)


def after_hours(deck: Deck, playbook: Playbook, since: datetime = BEGINS_AT) -> tuple[Deck, datetime]:
    """The next moment at which nobody of the playbook's team is in, and the deck for it.

    A team that is always in, or is not known, keeps office hours here: else its line could not be tried.
    """
    team = next((team for team in deck.brand.teams if team.name == playbook.hand_off.to), None)
    at = _moment(team, since, is_open=False) if team is not None else None
    if at is not None:
        return deck, at
    made_up = replace(team or Team(playbook.hand_off.to, ()), hours=OFFICE_HOURS)
    others = tuple(each for each in deck.brand.teams if each.name != made_up.name)
    at = _moment(made_up, since, is_open=False) or since
    return replace(deck, brand=replace(deck.brand, teams=(made_up, *others))), at


def in_hours(deck: Deck, playbook: Playbook, since: datetime = BEGINS_AT) -> datetime:
    """The next moment at which somebody of the playbook's team is in."""
    team = next((team for team in deck.brand.teams if team.name == playbook.hand_off.to), None)
    return (_moment(team, since, is_open=True) if team is not None else None) or since


def _moment(team: Team, since: datetime, *, is_open: bool) -> datetime | None:
    moments = (since + timedelta(hours=hour) for hour in range(_A_WEEK_H))
    return next((at for at in moments if calendar.is_open(team, at) is is_open), None)


class Stage:
    """One person, one brand, and a clock that moves only when somebody speaks.

    chat: who said what, in order, as ("them" or "bot", words). beats: everything that happened.
    """

    def __init__(
        self, deck: Deck, reader: Reader, *, person: Person = SOMEBODY, begins_at: datetime = BEGINS_AT
    ) -> None:
        self.chat: list[tuple[str, str]] = []
        self.beats: list[Beat] = []
        self.at = begins_at
        self.deck = on_stage(deck)
        self.person = person
        self.conversation: Conversation = new_conversation(self.deck.brand.id, person.id)
        self.handoff: HandOff | None = None  # the newest
        self._reader = reader
        self._posts = 0
        self._asked: str | None = None
        self._timers: dict[str, datetime] = {}

    def hear(self, text: str) -> None:
        """They post `text`, and whatever is due is done."""
        self.pass_time(self.at + BETWEEN_POSTS)
        request = self.request(text, self.at)
        (reading,) = self._reader.read([request])
        self.take(text, reading)

    def request(self, text: str, at: datetime) -> ReadRequest:
        """What the reader is asked about a post."""
        deck = self.deck
        return ReadRequest(text, at, deck.brand.zone, deck.phrases, "en", deck.examples)

    def take(self, text: str, reading: Reading) -> None:
        """They post `text` now, which has been read."""
        self.chat.append(("them", text))
        self._happen(PostReceived(self._post(text), self.person, reading, self.at), reading)

    def pass_time(self, until: datetime) -> None:
        """Let time go by, and what is due on the way happen."""
        while self._timers:
            due_at, name = min((at, name) for name, at in self._timers.items())
            if due_at > until:
                break
            del self._timers[name]
            self.at = max(self.at, due_at)
            self._happen(TimerFired(name, self.at))
        self.at = max(self.at, until)

    def fall_silent(self) -> None:
        """They say nothing until the bot gives up on them."""
        due_at = self._timers.get("gives_up", self.at)
        self.pass_time(due_at + BETWEEN_POSTS)

    def facts(self) -> dict[str, Any]:
        """What a test may ask for."""
        conversation = self.conversation
        dialog = conversation.dialog
        said = [words for who, words in self.chat if who == "bot"]
        return {
            "started": conversation.dialogs > 0,
            "asked": self._asked,
            "points": dialog.score if dialog else 0,
            "fit": dialog.fit if dialog else 0,
            "interest": dialog.interest if dialog else 0,
            "handed_off": self.handoff is not None,
            "said_contains": said,
            "messages": len(said),
            "ending": dialog.ending if dialog else None,
            "opted_out": conversation.status is Status.OPTED_OUT,
        }

    def _happen(self, event: Event, reading: Reading | None = None) -> None:
        decision = decide(event, self.conversation, self.deck)
        self.conversation = decision.conversation
        self.beats.append(Beat(event, decision, reading))
        if decision.conversation.dialog is not None:
            self._asked = decision.conversation.dialog.asked or self._asked
        for effect in decision.effects:
            if isinstance(effect, HandOff):
                self.handoff = effect
            elif isinstance(effect, SendReply):
                self.chat.append(("bot", effect.text))
                self._happen(ReplySent(effect.key, self._next_id(), self.at))
            elif isinstance(effect, SetTimer) and effect.name == "pace":
                self.at = max(self.at, effect.due_at)
                self._happen(TimerFired("pace", self.at))
            elif isinstance(effect, SetTimer):
                self._timers[effect.name] = effect.due_at
            elif isinstance(effect, CancelTimer):
                self._timers.pop(effect.name, None)

    def lines_of(self, beat: Beat) -> tuple[int, ...]:
        """Which lines of the playbook stand in what was said then, by their place in the file."""
        decision = beat.decision
        reply = next((effect for effect in decision.effects if isinstance(effect, SendReply)), None)
        if reply is None or reply.source is None:
            return ()
        playbook = self.deck.playbook(reply.source.version)
        if playbook is None:
            return ()
        step = Step(decision.conversation, self.deck, beat.event.at)
        values = speaking.values_of(step, playbook, knows_times=team_of(step, playbook) is not None)
        return tuple(line.line for line in spoken_by(playbook) if _stands_in(line, values, reply.text))

    def _next_id(self) -> PostId:
        self._posts += 1
        return PostId(str(5000 + self._posts))

    def _post(self, text: str) -> Post:
        """A post to the brand: its handle typed, or else a reply to what it said last."""
        brand, post_id = self.deck.brand, self._next_id()
        typed = tuple(_mention(handle, brand) for handle in _MENTION.findall(text))
        parent = next((said.post_id for said in reversed(self.conversation.said) if said.post_id), None)
        is_reply = parent is not None or not any(mention.user_id == brand.id for mention in typed)
        auto = () if not is_reply else (Mention(brand.id, brand.handle, typed=False),)
        return Post(
            id=post_id,
            author_id=self.person.id,
            text=text,
            said=text,
            created_at=self.at,
            root_id=PostId("5001"),
            in_reply_to_post_id=parent,
            in_reply_to_user_id=brand.id if is_reply else None,
            mentions=(*auto, *typed),
            edit_history=(post_id,),
            lang="en",
        )


def spoken_by(playbook: Playbook) -> Iterator[Line]:
    """Every line a playbook may say, from top to bottom."""
    yield from (answer.say for answer in playbook.answers)
    for card in playbook.cards:
        yield card.ask
        if card.if_unclear is not None:
            yield card.if_unclear
    plan = playbook.hand_off
    yield plan.say
    if plan.say_after_hours is not None:
        yield plan.say_after_hours
    yield plan.say_if_asked_for
    yield from (ending.say for ending in playbook.endings.values() if ending.say is not None)
    yield from playbook.small_talk


def _stands_in(line: Line, values: render.Values, text: str) -> bool:
    return any(render.render(wording, values) in text for wording in line.wordings)


def _mention(handle: str, brand: Brand) -> Mention:
    is_ours = handle.casefold() == brand.handle.casefold()
    return Mention(brand.id if is_ours else _STRANGER, handle, typed=True)
