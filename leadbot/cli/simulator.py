"""``leadbot simulator``: a local X, alone."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import click

from leadbot.errors import ConfigError, Problem

PORT = 8765


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to serve on.")
@click.option("--port", type=int, default=None, help="Port; in a project its x.base_url's, else 8765.")
@click.option("--brand", "brands", multiple=True, help="A brand's handle; may be given several times.")
@click.option("--seed", default=0, show_default=True, help="Decides everything that is left to chance.")
@click.option("--rate", default=1.0, show_default=True, help="How many times as fast as life time runs.")
def simulator(host: str, port: int | None, brands: tuple[str, ...], seed: int, rate: float) -> None:
    """Serve a local X API v2 on this machine, until Ctrl-C.

    Inside a project it takes the handles and the port from leadbot.toml. Nothing here reaches X.
    """
    from leadbot.simulator import serve_forever

    handles, project_port = _from_project(Path("leadbot.toml"))
    chosen = tuple(brand.lstrip("@") for brand in brands) or handles or ("acme",)

    def on_ready(base_url: str) -> None:
        click.echo(_welcome(base_url, chosen))

    try:
        serve_forever(
            host,
            port if port is not None else project_port,
            seed=seed,
            rate=rate,
            brands=chosen,
            on_ready=on_ready,
        )
    except OSError as error:
        where = f"{host}:{port or project_port}"
        fix = "is another simulator running? choose another with --port"
        raise ConfigError([Problem(where, f"cannot serve here: {error.strerror}", fix, "port")]) from None


def _from_project(file: Path) -> tuple[tuple[str, ...], int]:
    """Handles and port of the project in this folder, if there is one that can be read."""
    if not file.exists():
        return (), PORT
    from leadbot.settings import read

    settings, _ = read(file, os.environ)
    port = urlsplit(settings.x.base_url).port if settings.x.is_local else None
    return tuple(brand.facts.handle for brand in settings.brands), port or PORT


def _welcome(base_url: str, brands: tuple[str, ...]) -> str:
    brand = brands[0]
    return f"""A simulated X is at {base_url} (Ctrl-C ends it). Nothing here reaches X.
Brands: {", ".join("@" + name for name in brands)}

Become somebody, then post; X's own shapes, so any client will do (an account without a past gets its
answer and no questions, so give it one):
  curl -s {base_url}/_sim/users -d '{{"username": "ana", "name": "Ana Silva"}}'
  curl -s {base_url}/2/tweets -H 'Authorization: Bearer sim-native-ana' \\
       -H 'Content-Type: application/json' -d '{{"text": "@{brand} pricing for about 40 of us?"}}'
See what was said, spent and done wrong:
  curl -s '{base_url}/_sim/log?requests=0'    curl -s {base_url}/_sim/spend    …/_sim/violations
More is in docs/simulator.md.
"""
