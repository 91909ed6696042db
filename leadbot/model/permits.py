"""The gate's yes to exactly one write to X. Without one nothing of ours can leave."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from leadbot.errors import PermanentError
from leadbot.model.brands import Mode
from leadbot.model.ids import BrandId, PostId

Witness = tuple[str, str]
"""Who says so (``outbox row``, ``conversation``, ``playbook`` or ``desk``, ``writer``, ``keys``, ``token``
…), and the id of the account that it names."""

NEEDED = frozenset({"outbox row", "conversation", "writer", "keys", "token"})
"""Witnesses without whom there is no permit; of a reply also where its words come from: a playbook, or the
desk where a rep wrote them."""


class Deed(StrEnum):
    """What may be written to X at all."""

    REPLY = "reply"
    DELETE = "delete"


@dataclass(frozen=True, slots=True)
class Permit:
    """One write, for one account: these words under this post, or the end of that post of ours.

    Made by `flows.gate` alone (a test looks), and cannot be made for a brand that watches, for a draft nobody
    approved, or when the witnesses name different accounts: PermanentError (``not_permitted``).
    key: of the outbox row; attempt: which try of that row, so that no permit serves twice; by: the person who
    approved it, or who has the post deleted; author: the rep whose own words these are, empty for those of a
    playbook.
    """

    deed: Deed
    key: str
    attempt: int
    brand_id: BrandId
    mode: Mode
    witnesses: tuple[Witness, ...]
    text: str = ""
    in_reply_to: PostId | None = None
    exclude: tuple[str, ...] = ()
    post_id: PostId | None = None
    by: str = ""
    author: str = ""

    def __post_init__(self) -> None:
        """Refuse what must not exist."""
        fault = dissent(self.brand_id, self.witnesses) or self._fault()
        if fault:
            raise PermanentError("not_permitted", fault)

    def _fault(self) -> str:
        source = "desk" if self.author else "playbook"
        needed = NEEDED | ({source} if self.deed is Deed.REPLY else set())
        missing = sorted(needed - {who for who, _ in self.witnesses})
        if missing:
            return f"nobody asked the {missing[0]} which account it belongs to"
        if self.mode is Mode.WATCH:
            return "the bot only watches: nothing is written to X"
        if self.mode is Mode.DRAFT and not self.by:
            return "no person approved it"
        if self.deed is Deed.REPLY and not (self.text.strip() and self.in_reply_to):
            return "a reply needs words and a post to stand under"
        if self.deed is Deed.DELETE and not (self.post_id and self.by):
            return "a deletion needs a post and a person who wants it"
        return ""


def dissent(brand_id: BrandId, witnesses: tuple[Witness, ...]) -> str:
    """Which witness names another account than this brand's; empty if all agree."""
    for who, account_id in witnesses:
        if account_id != brand_id:
            named = f"account {account_id}" if account_id else "no account"
            return f"the {who} belongs to {named}, not to this brand"
    return ""
