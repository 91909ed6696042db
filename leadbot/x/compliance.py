"""Batch compliance jobs: X reads a list of ids and tells which must not be kept (X docs, "Batch compliance").

Three addresses: the API makes the job, a file store takes the ids and gives the answer. The store is not X's
API: it gets no token of ours.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import requests
import structlog

from leadbot.errors import PermanentError, TransientError
from leadbot.ports import Clock, JobKind
from leadbot.x.account import Account
from leadbot.x.door import Door
from leadbot.x.session import PRODUCTION_URL, TimeOuts

log = structlog.get_logger(__name__)

NAME = "leadbot"
"""What our jobs are called, so that one begun before a restart is known again."""

_OVER = ("failed", "expired")
_NOT_GONE = ("scrub_geo",)
"""A result that is about a post's place only, which we never keep."""


class XComplianceJobs:
    """ports.ComplianceJobs over tweepy, as the app. One thread at a time."""

    def __init__(
        self,
        account: Account,
        clock: Clock,
        *,
        base_url: str = PRODUCTION_URL,
        time_outs: TimeOuts | None = None,
    ) -> None:
        """account: any one that has the app's bearer token."""
        waits = time_outs or TimeOuts()
        self._waits = (waits.connect_s, waits.read_s)
        self._is_local = urlsplit(base_url).scheme == "http"
        self._door = Door(
            account.credentials, clock, base_url=base_url, owner="app", as_app=True, time_outs=time_outs
        )

    def running(self, kind: JobKind) -> str | None:
        """The id of our job that X works on. Raises TransientError, PermanentError, AccountError."""
        body = self._door.ask(lambda client: client.get_compliance_jobs(kind.value, status="in_progress"))
        jobs = body.get("data")
        for job in jobs if isinstance(jobs, list) else []:
            if isinstance(job, dict) and job.get("name") == NAME and isinstance(job.get("id"), str):
                return str(job["id"])
        return None

    def start(self, kind: JobKind, ids: Sequence[str]) -> str:
        """Hand a list over; returns the job's id. Raises as `running`."""
        job = _job(self._door.ask(lambda client: client.create_compliance_job(kind.value, name=NAME)))
        self._fetch("PUT", job["upload_url"], "\n".join(ids).encode())
        log.info("compliance.asked", kind=kind.value, ids=len(ids), job=job["id"])
        return str(job["id"])

    def results(self, job_id: str) -> dict[str, str] | None:
        """Ids → why; None: not ready. Raises as `running`; PermanentError for a job that came to nothing."""
        job = _job(self._door.ask(lambda client: client.get_compliance_job(job_id)))
        status = job.get("status")
        if status in _OVER:
            raise PermanentError("job_over", f"compliance job {job_id} is {status}")
        if status != "complete":
            return None
        return _results(self._fetch("GET", job["download_url"]))

    def close(self) -> None:
        """Close all connections."""
        self._door.close()

    def _fetch(self, method: str, url: object, content: bytes | None = None) -> str:
        """One request to the file store. It is told nothing but what the address says."""
        address = str(url)
        if urlsplit(address).scheme != "https" and not self._is_local:
            raise PermanentError("odd_address", "X named an address for compliance files that is not https")
        try:
            with requests.Session() as session:
                session.trust_env = not self._is_local  # a loopback address must not go through a proxy
                response = session.request(
                    method,
                    address,
                    data=content,
                    headers={"Content-Type": "text/plain"},
                    timeout=self._waits,
                    allow_redirects=False,
                )
        except requests.RequestException as error:
            # Not "from error": its words hold the address, which is all the store asks to see.
            raise TransientError(f"the store of compliance files: {type(error).__name__}") from None
        if response.status_code != 200:
            raise TransientError(f"the store of compliance files answered {response.status_code}")
        return response.text


def _job(body: Mapping[str, Any]) -> Mapping[str, Any]:
    job = body.get("data")
    if not isinstance(job, dict) or not isinstance(job.get("id"), str):
        raise TransientError(f"X answered without a compliance job: {str(body)[:200]}")
    return job


def _results(text: str) -> dict[str, str]:
    """One JSON object a line. A line that cannot be read takes nothing from anybody."""
    found = {}
    for line in text.splitlines():
        try:
            result = json.loads(line) if line.strip() else {}
        except (ValueError, RecursionError):
            result = None
        if not isinstance(result, dict):
            log.warning("compliance.line_unreadable", size=len(line))
            continue
        reason = str(result.get("reason") or "deleted")
        if isinstance(result.get("id"), str) and reason not in _NOT_GONE:
            found[result["id"]] = reason
    return found
