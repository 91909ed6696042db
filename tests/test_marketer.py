"""docs/marketer.md is run, command by command: what it shows is what the commands print."""

from __future__ import annotations

import io
import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from leadbot import model as m
from leadbot.cli import call
from leadbot.flows.decide import decide
from leadbot.flows.playbook import PlaybookSource, restore
from leadbot.nlp import load_reader
from leadbot.settings import read
from leadbot.simulator.accounts import user_id_for
from tests.fakes.clock import ManualClock
from tests.fakes.house import House

PAGE = (Path(__file__).parents[1] / "docs" / "marketer.md").read_text(encoding="utf-8")
ANA = m.Person(m.PersonId("4711"), "ana_buys", "Ana Lima", followers_count=120, tweet_count=300)
# What differs from run to run: versions, ids, times, who ran it.
_VARIES = re.compile(r"\b[0-9a-f]{8}\b|\b\d{15,}(?::\d+)?\b|\b\d\d \w{3} \d\d:\d\d:\d\d\b|\b\d+\.\d s\b")


@dataclass
class Block:
    """A fenced block, or the posts of a quotation."""

    kind: str
    lines: list[str] = field(default_factory=list)


def blocks(page: str) -> Iterator[Block]:
    """What the page has the reader do, in order."""
    block: Block | None = None
    for line in page.splitlines():
        if block is not None and block.kind != "posts" and line == "```":
            yield block
            block = None
        elif block is None and line.startswith("```"):
            block = Block(line.removeprefix("```"))
        elif block is not None and block.kind != "posts":
            block.lines.append(line)
        elif line.startswith("> **@ana_buys** "):
            block = block or Block("posts")
            block.lines.append(line.removeprefix("> **@ana_buys** "))
        elif block is not None and not line.startswith(">"):
            yield block
            block = None


def commands(block: Block) -> Iterator[tuple[str, list[str]]]:
    """Each command with what it prints."""
    found: list[tuple[str, list[str]]] = []
    for line in block.lines:
        if line.startswith("$ "):
            found.append((line.removeprefix("$ "), []))
        else:
            found[-1][1].append(line)
    yield from found


def as_shown(lines: list[str]) -> re.Pattern[str]:
    """Matches what was printed: … stands for anything, within a line or for lines."""
    parts = [r"(?:.*\n)*?" if line == "…" else _line(line) for line in lines]
    return re.compile("".join(parts) + r"\n*\Z")


def _line(line: str) -> str:
    pieces = [re.escape(_VARIES.sub("X", piece.rstrip())) for piece in line.split("…")]
    return r".*".join(pieces) + r" *\n"


def run(command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    """Run one line of the page in this process; what it prints."""
    if command.startswith("cd "):
        os.chdir(command.removeprefix("cd "))
        follows_no_clock(Path("leadbot.toml"))
        return ""
    first, _, piped = command.partition(" | ")
    if piped:
        words = shlex.split(first)[1].replace("\\n", "\n")
        monkeypatch.setattr("sys.stdin", io.StringIO(words))
    capsys.readouterr()
    call(shlex.split(piped or first)[1:])
    said = capsys.readouterr()
    return said.out + said.err


def follows_no_clock(toml: Path) -> None:
    """Nothing serves the simulator's clock here."""
    text = toml.read_text(encoding="utf-8")
    toml.write_text(re.sub(r"(?m)^follow = .*$", "", text), encoding="utf-8")


def edit(block: Block, file: Path) -> None:
    """Put the lines with + in the place of those with -, wherever they stand."""
    old, new = ("\n".join(line[1:] for line in block.lines if line[0] == sign) for sign in "-+")
    text = file.read_text(encoding="utf-8")
    assert old in text, old
    file.write_text(text.replace(old, new), encoding="utf-8")


def talk(posts: list[str]) -> None:
    """Somebody writes; what is published answers."""
    folder = Path.cwd()
    (brand,) = read(folder / "leadbot.toml", {})[0].brands
    brand_id = m.BrandId(str(user_id_for("acme")))
    house = House(
        folder,
        brand=replace(brand.facts, id=brand_id, mode=m.Mode.LIVE, pace_s=(0.0, 0.0)),
        decide=decide,
        reader=load_reader(),
        clock=ManualClock(datetime.now(UTC)),
    )
    house.store.brands.introduce(brand_id, "acme")
    (live,) = house.store.playbooks.live()
    playbook = restore(PlaybookSource(live.file, live.content))
    house.decks[brand_id] = replace(house.decks[brand_id], playbooks=(playbook,))
    for text in posts:
        ours = house.timeline.posts
        answers = {"in_reply_to_post_id": ours[-1].id, "in_reply_to_user_id": brand_id} if ours else {}
        said = text.removeprefix("@acme ")
        post = replace(house.post(said, **answers), author_id=ANA.id, lang="en")
        house.store.inbox.put_posts(brand_id, [(post, ANA)], channel="poll")
        house.store.brands.poll_completed(brand_id)
        house.settle(seconds=60)
    house.close()


def test_the_round_goes_as_the_page_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for block in blocks(PAGE):
        if block.kind == "diff":
            edit(block, Path("playbooks/spring.yaml"))
        elif block.kind == "posts":
            talk(block.lines)
        else:
            for command, shown in commands(block):
                printed = run(command, capsys, monkeypatch)
                plain = "".join(f"{line.rstrip()}\n" for line in _VARIES.sub("X", printed).splitlines())
                assert as_shown(shown).match(plain), f"$ {command}\n{printed}"
