"""``leadbot nlp correct``: a post was read wrongly; what is right, in a person's own words."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leadbot.cli.project import in_project, project_in
from leadbot.cli.words import in_one_line, say

if TYPE_CHECKING:
    from leadbot.app.project import Project
    from leadbot.model import Intent


@click.command()
@in_project
@click.argument("post_id")
@click.option("--label", required=True, help="The label that is right, such as support.")
@click.option(
    "--text", "words", help="What they want, in your own words. Without it the post is only marked."
)
def correct(folder: Path, post_id: str, label: str, words: str | None) -> None:
    """Post POST_ID was read wrongly: mark it, or make an example of it in your own words."""
    from leadbot.nlp import corrections
    from leadbot.nlp.brand_examples import file_of

    right = _label(label)
    project = project_in(folder)
    brand, post = _heard(project, post_id)
    file = file_of(project.settings.folder, brand)
    if words is None:
        corrections.mark(file, label=right, post_id=post_id)
        say(f"Marked in {file.name}. They said: {in_one_line(post)}")
        say("Nothing is learned yet. Say it in your own words:")
        say(f'leadbot nlp correct {post_id} --label {label} --text "…"')
        return
    line = corrections.add(file, words=words, label=right, post_id=post_id, post=post)
    say(f"Added to {file.name}: {line}")


def _label(word: str) -> Intent:
    from leadbot.errors import ConfigError, Problem
    from leadbot.model import Intent

    try:
        return Intent(word)
    except ValueError:
        fix = f"one of {', '.join(intent.value for intent in Intent)}"
        raise ConfigError([Problem("--label", f'"{word}" is no label', fix, "unknown-label")]) from None


def _heard(project: Project, post_id: str) -> tuple[str, str]:
    """The handle of the brand that heard a post, and its words."""
    from leadbot.app.look import brand_ids, open_store
    from leadbot.errors import ConfigError, Problem

    with open_store(project.settings) as (store, _):
        found = store.queries.words_of_post(post_id)
        handles = {brand_id: handle for handle, brand_id in brand_ids(project.settings, store).items()}
    if found is None or found[0] not in handles:
        fix = "`leadbot handoffs show WHO` tells the ids of their posts"
        raise ConfigError([Problem(post_id, "is no post that is still known here", fix, "no-post")])
    return handles[found[0]], found[1]
