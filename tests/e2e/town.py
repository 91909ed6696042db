"""A town of people with tweepy in their hands, and one real leadbot that serves them all."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import tweepy

from tests.cli.living import wait_until
from tests.fakes.simulated import Redirect
from tests.kills.judge import is_quiet
from tests.kills.project import Project

TWEEPY_HOST = "https://api.twitter.com"
BRANDS = ("acme", "globex")
SETTLED_WITHIN_S = 30.0
ORDINARY = {"name": "Ana Lima", "followers_count": 120, "tweet_count": 300, "description": "tea"}


@dataclass(frozen=True)
class Turn:
    """One post of a person and what the brand said under it ("" is nothing)."""

    post_id: str
    reply_id: str
    reply: str


class Somebody:
    """One account, spoken for by tweepy: with a bearer token of X's client, or signed by OAuth 1.0a."""

    def __init__(self, project: Project, handle: str, *, signs: bool, **profile: Any) -> None:
        self._project = project
        body = {"username": handle, **ORDINARY, **profile}
        with project.http.post(f"{project.base_url}/_sim/users", json=body, timeout=30) as answer:
            made = answer.json()
        self.handle: str = made["username"]
        self.id: str = made["id"]
        keys = made["oauth1"] if signs else {"bearer_token": made["bearer_token"]}
        self._client = tweepy.Client(**keys, return_type=dict)
        self._client.session.trust_env = False
        self._client.session.mount(TWEEPY_HOST, Redirect(project.base_url))
        self._signs = signs

    def post(self, text: str, **more: Any) -> str:
        """Say something and wait until leadbot is done with it; returns the id of the post."""
        made = self._client.create_tweet(text=text, user_auth=self._signs, **more)
        return self._settled(str(made["data"]["id"]))

    def reply(self, to_id: str, text: str) -> str:
        """Answer a post, anybody's."""
        return self.post(text, in_reply_to_tweet_id=to_id)

    def whisper(self, text: str, **more: Any) -> str:
        """Say something that leadbot has no business with; returns the id of the post at once."""
        made = self._client.create_tweet(text=text, user_auth=self._signs, **more)
        return str(made["data"]["id"])

    def post_in(self, lang: str, text: str, *, under: str) -> str:
        """Answer a post with words that X takes for another language."""
        body = {"by": self.handle, "lang": lang, "text": text, "reply": {"in_reply_to_tweet_id": under}}
        with self._project.http.post(f"{self._project.base_url}/_sim/posts", json=body, timeout=30) as answer:
            return self._settled(str(answer.json()["id"]))

    def edit(self, post_id: str, text: str) -> str:
        """Say it in other words; returns the id of the new version."""
        body = {"text": text, "edit_options": {"previous_post_id": post_id}}
        made: Any = self._client.request("POST", "/2/tweets", json=body, user_auth=self._signs)
        return self._settled(str(made.json()["data"]["id"]))

    def says(self, *lines: str) -> list[Turn]:
        """One line after the other, each under the brand's last answer if there is one."""
        turns: list[Turn] = []
        under = ""
        for text in lines:
            post_id = self.post(text, **({"in_reply_to_tweet_id": under} if under else {}))
            turn = self.turn(post_id)
            under = turn.reply_id or under
            turns.append(turn)
        return turns

    def named_under(self, post_id: str) -> list[str]:
        """Who is mentioned, and so notified, by what the brand said under a post."""
        found = self._project.sim("log", in_reply_to=post_id, requests=0)["posts"]
        (mine,) = [post for post in found if post["username"] in BRANDS]
        names: list[str] = mine["names"]
        return names

    def turn(self, post_id: str) -> Turn:
        """What was said under a post, once, by whichever brand."""
        found = self._project.sim("log", in_reply_to=post_id, requests=0)["posts"]
        mine = [post for post in found if post["username"] in BRANDS]
        assert len(mine) <= 1, "one reply a post"
        return Turn(post_id, mine[0]["id"], mine[0]["text"]) if mine else Turn(post_id, "", "")

    def renamed(self, name: str) -> None:
        """Another display name from now on."""
        body = {"username": self.handle, "name": name}
        self._project.http.post(f"{self._project.base_url}/_sim/users", json=body, timeout=30).close()

    def handoff(self) -> Any:
        """Their card as `leadbot handoffs show` tells it."""
        return self._project.leadbot("handoffs", "show", self.handle, "--json")

    def reasons(self) -> list[str]:
        """Why leadbot did what it did with them, in order."""
        sql = f"SELECT reason FROM decision WHERE conversation_id LIKE '%:{self.id}' ORDER BY id"
        return [row[0] for row in self._project.rows(sql)]

    def close(self) -> None:
        self._client.session.close()

    def _settled(self, post_id: str) -> str:
        heard = f"SELECT 1 FROM inbox WHERE post_id = '{post_id}' AND state <> 'new'"
        wait_until(
            lambda: self._project.rows(heard) and is_quiet(self._project),
            f"post {post_id} is done",
            within_s=SETTLED_WITHIN_S,
        )
        return post_id


class Town:
    """Everybody who talks to @acme in these tests; every second one signs with OAuth 1.0a."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._numbers = count(1)
        self._people: list[Somebody] = []

    def somebody(self, **profile: Any) -> Somebody:
        """A new person."""
        number = next(self._numbers)
        person = Somebody(self.project, f"person{number}", signs=number % 2 == 0, **profile)
        self._people.append(person)
        return person

    def known(self, handle: str) -> Somebody:
        """Somebody who is there already: a person at a brand, say."""
        person = Somebody(self.project, handle, signs=False)
        self._people.append(person)
        return person

    def cards(self) -> dict[str, Any]:
        """By handle, all cards as `leadbot handoffs list` tells them; one command for many people."""
        return {card["person"]: card for card in self.project.leadbot("handoffs", "list", "--all", "--json")}

    def close(self) -> None:
        for person in self._people:
            person.close()
