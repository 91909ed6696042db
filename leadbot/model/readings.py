"""What nlp tells us: facts about a text, not what they mean for a dialog."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Intent(StrEnum):
    """What the author wants from the brand; higher rows win when two fit."""

    OPT_OUT = "opt_out"
    ABUSE = "abuse"
    SPAM_PROMO = "spam_promo"
    ASKS_FOR_HUMAN = "asks_for_human"
    PURCHASE_INTENT = "purchase_intent"
    PRICING = "pricing"
    PRODUCT_QUESTION = "product_question"
    SUPPORT = "support"
    BUSINESS = "business"
    PRAISE = "praise"
    SMALL_TALK = "small_talk"
    OTHER = "other"


LEAD_INTENTS = frozenset({Intent.PURCHASE_INTENT, Intent.PRICING, Intent.PRODUCT_QUESTION})


class OptOut(StrEnum):
    """What a text says about being written to, before asking whom it was said to."""

    NONE = "none"
    CLEAR = "clear"  # "stop", "unsubscribe", "leave me alone"
    UNCLEAR = "unclear"  # may be meant for us: pause and let a human look
    START = "start"  # their own "start": lifts an earlier stop


class SlotType(StrEnum):
    """The types of answers a card can learn."""

    COUNT = "count"
    MONEY = "money"
    TIMEFRAME = "timeframe"
    PLACE = "place"
    EMAIL = "email"
    PHONE = "phone"
    YES_NO = "yes_no"
    AUTHORITY = "authority"
    CHOICE = "choice"
    TEXT = "text"


class Bucket(StrEnum):
    """Timeframes, nearest first; NONE is an explicit "no plan" ("just looking")."""

    NOW = "now"
    THIS_MONTH = "this_month"
    THIS_QUARTER = "this_quarter"
    THIS_HALF = "this_half"
    THIS_YEAR = "this_year"
    LATER = "later"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class SlotValue:
    """One answer found in a text.

    words: verbatim, ``said[start:end]``. volunteered: True when it can be nothing else ("about 40 of us");
    False when it counts only as the answer to a question of that type (a bare "40", "yes").
    low/high: count and money, high None = open ended. per: month, year, week, once. bucket and from_on/to_on:
    timeframe.
    value: yes_no (yes, no, maybe), authority (decides, influences, no), place, email, phone (E.164).
    """

    type: SlotType
    words: str
    start: int
    end: int
    volunteered: bool = False
    low: float | None = None
    high: float | None = None
    currency: str | None = None
    per: str | None = None
    bucket: Bucket | None = None
    from_on: date | None = None
    to_on: date | None = None
    value: str | None = None


@dataclass(frozen=True, slots=True)
class ReadRequest:
    """A text to read. text: what the person typed; at: when (UTC); zone: IANA name that decides "today";
    phrases: the ``sounds_like`` phrases of the brand's playbooks; lang: X's own language field; examples:
    the brand's own, as (text, label)."""

    text: str
    at: datetime
    zone: str = "UTC"
    phrases: frozenset[str] = frozenset()
    lang: str | None = None
    examples: frozenset[tuple[str, Intent]] = frozenset()


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says. Readings are facts: what they mean for a dialog is for `flows.decide`.

    warmth: calibrated probability 0..1 that this is a lead. echoes: phrases of the request that the text
    resembles, with a similarity 0..1 (1.0: word for word), best first, only those near enough to count.
    why: words that moved the intent, with their weight. rules: names of the rules that fired.
    """

    intent: Intent = Intent.OTHER
    warmth: float = 0.0
    probabilities: tuple[tuple[Intent, float], ...] = ()
    opt_out: OptOut = OptOut.NONE
    asks_for_human: bool = False
    asks_price: bool = False
    is_question: bool = False
    is_noise: bool = False  # nothing to read: only emoji, "hm", a bare mention
    slots: tuple[SlotValue, ...] = ()
    echoes: tuple[tuple[str, float], ...] = ()
    why: tuple[tuple[str, float], ...] = ()
    rules: tuple[str, ...] = ()
