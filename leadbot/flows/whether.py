""" "Are you the one who decides?" is answered with yes or no; "Who decides?" is not."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from leadbot.model import SlotType, SlotValue

_WHETHER = re.compile(
    r"(?:^|[.!?,:;–—-]\s*|\b(?:and|so|or|also) )(?:are you\b(?! looking)"
    r"|do you (?:decide|sign|make|choose|have (?:the |a )?(?:final )?say)"
    r"|is (?:it|this|that) (?:you|your)\b|would (?:you|it|that) be (?:you|your|the)\b"
    r"|can you (?:decide|sign|approve))",
    re.IGNORECASE,
)
_DECIDES = {"yes": "decides", "no": "no"}


def authority_of(questions: Iterable[str], yes_no: SlotValue) -> SlotValue | None:
    """What a yes or no says about who decides, when every wording of the question asks whether they do."""
    value = _DECIDES.get(yes_no.value or "")
    asked = list(questions)
    if value is None or not asked or not all(_WHETHER.search(question) for question in asked):
        return None
    return replace(yes_no, type=SlotType.AUTHORITY, value=value)
