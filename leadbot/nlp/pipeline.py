"""The reader as a spaCy pipeline: a tokenizer for posts and four components, each with its factory and
batched `pipe`.

    tokenizer → leadbot_rules → leadbot_intent → leadbot_slots → leadbot_echoes

What a component finds out is written to the post's `Notes`, which travel in ``doc.user_data``: extension
attributes cost several times as much, and nothing else reads these documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from spacy.language import Language
from spacy.tokens import Doc
from spacy.util import registry
from spacy.vocab import Vocab

from leadbot.model import LEAD_INTENTS, Intent, OptOut, ReadRequest, SlotValue
from leadbot.nlp.buying import asks_for_repair, wants_to_buy
from leadbot.nlp.cascade import Cascade, Post
from leadbot.nlp.classifier import INTENTS, Scores
from leadbot.nlp.echoes import bank_of
from leadbot.nlp.features import START
from leadbot.nlp.human import wants_human
from leadbot.nlp.nearest import Nearby
from leadbot.nlp.optout import opt_out_in, opt_out_of
from leadbot.nlp.signals import asks_price, is_noise, is_question
from leadbot.nlp.slots import day_of, region_of, slots_in
from leadbot.nlp.text import MAX_CHARS, Said, mended, said, tokens

NOTES = "leadbot"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
WHY = 4  # how many words explain an intent
# Facts the rules found, told to the model as tokens of their own, and how `why` names them.
FACTS = {
    "<q>": "(a question)",
    "<price>": "(a price asked)",
    "<human>": "(a person asked for)",
    "<stop>": "(told to stop)",
    "<buy>": "(wants to buy)",
}


@dataclass(slots=True)
class Notes:
    """All that is known of one post so far; filled from left to right of the pipeline."""

    request: ReadRequest
    said: Said
    opt_out: OptOut = OptOut.NONE
    asks_for_human: bool = False
    asks_price: bool = False
    wants_to_buy: bool = False
    is_question: bool = False
    is_noise: bool = False
    rules: tuple[str, ...] = ()
    intent: Intent = Intent.OTHER
    warmth: float = 0.0
    probabilities: tuple[tuple[Intent, float], ...] = ()
    why: tuple[tuple[str, float], ...] = ()
    slots: tuple[SlotValue, ...] = ()
    echoes: tuple[tuple[str, float], ...] = ()
    tokens: list[str] = field(default_factory=list)
    vector: NDArray[np.float32] | None = None
    in_backlog: bool = False


def notes_of(doc: Doc) -> Notes:
    """The notes of a document made by `PostTokenizer`."""
    notes: Notes = doc.user_data[NOTES]
    return notes


def open_notes(request: ReadRequest) -> Notes:
    """Notes that know the text and nothing else yet."""
    text = said(request.text)
    return Notes(request, text, tokens=tokens(text.low))


def note_rules(notes: Notes) -> None:
    """Run every rule on a post."""
    text = notes.said
    put_right = mended(text)
    notes.opt_out, rule = opt_out_in(put_right)
    if notes.opt_out is OptOut.NONE and len(notes.request.text) > MAX_CHARS:
        notes.opt_out, rule = opt_out_of(said(notes.request.text[-MAX_CHARS:]))  # a stop often comes last
    notes.asks_for_human = wants_human(put_right)
    notes.asks_price = asks_price(text)
    notes.wants_to_buy = wants_to_buy(text)
    notes.is_question = is_question(text)
    notes.is_noise = is_noise(text)
    fired = (
        ("asks_for_human", notes.asks_for_human),
        ("asks_price", notes.asks_price),
        ("wants_to_buy", notes.wants_to_buy),
    )
    notes.rules = (*((rule,) if rule else ()), *(name for name, is_so in fired if is_so))


def evidence(notes: Notes) -> list[str]:
    """What the model sees: the tokens of the post and the facts the rules found."""
    found = list(notes.tokens)
    if notes.is_question:
        found.append("<q>")
    if notes.asks_price:
        found.append("<price>")
    if notes.asks_for_human:
        found.append("<human>")
    if notes.wants_to_buy:
        found.append("<buy>")
    if notes.opt_out in (OptOut.CLEAR, OptOut.UNCLEAR):
        found.append("<stop>")
    return found


class PostTokenizer:
    """Makes the document of a post. About five times as fast as spaCy's own and knows handles and links."""

    def __init__(self, vocab: Vocab) -> None:
        self.vocab = vocab

    def __call__(self, text: str) -> Doc:
        """A document for a text alone, as ``nlp(text)`` asks for."""
        return self.document(open_notes(ReadRequest(text, EPOCH)))

    def document(self, notes: Notes) -> Doc:
        """The document that carries `notes` through the pipeline."""
        return Doc(self.vocab, words=notes.tokens, user_data={NOTES: notes})

    def to_disk(self, path: Path | str, **kwargs: object) -> None:
        """Nothing to keep."""

    def from_disk(self, path: Path | str, **kwargs: object) -> PostTokenizer:
        """Nothing to read."""
        return self

    def to_bytes(self, **kwargs: object) -> bytes:
        """Nothing to keep."""
        return b""

    def from_bytes(self, data: bytes, **kwargs: object) -> PostTokenizer:
        """Nothing to read."""
        return self


class _Batched:
    """A component that treats its documents in batches, in order."""

    def __call__(self, doc: Doc) -> Doc:
        self.note([notes_of(doc)])
        return doc

    def pipe(self, stream: Iterable[Doc], *, batch_size: int = 256) -> Iterator[Doc]:
        """The same documents, noted."""
        rest = iter(stream)
        while docs := list(islice(rest, batch_size)):
            self.note([notes_of(doc) for doc in docs])
            yield from docs

    def note(self, batch: list[Notes]) -> None:
        """Write what this component finds into the notes."""
        raise NotImplementedError


class Rules(_Batched):
    """Opt-outs, wishes for a person, prices asked, questions, noise."""

    def note(self, batch: list[Notes]) -> None:
        for notes in batch:
            note_rules(notes)


class IntentModel(_Batched):
    """The models, their calibration, and the rules' last word on the intent.

    opt_out_at: probability of an opt-out from which the model alone pauses the bot (OptOut.UNCLEAR).
    """

    def __init__(self, opt_out_at: float) -> None:
        self.opt_out_at = opt_out_at
        self.cascade: Cascade | None = None

    def note(self, batch: list[Notes]) -> None:
        if self.cascade is None:
            raise RuntimeError("leadbot_intent has no weights: call from_disk first")
        seen = [evidence(notes) for notes in batch]
        posts = [
            Post(
                tokens_seen,
                notes.request.text,
                not is_settled(notes),
                notes.request.examples,
                _is_answer(notes),
            )
            for tokens_seen, notes in zip(seen, batch, strict=True)
        ]
        judged = self.cascade.judge(posts, in_backlog=batch[0].in_backlog)
        best = judged.probabilities.argmax(axis=1)
        order = (-judged.probabilities).argsort(axis=1)
        rows, warmth = judged.probabilities.tolist(), judged.warmth.tolist()
        whys = _reasons(judged.scores, best, seen)
        for index, notes in enumerate(batch):
            row = rows[index]
            notes.probabilities = tuple((INTENTS[k], row[k]) for k in order[index].tolist())
            notes.intent, notes.warmth, notes.why = INTENTS[best[index]], warmth[index], whys[index]
            notes.vector = judged.vectors.get(index)
            settle(notes, self.opt_out_at)

    def to_disk(self, path: Path | str, **kwargs: object) -> None:
        """Write weights and calibration under `path`."""
        folder = Path(path)
        folder.mkdir(parents=True, exist_ok=True)
        if self.cascade is not None:
            self.cascade.save(folder)

    def from_disk(self, path: Path | str, **kwargs: object) -> IntentModel:
        """Read weights and calibration from `path`. Raises ConfigError."""
        self.cascade = Cascade.load(Path(path))
        return self


class Slots(_Batched):
    """Answers of every type, on the day of the post."""

    def note(self, batch: list[Notes]) -> None:
        for notes in batch:
            zone = notes.request.zone
            notes.slots = slots_in(notes.said, day_of(notes.request.at, zone), region_of(zone))


class Echoes(_Batched):
    """The brand's own phrases: by their words, and where no word is the same, by what a short answer means.

    nearby: vectors of phrases; None without the careful model.
    """

    nearby: Nearby | None = None

    def note(self, batch: list[Notes]) -> None:
        for notes in batch:
            phrases = notes.request.phrases
            if not phrases:
                continue
            notes.echoes = bank_of(phrases).echoes(notes.said)
            if (
                not notes.echoes
                and _is_answer(notes)
                and notes.vector is not None
                and self.nearby is not None
            ):
                notes.echoes = self.nearby.phrases(phrases).meant(notes.vector, is_question=notes.is_question)


def _is_answer(notes: Notes) -> bool:
    """Whether it may mean one of the brand's phrases without having a word of it."""
    return bool(notes.request.phrases) and 0 < len(notes.said.words) <= SHORT_ANSWER


def is_settled(notes: Notes) -> bool:
    """Whether the rules alone say what it is: a stop, a start, another language, nothing to read."""
    return (
        notes.opt_out in (OptOut.CLEAR, OptOut.START)
        or notes.is_noise
        or not notes.said.words
        or not _is_english(notes.request.lang)
    )


def settle(notes: Notes, opt_out_at: float) -> None:
    """Let the rules have the last word over the model's intent and warmth.

    A stop is final and never warm. A wish for a person leaves a lead, a problem and business as they are:
    what they want a person *for* decides what the brand should do. Any other language than English is
    `other`.
    """
    sure = notes.probabilities[0][1] if notes.probabilities else 0.0
    _settle_lead(notes, sure)
    if notes.opt_out is OptOut.CLEAR:
        notes.intent, notes.warmth = Intent.OPT_OUT, 0.0
    elif not _is_english(notes.request.lang):
        notes.intent, notes.warmth, notes.why = Intent.OTHER, 0.0, ()
        if notes.asks_for_human:
            notes.intent = Intent.ASKS_FOR_HUMAN
    elif notes.opt_out is OptOut.START or notes.is_noise or not notes.said.words:
        notes.intent, notes.warmth = Intent.OTHER, 0.0
    elif notes.asks_for_human:
        if notes.intent not in (_BUYS if len(notes.said.words) <= FEW_WORDS else _WANTS_OWN_PERSON):
            notes.intent = Intent.ASKS_FOR_HUMAN
    elif notes.opt_out is OptOut.NONE and notes.intent is Intent.OPT_OUT and sure >= opt_out_at:
        notes.opt_out, notes.rules = OptOut.UNCLEAR, (*notes.rules, "opt_out.model")


SHORT_ANSWER = 12  # words of an answer that means one thing
FEW_WORDS = 9  # so short a wish for a person names no problem
_BUYS = frozenset({Intent.PURCHASE_INTENT, Intent.PRICING})
BUYER = (
    0.65  # warmth of a buyer's wording on which the model is undecided: 0.82 of such written posts are leads
)
MENDED = 0.1  # warmth of a wish for a repair, at most
UNDECIDED = 0.85  # probability of a label from which the model outweighs that wording


def _settle_lead(notes: Notes, sure: float) -> None:
    """Make intent and warmth agree: the three lead labels share a lead's probability, so none may be the
    likeliest.
    """
    if asks_for_repair(notes.said) and notes.warmth > MENDED and not notes.wants_to_buy:
        notes.intent, notes.warmth = Intent.SUPPORT, MENDED
        notes.rules = (*notes.rules, "repair")
    if notes.wants_to_buy and notes.warmth < BUYER and (notes.intent in LEAD_INTENTS or sure < UNDECIDED):
        notes.warmth = BUYER
    if notes.warmth >= 0.5 and notes.intent not in LEAD_INTENTS:
        notes.intent = next(intent for intent, _ in notes.probabilities if intent in LEAD_INTENTS)


_WANTS_OWN_PERSON = frozenset(
    {
        Intent.PURCHASE_INTENT,
        Intent.PRICING,
        Intent.PRODUCT_QUESTION,
        Intent.SUPPORT,
        Intent.BUSINESS,
        Intent.SPAM_PROMO,
    }
)
# X's own codes for "no language" (only media, links, tags, too short) are no foreign language.
_NO_LANGUAGE = frozenset({"", "en", "und", "qam", "qct", "qht", "qme", "qst", "art", "zxx"})


def _is_english(lang: str | None) -> bool:
    return lang is None or lang.lower().split("-")[0] in _NO_LANGUAGE


def _reasons(
    scores: Scores, best: NDArray[np.int64], seen: list[list[str]]
) -> list[tuple[tuple[str, float], ...]]:
    """The words that moved each post's intent most: their share of its logit above their mean share of
    all.
    """
    ends = np.append(scores.post_starts[1:], len(scores.shares))
    owner = np.repeat(np.arange(len(seen)), ends - scores.post_starts)
    moved = scores.shares[np.arange(len(owner)), best[owner]] - scores.shares.mean(axis=1)
    reasons = []
    for tokens_seen, start, end in zip(seen, scores.post_starts.tolist(), ends.tolist(), strict=True):
        words = [START, *tokens_seen][: end - start]
        weights = moved[start:end].tolist()
        ranked = sorted(zip(weights, words, strict=True), reverse=True)
        reasons.append(
            tuple(
                (FACTS.get(word, word), round(weight, 3))
                for weight, word in ranked[: WHY + 1]
                if word != START and weight > 0
            )[:WHY]
        )
    return reasons


@registry.tokenizers("leadbot.PostTokenizer.v1")  # type: ignore[untyped-decorator]
def make_tokenizer() -> Callable[[Language], PostTokenizer]:
    """The tokenizer as a spaCy config names it."""
    return lambda nlp: PostTokenizer(nlp.vocab)


@Language.factory("leadbot_rules")
def make_rules(nlp: Language, name: str) -> Rules:
    """The rules component."""
    return Rules()


@Language.factory("leadbot_intent", default_config={"opt_out_at": 0.9})
def make_intent(nlp: Language, name: str, opt_out_at: float) -> IntentModel:
    """The intent component, without weights until `from_disk`."""
    return IntentModel(opt_out_at)


@Language.factory("leadbot_slots")
def make_slots(nlp: Language, name: str) -> Slots:
    """The slots component."""
    return Slots()


@Language.factory("leadbot_echoes")
def make_echoes(nlp: Language, name: str) -> Echoes:
    """The echoes component."""
    return Echoes()
