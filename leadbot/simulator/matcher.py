"""The language of stream rules and searches: text in, a predicate over posts out.

Grammar (X documentation, "Building a rule"): terms side by side mean AND and bind tighter than OR; `-`
negates a term or a group; quotes hold a phrase. A rule needs one positive term that can stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from leadbot.simulator.accounts import Post
from leadbot.simulator.text import cashtags_in, folded, hashtags_in, links_in

Matches = Callable[[Post], bool]

_TOKEN = re.compile(r'\s*(?:(-?)(\()|(\))|(-?)([a-z_]+:)?"([^"]*)"|(-?)([^\s()"]+))')
_WORD = re.compile(r"\w+(?:['’]\w+)*")


class RuleError(ValueError):
    """A rule that X would not take; the message says where and why."""


@dataclass(frozen=True, slots=True)
class _Term:
    test: Matches
    stands_alone: bool


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str  # "(", ")", "or" or "term"
    negated: bool = False
    value: str = ""
    quoted: bool = False


def compile_rule(value: str, *, max_length: int = 1024) -> Matches:
    """Turns a rule into a predicate; raises RuleError for what X refuses. `max_length` counts characters."""
    if not value.strip():
        raise RuleError("the rule is empty; write at least one term, such as @handle")
    if len(value) > max_length:
        raise RuleError(f"the rule has {len(value)} characters; at most {max_length} are allowed")
    parser = _Parser(_tokens(value))
    term = parser.either()
    if parser.at < len(parser.tokens):
        raise RuleError(f"a closing bracket has no opening one in: {value}")
    if not term.stands_alone:
        raise RuleError(
            "the rule needs a positive term that can stand alone, such as a word, @handle, from: or to:"
        )
    return term.test


def _tokens(value: str) -> list[_Token]:
    found: list[_Token] = []
    at = 0
    text = value.rstrip()
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise RuleError(f"cannot read the rule from character {at + 1}: {text[at : at + 20]!r}")
        found.append(_token(match))
        at = match.end()
    return found


def _token(match: re.Match[str]) -> _Token:
    group_minus, opening, closing, quote_minus, operator, phrase, minus, word = match.groups()
    if opening:
        return _Token("(", negated=bool(group_minus))
    if closing:
        return _Token(")")
    if phrase is not None:
        return _Token("term", bool(quote_minus), (operator or "") + phrase, quoted=not operator)
    if word == "OR" and not minus:
        return _Token("or")
    if word == "AND" and not minus:
        raise RuleError("AND is not an operator; terms side by side already mean AND")
    return _Token("term", bool(minus), word)


class _Parser:
    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def either(self) -> _Term:
        branches = [self.every()]
        while self.at < len(self.tokens) and self.tokens[self.at].kind == "or":
            self.at += 1
            branches.append(self.every())
        if len(branches) == 1:
            return branches[0]
        tests = [branch.test for branch in branches]
        return _Term(lambda post: any(test(post) for test in tests), all(b.stands_alone for b in branches))

    def every(self) -> _Term:
        parts: list[_Term] = []
        while self.at < len(self.tokens) and self.tokens[self.at].kind in ("(", "term"):
            parts.append(self.one())
        if not parts:
            raise RuleError("a term is missing: OR and brackets need something on each side")
        tests = [part.test for part in parts]
        test = tests[0] if len(tests) == 1 else lambda post: all(test(post) for test in tests)
        return _Term(test, any(part.stands_alone for part in parts))

    def one(self) -> _Term:
        token = self.tokens[self.at]
        self.at += 1
        if token.kind == "term":
            term = _term(token)
        else:
            term = self.either()
            if self.at >= len(self.tokens) or self.tokens[self.at].kind != ")":
                raise RuleError("an opening bracket is never closed")
            self.at += 1
        if not token.negated:
            return term
        inner = term.test
        return _Term(lambda post: not inner(post), False)


def _term(token: _Token) -> _Term:
    value = token.value
    if token.quoted:
        return _Term(_has_words(value), True)
    if value.startswith("@") and len(value) > 1:
        handle = value[1:].lower()
        return _Term(lambda post: any(span.name.lower() == handle for span, _ in post.mentions), True)
    if value[0] == "#" and len(value) > 1:
        tag = value[1:].lower()
        return _Term(lambda post: any(span.name.lower() == tag for span in hashtags_in(post.text)), True)
    if value[0] == "$" and len(value) > 1:
        tag = value[1:].lower()
        return _Term(lambda post: any(span.name.lower() == tag for span in cashtags_in(post.text)), True)
    name, colon, argument = value.partition(":")
    if colon and re.fullmatch("[a-z_]+", name):
        return _operator(name, argument)
    return _Term(_has_words(value), True)


def _operator(name: str, argument: str) -> _Term:
    if not argument:
        raise RuleError(f"{name}: needs a value right after the colon")
    if name in ("is", "has"):
        flag = _FLAGS.get(f"{name}:{argument}")
        if flag is None:
            raise RuleError(f"{name}:{argument} is not known; known: {', '.join(sorted(_FLAGS))}")
        return _Term(flag, False)
    make = _OPERATORS.get(name)
    if make is None:
        raise RuleError(f"{name}: is not an operator; known: {', '.join(sorted([*_OPERATORS, 'is', 'has']))}")
    return _Term(make(argument.lower()), name != "lang")


_FLAGS: dict[str, Matches] = {
    "is:reply": lambda post: post.parent is not None,
    "is:quote": lambda post: post.quoted is not None,
    "is:retweet": lambda post: post.reposted is not None,
    "is:verified": lambda post: post.author.verified,
    "has:mentions": lambda post: bool(post.mentions),
    "has:links": lambda post: bool(links_in(post.text)),
    "has:hashtags": lambda post: bool(hashtags_in(post.text)),
    "has:cashtags": lambda post: bool(cashtags_in(post.text)),
    "has:media": lambda post: False,
}


def _is_account(post: Post | None, who: str) -> bool:
    return post is not None and who.removeprefix("@") in (post.author.username.lower(), str(post.author.id))


_OPERATORS: dict[str, Callable[[str], Matches]] = {
    "from": lambda who: lambda post: _is_account(post, who),
    "to": lambda who: lambda post: _is_account(post.parent, who),
    "conversation_id": lambda wanted: lambda post: str(post.conversation_id) == wanted,
    "in_reply_to_tweet_id": lambda wanted: (
        lambda post: post.parent is not None and str(post.parent.id) == wanted
    ),
    "quotes_of_tweet_id": lambda wanted: (
        lambda post: post.quoted is not None and str(post.quoted.id) == wanted
    ),
    "retweets_of": lambda who: lambda post: post.reposted is not None and _is_account(post.reposted, who),
    "lang": lambda lang: lambda post: post.lang == lang,
    "url": lambda part: lambda post: any(part in link.name.lower() for link in links_in(post.text)),
}


def _has_words(phrase: str) -> Matches:
    wanted = _words(phrase)
    if not wanted:
        # A term of signs or emoji has no words; X then compares characters.
        sign = folded(phrase)
        return lambda post: sign in folded(post.text)
    size = len(wanted)

    def test(post: Post) -> bool:
        have = _words(post.text)
        return any(have[at : at + size] == wanted for at in range(len(have) - size + 1))

    return test


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(folded(text)))
