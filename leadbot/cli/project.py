"""What verbs of a project share: which folder it is in, and how logs are written."""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leadbot.cli.words import plain_values, traceback_without_values

if TYPE_CHECKING:
    from leadbot.app.project import Project
    from leadbot.settings import Settings

in_project: Callable[[Any], Any] = click.option(
    "--project",
    "folder",
    type=click.Path(path_type=Path),
    default=Path("."),
    help="The project's folder; the present one if left out.",
)

as_json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON document."
)


def project_in(folder: Path) -> Project:
    """The project of a folder. Raises ConfigError with all that is wrong in it."""
    from leadbot.app.project import load_project

    configure_logs("console", "error")
    return load_project(folder, os.environ)


def settings_in(folder: Path, *, only_where: bool = False) -> Settings:
    """The settings of a folder, without its playbooks: quicker, and a fault in a playbook is no hindrance.

    only_where: nothing but a fault in where the data is counts either, and keys are left alone: a brake must
    always work.
    Raises ConfigError.
    """
    from leadbot.errors import ConfigError
    from leadbot.settings import read

    configure_logs("console", "error")
    settings, problems = read(folder, os.environ, with_keys=not only_where)
    if only_where:
        problems = [problem for problem in problems if problem.rule in ("database-url", "handle", "base-url")]
    if problems:
        raise ConfigError(problems)
    return settings


def configure_logs(log_format: str, level: str) -> None:
    """Write logs to stderr, never among a verb's own output: for people, or one JSON object a line."""
    import structlog

    is_json = log_format == "json"
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if is_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=traceback_without_values
        )
    )
    trace: list[Any] = [structlog.processors.format_exc_info] if is_json else []
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=is_json),
            *trace,
            plain_values,
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,  # a verb may choose again once it has read its settings
    )
