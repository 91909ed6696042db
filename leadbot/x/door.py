"""One question to X at a time, as one account or as the app, with failures told as errors of leadbot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import requests
import tweepy

from leadbot.errors import AccountError, LeadbotError, PermanentError, TransientError, UnknownOutcome
from leadbot.model import Deed, Permit
from leadbot.ports import Clock
from leadbot.x.credentials import Credentials
from leadbot.x.egress import Spent
from leadbot.x.limits import Limits
from leadbot.x.refusals import Answer, error_for, error_for_failure
from leadbot.x.session import ClientPool, Rebase, TimeOuts

Question = Callable[[tweepy.Client], requests.Response]

_NO_POST = "1"
"""An id that no post has: asking for it is free."""


class Door:
    """Asks X. Never retries, never waits. Safe for several threads at once."""

    def __init__(
        self,
        credentials: Credentials,
        clock: Clock,
        *,
        base_url: str,
        owner: str,
        as_app: bool = False,
        limits: Limits | None = None,
        time_outs: TimeOuts | None = None,
    ) -> None:
        self._clock = clock
        self._as_app = as_app
        self._spent = Spent()
        self._pool = ClientPool(
            credentials, base_url, as_app=as_app, owner=owner, limits=limits, time_outs=time_outs
        )

    @property
    def user_auth(self) -> bool:
        """What tweepy wants as `user_auth`: True to sign with OAuth 1.0a."""
        return self._pool.user_auth

    def ask(self, question: Question) -> Mapping[str, Any]:
        """Ask once and return the JSON object of a 2xx answer.

        Raises TransientError, PermanentError, AccountError. A 401 counts only
        when another address of X confirms it: in July 2026 /2/users/me refused good tokens for hours. Tokens
        that renew themselves are renewed then, and a read is asked once more with the new one.
        """
        answer = self._put(question, is_write=False)
        if answer.status == 401:
            answer = self._confirm(question, answer, is_write=False)
        if 200 <= answer.status < 300:
            return self._success(answer, is_write=False)
        raise error_for(answer, now=self._clock.now(), is_write=False)

    def write(self, permit: Permit, question: Question) -> Mapping[str, Any]:
        """Carry out the one write a permit names, and return the JSON object of a 2xx answer.

        Raises as `ask` does for writes (a deletion does no harm twice, so its lost answer is transient), and
        PermanentError (``not_permitted``) for anything the permit does not say, which then never left.
        """
        self._spent.use(permit)
        is_write = permit.deed is Deed.REPLY
        answer = self._put(question, is_write=is_write, permit=permit)
        if answer.status == 401:
            answer = self._confirm(question, answer, is_write=True)
        if 200 <= answer.status < 300:
            return self._success(answer, is_write=is_write)
        raise error_for(answer, now=self._clock.now(), is_write=is_write)

    def read(self, question: Question) -> Mapping[str, Any]:
        """As `ask`, for what a reply waits for: no refusal but one of the account is a reason to give it up.

        Raises TransientError, AccountError.
        """
        try:
            return self.ask(question)
        except AccountError:
            raise
        except PermanentError as error:
            raise TransientError(str(error)) from error

    def x_time(self) -> datetime | None:
        """What X's clock said in the last answer to this thread, to the second; None if there was none."""
        response = self._pool.last()
        try:
            found = parsedate_to_datetime(response.headers["Date"]) if response is not None else None
        except (KeyError, ValueError):
            return None
        return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()

    def _put(self, question: Question, *, is_write: bool, permit: Permit | None = None) -> Answer:
        client, rebase = self._pool.client()
        try:
            with rebase.egress.opened(permit) if permit else nullcontext():
                response = question(client)
        except LeadbotError:
            raise  # nobody permitted it: it never left
        except requests.RequestException as failure:
            raise error_for_failure(failure, is_write=is_write) from failure
        except Exception as failure:  # tweepy's own parsing of an error body may fail too
            return self._from_wire(rebase, failure, is_write=is_write)
        return Answer.of(response)

    def _from_wire(self, rebase: Rebase, failure: Exception, *, is_write: bool) -> Answer:
        response = rebase.last
        if response is None or response.status_code < 300:
            raise error_for_failure(failure, is_write=is_write) from failure
        return Answer.of(response)

    def _confirm(self, question: Question, refused: Answer, *, is_write: bool) -> Answer:
        if not is_write:
            again = self._put(question, is_write=False)
            if again.status != 401 or self._as_app:
                return again
        self._must_be_refused_elsewhere(refused)
        is_new = self._pool.renew()
        if is_new is None:
            raise AccountError("unauthorized", str(refused))
        if not is_new:
            raise TransientError(f"{refused}: X refuses a token that it gave only now")
        if is_write:
            raise TransientError(f"{refused}: there is a new token for the next try")
        again = self._put(question, is_write=False)
        if again.status == 401:
            raise TransientError(f"{again}: X refuses a token that it gave only now")
        return again

    def _must_be_refused_elsewhere(self, refused: Answer) -> None:
        """Raises TransientError unless other addresses answer 401 as well. Costs nothing but one read of an
        account where that succeeds."""
        elsewhere: tuple[Question, ...] = (
            lambda client: client.get_me(user_auth=self.user_auth),
            lambda client: client.get_tweets([_NO_POST], user_auth=self.user_auth),
        )
        for question in elsewhere:
            again = self._put(question, is_write=False)
            if again.status != 401:
                raise TransientError(f"{refused}: not confirmed, X answers elsewhere {again.status}")

    def _success(self, answer: Answer, *, is_write: bool) -> Mapping[str, Any]:
        if answer.is_json:
            return answer.body
        if is_write:
            raise UnknownOutcome(f"HTTP {answer.status} with a body that is not JSON")
        raise TransientError(f"HTTP {answer.status} with a body that is not JSON")


def page_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """A page of a timeline. Raises TransientError for what is none: it must not count as "nothing there".

    X answers 200 with `errors` alone for an account it does not show.
    """
    if not isinstance(body.get("meta"), dict) or not isinstance(body.get("data", []), list):
        raise TransientError(f"X answered without a page of the timeline: {str(body)[:200]}")
    return body
