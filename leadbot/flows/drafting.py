"""What a person may make of a draft: the words are theirs, what protects the reader stays."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from leadbot.flows.gate import normalise
from leadbot.flows.render import weighted_length
from leadbot.model import SendReply

_HANDLE = re.compile(r"(?<!\w)@(\w{1,15})")


def faults(
    text: str, reply: SendReply, *, disclosures: Sequence[str], person: str, told: Collection[str]
) -> list[tuple[str, str]]:
    """Everything that is wrong with other words for a reply, each as (what, fix); empty when they may leave.

    person: the handle of who is answered; told: texts this person was told before.
    """
    found = []
    if not text.strip():
        return [("it says nothing", "write something, or `leadbot drafts drop` it")]
    length = weighted_length(text)
    if length > reply.max_length:
        over = length - reply.max_length
        found.append((f"it has {length} characters by X's count", f"{reply.max_length} fit: take out {over}"))
    is_disclosed = any(reply.text.startswith(one) for one in disclosures)
    if is_disclosed and not any(text.startswith(one) for one in disclosures):
        found.append(("it does not say that a bot writes", f'begin it with "{disclosures[0]}"'))
    if normalise(text) in {normalise(one) for one in told}:
        found.append(("this person was told just that already", "say it in other words"))
    others = sorted({name for name in _HANDLE.findall(text) if name.lower() != person.lower()})
    if others:
        named = ", ".join("@" + name for name in others)
        found.append((f"it names {named}, who did not ask", "leave handles of others out"))
    return found
