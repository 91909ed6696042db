"""The simulator over real HTTP: official endpoints under `/2/`, its own under `/_sim/`."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from email.utils import format_datetime
from functools import partial
from typing import Any

import msgspec
from aiohttp import web

from leadbot.simulator import activity, auth, compliance, dms, stream
from leadbot.simulator.api import ROUTES, Call, Route
from leadbot.simulator.auth import Identity, identify
from leadbot.simulator.clock import iso
from leadbot.simulator.control import Control, ControlError
from leadbot.simulator.faults import REQUEST, Fault
from leadbot.simulator.oauth2 import require_scopes
from leadbot.simulator.oauth2_pages import OAuth2Pages
from leadbot.simulator.problems import (
    Problem,
    invalid,
    not_found_route,
    out_of_credits,
    problem_for,
    rate_limited,
    usage_capped,
)
from leadbot.simulator.shapes import with_unknown_fields
from leadbot.simulator.world import World

_JSON = "application/json"
_HTML = "<!DOCTYPE html><html><body><h1>503 Service Unavailable</h1>Over capacity.</body></html>"
_API_HEADERS = {"api-version": "2.167", "x-access-level": "read-write"}


class Gateway:
    """Turns HTTP requests into calls on the world, with tokens, limits, faults and the log around each."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.hub = stream.StreamHub(world)
        self.activity = activity.ActivityHub(world)
        self.control = Control(world, self.hub)

    def application(self) -> web.Application:
        """The aiohttp application with all routes."""
        app = web.Application(client_max_size=1_000_000, middlewares=[self._around])
        app.on_response_prepare.append(self._date)
        for route in (*ROUTES, *dms.ROUTES, *activity.ROUTES, *compliance.ROUTES):
            path = "/".join(
                f"{{{part[1:]}}}" if part.startswith(":") else part for part in route.path.split("/")
            )
            app.router.add_route(route.method, path, self._official(route))
        app.router.add_get("/2/tweets/search/stream", self._stream, allow_head=False)
        app.router.add_get("/2/activity/stream", self._activity, allow_head=False)
        compliance.Files(self.world).add_to(app)
        for method in ("GET", "DELETE"):
            app.router.add_route(method, "/2/connections", self._connections)
        app.router.add_delete("/2/connections/{which}", self._connections)
        pages = OAuth2Pages(self.world, partial(self._log, identity=None), _before, _after)
        pages.add_to(app)
        app.router.add_route("*", "/_sim/{name}", self._control)
        app.router.add_route("*", "/{tail:.*}", self._nowhere)
        return app

    @web.middleware
    async def _around(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        response = await handler(request)
        if self.world.settings.keeps_exchanges and not request.path.startswith("/_sim/"):
            await self._keep(request, response)
        if not response.prepared and stream.takes_gzip(request, self.world.settings):
            response.enable_compression(web.ContentCoding.gzip)
        return response

    async def _keep(self, request: web.Request, response: web.StreamResponse) -> None:
        """Writes down what was really asked and answered."""
        answer = response.body if isinstance(response, web.Response) else None
        self.world.exchanges.append(
            {
                "method": request.method,
                "path": request.raw_path,
                "means": auth.means_shown(request.headers.get("Authorization", "")),
                "body": _read_json(await request.read()),
                "status": response.status,
                "answer": _read_json(answer if isinstance(answer, bytes) else b""),
            }
        )

    async def _date(self, request: web.Request, response: web.StreamResponse) -> None:
        response.headers["Date"] = format_datetime(self.world.clock.now(), usegmt=True)  # X's time, not ours

    def _official(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def handle(request: web.Request) -> web.StreamResponse:
            return await self._answer(request, route)

        return handle

    async def _answer(self, request: web.Request, route: Route) -> web.StreamResponse:
        identity: Identity | None = None
        headers: dict[str, str] = {}
        fault: Fault | None = None
        try:
            identity = self._identify(request, route.supported)
            headers = self._take(route.name, identity)
            self._afford(route.name, identity)
            fault = self.world.faults.strike(route.name, REQUEST, client=identity.client.value)
            if fault is not None:
                await _before(fault, request)
            require_scopes(identity.scopes, route.name)
            body = await _body(request)
            call = Call(
                self.world,
                identity,
                request.query,
                request.match_info,
                body,
                f"{request.scheme}://{request.host}",
            )
            status, shape = route.endpoint(call)
            if fault is not None:
                await _after(fault, request)
        except Problem as problem:
            status, shape = problem.status, problem.body
            headers = problem_headers(problem, headers, fault)
        except ConnectionAbortedError:
            self._log(request, route.name, 0, identity)
            return web.Response()
        self._log(request, route.name, status, identity)
        if fault is not None and fault.kind == "html":
            return web.Response(status=503, text=_HTML, content_type="text/html", headers=headers)
        if status < 300 and self.world.settings.unknown_fields:
            shape = with_unknown_fields(shape)
        return _json(status, shape, headers)

    def _identify(self, request: web.Request, supported: tuple[str, ...]) -> Identity:
        return identify(
            self.world,
            request.headers.get("Authorization", ""),
            method=request.method,
            origin=f"{request.scheme}://{request.host}",
            path_qs=request.raw_path,
            supported=supported,
        )

    def _take(self, route: str, identity: Identity) -> dict[str, str]:
        user_id = identity.user.id if identity.user is not None else None
        passes, headers = self.world.limits.take(route, user_id, native=identity.is_native)
        if not passes:
            raise _Limited(headers)
        return headers

    def _afford(self, route: str, identity: Identity) -> None:
        """Refuses an app whose credits or post reads are used up; its rate-limit headers look healthy."""
        settings, spend = self.world.settings, self.world.spend
        if identity.is_native:
            return
        if 0 < settings.credits_usd <= spend.total_usd:
            raise out_of_credits()
        if 0 < settings.post_reads_cap <= spend.posts_billed and route in _READS_POSTS:
            raise usage_capped()

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        identity: Identity | None = None
        headers: dict[str, str] = {}
        fault: Fault | None = None
        try:
            identity = self._identify(request, auth.APP)
            headers = self._take(stream.ROUTE, identity)
            self._afford(stream.ROUTE, identity)
            fault = self.world.faults.strike(stream.ROUTE, REQUEST)
            if fault is not None:
                await _before(fault, request)
            connection = self.hub.admit(request.query, request.remote or "")
        except Problem as problem:
            self._log(request, stream.ROUTE, problem.status, identity)
            headers = problem_headers(problem, headers, fault)
            if fault is not None and fault.kind == "html":
                return web.Response(status=503, text=_HTML, content_type="text/html", headers=headers)
            return _json(problem.status, problem.body, headers)
        except ConnectionAbortedError:
            return web.Response()
        self._log(request, stream.ROUTE, 200, identity)
        return await self.hub.serve(connection, request, {**_API_HEADERS, **headers})

    async def _activity(self, request: web.Request) -> web.StreamResponse:
        identity: Identity | None = None
        headers: dict[str, str] = {}
        fault: Fault | None = None
        try:
            identity = self._identify(request, auth.APP)
            headers = self._take(activity.ROUTE, identity)
            fault = self.world.faults.strike(activity.ROUTE, REQUEST)
            if fault is not None:
                await _before(fault, request)
            listener = self.activity.admit(request.query)
        except Problem as problem:
            self._log(request, activity.ROUTE, problem.status, identity)
            return _json(problem.status, problem.body, problem_headers(problem, headers, fault))
        except ConnectionAbortedError:
            return web.Response()
        self._log(request, activity.ROUTE, 200, identity)
        return await self.activity.serve(listener, request, {**_API_HEADERS, **headers})

    async def _connections(self, request: web.Request) -> web.StreamResponse:
        try:
            identity = self._identify(request, auth.APP)
            headers = self._take(f"{request.method} /2/connections", identity)
            body = await _body(request)
            return _json(200, self._list_or_end(request, body), headers)
        except Problem as problem:
            return _json(problem.status, problem.body, {})

    def _list_or_end(self, request: web.Request, body: Mapping[str, Any]) -> dict[str, Any]:
        which = request.match_info.get("which")
        if request.method == "GET":
            status = request.query.get("status", "active")
            shown = list(self.hub.open.values()) if status in ("active", "all") else []
            shown += list(self.hub.closed) if status in ("inactive", "all") else []
            data = {"data": [connection.as_json() for connection in shown]} if shown else {}
            return {**data, "meta": {"result_count": len(shown)}}
        if which in ("all", stream.ENDPOINT_NAME):
            ended = self.hub.close_all("killed")
        elif which is None and isinstance(body.get("uuids"), list):
            ended = self.hub.close([str(name) for name in body["uuids"]])
        else:
            raise invalid("give uuids, or DELETE /2/connections/all or /2/connections/filtered_stream")
        return {"data": {"successful_kills": ended, "failed_kills": 0}}

    async def _control(self, request: web.Request) -> web.StreamResponse:
        try:
            body = msgspec.json.decode(await request.read()) if request.can_read_body else None
            name = request.match_info["name"]
            return _json(200, await self.control.handle(request.method, name, request.query, body), {})
        except msgspec.DecodeError as error:
            return _json(400, {"error": f"the body is not JSON: {error}"}, {})
        except ControlError as error:
            return _json(400, {"error": str(error)}, {})

    async def _nowhere(self, request: web.Request) -> web.StreamResponse:
        problem = not_found_route()
        self._log(request, f"{request.method} {request.path}", problem.status, None)
        return _json(problem.status, problem.body, {})

    def _log(self, request: web.Request, route: str, status: int, identity: Identity | None) -> None:
        user = identity.user.username if identity is not None and identity.user is not None else None
        entry = {
            "at": iso(self.world.clock.now()),
            "route": route,
            "path": request.raw_path,
            "status": status,
            "client": identity.client.value if identity is not None else None,
            "username": user,
        }
        self.world.requests.append(entry)


_READS_POSTS = frozenset(
    {stream.ROUTE, *(route.name for route in ROUTES if route.method == "GET" and route.reads_posts)}
)


class _Limited(Problem):
    """A 429 that knows its window."""

    def __init__(self, headers: dict[str, str]) -> None:
        problem = rate_limited()
        super().__init__(problem.status, problem.body)
        self.headers = headers


def problem_headers(problem: Problem, headers: dict[str, str], fault: Fault | None) -> dict[str, str]:
    """The rate-limit headers of a refusal: of the used-up window, of a scripted 429, or none by script."""
    if isinstance(problem, _Limited):
        return problem.headers
    if fault is None:
        return headers
    if not fault.headers:
        return {}
    if fault.kind == "status" and fault.status == 429:
        return {**headers, "x-rate-limit-remaining": "0"}
    return headers


async def _before(fault: Fault, request: web.Request) -> None:
    """Faults that strike before X has taken the request: nothing has happened in the world."""
    if fault.kind == "status":
        raise problem_for(fault.status)
    if fault.kind == "html":
        raise problem_for(503)
    if fault.kind == "usage_cap":
        raise usage_capped()
    if fault.kind == "timeout":
        await asyncio.sleep(fault.seconds)
    if fault.kind in ("timeout", "drop_before"):
        stream.reset(request)
        raise ConnectionAbortedError


async def _after(fault: Fault, request: web.Request) -> None:
    """Faults that strike after X has taken the request: it counts, but the client never hears so."""
    if fault.kind == "timeout_after_accept":
        await asyncio.sleep(fault.seconds)
    if fault.kind in ("timeout_after_accept", "drop_after_accept"):
        stream.reset(request)
        raise ConnectionAbortedError


def _read_json(body: bytes) -> Any:
    """A body as JSON; None for none and for a page."""
    try:
        return msgspec.json.decode(body)
    except msgspec.DecodeError:
        return None


async def _body(request: web.Request) -> Mapping[str, Any]:
    if request.method not in ("POST", "PUT", "DELETE") or not request.can_read_body:
        return {}
    try:
        body = msgspec.json.decode(await request.read() or b"{}")
    except msgspec.DecodeError:
        raise invalid("The request body is not valid JSON") from None
    if not isinstance(body, dict):
        raise invalid("The request body must be a JSON object")
    return body


def _json(status: int, shape: Any, headers: Mapping[str, str]) -> web.Response:
    return web.Response(
        status=status,
        body=msgspec.json.encode(shape),
        content_type=_JSON,
        charset="utf-8",
        headers={**_API_HEADERS, **headers},
    )
