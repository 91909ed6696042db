"""Checks every spoken line: its template, its manners, its length with the longest values it may hold."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product

from leadbot.errors import PlaybookError
from leadbot.flows import manners, templates
from leadbot.flows.profile import LONGEST_TOPIC
from leadbot.flows.render import Values, render_as_written, tidy
from leadbot.flows.spoken import SPOKEN_KEYS, Spoken
from leadbot.flows.weights import has_link, weighted_length
from leadbot.flows.yamltext import Path, YamlText

LONGEST_NAME = 20
LONGEST_BACK_AT = "on 30 September at 10:00"  # what `calendar.back_at_words` says at most
DISCLOSURE = 40 + 1  # the brand's disclosure and the line end behind it
_MAX_WORDING = 1000
_BRAND_NAME = "W" * 50  # the longest name X lets an account have


@dataclass(frozen=True, slots=True)
class Room:
    """How much fits, and the longest values. characters: weighted; rep_name: the longest first name."""

    characters: int
    rep_name: str = "W" * LONGEST_NAME
    brand_handle: str = "W" * 15


def check_lines(lines: Iterable[Spoken], text: YamlText, room: Room) -> None:
    """Add what is wrong with any line to the problems of `text`."""
    _check_cut_texts(text)
    asked: dict[str, Path] = {}
    for line in lines:
        seen: dict[str, Path] = asked if line.is_asked else {}
        for path, wording in line.wordings:
            if len(wording) > _MAX_WORDING:
                continue  # the schema says so
            _check_repeated(seen, path, wording, text)
            _check_wording(line, path, wording, text, room)


def _check_cut_texts(text: YamlText) -> None:
    for path in text.cut:
        keys = [part for part in path if isinstance(part, str)]
        spoken = keys[: keys.index("variants")] if "variants" in keys else keys
        if spoken and spoken[-1] in SPOKEN_KEYS:
            what = "a comment cuts this text off: what stands behind # is not said"
            text.complain(path, "comment", what, 'put the text in quotes: "..."')


def _check_repeated(seen: dict[str, Path], path: Path, wording: str, text: YamlText) -> None:
    folded = " ".join(wording.casefold().split())
    if folded in seen:
        what = f"the same words stand in line {text.place(seen[folded]).line}"
        text.complain(path, "duplicate-wording", what, "word it differently, or take it out")
    seen.setdefault(folded, path)


def _check_wording(line: Spoken, path: Path, wording: str, text: YamlText, room: Room) -> None:
    template_faults = templates.faults(wording)
    for what, fix in template_faults:
        text.complain(path, "template", what, fix)
    if template_faults:
        return
    try:
        said = _all_renderings(wording, room)
    except PlaybookError as error:
        text.complain(path, "template", error.problems[0].what)
        return
    _check_values(line, path, wording, text)
    _check_reading(path, said, text)
    _check_manners(line, path, wording, tidy(said[-1]), text)
    _check_length(line, path, wording, said, text, room)


def _all_renderings(wording: str, room: Room) -> list[str]:
    """As it reads without and with each value; all values there comes last."""
    return [
        render_as_written(
            wording, Values(name, room.rep_name, back_at, _BRAND_NAME, room.brand_handle, bio_topic=topic)
        )
        for name, topic, back_at in product(
            ("", "W" * LONGEST_NAME), ("", LONGEST_TOPIC), ("", LONGEST_BACK_AT)
        )
    ]


def _check_values(line: Spoken, path: Path, wording: str, text: YamlText) -> None:
    used = templates.variables(wording)
    if "rep.back_at" in used and not line.is_after_hours:
        what = "rep.back_at is known only when nobody is there"
        text.complain(path, "template", what, "use it in say_after_hours")
    if "rep.first_name" in used and not line.knows_rep:
        what = "no rep has been chosen yet when this is said"
        text.complain(path, "template", what, "use rep.first_name in hand_off only")


def _check_reading(path: Path, said: list[str], text: YamlText) -> None:
    # back_at is always there where it may be used, so only what a profile may lack is left out here.
    whens = ("without a name or topic", "without a name", "without a bio topic", "with all values")
    for words, when in zip(said[1::2], whens, strict=True):
        rough = manners.roughness_of(words)
        if rough:
            fix = (
                'put {{ person.comma_name }} right behind a word: it is ", Ana" or nothing; '
                "put a topic into {% if person.bio_topic %}…{% endif %}"
            )
            text.complain(path, "reads-badly", f'{when} this reads badly: "{rough}"', fix)
            return


def _check_manners(line: Spoken, path: Path, wording: str, said: str, text: YamlText) -> None:
    if has_link(said) and (line.is_small_talk or not line.link):
        fix = (
            "take the link out"
            if line.is_small_talk
            else "take it out, or write `link: true` beside it (a post with one costs $0.20, not $0.01)"
        )
        text.complain(path, "link", "there is a link in this line", fix)
    if flattery := manners.flattery_in(said):
        text.complain(
            path,
            "flattery",
            f'"{flattery}" flatters without a fact',
            "say what is true of everybody, or nothing",
        )
    if private := manners.private_question_in(said):
        fix = "a rep asks once the person agreed to be written to"
        text.complain(path, "private-data", f'"{private}" asks for private data in public', fix)
    if line.is_after_hours and (time := manners.literal_time_in(wording)):
        fix = "say {{ rep.back_at }}: it comes from the team's calendar"
        text.complain(path, "literal-time", f'"{time}" is wrong on most days', fix)
    if line.is_small_talk:
        _check_small_talk(path, said, text)


def _check_small_talk(path: Path, said: str, text: YamlText) -> None:
    if "?" in said or "？" in said:
        text.complain(path, "small-talk", "small talk asks nothing", "answer in kind, without a question")
    if pitch := manners.pitch_in(said):
        text.complain(path, "small-talk", f'"{pitch}" is a pitch; small talk sells nothing', "answer in kind")


def _check_length(
    line: Spoken, path: Path, wording: str, said: list[str], text: YamlText, room: Room
) -> None:
    first = DISCLOSURE if line.may_be_first else 0
    longest = max(weighted_length(tidy(words)) for words in said) + first
    if longest <= room.characters:
        return
    reasons = []
    used = templates.variables(wording)
    if used & {"person.first_name", "person.comma_name"}:
        reasons.append(f"once person.first_name is {LONGEST_NAME} letters long")
    if "person.bio_topic" in used:
        reasons.append(f"with the longest topic ({LONGEST_TOPIC})")
    if "rep.first_name" in used:
        reasons.append(f"with a rep of {len(room.rep_name)} letters")
    if first:
        reasons.append(f"with the disclosure ({DISCLOSURE}) in front of a first post")
    why = " " + ", ".join(reasons) if reasons else ""
    what = f"{longest} of {room.characters}{why}; cut {longest - room.characters}"
    text.complain(path, "too-long", what, "make it shorter, or raise limits: characters (at most 280)")
