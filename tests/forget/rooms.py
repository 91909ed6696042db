"""A house with the real `decide`, a whole dialog in it, and every byte it left on the disk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from leadbot import model as m
from leadbot.crm.file import FileCrm
from leadbot.flows.decide import decide
from leadbot.forget import Checking
from leadbot.ports import Looked, Standing
from leadbot.store import codec
from tests.fakes.house import BRAND, House
from tests.flows.factories import EXCEL, SOON, WANTS_IT, YES, count, playbook, reads

ANN = m.PersonId("7")
WORDS = ("zebralead", "zebraforty", "zebraexcel", "zebrasoon", "zebrayes")
READINGS = {
    "we want zebralead": replace(WANTS_IT, why=(("zebralead", 1.5),)),
    "about 40 zebraforty": reads(m.Intent.OTHER, count(40, "40 zebraforty")),
    "zebraexcel in excel": EXCEL,
    "zebrasoon": SOON,
    "yes zebrayes": YES,
    "does it zebrafloat?": reads(m.Intent.PRODUCT_QUESTION, is_question=True),
}
ACME = m.Brand(
    BRAND,
    "acme",
    "Acme",
    mode=m.Mode.LIVE,
    teams=(m.Team("inside-sales", (m.Rep("Mia Winter", "Mia"),)),),
)


@dataclass
class FakeWatch:
    """An X that shows everything but what a test took away."""

    gone: set[m.PostId] = field(default_factory=set)
    silent: set[m.PostId] = field(default_factory=set)
    away: dict[m.PersonId, Standing] = field(default_factory=dict)
    newer: dict[m.PostId, m.PostId] = field(default_factory=dict)
    edits: dict[m.PostId, tuple[m.Post, m.Person]] = field(default_factory=dict)
    asked: list[m.PostId] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)

    def look(self, post_ids: Sequence[m.PostId]) -> Looked:
        if self.failures:
            raise self.failures.pop(0)
        self.asked += post_ids
        there = frozenset(post_ids) - self.gone - self.silent
        return Looked(there, frozenset(post_ids) & self.gone, self.newer)

    def fetch(self, post_ids: Sequence[m.PostId]) -> list[tuple[m.Post, m.Person]]:
        return [self.edits[one] for one in post_ids if one in self.edits]

    def standing(self, person_ids: Sequence[m.PersonId]) -> dict[m.PersonId, Standing]:
        return {one: self.away.get(one, Standing.THERE) for one in person_ids}


class Records(House):
    """The house of @acme, its CRM a folder of files."""

    def __init__(self, folder: Path, template: Path | None = None) -> None:
        self.folder = folder
        books = (playbook(),)
        super().__init__(folder, brand=ACME, playbooks=books, decide=decide, template=template)
        self.reader.known |= READINGS

    asked: list[m.Post]

    def open(self) -> None:
        self.crm = FileCrm(self.folder / "crm", slow_s=60.0)  # type: ignore[assignment]
        super().open()

    def dialog(self) -> list[m.Post]:
        """A whole dialog of Ann's up to her yes; returns her posts."""
        posts = [self.say("we want zebralead")]
        for words in ("about 40 zebraforty", "zebraexcel in excel", "zebrasoon", "yes zebrayes"):
            self.wait_out(2)
            posts.append(self.answer(words))
        self.wait_out(2)
        return posts

    def wait_out(self, minutes: int, *, every_s: int = 100) -> None:
        """Coarser than the house's: a pace is at most 90 s."""
        super().wait_out(minutes, every_s=every_s)

    def answer(self, words: str) -> m.Post:
        """A reply of Ann's to the newest post of the brand."""
        ours = self.timeline.posts[-1].id
        return self.say(words, in_reply_to_post_id=ours, in_reply_to_user_id=str(BRAND), root_id=ours)

    def ann(self) -> m.Conversation:
        """Our record of her."""
        with self.store.database.read() as connection:
            state = connection.exec_driver_sql("SELECT state FROM conversation").scalar_one()
        return codec.conversation(state)

    def words_on_disk(self, *words: str) -> dict[str, list[str]]:
        """Which of these stand in which file: database, its log, the CRM's files."""
        assert self.store.database.empty_log(), "nobody reads"
        files = [file for file in self.folder.rglob("*") if file.is_file()]
        found = {
            file.name: [word for word in words or WORDS if word.encode() in file.read_bytes()]
            for file in files
        }
        return {name: there for name, there in found.items() if there}

    def checking(self, watch: FakeWatch, *, budget_usd: float = 1.0) -> Checking:
        """The daily look, at an X of the test's making."""
        return Checking(self.store, self.clock, {BRAND: watch}, budget_usd)
