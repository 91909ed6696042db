"""Plays strangers against a playbook, through the engine's fold; every round is held to the eight proofs."""

from __future__ import annotations

import random
from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from leadbot.engine.fold import Arrival, Fold
from leadbot.flows import gate
from leadbot.flows.cards import Deck, Playbook
from leadbot.flows.decide import decide, new_conversation
from leadbot.flows.stage import BEGINS_AT, OFFICE_HOURS
from leadbot.flows.verify import HAND_OFF, Verified, verify
from leadbot.flows.verify_proofs import check
from leadbot.flows.verify_readings import Utterance
from leadbot.flows.verify_round import Move, Place, Round
from leadbot.flows.verify_walk import usd_of
from leadbot.flows.weights import weighted_length
from leadbot.model import (
    Brand,
    BrandId,
    Conversation,
    Decision,
    Event,
    GateFacts,
    Heard,
    Mention,
    Mode,
    Parent,
    Person,
    Post,
    PostId,
    PostReceived,
    Reading,
    ReadRequest,
    Rep,
    ReplyRefused,
    ReplySent,
    SendReply,
    Speaker,
    Status,
    Team,
)
from leadbot.ports import Reader
from leadbot.store.work import Batch, DueTimer, InboxEntry
from tests.strangers.people import next_post, opening, stranger

MOST_POSTS = 9  # of one person
AT_ONCE = 256  # people who talk at the same time, so that their posts are read together
OVER = (Status.OPTED_OUT, Status.PAUSED, Status.HANDED_OVER)


def brand_of(playbook: Playbook) -> Brand:
    """A brand as any other, with two disclosures, two reps and office hours."""
    reps = (Rep("Mia Winter", "Mia"), Rep("Leonardo Sand", "Leonardo"))
    team = Team(playbook.hand_off.to, reps, hours=OFFICE_HOURS)
    return Brand(BrandId("1"), playbook.brand, "Acme Works", mode=Mode.LIVE, teams=(team,))


@dataclass
class Stranger:
    """One person under way. cost_usd: of the rounds that were answered."""

    person: Person
    conversation: Conversation
    chance: random.Random
    at: object = BEGINS_AT
    posts: int = 0
    timers: dict[str, object] = field(default_factory=dict)
    cost_usd: float = 0.0
    chat: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    ended: bool = False


class House:
    """One playbook, its brand, and what was proved of it."""

    def __init__(self, playbook: Playbook, reader: Reader) -> None:
        brand = brand_of(playbook)
        self.playbook = playbook
        self.deck = Deck(brand, (playbook,))
        self.proved: Verified = verify(playbook, brand=brand)
        self.texts: deque[str] = deque(maxlen=200)
        self.endings: Counter[str] = Counter()
        self._reader = reader
        self._readings: dict[str, Reading] = {}
        self._rows = 0

    def receive(self, numbers: Sequence[int], seed: int) -> list[Stranger]:
        """Let so many strangers talk, all to their end."""
        people = [self._new(number, seed) for number in numbers]
        talking = people
        for _ in range(MOST_POSTS):
            posts = {one.person.id: self._write(one) for one in talking}
            self._read({text for texts in posts.values() for text in texts})
            for one in talking:
                self._turn(one, posts[one.person.id])
            talking = [one for one in talking if not one.ended]
        for one in people:
            self._fall_silent(one)
        return people

    def _new(self, number: int, seed: int) -> Stranger:
        chance = random.Random(f"{seed}:{self.playbook.name}:{number}")
        person = stranger(number, chance)
        at = BEGINS_AT + timedelta(hours=chance.randrange(72))
        return Stranger(person, new_conversation(self.deck.brand.id, person.id), chance, at)

    def _write(self, one: Stranger) -> tuple[str, ...]:
        if not one.conversation.said and not one.conversation.dialogs:
            return (opening(self.playbook, one.chance),)
        first = next_post(self.playbook, one.chance)
        return (first, next_post(self.playbook, one.chance)) if one.chance.random() < 0.12 else (first,)

    def _read(self, texts: set[str]) -> None:
        new = sorted(texts - self._readings.keys())
        zone, phrases = self.deck.brand.zone, self.deck.phrases
        requests = [ReadRequest(text, BEGINS_AT, zone, phrases, "en") for text in new]
        self._readings.update(zip(new, self._reader.read(requests), strict=True))

    # ------------------------------------------------------------ one turn

    def _turn(self, one: Stranger, texts: Sequence[str]) -> None:
        one.at += timedelta(minutes=one.chance.choice((2, 30, 300)))
        said = tuple(Utterance(text, self._readings[text]) for text in texts)
        heard = [self._post(one, utterance) for utterance in said]
        events: list[Event] = [PostReceived(h.post, one.person, h.reading, one.at) for h in heard]
        self._round(one, Move("writes", said, one.person), heard, events)
        # Whoever was let go, or is with a human, writes once or twice more, and is to be left alone.
        is_over = one.conversation.status in OVER or _ending(one.conversation) is not None
        one.ended = is_over and one.chance.random() < 0.6

    def _fall_silent(self, one: Stranger) -> None:
        one.at += timedelta(seconds=self.playbook.limits.gives_up_after_s, hours=1)
        self._round(one, Move("falls silent"), [], [])
        dialog = one.conversation.dialog
        if dialog is not None and one.conversation.status is Status.OPEN:
            one.faults.append("ends: the dialog stays open for ever")

    def _round(self, one: Stranger, move: Move, heard: list[Heard], events: list[Event]) -> None:
        before, decisions = one.conversation, []
        self._fold(one, events, decisions)
        for _ in range(4):  # the pace, what is sent, and a turn that waited meanwhile
            due = one.timers.get("pace")
            if due is not None:
                one.at = max(one.at, due)
                self._fold(one, [], decisions)
            self._send(one, decisions)
        effects = tuple(effect for decision in decisions for effect in decision.effects)
        reasons = tuple(decision.reason for decision in decisions)
        round_ = Round(Place(before), move, Place(one.conversation), tuple(heard), effects, reasons)
        self._judge(one, round_)

    def _fold(self, one: Stranger, events: Sequence[Event], decisions: list[Decision]) -> None:
        def recorded(event: Event, conversation: Conversation, deck: Deck, **more: object) -> Decision:
            decision = decide(event, conversation, deck, **more)  # type: ignore[arg-type]
            decisions.append(decision)
            return decision

        fold = Fold(
            deck=self.deck,
            decide=recorded,
            now=one.at,
            batch=Batch(one.at),
            recent_texts=lambda: frozenset(self.texts),
            brands=(self.deck.brand.id,),
            said=lambda text: self.texts.append(gate.normalise(text)),
            before=one.conversation,
            is_new=one.conversation.version == 0,
        )
        fold.run([self._arrival(one, event) for event in events], self._due(one))
        if fold.batch.failed:
            one.faults.append(f"ends: {fold.batch.tasks[-1]}")
        one.conversation = fold.current
        one.timers = {**one.timers, **fold.timers}

    def _arrival(self, one: Stranger, event: Event) -> Arrival:
        self._rows += 1
        brand_id = self.deck.brand.id
        return Arrival(InboxEntry(self._rows, brand_id, one.person.id, "event", "", None, one.at), event)

    def _due(self, one: Stranger) -> list[DueTimer]:
        ids = one.conversation.id, self.deck.brand.id, one.person.id
        return [
            DueTimer(ids[0], name, ids[1], ids[2], due)
            for name, due in one.timers.items()
            if due is not None and due <= one.at
        ]

    def _send(self, one: Stranger, decisions: list[Decision]) -> None:
        """What is in flight goes through the gate again, as at the moment of sending."""
        key = one.conversation.in_flight
        replies = (e for decision in decisions for e in decision.effects if isinstance(e, SendReply))
        reply = next((reply for reply in replies if reply.key == key), None)
        if reply is None or key is None:
            return
        verdict = gate.ask(self._facts(one, reply))
        one.at += timedelta(seconds=2)
        sent = ReplySent(key, self._next_id(one), one.at)
        self._fold(one, [sent if verdict.is_go else ReplyRefused(key, verdict.rule, one.at)], decisions)
        if not verdict.is_go:
            one.faults.append(f"held: {verdict.rule}, {verdict.why}")

    def _facts(self, one: Stranger, reply: SendReply) -> GateFacts:
        brand, conversation = self.deck.brand, one.conversation
        return GateFacts(
            now=one.at,
            speaker=Speaker.BOT,
            at_send=True,
            brand_id=brand.id,
            person_id=one.person.id,
            text=reply.text,
            max_length=reply.max_length,
            mode=brand.mode,
            parent_at=reply.parent_at,
            too_late_s=brand.too_late_s,
            zone=brand.zone,
            token_account_id=str(brand.id),
            witnesses=(("playbook", reply.source.brand_id if reply.source else ""),),
            is_suppressed=conversation.status is Status.OPTED_OUT,
            starts_dialog=reply.starts_dialog,
            reserve_usd=reply.reserve_usd,
            parent=Parent.THERE,
            is_summons=reply.is_summons,
            owner=conversation.owner,
            message=reply.message,
            limit=reply.limit,
        )

    # ------------------------------------------------------------ the proofs

    def _judge(self, one: Stranger, round_: Round) -> None:
        one.chat += [f"them: {post.text}" for post in round_.move.posts]
        one.chat += [f" bot: {reply.text}" for reply in round_.replies]
        one.faults += [f"{breach.rule}: {breach.what}" for breach in check(round_, self.playbook)]
        one.cost_usd += usd_of(round_)
        one.faults += self._beyond(one, round_)

    def _beyond(self, one: Stranger, round_: Round) -> list[str]:
        """What lies outside of what was proved."""
        proved, faults = self.proved, []
        for reply in round_.replies:
            if weighted_length(reply.text) > proved.max_weighted_length:
                faults.append(f"too-long: {reply.text}")
            if reply.dialog and reply.message > proved.max_messages:
                faults.append(f"ends: message {reply.message}")
        dialog = one.conversation.dialog
        if dialog is None or dialog.number > 1:
            return faults
        if one.cost_usd > proved.max_cost_usd + 1e-9:
            faults.append(f"cost: ${one.cost_usd}, ${proved.max_cost_usd} was the most")
        ending = HAND_OFF if round_.last_reason == "handed_over" else _ended_in(round_)
        if ending:
            self.endings[ending] += 1
            low, high = proved.score.get(ending, (1, 0))
            if not low <= dialog.score <= high:
                faults.append(f"threshold: {ending} with {dialog.score} points, proved {low} to {high}")
        return faults

    def _post(self, one: Stranger, said: Utterance) -> Heard:
        brand, post_id = self.deck.brand, self._next_id(one)
        parent = next((s.post_id for s in reversed(one.conversation.said) if s.post_id), None)
        post = Post(
            id=post_id,
            author_id=one.person.id,
            text=said.text,
            said=said.text if parent else f"@{brand.handle} {said.text}",
            created_at=one.at,
            root_id=PostId("1"),
            in_reply_to_post_id=parent,
            in_reply_to_user_id=brand.id if parent else None,
            mentions=(Mention(brand.id, brand.handle, typed=parent is None),),
            edit_history=(post_id,),
            lang="de" if said.text.startswith("ich ") else "en",
        )
        return Heard(post, said.reading, is_summons=True)

    def _next_id(self, one: Stranger) -> PostId:
        one.posts += 1
        return PostId(str(1000 + one.posts))


def _ending(conversation: Conversation) -> str | None:
    return conversation.dialog.ending if conversation.dialog else None


def _ended_in(round_: Round) -> str | None:
    """The ending of the dialog, if it ended in this round."""
    before, after = _ending(round_.before.conversation), _ending(round_.after.conversation)
    return after if before is None else None


def houses(books: Sequence[Playbook], reader: Reader) -> list[House]:
    """A house for every accepted playbook."""
    found = [House(replace(book), reader) for book in books]
    return [house for house in found if house.proved.ok]
