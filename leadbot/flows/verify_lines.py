"""What must hold of every line by itself: it renders, fits with the longest values, and runs nothing.

The walk says one wording of a line at a time and passes over those that do not fit. Here every wording is
rendered with every extreme of every value, so that none is there in vain.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from leadbot.errors import PlaybookError
from leadbot.flows import manners, render, templates
from leadbot.flows.cards import Line, Playbook
from leadbot.flows.linelint import LONGEST_BACK_AT, LONGEST_NAME
from leadbot.flows.profile import LONGEST_TOPIC
from leadbot.flows.stage import spoken_by
from leadbot.flows.verify_proofs import Breach
from leadbot.flows.weights import has_link, weighted_length
from leadbot.model import Brand

_WIDE = "W" * LONGEST_NAME
# What somebody might call themselves to have it run; it must come out as it went in.
_HOSTILE = "{{ 7*7 }}{% for a in b %}"


@dataclass(frozen=True, slots=True)
class Lengths:
    """max_weighted: the longest post there can be. dialogs_per_hour: how many the scarcest line allows before
    the duplicate rule holds it; scarcest: that line (0: nothing is said).
    """

    max_weighted: int
    dialogs_per_hour: int
    scarcest: int


def check_lines(playbook: Playbook, brand: Brand) -> Iterator[Breach]:
    """Everything wrong with any wording."""
    first = _disclosure(brand)
    unclear = {id(card.if_unclear) for card in playbook.cards if card.if_unclear is not None}
    for line in spoken_by(playbook):
        before = 0 if id(line) in unclear else first
        for wording in line.wordings:
            yield from _check(wording, line, playbook, brand, before)
    yield from _check_consent(playbook)


def measure(playbook: Playbook, brand: Brand) -> Lengths:
    """How long a post may get, and how often each line may be said."""
    scarce = (10**9, 0)
    small_talk = {id(line) for line in playbook.small_talk}
    for line in spoken_by(playbook):
        if id(line) not in small_talk:
            scarce = min(scarce, (_choices(line) * brand.same_text_per_hour, line.line))
    return Lengths(_longest_post(playbook, brand), scarce[0], scarce[1])


def _longest_post(playbook: Playbook, brand: Brand) -> int:
    """The longest post there can be: a line alone, or answers of ours with what comes next where both fit.

    Between no name and the longest one any length may come up, so what can fit at all may fill the post.
    """
    spans = {id(line): _span(line, brand) for line in spoken_by(playbook)}
    answers = [spans[id(answer.say)] for answer in playbook.answers]
    nexts = [spans[id(card.ask)] for card in playbook.cards]
    nexts += [spans[id(ending.say)] for ending in playbook.endings.values() if ending.say is not None]
    first, characters = _disclosure(brand), playbook.limits.characters
    together = [*product(answers, nexts), *product(answers, answers), *product(answers, answers, nexts)]
    found = [high for _, high in spans.values()]
    for parts in together:
        if sum(low for low, _ in parts) + len(parts) - 1 <= characters:
            found.append(sum(high for _, high in parts) + len(parts) - 1)
    return min(max(found, default=0) + first, characters)


def _span(line: Line, brand: Brand) -> tuple[int, int]:
    """The least and the most a line can weigh."""
    sound = [wording for wording in line.wordings if not templates.faults(wording)]
    shortest = (weighted_length(render.render(wording, _values("", brand, "", ""))) for wording in sound)
    return min(shortest, default=0), max((_longest(wording, brand) for wording in sound), default=0)


def _choices(line: Line) -> int:
    """How many wordings the person with the fewest can hear."""
    return min((len(set(one)) for _, one in line.variants), default=len(set(line.wordings)))


def _check(wording: str, line: Line, playbook: Playbook, brand: Brand, first: int) -> Iterator[Breach]:
    for what, fix in templates.faults(wording):
        yield Breach("template", line.line, what, fix, wording)
        return
    try:
        length = _longest(wording, brand) + first
        hostile = render.render_as_written(wording, _values(_HOSTILE, brand))
    except PlaybookError as error:
        yield Breach("template", line.line, error.problems[0].what, "", wording)
        return
    if "{{" in wording and "person." in wording and "49" in hostile and "49" not in wording:
        yield Breach("template", line.line, "what a person wrote is run here", "", wording)
    characters = playbook.limits.characters
    if length > characters:
        why = " with the disclosure in front of a first post" if first else ""
        what = f"{length} of {characters} with the longest values{why}; cut {length - characters}"
        yield Breach("too-long", line.line, what, "make it shorter, or raise limits: characters", wording)
    if has_link(render.render(wording, _values("", brand))) and not line.link:
        yield Breach(
            "link", line.line, "there is a link in this line", "take it out, or write `link: true`", wording
        )
    if private := manners.private_question_in(wording):
        what = f'"{private}" asks for private data in public'
        yield Breach("private-data", line.line, what, "a rep asks once they agreed to be written to", wording)


def _check_consent(playbook: Playbook) -> Iterator[Breach]:
    """The hand-off line asks, in every wording; the one for who asked for a human does not."""
    plan = playbook.hand_off
    for line in (plan.say, plan.say_after_hours):
        for wording in line.wordings if line is not None else ():
            if "?" not in wording and line is not None:
                what = f'"{_short(wording)}" hands a person over without asking whether it may'
                yield Breach(
                    "consent", line.line, what, "ask: OK if I pass this to {{ rep.first_name }}?", wording
                )
    for wording in plan.say_if_asked_for.wordings:
        if "?" in wording:
            what = f'"{_short(wording)}" asks somebody who asked for a human'
            yield Breach(
                "human", plan.say_if_asked_for.line, what, "tell who will write, ask nothing", wording
            )


def _short(wording: str) -> str:
    return wording if len(wording) <= 40 else f"{wording[:39]}…"


def _values(
    name: str, brand: Brand, back_at: str = LONGEST_BACK_AT, topic: str = LONGEST_TOPIC
) -> render.Values:
    reps = [rep.first_name for team in brand.teams for rep in team.reps]
    rep = max(reps, key=weighted_length, default=_WIDE)
    return render.Values(name, rep, back_at, brand.name or brand.handle, brand.handle, topic)


def _longest(wording: str, brand: Brand) -> int:
    """The most a wording can weigh."""
    options = product(("", _WIDE), ("", LONGEST_BACK_AT), ("", LONGEST_TOPIC))
    return max(
        weighted_length(render.render(wording, _values(name, brand, *more))) for name, *more in options
    )


def _disclosure(brand: Brand) -> int:
    """The longest disclosure and the line end behind it."""
    return max((weighted_length(text) + 1 for text in brand.disclosures if text), default=0)
