"""Turns a wording of a playbook into the words that are said.

A wording is the author's; a value is a stranger's. Only wordings are templates: a value is put in as it is
and never read as a template again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter

from jinja2 import StrictUndefined, Template, TemplateError, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from leadbot.errors import PlaybookError, Problem
from leadbot.flows.weights import weighted_length

__all__ = ["FILTERS", "VARIABLES", "Values", "render", "weighted_length", "with_disclosure"]

VARIABLES = {
    "person": ("first_name", "comma_name", "bio_topic"),
    "rep": ("first_name", "back_at"),
    "brand": ("name", "handle"),
}
FILTERS = frozenset({"upper", "lower", "capitalize", "title", "default"})


@dataclass(frozen=True, slots=True)
class Values:
    """What a line may say besides its own words.

    first_name: made by `names.first_name`, or "" when not known.
    bio_topic: made by `profile.bio_topic`, or "".
    rep_back_at: when the rep is back, in words ("Monday at 09:00"); "" while somebody is there.
    """

    first_name: str = ""
    rep_first_name: str = ""
    rep_back_at: str = ""
    brand_name: str = ""
    brand_handle: str = ""
    bio_topic: str = ""

    @property
    def comma_name(self) -> str:
        """The name with its comma, or nothing, so that a line reads well without a name."""
        return f", {self.first_name}" if self.first_name else ""


_ValueOf = Callable[[Values], str]
_VALUES: dict[tuple[str, str], _ValueOf] = {
    ("person", "first_name"): attrgetter("first_name"),
    ("person", "comma_name"): attrgetter("comma_name"),
    ("person", "bio_topic"): attrgetter("bio_topic"),
    ("rep", "first_name"): attrgetter("rep_first_name"),
    ("rep", "back_at"): attrgetter("rep_back_at"),
    ("brand", "name"): attrgetter("brand_name"),
    ("brand", "handle"): attrgetter("brand_handle"),
}


@dataclass(frozen=True, slots=True)
class _Person:
    first_name: str
    comma_name: str
    bio_topic: str


@dataclass(frozen=True, slots=True)
class _Rep:
    first_name: str
    back_at: str


@dataclass(frozen=True, slots=True)
class _Brand:
    name: str
    handle: str


def _environment() -> ImmutableSandboxedEnvironment:
    # Plain text for X, not HTML: escaping would put "&amp;" in front of people.
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
    environment.globals.clear()
    environment.filters = {name: environment.filters[name] for name in FILTERS}
    return environment


ENVIRONMENT = _environment()


def render(wording: str, values: Values) -> str:
    """The words to say, on one line or as many as the author wrote, with single spaces.

    Raises PlaybookError when the wording is no valid template; a playbook that passed the linter has none.
    """
    return tidy(render_as_written(wording, values))


def render_as_written(wording: str, values: Values) -> str:
    """As `render`, with the spaces left as they fell: what the linter looks at. Raises PlaybookError."""
    if "{" not in wording:
        return wording
    try:
        pieces = _pieces(wording)
        if pieces is not None:
            return "".join([piece if isinstance(piece, str) else piece(values) for piece in pieces])
        return _by_template(wording, values)
    except (TemplateError, ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        what = f"this line can't be filled in: {error}"
        raise PlaybookError([Problem(where=wording, what=what, rule="template")]) from error


def tidy(text: str) -> str:
    """`text` with single spaces, and no empty lines or blanks at either end."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return "\n".join(line for line in lines if line)


def with_disclosure(text: str, disclosure: str) -> str:
    """The first post of a dialog: what speaks here comes first, on its own line, where nobody misses it."""
    return f"{disclosure}\n{text}" if disclosure else text


def _by_template(wording: str, values: Values) -> str:
    return _template(wording).render(
        person=_Person(values.first_name, values.comma_name, values.bio_topic),
        rep=_Rep(values.rep_first_name, values.rep_back_at),
        brand=_Brand(values.brand_name, values.brand_handle),
    )


@lru_cache(maxsize=4096)
def _template(wording: str) -> Template:
    return ENVIRONMENT.from_string(wording)


@lru_cache(maxsize=4096)
def _pieces(wording: str) -> tuple[str | _ValueOf, ...] | None:
    """The words and values of a wording that only puts values in, as nearly all do; None: it does more.

    Putting them together takes a tenth of the time the template engine takes.
    """
    pieces = tuple(_pieces_of(ENVIRONMENT.parse(wording)))
    return tuple(piece for piece in pieces if piece is not None) if None not in pieces else None


def _pieces_of(tree: nodes.Template) -> Iterator[str | _ValueOf | None]:
    for part in tree.body:
        if not isinstance(part, nodes.Output):
            yield None
            continue
        for node in part.nodes:
            if isinstance(node, nodes.TemplateData):
                yield node.data
            elif isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
                yield _VALUES.get((node.node.name, node.attr))
            else:
                yield None
