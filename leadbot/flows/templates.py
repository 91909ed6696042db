"""What a wording may do as a template: say a known value, choose by `if`, use a few filters. Nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from jinja2 import TemplateError, nodes

from leadbot.flows.render import ENVIRONMENT, FILTERS, VARIABLES

_PLAIN = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.Not,
    nodes.And,
    nodes.Or,
    nodes.Const,
)
_NAMES = tuple(f"{owner}.{attribute}" for owner, attributes in VARIABLES.items() for attribute in attributes)


def faults(wording: str) -> list[tuple[str, str]]:
    """What `wording` may not do, each as (what, fix); empty when it may be rendered."""
    if "{" not in wording:
        return []
    try:
        tree = ENVIRONMENT.parse(wording)
        return list(_walk(tree))
    except TemplateError as error:
        return [(f"the braces don't fit together: {error}", "write a value as {{ person.comma_name }}")]
    except (RecursionError, ValueError, OverflowError) as error:
        return [(f"this can't be read as a line: {error}", "make it simpler")]


@lru_cache(maxsize=4096)
def variables(wording: str) -> frozenset[str]:
    """The variables that `wording` names, such as ``rep.back_at``; empty when it can't be read."""
    if "{" not in wording or faults(wording):
        return frozenset()
    tree = ENVIRONMENT.parse(wording)
    found = (_dotted(node) for node in tree.find_all(nodes.Getattr))
    return frozenset(name for name in found if name)


def _walk(node: nodes.Node) -> Iterator[tuple[str, str]]:
    if isinstance(node, nodes.Getattr):
        name = _dotted(node)
        if name not in _NAMES:
            yield f"{name or 'this'} is nothing a line can say", _hint(name)
        return
    if isinstance(node, nodes.Name):
        yield f"{node.name} is nothing a line can say", _hint(node.name)
    elif isinstance(node, nodes.Filter):
        if node.name not in FILTERS:
            yield f"the filter {node.name} is not known", "choose from: " + ", ".join(sorted(FILTERS))
    elif isinstance(node, nodes.CondExpr):
        if node.expr2 is None:
            yield "this `if` says nothing otherwise", "add an else"
    elif not isinstance(node, _PLAIN):
        kind = type(node).__name__.lower()
        yield (
            f"a line can't do this ({kind})",
            "use plain values, if, and the filters " + ", ".join(sorted(FILTERS)),
        )
        return
    for child in node.iter_child_nodes():
        yield from _walk(child)


def _dotted(node: nodes.Getattr) -> str:
    return f"{node.node.name}.{node.attr}" if isinstance(node.node, nodes.Name) else ""


def _hint(name: str) -> str:
    tails = {known.split(".")[1]: known for known in reversed(_NAMES)}
    close = get_close_matches(name, _NAMES, n=1, cutoff=0.6) or [tails[t] for t in [name] if t in tails]
    return f"did you mean {close[0]}?" if close else "choose from: " + ", ".join(_NAMES)
