"""A person at the keyboard, played through the official endpoints only."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import requests

TIMEOUT_S = 30.0


class Refused(Exception):
    """The simulator said no: `status` and its body tell why."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(f"{status}: {body}")
        self.status = status
        self.body = body


class Player:
    """One account in a script: makes itself known under `/_sim/users`, then speaks as any X client would.

    A handle that exists already is taken over with the tokens of X's own client, so a rep can answer as the
    brand. Many players on one thread may share a `session`; each brings its own token along.
    """

    def __init__(
        self, base_url: str, username: str, *, session: requests.Session | None = None, **profile: Any
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self._session = session or requests.Session()
        self._session.trust_env = False  # a loopback address must never go through a proxy
        self._headers: dict[str, str] = {}
        made = self._ask("POST", "/_sim/users", json={"username": username, **profile})
        self.username: str = made["username"]
        self.id: str = made["id"]
        self.bearer_token: str = made["bearer_token"]
        self.oauth1: dict[str, str] = made["oauth1"]
        self._headers = {"Authorization": f"Bearer {self.bearer_token}"}

    def post(self, text: str, *, lang: str = "", **more: Any) -> str:
        """Publishes a post and returns its id; `more` goes into the body, for example quote_tweet_id.

        lang: what X takes its language for. X finds that out by itself, so this goes through `/_sim/posts`.
        """
        body = {"text": text, **more}
        if lang:
            return str(
                self._ask("POST", "/_sim/posts", json={"by": self.username, "lang": lang, **body})["id"]
            )
        return str(self._ask("POST", "/2/tweets", json=body)["data"]["id"])

    def reply(self, to_id: str, text: str, **more: Any) -> str:
        """Answers a post and returns the id of the answer; X puts the @handles in front."""
        return self.post(text, reply={"in_reply_to_tweet_id": to_id}, **more)

    def quote(self, post_id: str, text: str, **more: Any) -> str:
        """Quotes a post with words of one's own; returns the id of the new post."""
        return self.post(text, quote_tweet_id=post_id, **more)

    def repost(self, post_id: str) -> None:
        """Passes a post on, without words of one's own."""
        self._ask("POST", f"/2/users/{self.id}/retweets", json={"tweet_id": post_id})

    def edit(self, post_id: str, text: str, **more: Any) -> str:
        """Publishes a new version of an own post and returns the id of that version."""
        return self.post(text, edit_options={"previous_post_id": post_id}, **more)

    def delete(self, post_id: str) -> bool:
        """Takes an own post away."""
        return bool(self._ask("DELETE", f"/2/tweets/{post_id}")["data"]["deleted"])

    def message(self, to_id: str, text: str) -> str:
        """Writes a direct message to the account with this id and returns the id of the message."""
        sent = self._ask("POST", f"/2/dm_conversations/with/{to_id}/messages", json={"text": text})
        return str(sent["data"]["dm_event_id"])

    def mentions(self, *, since_id: str | None = None) -> list[dict[str, Any]]:
        """Posts that name this account, oldest first, at most 100; replies to it are among them."""
        query = {
            "max_results": "100",
            "tweet.fields": "author_id,conversation_id,referenced_tweets,display_text_range",
        }
        if since_id is not None:
            query["since_id"] = since_id
        found = self._ask("GET", f"/2/users/{self.id}/mentions", params=query).get("data", [])
        return list(reversed(found))

    def replies_to(self, post_id: str) -> list[dict[str, Any]]:
        """Answers to one of this account's posts, oldest first."""
        wanted = {"type": "replied_to", "id": post_id}
        return [
            post for post in self.mentions(since_id=post_id) if wanted in post.get("referenced_tweets", [])
        ]

    def await_reply(self, to_id: str, *, timeout_s: float = 10.0) -> dict[str, Any] | None:
        """Waits up to so many real seconds for the first answer to a post; None if nobody answered.

        The wait itself asks `GET /_sim/log`, which holds the line until there is something to tell.
        """
        query = {"since": to_id, "in_reply_to": to_id, "wait_s": str(timeout_s), "requests": "0"}
        posts = self._ask("GET", "/_sim/log", params=query)["posts"]
        return posts[0] if posts else None

    def tell(self, name: str, body: dict[str, Any]) -> Any:
        """Tells the simulator's control interface something, such as `blocks` or `users`."""
        return self._ask("POST", f"/_sim/{name}", json=body)

    def close(self) -> None:
        """Gives the connections back."""
        self._session.close()

    def __enter__(self) -> Player:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ask(self, method: str, path: str, **arguments: Any) -> Any:
        timeout_s = TIMEOUT_S + float(arguments.get("params", {}).get("wait_s", 0))
        response = self._session.request(
            method, self.base_url + path, timeout=timeout_s, headers=self._headers, **arguments
        )
        if response.status_code >= 400:
            raise Refused(response.status_code, response.text)
        return response.json()
