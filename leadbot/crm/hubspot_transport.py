"""HubSpot's official client on our own wire.

Its own transport waits for ever unless each call names a time-out, follows redirects with the token in hand,
and tries a lost connection again by itself: here everything goes through `Wire`. Errors are read here too:
HubSpot's specs declare them for any media type.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

import requests

from leadbot.crm.wire import Wire, words_of
from leadbot.errors import AccountError, PermanentError
from leadbot.model.secret import Secret

_SCHEMA_FAULTS = re.compile(
    r"PROPERTY_DOESNT_EXIST|READ_ONLY_VALUE|Property \W*\w+\W* does not exist|"
    r"non-unique \S+ property|idProperty"
)
"""In what HubSpot says: no lead will do until the settings or HubSpot's properties are mended."""


class Transport:
    """Takes the place of the client's ``RESTClientObject``: one method for each verb."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def request(
        self,
        method: str,
        url: str,
        query_params: Sequence[tuple[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        **_: Any,
    ) -> Raw:
        """Raises what `Wire` raises, AccountError and PermanentError."""
        content = None if body is None else json.dumps(body).encode()
        sent = {**(headers or {}), "Content-Type": "application/json"}
        answer = self._wire.request(method, url, params=list(query_params or []), headers=sent, data=content)
        if answer.status_code >= 300:
            raise refusal(answer)
        return Raw(answer)

    def GET(self, url: str, **more: Any) -> Raw:
        """A read."""
        return self.request("GET", url, **more)

    def POST(self, url: str, **more: Any) -> Raw:
        """A write, or a search."""
        return self.request("POST", url, **more)

    def PATCH(self, url: str, **more: Any) -> Raw:
        """A change."""
        return self.request("PATCH", url, **more)

    def DELETE(self, url: str, **more: Any) -> Raw:
        """A removal."""
        return self.request("DELETE", url, **more)


class Raw:
    """An answer as the client hands it on unread."""

    def __init__(self, answer: requests.Response) -> None:
        self.status = answer.status_code
        self.data = answer.content


def refusal(answer: requests.Response) -> PermanentError:
    """What HubSpot's 3xx and 4xx mean. Its errors are ``{"status", "category", "message", …}``."""
    status = answer.status_code
    told = words_of(answer.content)
    with contextlib.suppress(ValueError, AttributeError):
        told = str(answer.json().get("message") or told)[:300]
    if status == 401:
        return AccountError("crm_unauthorized", "HubSpot does not take the token")
    if status == 403:
        return AccountError("crm_forbidden", f"HubSpot does not let the token do this: {told}")
    if status < 400:
        return AccountError("redirected", "HubSpot redirects: check crm.base_url")
    if status == 404:
        return PermanentError("no_such_lead", f"HubSpot does not know it: {told}")
    if status == 409:
        return PermanentError("conflict", f"HubSpot has such a contact already: {told}")
    return invalid(answer.text, told) if status == 400 else PermanentError("crm_refused", f"HubSpot: {told}")


def invalid(whole: str, told: str) -> PermanentError:
    """A contact HubSpot does not take: because of its properties, which concerns all, or of a value."""
    if _SCHEMA_FAULTS.search(whole):
        return AccountError("crm_schema", f"HubSpot's properties do not fit (leadbot doctor): {told}")
    return PermanentError("crm_refused", f"HubSpot: {told}")


def client_on(wire: Wire, base_url: str, token: Secret) -> Any:
    """The official client, asking through `wire` and giving answers back unread."""
    import hubspot
    from hubspot.discovery.discovery_base import DiscoveryBase

    def make(package: Any, name: str, config: dict[str, Any]) -> Any:
        api = DiscoveryBase._default_api_factory(package, name, config)
        api.api_client.rest_client = Transport(wire)
        call = api.api_client.call_api

        def unread(*args: Any, **more: Any) -> Any:
            return call(*args, **{**more, "_preload_content": False})

        api.api_client.call_api = unread
        return api

    return hubspot.HubSpot(access_token=token.reveal(), api_factory=make, host=base_url)
