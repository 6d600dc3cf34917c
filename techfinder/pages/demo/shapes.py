"""The forms that an offer of the demo takes, and for whom."""

from random import Random
from typing import NamedTuple

Classes = tuple[tuple[str, ...], str]

# The theme that an offer may touch as well.
NEIGHBOURS = {
    "energie": "elektro",
    "water": "natuur",
    "bouw": "ontwerp",
    "metaal": "bouw",
    "elektro": "energie",
    "ict": "robotica",
    "robotica": "ict",
    "chemie": "wetenschap",
    "voeding": "natuur",
    "zorg": "robotica",
    "mobiliteit": "elektro",
    "logistiek": "mobiliteit",
    "maritiem": "logistiek",
    "luchtvaart": "wetenschap",
    "wetenschap": "chemie",
    "ontwerp": "circulair",
    "circulair": "natuur",
    "natuur": "water",
}
AUDIENCES: tuple[Classes, ...] = (
    (("po-7", "po-8"), "groep 7 en 8"),
    (("po-5", "po-6", "po-7", "po-8"), "groep 5 tot en met 8"),
    (("po-1", "po-2", "po-3", "po-4"), "groep 1 tot en met 4"),
    (("vo-havo-1", "vo-vwo-1", "vo-havo-2", "vo-vwo-2", "vo-havo-3", "vo-vwo-3"), "de onderbouw van havo en vwo"),
    (("vo-vmbo", "vo-pro"), "vmbo en praktijkonderwijs"),
    (("vo-havo", "vo-vwo"), "havo en vwo"),
    (("po-6", "po-7", "po-8", "sbo", "so"), "groep 6 tot en met 8 en speciaal onderwijs"),
    (("mbo",), "mbo"),
    (("vo-vmbo-bb", "vo-vmbo-kb", "vso", "vo-pro"), "vmbo basis en kader, vso en praktijkonderwijs"),
)
YOUNGEST = AUDIENCES[2]
HIGHER = AUDIENCES[5]
TEACHERS: Classes = (("po", "vo", "mbo"), "docenten")
OLDER = tuple(each for each in AUDIENCES if each is not YOUNGEST)
FOR_OLDER = {"project", "speeddate", "excursie"}


class Format(NamedTuple):
    """A kind of offer: how its title, delivery and length follow from the subject."""

    kind: str
    title: str
    story: str
    delivery: tuple[str, ...]
    minutes: int
    audience: tuple[str, ...] = ("pupils",)


FORMATS = (
    Format(
        "gastles",
        "{make}",
        "We komen in de klas met materiaal. De leerlingen gaan zelf aan de slag.",
        ("at_school",),
        90,
    ),
    Format(
        "bedrijfsbezoek",
        "{visit}",
        "De klas komt bij ons kijken, in groepjes langs drie plekken.",
        ("at_provider",),
        120,
    ),
    Format(
        "leskist", "Leskist {topic}", "In de kist zit alles voor een hele klas. Wij brengen hem.", ("at_school",), 60
    ),
    Format(
        "online-les", "{question}?", "Een les via het scherm, met een proefje dat in elke klas kan.", ("online",), 50
    ),
    Format(
        "project",
        "Opdracht: {make_low}",
        "Leerlingen werken vier weken aan een echte vraag van ons. We komen twee keer kijken.",
        ("at_school", "online"),
        240,
    ),
    Format(
        "excursie",
        "Techniekdag: {topic}",
        "Een dag lang proeven, kijken en vragen aan {people}.",
        ("at_provider",),
        300,
    ),
    Format(
        "wedstrijd",
        "Wedstrijd: {make_low}",
        "Klassen uit de regio strijden om de beste oplossing. Wij zorgen voor de jury.",
        ("at_provider",),
        180,
    ),
    Format(
        "speeddate",
        "Speeddate met {people}",
        "Leerlingen stellen in rondes van tien minuten vragen over het werk.",
        ("at_school", "online"),
        100,
    ),
    Format(
        "masterclass",
        "Masterclass {topic}",
        "Voor leerlingen die meer willen, en hulp bij het profielwerkstuk.",
        ("at_provider", "online"),
        150,
    ),
    Format(
        "docentenstage",
        "Docentenstage: meelopen met {people}",
        "Je loopt twee dagen mee en neemt een les mee terug.",
        ("at_provider",),
        900,
        ("teachers",),
    ),
)


def audience_of(shape: Format, random: Random) -> Classes:
    """For which classes an offer of this form is, as codes and in words."""
    if shape.kind == "masterclass":
        return HIGHER
    if shape.kind == "docentenstage":
        return TEACHERS
    return random.choice(OLDER if shape.kind in FOR_OLDER else AUDIENCES)
