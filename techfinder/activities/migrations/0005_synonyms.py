"""The words that the site ships as meaning the same; from here on they are the administrator's."""

from django.db import migrations

GROUPS = (
    "computer, pc, laptop",
    "programmeren, coderen, coding, code schrijven",
    "drone, dronevliegen, quadcopter",
    "bso, naschools, buitenschools, buitenschoolse opvang",
    "windmolen, windturbine, windenergie, windpark",
    "lassen, lastechniek, lasser",
    "robot, robotica",
    "meisjes, girlsday, girls' day, girls",
    "haven, scheepvaart, maritiem",
    "elektrisch, stroom, elektriciteit, elektra",
    "zonnepaneel, zonne-energie, zonnecel, zonnestroom",
    "leskist, leskoffer, lespakket, materiaal te leen, bouwpakket",
    "gastles, gastspreker, gastdocent, spreker in de klas",
    "excursie, bedrijfsbezoek, rondleiding, schoolreis, op bezoek",
    "vmbo-tl, vmbo-t, mavo, theoretische leerweg",
    "vmbo-bb, vmbo basis, basisberoepsgerichte leerweg",
    "vmbo-kb, vmbo kader, kaderberoepsgerichte leerweg",
    "vmbo-gl, gemengde leerweg",
    "basisonderwijs, basisschool, primair onderwijs, po",
    "voortgezet onderwijs, middelbare school, vo",
    "kleuters, groep 1, groep 2, kleuterklas",
    "kinderopvang, kinderdagverblijf, peuters, ko",
    "praktijkonderwijs, praktijkschool, pro",
    "profielwerkstuk, pws",
    "techniekdag, technologiedag, doedag",
    "wedstrijd, competitie, toernooi, race",
    "challenge, uitdaging, opdracht",
    "workshop, praktijkles, doe-les",
    "stage, snuffelstage, leerwerkplek",
    "docentenstage, lerarenstage",
    "leraar, docent, leerkracht, juf, meester",
    "leerling, scholier",
    "beroepenmarkt, beroepenfeest, speeddate, banenmarkt",
    "loopbaan, lob, beroepskeuze, studiekeuze",
    "kunstmatige intelligentie, ai, artificial intelligence, machine learning",
    "3d-printen, 3d-printer",
    "virtual reality, vr, vr-bril",
    "ict, informatica",
    "cybersecurity, cyberveiligheid, hacken, internetveiligheid",
    "game, videospel, spelontwerp",
    "micro:bit, microbit",
    "plastic, kunststof",
    "elektrische auto, elektrisch rijden, e-auto",
    "vrachtwagen, truck",
    "vliegtuig, luchtvaart, vliegen",
    "ruimtevaart, raket, satelliet, astronaut",
    "schip, boot, vaartuig",
    "dijk, waterkering, deltawerken",
    "drinkwater, waterzuivering, kraanwater",
    "woningbouw, huizenbouw, huis bouwen",
    "timmeren, houtbewerking",
    "metaal, metaalbewerking, staal",
    "techniek, technologie",
    "duurzaam, milieuvriendelijk, ecologisch",
    "klimaat, klimaatverandering, opwarming van de aarde",
    "energietransitie, groene energie, schone energie, duurzame energie",
    "batterij, accu",
    "recycling, hergebruik, circulair",
    "landbouw, boerderij, boer, agrarisch",
    "voeding, eten, levensmiddelen",
    "glastuinbouw, tuinbouw, kas",
    "zorg, gezondheidszorg, verpleging",
    "chemie, scheikunde",
    "natuurkunde, fysica",
    "wiskunde, rekenen",
    "proef, experiment, practicum",
    "laboratorium, lab",
    "magazijn, distributiecentrum, warehouse",
    "logistiek, transport, vervoer",
    "museum, science center, sciencecenter",
    "gratis, kosteloos, geen kosten",
    "online, digitaal, op afstand, webinar",
    "chip, microchip, halfgeleider",
    "ontwerpen, design, vormgeving",
    "ondernemen, ondernemerschap, eigen bedrijf",
    "wegenbouw, asfalt, infra",
    "installatietechniek, loodgieter, warmtepomp",
)


def ship(apps, schema_editor):
    synonym = apps.get_model("activities", "Synonym")
    synonym.objects.bulk_create(synonym(words=words) for words in GROUPS)


def withdraw(apps, schema_editor):
    apps.get_model("activities", "Synonym").objects.filter(words__in=GROUPS).delete()


class Migration(migrations.Migration):
    dependencies = [("activities", "0004_saved_once")]
    operations = [migrations.RunPython(ship, withdraw)]
