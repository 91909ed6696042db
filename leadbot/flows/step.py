"""The sheet one decision is written on.

`decide` is pure: a sheet is made for one event, filled by the modules of this folder and read once. Nothing
of it outlives the call, so its being mutable is nobody's business but theirs.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from leadbot.flows.cards import Deck
from leadbot.flows.reasons import Reason
from leadbot.model import (
    Before,
    CancelTimer,
    Conversation,
    Decision,
    Dialog,
    Effect,
    HandOff,
    Heard,
    PostId,
    RaiseTask,
    SendReply,
    SetTimer,
)

MEMORY = 50  # how many posts of either side a conversation remembers

_PLACES = {field.name: place for place, field in enumerate(fields(Conversation))}
_values_of = attrgetter(*_PLACES)


def _changed(conversation: Conversation, changes: dict[str, Any]) -> Conversation:
    """As `dataclasses.replace`, in half its time: decisions make more of these than of anything else."""
    values = list(_values_of(conversation))
    for name, value in changes.items():
        values[_PLACES[name]] = value
    return Conversation(*values)


class Step:
    """One event on its way to a Decision: the conversation as it changes, the effects and the trace."""

    __slots__ = (
        "_changes",
        "_stood",
        "at",
        "brands",
        "deck",
        "effects",
        "recent_texts",
        "trace",
        "way_back",
    )

    def __init__(
        self,
        conversation: Conversation,
        deck: Deck,
        at: datetime,
        *,
        recent_texts: Collection[str] = (),
        brands: Collection[str] = (),
    ) -> None:
        self._stood = conversation
        self._changes: dict[str, Any] = {}  # since then: made into one new conversation when somebody looks
        self.deck = deck
        self.at = at
        self.recent_texts = recent_texts
        self.brands = brands
        self.effects: list[Effect] = []
        self.way_back: Before | None = None  # set with the words of this step
        self.trace: list[str] = []

    @property
    def conversation(self) -> Conversation:
        """The conversation as it stands now."""
        if self._changes:
            self._stood = _changed(self._stood, self._changes)
            self._changes = {}
        return self._stood

    def _stands(self, field: str) -> Any:
        """One field of it, without making the whole."""
        return self._changes[field] if field in self._changes else getattr(self._stood, field)

    def change(self, **changes: Any) -> None:
        """Let the conversation stand differently.

        Whoever decides where it stands while a reply is on its way also decides that there is no way back.
        """
        if "status" in changes and self._stands("before") is not None:
            changes["before"] = None
        self._changes |= changes

    def change_dialog(self, **changes: Any) -> None:
        """Let the last dialog stand differently, if there is one."""
        if self.dialog is not None:
            self.change(dialog=replace(self.dialog, **changes))

    @property
    def dialog(self) -> Dialog | None:
        """The open dialog, or the last one."""
        dialog: Dialog | None = self._stands("dialog")
        return dialog

    @property
    def open_dialog(self) -> Dialog | None:
        """The dialog that is running, if one is."""
        dialog = self.dialog
        return dialog if dialog is not None and dialog.ended_at is None else None

    def emit(self, effect: Effect) -> None:
        """Have something done. A HandOff replaces one of the same key: the newest story is told."""
        if isinstance(effect, HandOff):
            self.effects = [e for e in self.effects if not (isinstance(e, HandOff) and e.key == effect.key)]
        self.effects.append(effect)

    def note(self, sentence: str) -> None:
        """Say in the trace what was looked at."""
        self.trace.append(sentence)

    def raise_task(
        self, kind: str, why: str, *, post_id: PostId | None = None, draft: str = "", once: str = ""
    ) -> None:
        """Ask a human to look. `once`: what makes this task the same as another (default: the post, or the
        moment).
        """
        tail = once or post_id or str(int(self.at.timestamp() * 1000))
        key = f"{self.conversation.id}:task:{kind}:{tail}"
        self.effects.append(RaiseTask(key, kind, why, post_id, draft))

    def wake(self, due_at: datetime) -> None:
        """Have the words chosen then."""
        self.change(wake_at=due_at)
        self.effects.append(SetTimer("pace", due_at))

    def let_be(self) -> None:
        """Leave every waiting post without words."""
        waiting: tuple[Heard, ...] = self._stands("waiting")
        if waiting:
            ids = tuple(heard.post.first_id for heard in waiting)
            self.change(waiting=(), answered=(*self._stands("answered"), *ids)[-MEMORY:])
        self.forget_wake()

    def forget_wake(self) -> None:
        """Take the pace timer back."""
        if self._stands("wake_at") is not None:
            self.change(wake_at=None)
            self.effects.append(CancelTimer("pace"))

    def done(self, reason: Reason) -> Decision:
        """The finished decision.

        Words come last: the outbox is sent head of line, and a draft that waits must hold nothing up that
        humans need.
        """
        if self.way_back is not None:
            self.change(before=self.way_back)
        effects = sorted(self.effects, key=lambda effect: isinstance(effect, SendReply))
        return Decision(self.conversation, tuple(effects), reason.value, tuple(self.trace))
