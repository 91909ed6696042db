"""Makes the compiled form (`flows.cards`) from a sheet that fits the schema."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain

from leadbot.flows import values
from leadbot.flows.cards import (
    AnswerFirst,
    AnswerRule,
    Card,
    Ending,
    HandOffPlan,
    Limits,
    Line,
    OnlyIf,
    Playbook,
    PlaybookTest,
    Range,
    StartWhen,
    Unless,
)
from leadbot.flows.faults import nearest
from leadbot.flows.schema import AnswerFirst as AnswerFirstSheet
from leadbot.flows.schema import AnswerSheet, CardSheet, HandOffSheet, PlaybookSheet, TestSheet, VariantSheet
from leadbot.flows.yamltext import Path, YamlText
from leadbot.model import LEAD_INTENTS, Bucket, Intent, SlotType, VersionId

_CLOSED = {
    SlotType.TIMEFRAME: frozenset(bucket.value for bucket in Bucket),
    SlotType.YES_NO: frozenset({"yes", "no", "maybe"}),
    SlotType.AUTHORITY: frozenset({"decides", "influences", "no"}),
}
_BUCKETS_SAID = {bucket.value.replace("_", " "): bucket.value for bucket in Bucket}


def compile_sheet(
    sheet: PlaybookSheet,
    text: YamlText,
    content: str,
    *,
    version: VersionId,
    lists: Mapping[str, frozenset[str]] | None,
) -> Playbook:
    """The playbook of a sheet. What can't be understood is added to the problems of `text` and left out."""
    return _Compiler(text, lists).playbook(sheet, content, version)


def _about(item: AnswerFirstSheet) -> str:
    return item.when or (item.when_sounds_like or [""])[0]


class _Compiler:
    """Turns parts of a sheet into values; knows where each part stands."""

    def __init__(self, text: YamlText, lists: Mapping[str, frozenset[str]] | None) -> None:
        self._text = text
        self._lists = lists

    def playbook(self, sheet: PlaybookSheet, content: str, version: VersionId) -> Playbook:
        cards = tuple(self._card(card, ("cards", i)) for i, card in enumerate(sheet.cards))
        first = self._answers(sheet.answers_first, "answers_first")
        faq = self._answers(sheet.faq, "faq")
        return Playbook(
            name=sheet.playbook,
            file=self._text.file,
            brand=sheet.brand.removeprefix("@").lower(),
            version=version,
            content=content,
            goal=sheet.goal,
            start_when=self._start_when(sheet),
            cards=cards,
            hand_off=self._hand_off(sheet.hand_off),
            endings={
                name: Ending(
                    name,
                    self._say(ending.say, ("endings", name, "say"), ending.link, name)
                    if ending.say
                    else None,
                    ending.outcome,
                    self._line_at(("endings", name)),
                )
                for name, ending in sheet.endings.items()
            },
            answers_first=first,
            faq=faq,
            pace_s=sheet.pace,
            too_late_s=sheet.too_late,
            unless=self._unless(sheet),
            limits=Limits(sheet.limits.messages, sheet.limits.characters, sheet.limits.gives_up_after),
            small_talk=tuple(
                self._say([said], ("small_talk", i), False) for i, said in enumerate(sheet.small_talk)
            ),
            tests=tuple(self._test(test, ("tests", i)) for i, test in enumerate(sheet.tests)),
            phrases=frozenset().union(
                *(answer.sounds_like for answer in (*first, *faq)),
                *(rule.sounds_like for card in cards for rule in card.answers),
            ),
        )

    def _file_at(self, path: Path) -> str:
        return self._text.place(path).file

    def _line_at(self, path: Path) -> int:
        return self._text.place(path).line

    def _say(self, said: Sequence[str] | VariantSheet, path: Path, link: bool, owner: str = "") -> Line:
        line, name = self._line_at(path), f"{owner}.{path[-1]}" if owner else ""
        if not isinstance(said, VariantSheet):
            return Line(tuple(said), line, link, name=name, file=self._file_at(path))
        variants = tuple((variant, tuple(wordings)) for variant, wordings in said.variants.items())
        return Line(
            tuple(chain.from_iterable(one for _, one in variants)),
            line,
            link,
            variants,
            name,
            self._file_at(path),
        )

    def _start_when(self, sheet: PlaybookSheet) -> StartWhen:
        start = sheet.start_when
        leads = {intent.value for intent in LEAD_INTENTS}
        known = {intent.value for intent in Intent}
        intents = set()
        for index, label in enumerate(start.intent):
            path = ("start_when", "intent", index)
            if label in leads:
                intents.add(Intent(label))
            elif label in known:
                what = f'"{label}" is no lead: a dialog there would be a pitch at somebody who did not ask'
                self._text.complain(
                    path, "lead-intents-only", what, "choose from: " + ", ".join(sorted(leads))
                )
            else:
                self._text.complain(path, "unknown-intent", f'"{label}" is no intent', nearest(label, leads))
        words = tuple(start.mentions_any or ())
        return StartWhen(frozenset(intents), float(start.warmth_at_least), words)

    def _unless(self, sheet: PlaybookSheet) -> tuple[Unless, ...]:
        compiled = []
        for index, item in enumerate(sheet.unless):
            path: Path = ("unless", index)
            if (item.talked_within is None) == (item.on_list is None):
                self._text.complain(path, "unless", "one of `talked_within` and `on_list` is wanted here")
            members = None
            if item.on_list is not None:
                members = self._members(item.on_list, (*path, "on_list"))
            compiled.append(
                Unless(item.then, self._line_at(path), item.talked_within, members, item.on_list or "")
            )
        return tuple(compiled)

    def _members(self, name: str, path: Path) -> frozenset[str]:
        if self._lists is not None and name not in self._lists:
            fix = nearest(name, self._lists) or "put the file of X user ids beside the playbook"
            self._text.complain(path, "unknown-list", f'there is no list "{name}"', fix)
        return (self._lists or {}).get(name, frozenset())

    def _answers(self, sheets: Sequence[AnswerFirstSheet], key: str) -> tuple[AnswerFirst, ...]:
        compiled = []
        for index, item in enumerate(sheets):
            path: Path = (key, index)
            if (item.when is None) == (item.when_sounds_like is None):
                self._text.complain(
                    path, "answers-first", "one of `when` and `when_sounds_like` is wanted here"
                )
            say = self._say(item.say, (*path, "say"), item.link, f"{key}.{_about(item)}")
            phrases = tuple(item.when_sounds_like or ())
            compiled.append(AnswerFirst(say, self._line_at(path), item.when, phrases))
        return tuple(compiled)

    def _card(self, card: CardSheet, path: Path) -> Card:
        kind = SlotType(card.type)
        if kind in (SlotType.EMAIL, SlotType.PHONE):
            fix = "take the card out; the rep asks once the person agreed to be written to"
            self._text.complain(
                (*path, "type"), "private-data", f"{card.type} is never asked for in public", fix
            )
        self._check_money(card, path)
        return Card(
            learn=card.learn,
            type=kind,
            ask=self._say(card.ask, (*path, "ask"), card.link, card.learn),
            answers=tuple(self._rule(n, a, card, (*path, "answers", n)) for n, a in card.answers.items()),
            line=self._line_at(path),
            if_unclear=self._say(
                card.if_unclear, (*path, "if_unclear"), card.link, f"{card.learn}.if_unclear"
            )
            if card.if_unclear
            else None,
            only_if=tuple(OnlyIf(item.card, frozenset(item.answers)) for item in card.only_if),
            currency=card.currency,
            per=card.per,
        )

    def _check_money(self, card: CardSheet, path: Path) -> None:
        for key, value, fix in (("currency", card.currency, "USD"), ("per", card.per, "month")):
            if card.type == "money" and value is None:
                self._text.complain(path, "money", f"a money card names its {key}", f"{key}: {fix}")
            if card.type != "money" and value is not None:
                self._text.complain((*path, key), "money", f"only a money card has `{key}`", "take it out")

    def _rule(self, name: str, answer: AnswerSheet, card: CardSheet, path: Path) -> AnswerRule:
        span, within, known = self._meaning(answer, SlotType(card.type), (*path, "is"))
        return AnswerRule(
            name=name,
            points=answer.points,
            line=self._line_at(path),
            range=span,
            within_days=within,
            values=known,
            sounds_like=tuple(answer.sounds_like or ()),
            anything=answer.anything or name == "anything",
            then=answer.then,
            counts_as=answer.counts_as or card.counts_as,
            file=self._file_at(path),
        )

    def _meaning(
        self, answer: AnswerSheet, kind: SlotType, path: Path
    ) -> tuple[Range | None, int | None, frozenset[str]]:
        written = answer.is_
        if written is None:
            return None, None, frozenset()
        if kind in (SlotType.COUNT, SlotType.MONEY):
            return self._span(written, kind, path), None, frozenset()
        if kind in (SlotType.CHOICE, SlotType.TEXT, SlotType.EMAIL, SlotType.PHONE):
            fix = "use sounds_like with things people say, or the answer `anything`"
            self._text.complain(path, "is", f"a {kind.value} card has no `is`", fix)
            return None, None, frozenset()
        if kind is SlotType.TIMEFRAME and len(written) == 1 and isinstance(written[0], str):
            days = values.days_within(written[0])
            if days is not None:
                return None, days, frozenset()
        return None, None, self._named(written, kind, path)

    def _span(self, written: Sequence[str | int | float], kind: SlotType, path: Path) -> Range | None:
        if len(written) != 1:
            self._text.complain(path, "range", "one range is wanted here", "write it like 2..10")
            return None
        try:
            return values.number_range(written[0], is_count=kind is SlotType.COUNT)
        except ValueError as error:
            self._text.complain(path, "range", str(error))
            return None

    def _named(self, written: Sequence[str | int | float], kind: SlotType, path: Path) -> frozenset[str]:
        known = _CLOSED.get(kind)
        named = set()
        for item in written:
            word = " ".join(str(item).casefold().split())
            word = _BUCKETS_SAID.get(word, word) if kind is SlotType.TIMEFRAME else word
            if known is None or word in known:
                named.add(word)
            else:
                fix = nearest(word, known)
                self._text.complain(
                    path, "unknown-value", f'"{item}" is nothing a {kind.value} card can read', fix
                )
        return frozenset(named)

    def _hand_off(self, sheet: HandOffSheet) -> HandOffPlan:
        def say(said: Sequence[str] | VariantSheet, key: str) -> Line:
            return self._say(said, ("hand_off", key), sheet.link, "hand_off")

        after = sheet.say_after_hours
        return HandOffPlan(
            at_points=sheet.at,
            to=sheet.to,
            line=self._line_at(("hand_off",)),
            say=say(sheet.say, "say"),
            say_after_hours=say(after, "say_after_hours") if after else None,
            say_if_asked_for=say(sheet.say_if_asked_for, "say_if_asked_for"),
            otherwise=sheet.otherwise,
            at_once_if=frozenset(sheet.at_once_if),
            claim_within_s=sheet.claim_within,
        )

    def _test(self, test: TestSheet, path: Path) -> PlaybookTest:
        return PlaybookTest(
            name=test.name,
            them=tuple(test.them),
            expect=test.expect.model_dump(exclude_none=True),
            line=self._line_at(path),
            after_hours=test.after_hours,
            then_silence=test.then_silence,
        )
