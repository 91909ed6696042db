"""Batch compliance jobs: an app uploads ids, and downloads what is no longer to be kept (X docs, "Batch
compliance"). Files lie at an address of their own and need no token, as X's lie in a cloud store.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from aiohttp import web

from leadbot.simulator import auth
from leadbot.simulator.accounts import Post, User
from leadbot.simulator.api import Answer, Call, Route
from leadbot.simulator.clock import iso
from leadbot.simulator.problems import Problem, forbidden, invalid, not_found_error
from leadbot.simulator.world import World

KINDS = ("tweets", "users")
UPLOAD_WITHIN, KEPT_FOR = timedelta(minutes=15), timedelta(days=7)


@dataclass(slots=True)
class Job:
    """One job. uploaded_at None: it waits for its ids."""

    id: int
    kind: str
    name: str
    resumable: bool
    origin: str
    created_at: datetime
    uploaded_at: datetime | None = None
    ids: list[str] = field(default_factory=list)

    def status(self, world: World) -> str:
        """created, in_progress, complete or expired."""
        now = world.clock.now()
        if self.uploaded_at is None:
            return "expired" if now > self.created_at + UPLOAD_WITHIN else "created"
        is_over = now >= self.uploaded_at + timedelta(seconds=world.settings.compliance_job_s)
        return "complete" if is_over else "in_progress"

    def as_json(self, world: World) -> dict[str, Any]:
        """The job as X shows it."""
        files = f"{self.origin}/_files/{self.id}"
        shown = {
            "id": str(self.id),
            "type": self.kind,
            "name": self.name,
            "status": self.status(world),
            "resumable": self.resumable,
            "created_at": iso(self.created_at),
            "upload_url": f"{files}/upload",
            "upload_expires_at": iso(self.created_at + UPLOAD_WITHIN),
            "download_url": f"{files}/download",
            "download_expires_at": iso(self.created_at + KEPT_FOR),
        }
        return {name: value for name, value in shown.items() if value != ""}


def create(call: Call) -> Answer:
    """POST /2/compliance/jobs: one job of a type at a time."""
    world, kind = call.world, call.body.get("type")
    if not world.settings.compliance_offered:
        raise forbidden("Batch compliance is not part of your access.")
    if kind not in KINDS:
        raise invalid("$.type: must be one of tweets, users", "type", kind)
    name = call.body.get("name", "")
    if not isinstance(name, str) or len(name) > 64:
        raise invalid("$.name: must be a string of at most 64 characters", "name", name)
    running = [job for job in world.jobs.values() if job.kind == kind and _is_running(job, world)]
    if running:
        detail = f"You have job {running[0].id} of type {kind} running; only one job can run at a time."
        raise Problem(409, {"title": "Conflict", "detail": detail, "type": "about:blank", "status": 409})
    job_id, at = world.ids.next()
    job = Job(job_id, kind, name, call.body.get("resumable") is True, call.origin, at)
    world.jobs[job_id] = job
    return 200, {"data": job.as_json(world)}


def _is_running(job: Job, world: World) -> bool:
    return job.status(world) in ("created", "in_progress")


def show(call: Call) -> Answer:
    """GET /2/compliance/jobs/:id."""
    job = call.world.jobs.get(int(call.path["id"])) if call.path["id"].isdigit() else None
    if job is None:
        return 200, {"errors": [not_found_error("compliance_job", "id", call.path["id"])]}
    return 200, {"data": job.as_json(call.world)}


def listed(call: Call) -> Answer:
    """GET /2/compliance/jobs?type=…&status=…"""
    kind, status = call.query.get("type"), call.query.get("status")
    if kind not in KINDS:
        raise invalid("The `type` query parameter must be tweets or users", "type", kind)
    jobs = [job.as_json(call.world) for job in call.world.jobs.values() if job.kind == kind]
    found = [job for job in jobs if status is None or job["status"] == status]
    return 200, {**({"data": found} if found else {}), "meta": {"result_count": len(found)}}


ROUTES = (
    Route("POST", "/2/compliance/jobs", auth.APP, create),
    Route("GET", "/2/compliance/jobs", auth.APP, listed),
    Route("GET", "/2/compliance/jobs/:id", auth.APP, show),
)


class Files:
    """Where ids are uploaded and results downloaded."""

    def __init__(self, world: World) -> None:
        self._world = world

    def add_to(self, app: web.Application) -> None:
        """Serve both addresses."""
        app.router.add_put("/_files/{id}/upload", self._upload)
        app.router.add_get("/_files/{id}/download", self._download, allow_head=False)

    def _job(self, request: web.Request, status: str) -> Job:
        name = request.match_info["id"]
        job = self._world.jobs.get(int(name)) if name.isdigit() else None
        if job is None or job.status(self._world) != status:
            raise web.HTTPForbidden(text="AccessDenied")
        return job

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        job = self._job(request, "created")
        job.ids = (await request.text()).split()
        job.uploaded_at = self._world.clock.now()
        return web.Response(text="OK")

    async def _download(self, request: web.Request) -> web.StreamResponse:
        job = self._job(request, "complete")
        lines = _posts(self._world, job) if job.kind == "tweets" else _people(self._world, job)
        text = "".join(json.dumps(line) + "\n" for line in lines)
        return web.Response(text=text, content_type="application/octet-stream")


def _posts(world: World, job: Job) -> Iterator[dict[str, str]]:
    for post_id in job.ids:
        post = world.posts.get(int(post_id))
        reason = "deleted" if post is None else _why_post(post)
        if reason:
            shown = {"id": post_id, "action": "delete", "redacted_at": iso(world.clock.now())}
            yield {**shown, "reason": reason, **({"created_at": iso(post.created_at)} if post else {})}


def _why_post(post: Post) -> str:
    return "deleted" if post.deleted else _why_account(post.author)


def _people(world: World, job: Job) -> Iterator[dict[str, str]]:
    for user_id in job.ids:
        user = world.users.get(int(user_id))
        reason = "deleted" if user is None else _why_account(user)
        if reason:
            action = "protect" if reason == "protected" else "delete"
            yield {"id": user_id, "action": action, "reason": reason, "redacted_at": iso(world.clock.now())}


def _why_account(user: User) -> str:
    if user.suspended:
        return "suspended"
    if user.deactivated:
        return "deactivated"
    return "protected" if user.protected else ""
