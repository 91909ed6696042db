"""Plays the tests that stand in a playbook: what they post, through the reader and `decide`, and what came.

Pure but for the reader: the clock is a fixed Monday morning, `pace` is nothing, X takes every reply at once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from leadbot.flows.cards import Deck, Playbook, PlaybookTest
from leadbot.flows.decide import decide, new_conversation
from leadbot.model import (
    Brand,
    BrandId,
    Conversation,
    Event,
    HandOff,
    Mention,
    Mode,
    Person,
    PersonId,
    Post,
    PostId,
    PostReceived,
    ReadRequest,
    ReplySent,
    SendReply,
    SetTimer,
    Status,
    TimerFired,
)
from leadbot.ports import Reader

BEGINS_AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)  # a Monday, in the hours of most teams
BETWEEN_POSTS = timedelta(minutes=5)
# A name of ordinary length, and a profile full enough to be asked something.
SOMEBODY = Person(
    id=PersonId("1001"), username="somebody", name="Maria Silva", followers_count=180, tweet_count=900
)
_MENTION = re.compile(r"(?<!\w)@(\w{1,15})")
_STRANGER = "2002"


@dataclass(frozen=True, slots=True)
class TestOutcome:
    """What came of one test. expected and got have the same keys; line: where the test stands in its file.

    chat: who said what, in order, as ("them" or "bot", words).
    """

    __test__ = False  # pytest: not a test of ours

    name: str
    passed: bool
    expected: Mapping[str, Any]
    got: Mapping[str, Any]
    line: int
    chat: tuple[tuple[str, str], ...] = ()


def run_tests(playbook: Playbook, deck: Deck, reader: Reader) -> tuple[TestOutcome, ...]:
    """Play every test of `playbook` for the brand of `deck`, alone on its list and as if it were live."""
    brand = replace(deck.brand, mode=Mode.LIVE, pace_s=(0.0, 0.0), quiet_hours=None)
    if not brand.id:
        brand = replace(brand, id=BrandId("1"))
    alone = Deck(brand, (playbook,))
    return tuple(_run(test, alone, reader) for test in playbook.tests)


def _run(test: PlaybookTest, deck: Deck, reader: Reader) -> TestOutcome:
    stage = _Stage(deck, reader)
    for text in test.them:
        stage.hear(text)
    got = {key: stage.facts()[key] for key in test.expect}
    passed = all(_holds(key, wanted, got[key]) for key, wanted in test.expect.items())
    return TestOutcome(test.name, passed, dict(test.expect), got, test.line, tuple(stage.chat))


def _holds(key: str, wanted: Any, got: Any) -> bool:
    if key == "said_contains":
        heard = " ".join(got).casefold()
        return all(words.casefold() in heard for words in wanted)
    return bool(wanted == got)


class _Stage:
    """One person, one brand, and a clock that moves only when somebody speaks."""

    def __init__(self, deck: Deck, reader: Reader) -> None:
        self.chat: list[tuple[str, str]] = []
        self._deck = deck
        self._reader = reader
        self._conversation: Conversation = new_conversation(deck.brand.id, SOMEBODY.id)
        self._at = BEGINS_AT
        self._posts = 0
        self._asked: str | None = None
        self._has_handoff = False

    def hear(self, text: str) -> None:
        """They post `text`, and whatever is due is done."""
        self._at += BETWEEN_POSTS
        post = self._post(text)
        deck = self._deck
        request = ReadRequest(post.said, self._at, deck.brand.zone, deck.phrases, "en", deck.examples)
        (reading,) = self._reader.read([request])
        self.chat.append(("them", text))
        self._happen(PostReceived(post, SOMEBODY, reading, self._at))

    def facts(self) -> dict[str, Any]:
        """What a test may ask for."""
        conversation = self._conversation
        dialog = conversation.dialog
        said = [words for who, words in self.chat if who == "bot"]
        return {
            "started": conversation.dialogs > 0,
            "asked": self._asked,
            "points": dialog.score if dialog else 0,
            "handed_off": self._has_handoff,
            "said_contains": said,
            "messages": len(said),
            "ending": dialog.ending if dialog else None,
            "opted_out": conversation.status is Status.OPTED_OUT,
        }

    def _happen(self, event: Event) -> None:
        decision = decide(event, self._conversation, self._deck)
        self._conversation = decision.conversation
        if decision.conversation.dialog is not None:
            self._asked = decision.conversation.dialog.asked or self._asked
        for effect in decision.effects:
            if isinstance(effect, HandOff):
                self._has_handoff = True
            elif isinstance(effect, SendReply):
                self.chat.append(("bot", effect.text))
                self._happen(ReplySent(effect.key, self._next_id(), self._at))
            elif isinstance(effect, SetTimer) and effect.name == "pace":
                self._at = max(self._at, effect.due_at)
                self._happen(TimerFired("pace", self._at))

    def _next_id(self) -> PostId:
        self._posts += 1
        return PostId(str(5000 + self._posts))

    def _post(self, text: str) -> Post:
        """A post to the brand: its handle typed, or else a reply to what it said last."""
        brand, post_id = self._deck.brand, self._next_id()
        typed = tuple(_mention(handle, brand) for handle in _MENTION.findall(text))
        parent = next((said.post_id for said in reversed(self._conversation.said) if said.post_id), None)
        is_reply = parent is not None or not any(mention.user_id == brand.id for mention in typed)
        auto = () if not is_reply else (Mention(brand.id, brand.handle, typed=False),)
        return Post(
            id=post_id,
            author_id=SOMEBODY.id,
            text=text,
            said=text,
            created_at=self._at,
            root_id=PostId("5001"),
            in_reply_to_post_id=parent,
            in_reply_to_user_id=brand.id if is_reply else None,
            mentions=(*auto, *typed),
            edit_history=(post_id,),
            lang="en",
        )


def _mention(handle: str, brand: Brand) -> Mention:
    is_ours = handle.casefold() == brand.handle.casefold()
    return Mention(brand.id if is_ours else _STRANGER, handle, typed=True)
