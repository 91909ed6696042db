"""The `/_sim/` endpoints: what they give, and how they refuse."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import pytest
import requests

from leadbot.simulator import SimulatorServer, World, credentials_for


def test_an_account_comes_with_everything_a_client_needs(control) -> None:
    made = control.ask("POST", "users", json={"username": "Dana", "name": "Dana O", "followers_count": 412})
    assert {"id", "username", "bearer_token", "oauth1"} <= set(made)
    assert "app" not in made
    again = control.ask("POST", "users", json={"username": "dana"})
    assert (again["id"], again["followers_count"]) == (made["id"], 412)


def test_a_new_brand_comes_with_the_credentials_of_the_app(control) -> None:
    made = control.ask("POST", "users", json={"username": "Initech", "brand": True})
    assert made["automated"] is True
    assert made["app"]["oauth1"] == credentials_for("initech")["oauth1"]


@pytest.mark.parametrize(
    ("method", "name", "body", "said"),
    [
        ("POST", "users", {}, "1 to 15 letters"),
        ("POST", "users", {"username": "no spaces"}, "1 to 15 letters"),
        ("POST", "users", {"username": "ann", "age": 5}, "unknown key age"),
        ("POST", "users", {"username": "ann", "followers_count": -1}, "count of 0 or more"),
        ("POST", "users", {"username": "ann", "protected": "yes"}, "true or false"),
        ("POST", "users", ["ann"], "JSON object"),
        ("POST", "blocks", {"by": "ann", "whom": "nobody"}, "two accounts"),
        ("POST", "clock", {"now": "yesterday"}, "give a time"),
        ("POST", "clock", {"now": "2001-01-01T00:00:00Z"}, "never goes back"),
        ("POST", "clock", {"speed": 2}, "unknown keys speed"),
        ("POST", "settings", {"colour": 1}, "no setting"),
        ("POST", "settings", {"summon_wording": "old"}, "choose one of"),
        ("POST", "settings", {"summon_rule": 1}, "true or false"),
        ("POST", "settings", {"keep_alive_s": "20"}, "0 or more"),
        ("POST", "settings", {"limits": {"GET /2/users/me": 3}}, "maps a route"),
        ("POST", "faults", {"on": "x"}, "give a route"),
        ("GET", "log?since=abc", None, "digits only"),
        ("GET", "log?wait_s=never", None, "from 0 to 60"),
        ("GET", "weather", None, "known:"),
    ],
)
def test_a_senseless_request_is_told_what_would_do(control, method, name, body, said) -> None:
    assert said in control.ask(method, name, status=400, json=body)["error"]


def test_a_body_that_is_no_json_is_refused(control) -> None:
    assert "not JSON" in control.ask("POST", "users", status=400, data="{")["error"]


def test_settings_change_all_or_nothing(control) -> None:
    control.ask("POST", "settings", status=400, json={"summon_rule": False, "nonsense": 1})
    assert control.ask("GET", "settings")["summon_rule"] is True


def test_the_log_knows_posts_and_requests(control, ann, acme) -> None:
    asked = ann.post("@acme price?")
    reply = acme.create_tweet(text="I'm a bot.", in_reply_to_tweet_id=asked).data["id"]
    log = control.ask("GET", "log")
    assert [(post["client"], post["said"]) for post in log["posts"]] == [
        ("native", "@acme price?"),
        ("api", "I'm a bot."),
    ]
    assert [entry["status"] for entry in log["requests"]] == [201, 201]
    later = control.ask("GET", "log", params={"since": asked, "requests": "0"})
    assert ([post["id"] for post in later["posts"]], later["requests"]) == ([reply], [])
    assert control.ask("GET", "log", params={"username": "ACME"})["posts"][0]["id"] == reply


def test_a_waiting_look_at_the_log_ends_with_the_next_post(control, ann) -> None:
    asked = ann.post("@acme price?")
    poster = threading.Timer(0.01, ann.reply, (asked, "anybody?"))
    poster.start()
    posts = control.ask("GET", "log", params={"since": asked, "wait_s": 10})["posts"]
    poster.join()
    assert [post["in_reply_to"] for post in posts] == [asked]


def test_reset_forgets_all_but_the_clock_and_the_first_brands(control, ann, base_url) -> None:
    ann.post("@acme price?")
    control.settings(summon_rule=False)
    control.fault({"on": "*", "kind": "html"})
    before = control.ask("GET", "clock")["now"]
    control.ask("POST", "reset", json={})
    assert [user["username"] for user in control.ask("GET", "users")["users"]] == ["acme", "globex"]
    assert control.ask("GET", "log")["posts"] == []
    assert control.ask("GET", "faults")["faults"] == []
    assert control.ask("GET", "settings")["summon_rule"] is True
    assert control.ask("GET", "clock")["now"] >= before
    headers = {"Authorization": f"Bearer {ann.bearer_token}"}
    assert requests.get(base_url + "/2/users/me", headers=headers, timeout=10).status_code == 401


def test_reset_may_keep_the_switches(control) -> None:
    control.settings(summon_rule=False)
    control.ask("POST", "reset", json={"settings": False})
    assert control.ask("GET", "settings")["summon_rule"] is False


def test_unknown_addresses_are_404_as_json(base_url) -> None:
    answer = requests.get(base_url + "/1.1/statuses.json", timeout=10)
    assert (answer.status_code, answer.json()["title"]) == (404, "Not Found")


def test_a_taken_address_is_told_as_an_oserror(simulator) -> None:
    port = int(simulator.base_url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="address already in use"):
        SimulatorServer(World(), port=port).start()


def test_stopping_twice_and_before_the_start_is_harmless() -> None:
    server = SimulatorServer(World())
    server.stop()
    server.start()
    server.stop()
    server.stop()


def test_a_process_of_its_own_serves_until_it_is_told_to_stop() -> None:
    code = (
        "from leadbot.simulator import serve_forever\n"
        "serve_forever('127.0.0.1', 0, brands=['acme'], on_ready=lambda url: print(url, flush=True))\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip()
        me = requests.get(
            base_url + "/2/users/me", headers={"Authorization": "Bearer sim-user-acme"}, timeout=10
        )
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert me.json()["data"]["username"] == "acme"


def test_a_post_may_have_a_language_of_its_own(control, ann, acme) -> None:
    asked = ann.post("@acme ¿cuánto cuesta?", lang="es")
    plain = ann.post("@acme hello")
    logged = {post["id"]: post["lang"] for post in control.ask("GET", "log")["posts"]}
    assert logged == {asked: "es", plain: "en"}
    assert acme.get_tweet(asked, tweet_fields=["lang"]).data.lang == "es"


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"text": "hi"}, "by is the handle of the author"),
        ({"by": "ann", "text": "hi", "lang": "Klingon"}, "lang is 'Klingon'"),
        ({"by": "ann", "text": ""}, "text must not be empty"),
        ({"by": "ann", "text": "hi", "txt": "hi"}, "$.txt: is not defined"),
    ],
)
def test_a_post_that_cannot_be_made_is_told_why(control, ann, body, said) -> None:
    assert said in control.ask("POST", "posts", status=400, json=body)["error"]
