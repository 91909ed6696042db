"""What goes wrong on the stream, by script."""

from __future__ import annotations

import json

import pytest

from .wire import Wire


def test_a_clean_close_ends_the_body_and_the_connection(connect, control) -> None:
    wire = connect()
    control.fault({"on": "stream", "kind": "clean_close"})
    assert wire.chunk() == b""
    assert wire.is_closed()


def test_an_operational_disconnect_is_told_before_the_close(connect, control) -> None:
    wire = connect()
    control.fault({"on": "stream", "kind": "operational_disconnect"})
    assert wire.item()["errors"][0]["title"] == "operational-disconnect"
    assert wire.chunk() == b""


def test_a_reset_cuts_the_line(connect, control) -> None:
    wire = connect()
    control.fault({"on": "stream", "kind": "rst"})
    with pytest.raises(ConnectionError):
        wire.chunk()


def test_half_a_line_is_followed_by_nothing_and_then_by_the_cut(connect, control) -> None:
    control.settings(keep_alive_s=0.01)
    wire = connect()
    control.fault({"on": "stream", "kind": "half_line", "seconds": 0.1})
    chunk = next(chunk for chunk in iter(wire.chunk, None) if chunk != b"\r\n")
    assert b"\n" not in chunk
    with pytest.raises(ConnectionError):
        wire.chunk()


def test_silence_holds_back_keep_alives_and_items(connect, control, ann) -> None:
    control.settings(keep_alive_s=0.01)
    control.fault({"on": "stream", "kind": "silence", "seconds": 0.2})
    wire = connect()
    post_id = ann.post("@acme price?")
    # Not one keep-alive came in the silence: the first thing after it is the item.
    assert wire.item()["data"]["id"] == post_id


def test_keep_alives_may_go_on_while_items_are_lost(connect, control, ann) -> None:
    control.settings(keep_alive_s=0.01)
    control.fault({"on": "stream", "kind": "no_items", "seconds": 60})
    wire = connect()
    ann.post("@acme price?")
    assert {wire.chunk() for _ in range(5)} == {b"\r\n"}


def test_an_item_may_come_twice(connect, control, ann) -> None:
    control.fault({"on": "stream", "kind": "duplicate"})
    wire = connect()
    ann.post("@acme one")
    last = ann.post("@acme two")
    texts = [wire.item()["data"]["text"] for _ in range(3)]
    assert texts == ["@acme one", "@acme one", "@acme two"]
    assert last


def test_items_may_come_out_of_order(connect, control, ann) -> None:
    control.fault({"on": "stream", "kind": "out_of_order"})
    wire = connect()
    ann.post("@acme one")
    ann.post("@acme two")
    assert [wire.item()["data"]["text"] for _ in range(2)] == ["@acme two", "@acme one"]


def test_an_item_may_be_broken_json(connect, control, ann) -> None:
    control.fault({"on": "stream", "kind": "bad_json"})
    wire = connect()
    ann.post("@acme one")
    with pytest.raises(json.JSONDecodeError):
        wire.item()


def test_an_item_may_lack_its_tag(connect, control, ann, rule) -> None:
    control.fault({"on": "stream", "kind": "no_tag"})
    wire = connect()
    ann.post("@acme one")
    assert wire.item()["matching_rules"] == [{"id": rule}]


def test_an_item_may_be_huge(connect, control, ann) -> None:
    control.fault({"on": "stream", "kind": "big_item", "bytes": 200_000})
    wire = connect()
    ann.post("@acme one")
    assert len(wire.item()["data"]["padding"]) == 200_000


def test_an_item_may_be_late(connect, control, ann) -> None:
    control.fault({"on": "stream", "kind": "delay", "seconds": 0.05})
    wire = connect()
    post_id = ann.post("@acme one")
    assert wire.item()["data"]["id"] == post_id


def test_the_connect_itself_may_be_refused(base_url, rule, control) -> None:
    control.fault({"on": "GET /2/tweets/search/stream", "kind": "html"})
    with Wire(base_url) as wire:
        assert wire.status == 503
        assert wire.headers["content-type"].startswith("text/html")


def test_a_fault_strikes_as_often_as_scripted_and_no_more(connect, control) -> None:
    control.fault({"on": "stream", "kind": "clean_close", "times": 2})
    assert [connect().chunk(), connect().chunk()] == [b"", b""]
    assert control.ask("GET", "faults")["faults"][0]["struck"] == 2
    control.settings(keep_alive_s=0.01)
    assert connect().chunk() == b"\r\n"


def test_a_client_that_reads_too_slowly_is_let_go(connect, control, ann) -> None:
    control.settings(slow_reader_items=0)
    wire = connect()
    ann.post("@acme one")
    assert wire.chunk() == b""


def test_a_client_that_reads_nothing_at_all_is_cut_off(connect, control, ann) -> None:
    control.settings(slow_reader_items=20)
    control.fault({"on": "stream", "kind": "big_item", "bytes": 1_000_000, "times": None})
    connect()
    for number in range(40):
        ann.post(f"@acme {number}")
    assert control.ask("GET", "stream", params={"until": "none", "wait_s": 10}) == {"connections": []}


def test_a_reset_may_strike_in_the_middle_of_an_item(connect, control, ann) -> None:
    wire = connect()
    control.fault({"on": "stream", "kind": "rst_mid_item"})
    ann.post("@acme price?")
    half = wire.chunk()
    assert half.startswith(b'{"data"')
    assert b"\r\n" not in half
    with pytest.raises(ConnectionError):
        wire.chunk()


@pytest.mark.parametrize("kind", ["status", "html"])
def test_the_connect_may_be_answered_by_503_as_json_or_as_a_page(base_url, rule, control, kind) -> None:
    control.fault({"on": "GET /2/tweets/search/stream", "kind": kind, "status": 503})
    with Wire(base_url) as wire:
        assert wire.status == 503
        assert ("html" in wire.headers["content-type"]) == (kind == "html")
