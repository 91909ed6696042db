"""The addresses of OAuth 2.0: the page where an owner says yes, the token endpoint, revocation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from typing import Any
from urllib.parse import parse_qsl

import msgspec
from aiohttp import web

from leadbot.simulator.faults import REQUEST, Fault
from leadbot.simulator.oauth2 import Asked, OAuth2Book, refused
from leadbot.simulator.problems import Problem
from leadbot.simulator.world import World

AUTHORIZE, TOKEN, REVOKE = "/i/oauth2/authorize", "/2/oauth2/token", "/2/oauth2/revoke"

Log = Callable[[web.Request, str, int], None]
Strike = Callable[[Fault, web.Request], Any]


class OAuth2Pages:
    """Serves one world's OAuth 2.0. `before` and `after` carry out scripted faults."""

    def __init__(self, world: World, log: Log, before: Strike, after: Strike) -> None:
        self._world, self._log = world, log
        self._before, self._after = before, after

    def add_to(self, app: web.Application) -> None:
        """Put the addresses into the application."""
        app.router.add_get(AUTHORIZE, self._show)
        app.router.add_post(AUTHORIZE, self._decide)
        app.router.add_post(TOKEN, self._token)
        app.router.add_post(REVOKE, self._revoke)

    async def _show(self, request: web.Request) -> web.Response:
        try:
            asked = self._world.oauth2.read_request(request.query)
        except Problem as problem:
            return _page(problem.status, f"<p>{escape(str(problem.body['error_description']))}</p>")
        return _page(200, _form(asked, [user.username for user in self._world.users.values()]))

    async def _decide(self, request: web.Request) -> web.Response:
        form = await _form_of(request)
        try:
            asked = self._world.oauth2.read_request(request.query)
            raise web.HTTPFound(decide(self._world, asked, form.get("username", ""), is_yes="yes" in form))
        except Problem as problem:
            return _page(problem.status, f"<p>{escape(str(problem.body['error_description']))}</p>")

    async def _token(self, request: web.Request) -> web.Response:
        return await self._answer(request, TOKEN, self._world.oauth2.exchange)

    async def _revoke(self, request: web.Request) -> web.Response:
        return await self._answer(request, REVOKE, self._world.oauth2.revoke)

    async def _answer(
        self, request: web.Request, path: str, ask: Callable[[Mapping[str, str], str], Mapping[str, Any]]
    ) -> web.Response:
        route = f"POST {path}"
        fault = self._world.faults.strike(route, REQUEST)
        try:
            if fault is not None:
                await self._before(fault, request)
            shape: Mapping[str, Any] = ask(await _form_of(request), request.headers.get("Authorization", ""))
            status = 200
            if fault is not None:
                await self._after(fault, request)
        except Problem as problem:
            status, shape = problem.status, problem.body
        except ConnectionAbortedError:
            self._log(request, route, 0)
            return web.Response()
        self._log(request, route, status)
        return web.Response(
            status=status, body=msgspec.json.encode(shape), content_type="application/json", charset="utf-8"
        )


def decide(world: World, asked: Asked, username: str, *, is_yes: bool, scopes: tuple[str, ...] = ()) -> str:
    """What the owner of an account said; returns where their browser goes. Raises 400 without an account."""
    if not is_yes:
        return asked.answer(error="access_denied")
    user = world.user_named(username)
    if user is None:
        raise refused("invalid_request", f"There is no account @{username}.")
    book: OAuth2Book = world.oauth2
    return book.approve(asked, user, scopes)


async def _form_of(request: web.Request) -> dict[str, str]:
    body = (await request.read()).decode("utf-8", errors="replace")
    return dict(parse_qsl(body, keep_blank_values=True))


def _page(status: int, inside: str) -> web.Response:
    text = f"<!DOCTYPE html><html><head><title>Simulated X</title></head><body>{inside}</body></html>"
    return web.Response(status=status, text=text, content_type="text/html")


def _form(asked: Asked, usernames: list[str]) -> str:
    options = "".join(f'<option value="{escape(name)}">@{escape(name)}</option>' for name in usernames)
    wanted = "".join(f"<li>{escape(scope)}</li>" for scope in asked.scopes)
    return (
        f"<h1>A SIMULATION of X</h1><p>The app {escape(asked.client_id)} asks for:</p><ul>{wanted}</ul>"
        f'<form method="post"><select name="username">{options}</select> '
        '<button name="yes" value="1">Allow</button> <button name="no" value="1">Refuse</button></form>'
    )
