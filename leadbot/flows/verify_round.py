"""One move of a person and all that comes of it, on the very `decide` of production.

A place is a dialog at rest: it is their turn. A round plays one move from there: their posts are heard, the
pace is over, X takes what is said. Nothing is changed in place, so one place can be left by many moves.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from leadbot.flows import calendar
from leadbot.flows.cards import Deck, Playbook
from leadbot.flows.decide import decide, new_conversation
from leadbot.flows.stage import BEGINS_AT, OFFICE_HOURS, on_stage
from leadbot.flows.verify_readings import Utterance, raised
from leadbot.flows.weights import weighted_length
from leadbot.model import (
    Brand,
    BrandId,
    Conversation,
    Effect,
    Event,
    Heard,
    Mention,
    Person,
    PersonId,
    Post,
    PostId,
    PostReceived,
    Rep,
    ReplySent,
    SendReply,
    SetTimer,
    Team,
    TimerFired,
)

PAUSE = timedelta(minutes=5)
MOST_EVENTS = 40  # a round that needs more goes round in circles
LONG_NAME = "Maximiliana-Theodora"  # 20 weighted characters, the most a name may have
LONG_BIO = "boardgamer"  # has the longest topic a line may say
_LONG_REP = "Wilhelmina-Anastasia"
_ID = PersonId("1001")
ANNA = Person(_ID, "somebody", LONG_NAME, LONG_BIO, followers_count=180, tweet_count=900)
NAMELESS = replace(ANNA, name="", description="")
THIN = replace(ANNA, is_protected=True)


@dataclass(frozen=True, slots=True)
class Move:
    """What a person does when it is their turn: some posts, or silence until the bot gives up on them.

    label: in a few words, for who reads a path. after_hours: nobody of the team is in. times: how many
    answers this move stands for (they differ in points alone).
    """

    label: str
    posts: tuple[Utterance, ...] = ()
    person: Person = ANNA
    after_hours: bool = False
    times: int = 1

    @property
    def raised(self) -> Move:
        """The same move with the answers of its classes that are worth most."""
        return replace(self, posts=tuple(raised(post) for post in self.posts))

    @property
    def is_silence(self) -> bool:
        """Whether they say nothing."""
        return not self.posts


@dataclass(frozen=True, slots=True)
class Place:
    """A dialog at rest. posts: how many posts there were, of both sides; ids are counted up."""

    conversation: Conversation
    at: datetime = BEGINS_AT
    posts: int = 0


@dataclass(frozen=True)
class Round:
    """A move and what came of it. reasons: of each decision. error: what `decide` raised, or ""."""

    before: Place
    move: Move
    after: Place
    heard: tuple[Heard, ...]
    effects: tuple[Effect, ...]
    reasons: tuple[str, ...]
    error: str = ""

    @cached_property
    def replies(self) -> tuple[SendReply, ...]:
        """What the bot said."""
        return tuple(effect for effect in self.effects if isinstance(effect, SendReply))

    @cached_property
    def last_reason(self) -> str:
        """Why the bot said what it said: the reason of the last decision that was about words."""
        return next((reason for reason in reversed(self.reasons) if reason != "reply_sent"), "")


def place_of(deck: Deck) -> Place:
    """Where everybody begins: never met."""
    return Place(new_conversation(deck.brand.id, _ID))


def deck_for(playbook: Playbook, brand: Brand | None) -> Deck:
    """The deck of a walk: this playbook alone, with the longest rep and disclosure its brand has.

    Without a brand they are made up as long as they may be.
    """
    facts = brand or Brand(BrandId("1"), playbook.brand)
    known = next((team for team in facts.teams if team.name == playbook.hand_off.to), None)
    names = [rep.first_name for rep in known.reps] if known and known.reps else [_LONG_REP]
    longest = max(names, key=weighted_length)
    team = Team(playbook.hand_off.to, (Rep(longest, longest),), hours=OFFICE_HOURS)
    disclosures = facts.disclosures
    if brand is None:
        disclosures = ("🤖 bot here · say STOP or HUMAN anytime!",)
    longest_disclosure = max(disclosures, key=weighted_length, default="")
    facts = replace(facts, teams=(team,), zone="UTC")
    facts = replace(facts, disclosures=(longest_disclosure,) if disclosures else ())
    return on_stage(Deck(facts, (playbook,)))


def play(place: Place, move: Move, deck: Deck) -> Round:
    """Let a person do this, and do whatever is due."""
    return _Playing(place, move, deck).run()


class _Playing:
    """A round under way."""

    def __init__(self, place: Place, move: Move, deck: Deck) -> None:
        self._place = place
        self._move = move
        self._deck = deck
        self._conversation = place.conversation
        self._at = place.at
        self._posts = place.posts
        self._heard: list[Heard] = []
        self._effects: list[Effect] = []
        self._reasons: list[str] = []
        self._wake_at: datetime | None = None

    def run(self) -> Round:
        error = ""
        try:
            self._play()
        except Exception as fault:  # a mistake in a playbook must come out as a finding, whatever it is
            error = f"{type(fault).__name__}: {fault}"
        after = Place(self._conversation, self._at, self._posts)
        return Round(
            self._place,
            self._move,
            after,
            tuple(self._heard),
            tuple(self._effects),
            tuple(self._reasons),
            error,
        )

    def _play(self) -> None:
        self._at += PAUSE
        if self._move.after_hours:
            self._at = _evening(self._at, self._deck)
        if self._move.is_silence:
            self._fall_silent()
        for said in self._move.posts:
            self._at += timedelta(seconds=1)
            self._hear(said)
        for _ in range(MOST_EVENTS):
            if self._wake_at is None:
                return
            self._at, self._wake_at = max(self._at, self._wake_at), None
            self._happen(TimerFired("pace", self._at))
        raise RuntimeError("the bot never comes to rest")

    def _fall_silent(self) -> None:
        dialog = self._conversation.dialog
        playbook = self._deck.playbook(dialog.version) if dialog else None
        if playbook is not None:
            self._at += timedelta(seconds=playbook.limits.gives_up_after_s)
        self._happen(TimerFired("gives_up", self._at))

    def _hear(self, said: Utterance) -> None:
        post = self._post(said)
        self._heard.append(Heard(post, said.reading, is_summons=True))
        self._happen(PostReceived(post, self._move.person, said.reading, self._at))

    def _happen(self, event: Event) -> None:
        decision = decide(event, self._conversation, self._deck)
        self._conversation = decision.conversation
        self._reasons.append(decision.reason)
        self._effects += decision.effects
        for effect in decision.effects:
            if isinstance(effect, SetTimer) and effect.name == "pace":
                self._wake_at = effect.due_at
            elif isinstance(effect, SendReply):
                self._at += timedelta(seconds=1)
                self._happen(ReplySent(effect.key, self._next_id(), self._at))

    def _next_id(self) -> PostId:
        self._posts += 1
        return PostId(str(5000 + self._posts))

    def _post(self, said: Utterance) -> Post:
        """A reply to what the bot said last; else a post with the brand's handle in front."""
        brand, post_id = self._deck.brand, self._next_id()
        parent = next((one.post_id for one in reversed(self._conversation.said) if one.post_id), None)
        mention = Mention(brand.id, brand.handle, typed=parent is None)
        return Post(
            id=post_id,
            author_id=self._move.person.id,
            text=said.text,
            said=said.text if parent else f"@{brand.handle} {said.text}",
            created_at=self._at,
            root_id=PostId("5001"),
            in_reply_to_post_id=parent,
            in_reply_to_user_id=brand.id if parent else None,
            mentions=(mention,),
            edit_history=(post_id,),
            lang=said.lang,
        )


def _evening(at: datetime, deck: Deck) -> datetime:
    """The next moment nobody of the team is in."""
    team = deck.brand.teams[0]
    hours = (at + timedelta(hours=hour) for hour in range(48))
    return next((moment for moment in hours if not calendar.is_open(team, moment)), at)
