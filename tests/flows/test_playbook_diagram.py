"""A playbook can be read aloud and looked at; the drawing takes a person's path and how many went where."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

from leadbot.flows.cards import Line, Playbook
from leadbot.flows.diagram import Overlay, drawing, trail
from leadbot.flows.screenplay import mermaid, screenplay
from leadbot.flows.stage import Stage
from tests.flows.test_playbook_rehearse import FILES, ROOT, WordReader, deck_for, load

SVG = "{http://www.w3.org/2000/svg}"


def team_plan() -> Playbook:
    return load(ROOT / "playbooks" / "team-plan.yaml")


def drawn(playbook: Playbook, overlay: Overlay | None = None) -> ElementTree.Element:
    return ElementTree.fromstring(drawing(playbook, overlay))


def words_of(element: ElementTree.Element) -> str:
    return " | ".join(text.text or "" for text in element.iter(f"{SVG}text"))


def marked(root: ElementTree.Element, state: str) -> str:
    rows = [group for group in root.iter(f"{SVG}g") if group.get("class", "").split()[-1:] == [state]]
    return " | ".join(words_of(row) for row in rows)


def test_a_screenplay_tells_lines_answers_points_and_where_they_lead() -> None:
    cues = screenplay(team_plan())
    said = [cue.text for cue in cues if cue.kind == "bot"]
    assert "Happy to help[, Ana]! Roughly how many of you would use it?" in said
    just_me = next(cue for cue in cues if cue.text.startswith("just me: 1,"))
    assert (just_me.points, just_me.goes_to) == (0, "kind_close")
    assert any(cue.text == "From 45 points on: to inside-sales" for cue in cues)


def test_a_mermaid_chart_names_every_card_answer_and_ending() -> None:
    chart = mermaid(team_plan())
    assert 'card0 -- "many +30" --> card1' in chart
    assert 'card2 -- "looking +0" --> end_kind_close' in chart
    assert "silence" not in chart  # nothing leads there


def test_every_shipped_playbook_can_be_drawn_with_its_cards_in_order() -> None:
    for file in FILES:
        playbook = load(file)
        shown = words_of(drawn(playbook))
        places = [shown.index(f" | {card.learn.replace('_', ' ')} | ") for card in playbook.cards]
        assert places == sorted(places)


def test_boxes_do_not_lie_upon_each_other() -> None:
    for file in FILES:
        boxes = [
            tuple(float(box.get(key, "0")) for key in ("x", "y", "width", "height"))
            for box in drawn(load(file)).iter(f"{SVG}rect")
        ]
        for number, (x, y, _, height) in enumerate(boxes):
            below = [other for other in boxes[number + 1 :] if other[0] == x and other[1] >= y]
            assert all(other[1] >= y + height for other in below)


def test_the_path_of_one_person_is_marked_and_the_rest_steps_back() -> None:
    playbook = team_plan()
    stage = Stage(replace(deck_for(playbook), playbooks=(playbook,)), WordReader())
    stage.hear("@acme price? 40 of us")
    stage.hear("excel")
    dialog = stage.conversation.dialog
    assert dialog is not None
    root = drawn(playbook, trail(dialog))
    assert "many" in marked(root, "on")
    assert "asked now" in marked(root, "on")
    assert "just me" in marked(root, "off")


def test_a_funnel_is_written_beside_the_answers() -> None:
    overlay = Overlay(cards={"team_size": "120 asked"}, answers={("team_size", "many"): "37"})
    shown = words_of(drawn(team_plan(), overlay))
    assert "120 asked" in shown
    assert "37" in shown


def test_what_an_author_writes_is_text_in_the_drawing_and_never_markup() -> None:
    playbook = team_plan()
    card = replace(playbook.cards[0], ask=Line(("<script>alert(1)</script> & so on",), 1))
    hostile = drawing(replace(playbook, cards=(card, *playbook.cards[1:]), goal="</title><b>"))
    assert "<script" not in hostile
    assert "<b>" not in hostile
    assert "<script>alert(1)</script> & so on" in words_of(ElementTree.fromstring(hostile))
