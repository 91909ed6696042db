"""The conduct judge: what a good bot never does, told from the outside.

Rules of this file: it knows only the posts X accepted, never leadbot's code or database; every post made by
an API app for a brand is judged once, at the moment it is accepted. Sources: X's automation rules (one
automated reply per interaction, opt-out honoured at once), the summon rule of 2026-02-23, and the promises
leadbot makes (tells that it is a bot, short, at most four messages).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from leadbot.simulator.accounts import Client, Post, User
from leadbot.simulator.clock import iso
from leadbot.simulator.settings import SimSettings
from leadbot.simulator.text import MENTION, folded, weighted_length

KINDS = (
    "second_reply",
    "after_opt_out",
    "undisclosed",
    "not_summoned",
    "over_length",
    "wrong_account",
    "over_limit",
)
"""All kinds of violation, as they stand in `GET /_sim/violations`."""

_STOP_LINES = """
stop|stop it|stop please|please stop|stop now|stop this|stop bot|stop messaging me|stop replying
no more messages|unsubscribe|unsubscribe me|opt out|optout|opt-out|opt me out|cancel|end|quit|go away
do not contact me|don't contact me|leave me alone|leave me alone please|please leave me alone
para|para ya|parar|basta|alto|detente|baja|darme de baja|cancelar suscripción
no me escribas|no me escribas más|déjame en paz|dejame en paz
arrête|arrete|arrêtez|arretez|arrêter|stop svp|désabonner|desabonner|me désabonner|désinscription
laisse-moi tranquille|laissez-moi tranquille|laisse moi tranquille|laissez moi tranquille
stopp|halt|aufhören|aufhoren|hör auf|hör auf damit|hören sie auf|abmelden|abbestellen|lass mich in ruhe
lassen sie mich in ruhe
pare|pára|parem|chega|sair|descadastrar|cancelar inscrição|me deixe em paz|deixe-me em paz|me deixa em paz
"""
STOP_WORDS = frozenset(word for line in _STOP_LINES.split("\n") for word in line.split("|") if word)
START_WORDS = frozenset({"start", "unstop", "resume", "subscribe"})
_DISCLOSED = re.compile(r"\bbots?\b|🤖|\bautomat|\bautomát", re.IGNORECASE)


def says_stop(said: str) -> bool:
    """Whether the whole message is a clear stop word in English, Spanish, French, German or Portuguese."""
    return _bare(said) in STOP_WORDS


def says_start(said: str) -> bool:
    """Whether the whole message takes an earlier stop back."""
    return _bare(said) in START_WORDS


def _bare(said: str) -> str:
    kept = re.sub(r"[^\w\s'’-]", " ", MENTION.sub(" ", said))
    return folded(kept.replace("’", "'")).strip("-' ")


@dataclass(slots=True)
class _Dialog:
    """What is known of one brand and one person."""

    last_at: datetime
    asked: Post | None = None  # the person's newest post to the brand
    answered_id: int = 0  # root id of the newest post of the person that was answered
    answered_at: datetime | None = None
    answered: set[int] = field(default_factory=set)
    replies: int = 0  # automated replies in this dialog
    stopped: Post | None = None


@dataclass(slots=True)
class Conduct:
    """Watches all posts and writes down each violation."""

    settings: SimSettings
    violations: list[dict[str, Any]] = field(default_factory=list)
    _dialogs: dict[tuple[int, int], _Dialog] = field(default_factory=dict)

    def judge(self, post: Post) -> None:
        """Takes note of a new post and, if an API app made it, judges it."""
        for brand in _brands_addressed(post):
            self._heard(brand, post)
        if post.client is Client.API:
            self._spoke(post.author, post)

    def _dialog(self, brand: User, person: User, at: datetime) -> _Dialog:
        key = (brand.id, person.id)
        dialog = self._dialogs.get(key)
        if dialog is None:
            dialog = self._dialogs[key] = _Dialog(at)
        elif at - dialog.last_at > timedelta(seconds=self.settings.dialog_ends_s):
            dialog.replies = 0
        dialog.last_at = at
        return dialog

    def _heard(self, brand: User, post: Post) -> None:
        if post.author.brand or post.reposted is not None:
            return
        dialog = self._dialog(brand, post.author, post.created_at)
        # An edit is a new version of a post that was already there, not a new word to answer.
        if post.id == post.root_id:
            dialog.asked = post
        meant = post.names(brand, typed_only=True) or (
            post.parent is not None and post.parent.author is brand
        )
        if meant and says_stop(post.said):
            dialog.stopped = post
        elif meant and says_start(post.said):
            dialog.stopped = None

    def _spoke(self, brand: User, post: Post) -> None:
        parent = post.parent
        if weighted_length(post.said) > self.settings.conduct_length:
            why = f"{weighted_length(post.said)} weighted characters, {self.settings.conduct_length} allowed"
            self._note("over_length", brand, parent.author if parent else None, post, why)
        if parent is None:
            named = next((who for _, who in post.mentions if who is not None and who is not brand), None)
            if named is not None:
                self._note(
                    "not_summoned",
                    brand,
                    named,
                    post,
                    "a post of its own that mentions a person who did not ask",
                )
            return
        if parent.author is brand:
            return
        dialog = self._dialog(brand, parent.author, post.created_at)
        for kind, why in self._faults_of(brand, parent, post, dialog):
            self._note(kind, brand, parent.author, post, why)
        dialog.replies += 1
        dialog.answered.add(parent.root_id)
        dialog.answered_id = max(dialog.answered_id, parent.root_id)
        dialog.answered_at = post.created_at

    def _faults_of(self, brand: User, parent: Post, post: Post, dialog: _Dialog) -> list[tuple[str, str]]:
        checks = (
            ("second_reply", self._second_reply(parent, dialog)),
            ("after_opt_out", self._after_opt_out(parent, post, dialog)),
            ("undisclosed", _undisclosed(post, dialog)),
            ("not_summoned", _not_summoned(brand, parent)),
            ("wrong_account", _wrong_account(brand, parent)),
            ("over_limit", self._over_limit(dialog)),
        )
        return [(kind, why) for kind, why in checks if why]

    def _second_reply(self, parent: Post, dialog: _Dialog) -> str:
        if parent.root_id in dialog.answered:
            return "this post had already been answered"
        if dialog.answered_at is None:
            return ""
        if parent.root_id < dialog.answered_id:
            return "a newer post of this person had already been answered"
        # A post that came while the last reply was under way may still be answered: nobody could have known
        # of it.
        in_flight = timedelta(seconds=self.settings.in_flight_s)
        if dialog.asked is None or dialog.asked.created_at < dialog.answered_at - in_flight:
            return "the person has not posted since the last reply"
        return ""

    def _after_opt_out(self, parent: Post, post: Post, dialog: _Dialog) -> str:
        stop = dialog.stopped
        if stop is None:
            return ""
        # A reply to an older post that was under way when the person said stop could not be called back.
        under_way = post.created_at - stop.created_at <= timedelta(seconds=self.settings.in_flight_s)
        if parent.root_id < stop.root_id and under_way:
            return ""
        return f"the person had said {stop.said.strip()!r}"

    def _over_limit(self, dialog: _Dialog) -> str:
        limit = self.settings.dialog_limit
        return (
            f"{dialog.replies + 1} automated replies in one dialog, {limit} allowed"
            if dialog.replies >= limit
            else ""
        )

    def _note(self, kind: str, brand: User, person: User | None, post: Post, why: str) -> None:
        self.violations.append(
            {
                "kind": kind,
                "brand": brand.username,
                "person": person.username if person else None,
                "post_id": str(post.id),
                "text": post.text,
                "at": iso(post.created_at),
                "why": why,
            }
        )


def _brands_addressed(post: Post) -> list[User]:
    found = {who.id: who for _, who in post.mentions if who is not None and who.brand}
    if post.parent is not None and post.parent.author.brand:
        found[post.parent.author.id] = post.parent.author
    return [brand for brand in found.values() if brand is not post.author]


def _undisclosed(post: Post, dialog: _Dialog) -> str:
    if dialog.replies or _DISCLOSED.search(post.said):
        return ""
    return "the first automated reply of the dialog does not say that a bot writes"


def _not_summoned(brand: User, parent: Post) -> str:
    quoted = parent.quoted is not None and parent.quoted.author is brand
    return (
        ""
        if quoted or parent.names(brand)
        else f"the answered post neither mentions @{brand.username} nor quotes it"
    )


def _wrong_account(brand: User, parent: Post) -> str:
    meant = {
        who.id: who for span, who in parent.mentions if who is not None and span.start >= parent.shown_from
    }
    if parent.parent is not None:
        meant[parent.parent.author.id] = parent.parent.author
    others = [who.username for who in meant.values() if who.brand and who is not brand]
    if brand.id in meant or not others:
        return ""
    return f"the answered post speaks to @{others[0]}"
