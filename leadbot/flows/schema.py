"""The keys of a playbook file: shapes only. Meanings are for `flows.compile`, sense for `flows.lint`.

The JSON Schema that editors use is made from these models, so every field has a title in plain words.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, StringConstraints, Tag
from pydantic_core import PydanticCustomError

from leadbot.flows import values

MESSAGES_CEILING = 4
CHARACTERS_CEILING = 280

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
Handle = Annotated[str, StringConstraints(pattern=r"^@?[A-Za-z0-9_]{1,15}$")]
Phrase = Annotated[str, StringConstraints(min_length=1, max_length=120, pattern=r"\S")]
Wording = Annotated[str, StringConstraints(min_length=1, max_length=1000, pattern=r"\S")]
Nothing = Literal["nothing"]


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list) else [value]


def _as_lines(value: Any) -> Any:
    return value if isinstance(value, (dict, Sheet)) else _as_list(value)


def _shape_of_lines(value: Any) -> str:
    return "[variants]" if isinstance(value, (dict, Sheet)) else "[lines]"


def _list_or_nothing(value: Any) -> Any:
    if value == "nothing":
        return []
    if isinstance(value, (dict, Sheet)):
        return value
    if value == []:
        raise PydanticCustomError("empty", "there is no line here; write `nothing` if nothing shall be said")
    return _as_list(value)


def _parsed(parse: Callable[[Any], Any], *kinds: type) -> BeforeValidator:
    def check(value: Any) -> Any:
        if isinstance(value, bool) or not isinstance(value, kinds):
            raise PydanticCustomError("kind", "{wanted} is wanted here", {"wanted": "text"})
        try:
            return parse(value)
        except ValueError as error:
            raise PydanticCustomError("value", "{why}", {"why": str(error)}) from error

    return BeforeValidator(check, json_schema_input_type=kinds[0])


def _is_answer(value: Any) -> Any:
    items = value if isinstance(value, list) else [value]
    if not items or any(isinstance(item, (dict, list)) or item is None for item in items):
        message = "one value or a list of values is wanted here, such as 2..10 or [now, this_month]"
        raise PydanticCustomError("kind", message)
    # true and false are a slip for yes and no; the card's type decides whether they fit.
    return [("yes" if item else "no") if isinstance(item, bool) else item for item in items]


class Sheet(BaseModel):
    """What all parts of a playbook share: nothing is converted in silence, nothing unknown is let in."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


Words = Annotated[
    list[Phrase],
    Field(min_length=1, max_length=60),
    BeforeValidator(_as_list, json_schema_input_type=Phrase | list[Phrase]),
]
Wordings = Annotated[
    list[Wording],
    Field(min_length=1, max_length=60),
    BeforeValidator(_as_list, json_schema_input_type=Wording | list[Wording]),
]


class VariantSheet(Sheet):
    """A line that is tried in several variants; the same person always hears the same one."""

    variants: dict[Slug, Wordings] = Field(
        min_length=2, max_length=6, title="Name of each variant, and its wordings"
    )


Say = Annotated[
    Annotated[Annotated[list[Wording], Field(min_length=1, max_length=60)], Tag("[lines]")]
    | Annotated[VariantSheet, Tag("[variants]")],
    Discriminator(_shape_of_lines),
    BeforeValidator(_as_lines, json_schema_input_type=Wording | list[Wording] | VariantSheet),
]
SayOrNothing = Annotated[
    Annotated[Annotated[list[Wording], Field(max_length=60)], Tag("[lines]")]
    | Annotated[VariantSheet, Tag("[variants]")],
    Discriminator(_shape_of_lines),
    BeforeValidator(
        _list_or_nothing, json_schema_input_type=Nothing | Wording | list[Wording] | VariantSheet
    ),
]
SmallTalk = Annotated[
    list[Wording],
    Field(max_length=60),
    BeforeValidator(_list_or_nothing, json_schema_input_type=Nothing | Wording | list[Wording]),
]
Seconds = Annotated[float, _parsed(values.seconds, str)]
Pace = Annotated[tuple[float, float], _parsed(values.pace, str)]
BusinessSeconds = Annotated[float, _parsed(lambda text: values.seconds(text, business=True), str)]
Points = Annotated[int, _parsed(values.points, str, int)]
IsAnswer = Annotated[
    list[str | int | float],
    BeforeValidator(_is_answer, json_schema_input_type=str | int | float | list[str | int | float]),
]


class StartWhen(Sheet):
    """When a dialog begins; all must hold."""

    intent: Annotated[
        list[str],
        Field(min_length=1, max_length=12),
        BeforeValidator(_as_list, json_schema_input_type=str | list[str]),
    ] = Field(title="Lead labels that may start it: purchase_intent, pricing, product_question")
    warmth_at_least: float = Field(
        default=0.5, ge=0, le=1, title="How sure, from 0 to 1, that this is a lead"
    )
    mentions_any: Words | None = Field(default=None, title="One of these words must stand in the post")


class Unless(Sheet):
    """When not to start, and what happens instead."""

    talked_within: Seconds | None = Field(default=None, title="We talked with this person within this time")
    on_list: str | None = Field(default=None, title="The person is on this list of X user ids")
    then: Literal["to_same_rep", "to_helpdesk", "to_human"] = Field(title="Who takes it instead of the bot")


class AnswerFirst(Sheet):
    """An answer that is given before anything is asked."""

    when: Literal["pricing", "how_to_buy"] | None = Field(default=None, title="What they ask")
    when_sounds_like: Words | None = Field(default=None, title="How they may ask it")
    say: Say = Field(title="The answer")
    link: bool = Field(default=False, title="The answer may hold a link (dearer)")


class Limits(Sheet):
    """How far a dialog may go."""

    messages: int = Field(default=4, ge=1, le=MESSAGES_CEILING, title="Most posts of the bot in a dialog")
    characters: int = Field(
        default=140, ge=80, le=CHARACTERS_CEILING, title="Most characters a post, as X counts them"
    )
    gives_up_after: Seconds = Field(default=2 * 86400.0, title="How long the bot waits for an answer")


class AnswerSheet(Sheet):
    """One answer a card knows."""

    is_: IsAnswer | None = Field(
        None, alias="is", title="Values that mean this answer: 2..10, [now, this_month], yes"
    )
    sounds_like: Words | None = Field(default=None, title="Things people say that mean this answer")
    anything: bool = Field(default=False, title="Takes whatever no other answer took")
    points: int = Field(ge=-100, le=100, title="What it is worth")
    then: str | None = Field(default=None, title="Ending that closes the dialog at once")
    counts_as: Literal["interest", "fit"] | None = Field(
        default=None, title="What they want, or who they are; default: as the card says"
    )


class OnlyIfSheet(Sheet):
    """A condition on an earlier card."""

    card: str = Field(title="An earlier card")
    answers: Words = Field(title="Answers of that card")


class CardSheet(Sheet):
    """One thing to learn."""

    learn: Slug = Field(title="What this card learns, in one word")
    type: Literal[
        "count", "money", "timeframe", "yes_no", "authority", "choice", "text", "place", "email", "phone"
    ] = Field(title="What kind of answer it is")
    ask: Say = Field(title="How to ask, in one wording or several")
    answers: dict[Slug, AnswerSheet] = Field(min_length=1, max_length=30, title="What they may say")
    if_unclear: Say | None = Field(default=None, title="Said once when the answer is not understood")
    only_if: Annotated[
        list[OnlyIfSheet],
        BeforeValidator(_as_list, json_schema_input_type=OnlyIfSheet | list[OnlyIfSheet]),
    ] = Field(default=[], title="Ask only if an earlier card was answered so")
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = Field(
        default=None, title="Currency of a money card, such as USD"
    )
    per: Literal["month", "year", "week", "once"] | None = Field(
        default=None, title="What the money of a money card is for"
    )
    counts_as: Literal["interest", "fit"] = Field(
        default="interest", title="What its points count as: what they want, or who they are"
    )
    link: bool = Field(default=False, title="Its lines may hold a link (dearer)")


class UseSheet(Sheet):
    """A card of a file of shared cards."""

    use: str = Field(title="What the shared card learns")


CardOrUse = Annotated[
    CardSheet, BeforeValidator(lambda value: value, json_schema_input_type=CardSheet | UseSheet)
]


class HandOffSheet(Sheet):
    """When and how a person is handed over."""

    at: Points = Field(title="Points that are needed, such as 45 points")
    to: str = Field(title="Team in leadbot.toml")
    say: Say = Field(title="Asks whether it may be passed on")
    say_after_hours: Say | None = Field(
        default=None, title="The same when nobody is there; use {{ rep.back_at }}"
    )
    say_if_asked_for: Say = Field(title="Said when they asked for a human")
    otherwise: str = Field(title="Ending for those with fewer points")
    at_once_if: list[Literal["asks_for_human"]] = Field(
        ["asks_for_human"], title="Hand over without more questions"
    )
    claim_within: BusinessSeconds | None = Field(
        default=None, title="How soon a rep should take it: 30 business minutes"
    )
    link: bool = Field(default=False, title="Its lines may hold a link (dearer)")


class EndingSheet(Sheet):
    """A way a dialog closes."""

    say: SayOrNothing = Field(title="The last words, or nothing")
    outcome: Slug = Field(title="What is noted down, such as not_a_fit")
    link: bool = Field(default=False, title="Its lines may hold a link (dearer)")


class ExpectSheet(Sheet):
    """What a test expects once everything was said."""

    started: bool | None = Field(default=None, title="Whether a dialog began")
    asked: str | None = Field(default=None, title="The card that was asked last")
    points: int | None = Field(default=None, title="The score")
    fit: int | None = Field(default=None, title="The points for who they are")
    interest: int | None = Field(default=None, title="The points for what they want")
    handed_off: bool | None = Field(default=None, title="Whether a human has it")
    said_contains: Words | None = Field(default=None, title="Words that the bot's posts must hold")
    messages: int | None = Field(default=None, ge=0, title="How many posts the bot wrote")
    ending: str | None = Field(default=None, title="The ending that closed the dialog")
    opted_out: bool | None = Field(default=None, title="Whether the bot is silent for good")


class TestSheet(Sheet):
    """A dialog to try, kept beside the cards it tries."""

    __test__ = False  # pytest: the name is the marketer's, not a test of ours

    name: Phrase = Field(title="What it shows")
    them: Annotated[
        list[Wording],
        Field(min_length=1, max_length=12),
        BeforeValidator(_as_list, json_schema_input_type=Wording | list[Wording]),
    ] = Field(title="What they post, one after another")
    after_hours: bool = Field(default=False, title="Whether nobody of the team is in")
    then_silence: bool = Field(default=False, title="Whether they then say nothing until the bot gives up")
    expect: ExpectSheet = Field(title="What shall have happened then")


class PlaybookSheet(Sheet):
    """A playbook: what to learn, how to ask, what they might say, what it is worth."""

    playbook: Slug = Field(title="Name of the playbook")
    brand: Handle = Field(title="The only account that may speak these lines")
    goal: Phrase = Field(title="What it is for, in a sentence")
    start_when: StartWhen = Field(title="When a dialog begins")
    unless: list[Unless] = Field(
        default=[], max_length=10, title="When not to begin, and what happens instead"
    )
    answers_first: list[AnswerFirst] = Field(
        default=[], max_length=40, title="Questions that are answered before any is asked"
    )
    faq: list[AnswerFirst] = Field(
        default=[], max_length=40, title="Questions that are answered whenever they are asked in a dialog"
    )
    pace: Pace | None = Field(
        default=None, title="How long a reply waits, such as 20 s to 90 s; default: as the brand's"
    )
    too_late: Seconds | None = Field(
        default=None, title="A post older than this is for a human, such as 12 h; default: as the brand's"
    )
    limits: Annotated[Limits, Field(title="How far a dialog may go")] = Limits()
    use: Annotated[
        list[str], Field(max_length=10), BeforeValidator(_as_list, json_schema_input_type=str | list[str])
    ] = Field(default=[], title="Files of shared cards of the same brand, beside this one")
    cards: list[CardOrUse] = Field(min_length=1, max_length=12, title="What to learn, from top to bottom")
    hand_off: HandOffSheet = Field(title="When and how a person is handed over")
    endings: dict[Slug, EndingSheet] = Field(min_length=1, max_length=20, title="How a dialog closes")
    small_talk: SmallTalk = Field(default=[], title="Lines for small talk, or nothing")
    tests: list[TestSheet] = Field(default=[], max_length=100, title="Dialogs to try")
