"""Names are attacker text: only what is surely a first name is ever said."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leadbot.flows.names import first_name
from leadbot.flows.weights import has_link, weighted_length


@pytest.mark.parametrize(
    ("display", "name"),
    [
        ("Ana", "Ana"),
        ("Ana López", "Ana"),
        ("Dr. Ana Ruiz", "Ana"),
        ("Ana 🚀", "Ana"),
        ("🔥Ana🔥 | builder", "Ana"),
        ("Ana 👩‍💻", "Ana"),
        ("Ana ❤️", "Ana"),
        ("Ana, PhD", "Ana"),
        ("O'Neil", "O'Neil"),
        ("D’Angelo Smith", "D’Angelo"),
        ("Jean-Luc", "Jean-Luc"),
        ("Zoë", "Zoë"),
        (unicodedata.normalize("NFD", "Zoë"), "Zoë"),
        ("Łukasz", "Łukasz"),
        ("Nguyễn", "Nguyễn"),
        ("McKenna", "McKenna"),
        ("Дмитрий", "Дмитрий"),
        ("Γιώργος", "Γιώργος"),
        ("田中", "田中"),
        ("김민수", "김민수"),
        ("محمد", "محمد"),
        ("प्रिया शर्मा", "प्रिया"),
        ("สมชาย", "สมชาย"),
        ("Strauß", "Strauß"),
    ],
)
def test_a_first_name_is_found(display: str, name: str) -> None:
    assert first_name(display) == name


@pytest.mark.parametrize(
    "display",
    [
        *(
            "",
            "   ",
            "A",
            "ana",
            "ANA LOPEZ",
            "🚀",
            "42",
            "Ana42",
            "4na",
            "_Ana_",
            "Ana_B",
            "Ana|B",
            "Ana&Bob",
            "-Ana",
            "Ana-",
        ),
        *(
            "@ana",
            "$ANA",
            "#Ana",
            "acme.com",
            "Ana.com",
            "https://x.co",
            "Ana@x.co",
            "x.co/Ana",
            "t.co",
            "Ana。com",
        ),
        *("{{ 7*7 }}", "{% if %}", "${jndi}", "<b>Ana</b>", "Ana{{x}}", "'Ana'", "\\Ana"),
        *(
            "Ana\u202e",
            "\u202eAna",
            "An\u200ba",
            "An\u00ada",
            "An\u200da",
            "A\u2060na",
            "Ana\U000e0041",
            "\ufeffAna",
            "Ana\x00",
        ),
        *(
            "A\u0301\u0302\u0303\u0304na",
            "Z\u0489\u0489\u0489alg\u0335o",
            "Anа",
            "Аdmin",
            "𝓐𝓷𝓪",
            "Ａｎａ",
            "Ⓐna",
        ),
        *(
            "Admin",
            "Acme Support",
            "Official Ana",
            "Ana Official",
            "Test User",
            "Everyone",
            "Help Desk",
            "Tech Team",
        ),
        *(
            "Shit Happens",
            "Fuckface",
            "Adolf Hitler",
            "Ana the Bitch",
            "Àdmin",
            "Stop Now",
            "Vote Ana",
            "Giveaway Bot",
        ),
        *("Wolfeschlegelsteinhausen", "田中田中田中田中田中田", "Ana" * 80, "nguyễn", "Ana\nBcc"),
    ],
)
def test_in_doubt_there_is_no_name(display: str) -> None:
    assert first_name(display) == ""


@given(
    st.text(max_size=40) | st.text(st.sampled_from("Ana éßİ'’-.@$#/\u0301\u200d\ufe0f{}%日А🚀"), max_size=24)
)
@settings(max_examples=1500, deadline=None)
def test_whatever_comes_through_is_short_letters_only(display: str) -> None:
    name = first_name(display)
    assert not has_link(name)
    assert not set(name) & set("@$#./{}%<>& \n\t0123456789_")
    for form in (name, name.upper(), name.lower(), name.title(), name.capitalize()):
        assert weighted_length(form) <= 20
    assert all(unicodedata.category(sign)[0] in "LM" or sign in "'’-" for sign in name)
    assert first_name(name) == name
