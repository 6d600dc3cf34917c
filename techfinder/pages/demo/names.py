"""Invented names. None is meant to be that of a real school, company or person."""

COMPANY_FIRST = (
    "Tandwiel", "Koperdraad", "Waterjuffer", "Vuurvlieg", "Zevensprong", "Kiekendief", "Hamerslag", "Zilverspar",
    "Noorderschroef", "Blauwdruk", "Kantelaar", "Vonkenregen", "Duinroos", "Sterrenmos", "Weerhaan", "Grondtoon",
    "Boomvalk", "Zandloper", "Lichtbaken", "Veerkracht",
)  # fmt: skip
COMPANY_SECOND = {
    "energie": "Energie", "water": "Waterwerken", "bouw": "Bouw", "metaal": "Metaal", "elektro": "Installaties",
    "ict": "Software", "robotica": "Robotica", "chemie": "Chemie", "voeding": "Voeding", "zorg": "Zorgtechniek",
    "mobiliteit": "Mobiliteit", "logistiek": "Logistiek", "maritiem": "Scheepswerf", "luchtvaart": "Luchtvaart",
    "wetenschap": "Lab", "ontwerp": "Ontwerp", "circulair": "Hergebruik", "natuur": "Natuurtechniek",
}  # fmt: skip
SCHOOL_NAMES = (
    "De Zonnewijzer", "Het Kompas", "De Regenboogbrug", "De Vlieger", "Het Schateiland",
    "De Wilgenhof", "De Sterrenhemel",
    "Het Palet", "De Springplank", "De Vuurtoren", "Het Mozaïek", "De Tuimelaar", "De Waterlelie", "Het Speelbos",
    "De Ooievaar", "De Hazelaar", "Het Klokhuis", "De Duizendpoot", "De Windroos", "Het Anker", "De Vlinderstruik",
    "De Lindeboom", "Het Baken", "De Kiezel", "De Kraanvogel", "Het Zandkasteel", "De Rietpluim", "De Morgenster",
)  # fmt: skip
COLLEGE_NAMES = (
    "Lyceum De Horizon", "Het Eilandcollege", "Scholengemeenschap De Brug", "College De Tweesprong",
    "Vakcollege De Maker",
    "Lyceum De Parallel", "Het Stroomcollege", "Praktijkschool De Werkplaats",
)  # fmt: skip
SPECIAL_NAMES = ("De Stapsteen", "De Rode Draad", "Het Buitenhof", "De Vrijstaat", "De Opstap", "Het Tweede Huis")
FIRST_NAMES = (
    "Anouk", "Bram", "Chaima", "Daan", "Esra", "Femke", "Gijs", "Hanna", "Ilias", "Joke", "Kees",
    "Lieke", "Mo", "Nienke",
    "Omar", "Pleun", "Quinten", "Roos", "Samira", "Teun", "Ursula", "Vera", "Wout", "Yara", "Zeger",
)  # fmt: skip
LAST_NAMES = (
    "Aalders", "Boterbloem", "Cramerij", "Dijkman", "Elzenga", "Fluitman", "Grasduin", "Hagedoorn", "IJsselstra",
    "Karnemelk", "Lantaarn", "Molenwiek", "Notelaar", "Overbos", "Rietzanger",
)  # fmt: skip
