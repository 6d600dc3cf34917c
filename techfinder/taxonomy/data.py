"""What the site ships: provinces and parts of the country, the level tree, themes and kinds.

The level tree is a constant of the product: imports, links and filters rely on its codes, so that it is read from
here and never from the database, whose rows exist for the administrator's eye and for outside references. A change
of the tree needs a migration that writes them anew.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LevelTerm:
    code: str
    name: str
    name_en: str
    parent: str | None
    sector: str
    track: str = ""
    year: int | None = None
    age_from: int | None = None
    age_until: int | None = None
    obk: str | None = None
    obk_alias: str | None = None


# Identifiers of Kennisnet's Onderwijsbegrippenkader, by our code; codes without one have no equal there.
OBK = {
    "po": "512e4729-03a4-43a2-95ba-758071d1b725",
    "po-1": "82ca4442-246c-44b3-a562-7b101793feb4",
    "po-2": "c007e4dd-a3d4-4f33-902d-778e3bbeeddb",
    "po-3": "25a2f4f4-cf91-4b16-94bc-6d9e6fad88f4",
    "po-4": "5c072b3f-7f58-40ee-9799-27981f0a6b2b",
    "po-5": "bc213214-b83d-4673-b9c1-8fdaa63d6d56",
    "po-6": "abfb190f-e814-46f5-a9cc-ebd53f04018e",
    "po-7": "a4813bb6-cf63-4594-af56-6afb321723d8",
    "po-8": "95138558-9f65-4888-8ea3-8acce5eea273",
    "so": "e7f1c08f-08fb-48ab-be8e-c131b1bce54a",
    "sbo": "e05b5eb1-6a65-4f45-9556-79b25cd91da8",
    "vso": "dbbc3e87-a848-4425-912a-d494e43e5e59",
    "vo": "2a1401e9-c223-493b-9b86-78f6993b1a8d",
    "vo-pro": "d6f1bbf7-c1a6-4431-bcbd-f33126d851ef",
    "vo-vmbo": "c7942bb1-bf4f-409f-bc98-9a0b02f175dc",
    "vo-vmbo-bb-1": "8da0ce4d-daab-40ea-93f7-bb6e8e1a31c3",
    "vo-vmbo-bb-2": "3a49d130-5ce7-465d-80c9-5fcd2bd70c05",
    "vo-vmbo-bb-3": "8550fb8a-20ac-489f-83eb-d7f4e8a2401f",
    "vo-vmbo-bb-4": "151c4de1-e462-468c-bf9a-8c7234c59d64",
    "vo-vmbo-kb-1": "12e85a55-b3ae-4e7f-a2a0-d645f4c573bf",
    "vo-vmbo-kb-2": "30ce6ff5-d654-4a97-a6d4-9c8936f87ca6",
    "vo-vmbo-kb-3": "f61c889e-4731-4321-802d-c7e86081499c",
    "vo-vmbo-kb-4": "e72dacdd-968b-40ac-ad2c-8bd14c24e89f",
    "vo-vmbo-gl-1": "75a00adb-870c-4f05-be63-41411c48324a",
    "vo-vmbo-gl-2": "8d46380e-9d6b-4c62-a1a6-5f7c06e1f79d",
    "vo-vmbo-gl-3": "49af771b-6d9e-4d8f-bcaf-ac9cc9ee753e",
    "vo-vmbo-gl-4": "ee1eada7-7866-45e6-b1d8-b7062a8fe08a",
    "vo-vmbo-tl-1": "54edd410-2315-4eb3-a573-0e1cd59184fd",
    "vo-vmbo-tl-2": "90a5a228-e8de-473d-84cc-a915bf6107dd",
    "vo-vmbo-tl-3": "e51e6137-05d4-45ca-aed0-6e91551257d4",
    "vo-vmbo-tl-4": "84f30df0-f194-435e-98c8-c4559756ec24",
    "vo-havo": "a3ddbe60-8478-4204-b769-6f5e9f4cbca2",
    "vo-havo-1": "78f5cabe-6649-4dc3-84bf-36d82c6c2d31",
    "vo-havo-2": "eaa0c07f-193e-4be5-8dc6-a00bbfc7a446",
    "vo-havo-3": "af3ecd88-a654-4458-9c5b-1e1f7d09f463",
    "vo-havo-4": "70af3752-c6ad-43d9-aa0c-9ff099931f8a",
    "vo-havo-5": "cb61531d-61eb-4412-a52f-ca065ca37e39",
    "vo-vwo": "ad9872e5-edc4-4a62-9ee7-ba7daceba2e0",
    "vo-vwo-1": "ac188375-0a1a-4984-ac80-14d04a086a19",
    "vo-vwo-2": "17da6976-2f1b-4214-a471-168f469d7e04",
    "vo-vwo-3": "b924d4ad-65a1-41dc-b704-c7786eb4aec0",
    "vo-vwo-4": "e2026706-0829-4a4c-b726-9409b6f407e1",
    "vo-vwo-5": "f2513775-3d54-423b-803b-15e06a8c89a8",
    "vo-vwo-6": "85d15c83-e2b4-4359-8475-a355591aaa1a",
    "mbo": "f3ac3fbb-5eae-49e0-8494-0a44855fff25",
    "mbo-1": "a598e56e-d1a6-4907-9e2c-3da64e59f9ae",
    "mbo-2": "00ace3c7-d7a8-41e6-83b1-7f13a9af7668",
    "mbo-3": "654931e1-6f8b-4f72-aa4b-92c99c72c347",
    "mbo-4": "8beca7eb-95a5-4c7d-9704-2d2a2fc4bc65",
    "hbo": "be140797-803f-4b9e-81cc-5572c711e09c",
    "wo": "bbbd99c6-cf49-4980-baed-12388f8dcff4",
}
# The begrippenkader and the curriculum agency give these years different identifiers: both are recognised.
OBK_ALIASES = {
    "vo-vmbo-bb-1": "50746437-08f3-4559-8af3-3fa6e05d1a44",
    "vo-vmbo-bb-2": "9716fc83-479c-48da-be13-2fdd74e3b692",
    "vo-vmbo-bb-3": "e56a05b1-a9af-432f-a7ac-b7401d8e95fb",
    "vo-vmbo-bb-4": "45403807-f052-4e09-a95c-b2e1c10c6c89",
}
# By track: its name, its name in English, its number of years.
VO_TRACKS = {
    "pro": ("praktijkonderwijs", "practical training", 5),
    "vmbo-bb": ("vmbo-bb", "vmbo-bb", 4),
    "vmbo-kb": ("vmbo-kb", "vmbo-kb", 4),
    "vmbo-gl": ("vmbo-gl", "vmbo-gl", 4),
    "vmbo-tl": ("vmbo-tl", "vmbo-tl", 4),
    "havo": ("havo", "havo", 5),
    "vwo": ("vwo", "vwo", 6),
}


def _term(
    code: str,
    name: str,
    name_en: str,
    ages: tuple[int, int],
    *,
    parent: str | None = None,
    sector: str = "",
    track: str = "",
    year: int | None = None,
) -> LevelTerm:
    return LevelTerm(
        code, name, name_en, parent, sector or code, track, year, *ages, OBK.get(code), OBK_ALIASES.get(code)
    )


def _primary() -> list[LevelTerm]:
    groups = [
        _term(
            f"po-{year}",
            f"groep {year}",
            f"group {year}",
            (year + 3, year + 4),
            parent="po",
            sector="po",
            track="po",
            year=year,
        )
        for year in range(1, 9)
    ]
    return [_term("po", "basisonderwijs", "primary education", (4, 12)), *groups]


def _track(track: str) -> list[LevelTerm]:
    name, name_en, years = VO_TRACKS[track]
    parent = "vo-vmbo" if track.startswith("vmbo") else "vo"
    classes = [
        _term(
            f"vo-{track}-{year}",
            f"{name} klas {year}",
            f"{name_en} year {year}",
            (year + 11, year + 12),
            parent=f"vo-{track}",
            sector="vo",
            track=track,
            year=year,
        )
        for year in range(1, years + 1)
    ]
    return [_term(f"vo-{track}", name, name_en, (12, 12 + years), parent=parent, sector="vo", track=track), *classes]


def _secondary() -> list[LevelTerm]:
    vmbo = _term("vo-vmbo", "vmbo", "vmbo", (12, 16), parent="vo", sector="vo")
    terms = [_term("vo", "voortgezet onderwijs", "secondary education", (12, 18)), *_track("pro"), vmbo]
    for track in VO_TRACKS:
        if track != "pro":
            terms += _track(track)
    return terms


def _vocational() -> list[LevelTerm]:
    levels = [
        _term(
            f"mbo-{level}",
            f"mbo niveau {level}",
            f"mbo level {level}",
            (16, 20),
            parent="mbo",
            sector="mbo",
            track=f"mbo-{level}",
        )
        for level in range(1, 5)
    ]
    return [_term("mbo", "mbo", "vocational education (mbo)", (16, 20)), *levels]


LEVELS: tuple[LevelTerm, ...] = (
    _term("ko", "kinderopvang", "childcare", (0, 4), track="ko"),
    *_primary(),
    _term("so", "speciaal onderwijs", "special education", (4, 12), sector="so", track="so"),
    _term("sbo", "speciaal basisonderwijs", "special primary education", (4, 12), sector="so", track="sbo"),
    _term("vso", "voortgezet speciaal onderwijs", "special secondary education", (12, 20), sector="so", track="vso"),
    *_secondary(),
    *_vocational(),
    _term("hbo", "hbo", "higher professional education (hbo)", (17, 22), sector="ho", track="hbo"),
    _term("pabo", "pabo", "primary teacher training (pabo)", (17, 22), sector="ho", track="pabo"),
    _term("wo", "universiteit", "university", (18, 23), sector="ho", track="wo"),
)
LEVEL_BY_CODE = {term.code: term for term in LEVELS}
_PARENTS = {term.parent for term in LEVELS}
LEAF_ORDER: tuple[str, ...] = tuple(term.code for term in LEVELS if term.code not in _PARENTS)
BITS = {code: bit for bit, code in enumerate(LEAF_ORDER)}


def _leaves_under(code: str) -> frozenset[str]:
    below = [term.code for term in LEVELS if term.parent == code]
    if not below:
        return frozenset({code})
    return frozenset().union(*(_leaves_under(child) for child in below))


LEAVES = {term.code: _leaves_under(term.code) for term in LEVELS}


@dataclass(frozen=True, slots=True)
class Term:
    code: str
    name: str
    name_en: str


THEMES = (
    Term("energie", "energie en duurzaamheid", "energy and sustainability"),
    Term("water", "water", "water"),
    Term("bouw", "bouw en infra", "building and infrastructure"),
    Term("metaal", "metaal en maakindustrie", "metal and manufacturing"),
    Term("elektro", "elektro- en installatietechniek", "electrical and installation technology"),
    Term("ict", "ICT en programmeren", "ICT and programming"),
    Term("robotica", "robotica en automatisering", "robotics and automation"),
    Term("chemie", "chemie en procesindustrie", "chemistry and process industry"),
    Term("voeding", "voeding en landbouw", "food and agriculture"),
    Term("zorg", "zorg en technologie", "care and technology"),
    Term("mobiliteit", "mobiliteit en voertuigen", "mobility and vehicles"),
    Term("logistiek", "logistiek en haven", "logistics and ports"),
    Term("maritiem", "maritiem", "maritime"),
    Term("luchtvaart", "lucht- en ruimtevaart", "aviation and space"),
    Term("wetenschap", "wetenschap en onderzoek", "science and research"),
    Term("ontwerp", "ontwerp en creatieve industrie", "design and creative industry"),
    Term("circulair", "circulair en materialen", "circular economy and materials"),
    Term("natuur", "natuur en milieu", "nature and environment"),
)
KINDS = (
    Term("gastles", "gastles", "guest lesson"),
    Term("bedrijfsbezoek", "bedrijfsbezoek", "company visit"),
    Term("excursie", "excursie of techniekdag", "excursion or technology day"),
    Term("project", "project of opdracht", "project or challenge"),
    Term("wedstrijd", "wedstrijd", "competition"),
    Term("leskist", "leskist of materiaal te leen", "kit or material on loan"),
    Term("online-les", "online les", "online lesson"),
    Term("speeddate", "speeddate of beroepenmarkt", "speed date or careers fair"),
    Term("masterclass", "masterclass of profielwerkstukhulp", "masterclass or help with a final project"),
    Term("docentenstage", "docentenstage", "teacher internship"),
    Term("co-ontwikkeling", "samen lesmateriaal maken", "making lesson material together"),
    Term("hybride-docent", "hybride docent", "hybrid teacher"),
    Term("stage", "stage of leerwerkplek", "internship or work placement"),
)


@dataclass(frozen=True, slots=True)
class RegionTerm:
    code: str
    name: str
    slug: str
    parent: str | None
    type: str
    aliases: tuple[str, ...] = field(default=())


COUNTRY = "NL"
PARTS = (
    RegionTerm("LD-NOORD", "Noord-Nederland", "noord-nederland", COUNTRY, "part"),
    RegionTerm("LD-NOORDVLEUGEL", "Noordvleugel", "noordvleugel", COUNTRY, "part"),
    RegionTerm("LD-OOST", "Oost-Nederland", "oost-nederland", COUNTRY, "part"),
    RegionTerm("LD-ZUIDOOST", "Zuidoost-Nederland", "zuidoost-nederland", COUNTRY, "part"),
    RegionTerm("LD-ZUIDWEST", "Zuidwest-Nederland", "zuidwest-nederland", COUNTRY, "part"),
)
PROVINCES = (
    RegionTerm("NL-DR", "Drenthe", "drenthe", "LD-NOORD", "province"),
    RegionTerm("NL-FL", "Flevoland", "flevoland", "LD-NOORDVLEUGEL", "province"),
    RegionTerm("NL-FR", "Friesland", "friesland", "LD-NOORD", "province", ("Fryslân",)),
    RegionTerm("NL-GE", "Gelderland", "gelderland", "LD-OOST", "province"),
    RegionTerm("NL-GR", "Groningen", "groningen", "LD-NOORD", "province"),
    RegionTerm("NL-LI", "Limburg", "limburg", "LD-ZUIDOOST", "province"),
    RegionTerm("NL-NB", "Noord-Brabant", "noord-brabant", "LD-ZUIDOOST", "province"),
    RegionTerm("NL-NH", "Noord-Holland", "noord-holland", "LD-NOORDVLEUGEL", "province"),
    RegionTerm("NL-OV", "Overijssel", "overijssel", "LD-OOST", "province"),
    RegionTerm("NL-UT", "Utrecht", "utrecht", "LD-NOORDVLEUGEL", "province"),
    RegionTerm("NL-ZE", "Zeeland", "zeeland", "LD-ZUIDWEST", "province"),
    RegionTerm("NL-ZH", "Zuid-Holland", "zuid-holland", "LD-ZUIDWEST", "province"),
)
REGIONS = (RegionTerm(COUNTRY, "Nederland", "nederland", None, "country"), *PARTS, *PROVINCES)
