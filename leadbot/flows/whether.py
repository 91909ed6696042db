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
_ELSE = re.compile(
    r"\b(?:any(?:one|body)|some(?:one|body)|who) else\b.*\b(?:decid|sign|approv|involved|agree|say|need)",
    re.IGNORECASE,
)
_DECIDES = {"yes": "decides", "no": "no"}
_DECIDES_WITH = {"yes": "influences", "no": "decides"}  # whether somebody else has to agree


def authority_of(questions: Iterable[str], yes_no: SlotValue) -> SlotValue | None:
    """What a yes or no says about who decides, when every wording of the question asks whether they do."""
    asked = list(questions)
    for pattern, meaning in ((_ELSE, _DECIDES_WITH), (_WHETHER, _DECIDES)):
        value = meaning.get(yes_no.value or "")
        if value and asked and all(pattern.search(question) for question in asked):
            break
    else:
        return None
    return replace(yes_no, type=SlotType.AUTHORITY, value=value)
