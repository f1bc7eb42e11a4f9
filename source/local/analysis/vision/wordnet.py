"""Makes `tagged_kinds.py`: under which words each class of the tagger falls, by WordNet.

`python -m analysis.vision.wordnet FOLDER` writes it anew; FOLDER has the `index.noun` and
`data.noun` of WordNet 3.0 (/usr/share/wordnet of Debian's `wordnet-base`, under WordNet's own
licence, which asks for its notice where the database is given on; this table is no part of it).
`imagenet_synsets.txt` says which entry of WordNet each class is, in the order of the classes: from
PyPI `timm` 1.0.20, Apache-2.0.

A class falls under a word when the word's entry is among its hypernyms. Where WordNet and a
photograph disagree (its "cup" of the classes is a punch, though the pictures show cups), and for
words of several entries, the rows of `_ENTRIES` say which entries or classes are meant.
"""

import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from analysis.vision.label_names import NAMES, parents
from analysis.vision.ranges import numbers, ranges_of

_SYNSETS = Path(__file__).with_name("imagenet_synsets.txt")
_RESULT = Path(__file__).with_name("tagged_kinds.py")
_WIDTH = 100
# word -> entries of WordNet (with the number of the sense where several have classes) and classes;
# a word without a row is an entry of its own name, or is not known to the tagger
_ENTRIES: Mapping[str, str] = {
    "Accessories": "=",
    "Amphibian": "amphibian#3",
    "Animal": "animal -110,111",
    "Appliance": "home_appliance",
    "Arch": "=873,884",
    "Architecture": "=",
    "Ball": "=429,430,522,574,722,768,805,852,890",
    "Bathtub": "bathtub =876",
    "Bed": "=564,520,516,431",
    "Bench": "park_bench",
    "Beverage": "=966,967",
    "Bird": "bird =80-86",
    "Boat": "boat =484,554,780,871,914",
    "Book": "=",
    "Bow": "=456",
    "Bowl": "bowl =659",
    "Box": "box =549",
    "Brass Instrument": "=513,566,875",
    "Bread": "=930-932",
    "Building": "building =442,454,467,498,509,538,582,624,634,668,727,743,762,788,832,858,860,865",
    "Burger": "cheeseburger",
    "Cake": "=",
    "Car": "car#1",
    "Carriage": "=603,690,612",
    "Cat": "domestic_cat",
    "Chicken": "=7,8",
    "Clock": "=409,530,892",
    "Clothes Iron": "=606",
    "Coast": "seashore promontory sandbar",
    "Coat": "fur_coat trench_coat =735",
    "Coffee": "espresso",
    "Coffee Cup": "=504",
    "Coffee Maker": "=505,550",
    "Coin Purse": "=",
    "Comics": "comic_book",
    "Compass": "=635",
    "Computer": "=527,590,620,681",
    "Cooking Pan": "=567,909",
    "Cookware": "cooking_utensil -813",
    "Corn": "=987,998",
    "Couch": "=831",
    "Cow": "ox",
    "Crane": "=517",
    "Crane Bird": "=134",
    "Cup": "=504,967,968",
    "Cutlery": "=813",
    "Dress": "=578,601",
    "Electronic Component": "=",
    "Electronics": "=480,482,485,592,605,662,688,848",
    "Elephant": "elephant =101",
    "Fence": "=489,716,912",
    "Food": "=922-965,987,998",
    "Footwear": "footwear#2 =496,806",
    "Fork": "=",
    "Fountain": "=562",
    "Fruit": "edible_fruit",
    "Fungus": "fungus =947",
    "Glass": "=441,572",
    "Gun": "firearm",
    "Hair Dryer": "=589",
    "Handbag": "=748",
    "Harp": "=594",
    "Hat": "hat =433,793",
    "Helmet": "helmet#2",
    "Hot Air Balloon": "=417",
    "House": "=",
    "House of Worship": "place_of_worship",
    "Jeans": "=608",
    "Kite": "=",
    "Knife": "=499",
    "Lake": "lakeside",
    "Lamp": "=619,846",
    "Lobster": "lobster =124",
    "Lock": "=507,695",
    "Mobile Phone": "=487",
    "Monument": "obelisk megalith =708,863",
    "Motorcycle": "=665,670",
    "Mushroom": "=947,992,997",
    "Nature": "=",
    "Orange": "=950",
    "Oven": "=",
    "Panda": "giant_panda",
    "Pasta": "=959",
    "Payphone": "=707",
    "Pen": "=418,563,749",
    "Phone": "telephone =707",
    "Pickup Truck": "pickup",
    "Pier": "pier dock",
    "Pig": "swine",
    "Ping Pong Ball": "=722",
    "Plant": "=738,984-987,580",
    "Plate": "=923",
    "Pot": "=469,505,544,849,521",
    "Potted Plant": "=738",
    "Printer": "=742,713",
    "Publication": "=",
    "Puzzle": "=918",
    "Rabbit": "rabbit hare",
    "Raccoon": "=",
    "Red Panda": "lesser_panda",
    "Rocket": "=657,744,812",
    "Rug": "=741",
    "Scale": "=778",
    "Screen": "=",
    "Scuba Diving": "=983",
    "Seal": "sea_lion",
    "Sheep": "=348,349",
    "Ship": "ship =724",
    "Shop": "shop =582,415",
    "Sign": "=919",
    "Sink": "washbasin",
    "Skis": "=795",
    "Slot Machine": "=800",
    "Solar Panels": "=807",
    "Speaker": "=632",
    "Spoon": "=910,618",
    "Stage": "=819,854",
    "Stone Wall": "=825",
    "Street Sign": "=919",
    "Sunglasses": "=836,837",
    "Swimwear": "swimsuit",
    "Symbol": "=",
    "TV": "=",
    "Table": "=526,532",
    "Tank": "=847",
    "Taxi": "cab",
    "Teddy Bear": "teddy",
    "Tennis Racket": "=752",
    "Tent": "mountain_tent",
    "Tie": "=451,457,906",
    "Toilet": "=861",
    "Tool": "=",
    "Tower": "=437,900",
    "Toy": "=",
    "Train": "train =565,705,547,820",
    "Tram": "streetcar",
    "Transportation": "=",
    "Truck": "=555,569,675,717,864,867",
    "Underwear": "brassiere",
    "Vacuum Cleaner": "vacuum",
    "Van": "=656,675,734",
    "Watch": "=531",
    "Watercraft": "vessel#2",
    "Weapon": "=",
    "Wine Glass": "=",
}


@dataclass(frozen=True)
class _Entries:
    """The nouns of WordNet: the entries of each word, most frequent first, and what each is."""

    senses: Mapping[str, tuple[str, ...]]
    hypernyms: Mapping[str, tuple[str, ...]]

    def all_above(self, entry: str) -> set[str]:
        """An entry and all that it is a kind of."""
        above = {entry}
        for one in self.hypernyms[entry]:
            above |= self.all_above(one)
        return above


def main(folder: str) -> None:
    """Write the table."""
    _RESULT.write_text(table(Path(folder)))


def table(folder: Path) -> str:
    """The text of `tagged_kinds.py`."""
    entries = _read(folder)
    classes = [f"{line[1:]}" for line in _SYNSETS.read_text().split()]
    above = [entries.all_above(entry) for entry in classes]
    own = {name: _classes(name, entries, above) for name in NAMES}
    known = {
        name: own[name].union(*(own[one] for one in NAMES if name in parents(one)))
        for name in NAMES
    }
    rows = [_row(name, ranges_of(found)) for name, found in known.items() if found]
    return "\n".join((_HEAD, *rows, "}", ""))


def _row(name: str, ranges: str) -> str:
    if len(row := f'    "{name}": "{ranges}",') <= _WIDTH:
        return row
    # a space stands at the end of each line but the last
    lines = textwrap.wrap(ranges, _WIDTH - len('        " "'))
    parts = [f'        "{line} "' for line in lines[:-1]] + [f'        "{lines[-1]}"']
    return "\n".join((f'    "{name}": (', *parts, "    ),"))


def _classes(name: str, entries: _Entries, above: list[set[str]]) -> set[int]:
    chosen: set[int] = set()
    for part in _ENTRIES.get(name, name.lower().replace(" ", "_")).split():
        if part.startswith("="):
            chosen |= set(numbers(part[1:].replace(",", " ")))
            continue
        if part.startswith("-"):
            chosen -= set(numbers(part[1:].replace(",", " ")))
            continue
        word, _, sense = part.partition("#")
        senses = entries.senses.get(word, ())
        picked = senses[int(sense) - 1 : int(sense)] if sense else senses
        found = [{n for n, one in enumerate(above) if entry in one} for entry in picked]
        found = [one for one in found if one]
        if len(found) > 1:
            raise ValueError(f"{name}: several entries of {word!r} have classes")
        chosen |= set().union(*found)
    return chosen


def _read(folder: Path) -> _Entries:
    senses, hypernyms = {}, {}
    for line in _lines(folder / "index.noun"):
        word, _kind, count, *rest = line.split()
        senses[word] = tuple(rest[-int(count) :])
    for line in _lines(folder / "data.noun"):
        fields = line.split()
        # after the words, two fields each: a count, and pointers of four fields
        pointers = fields[4 + 2 * int(fields[3], 16) :]
        hypernyms[fields[0]] = tuple(
            pointers[place + 1]
            for place in range(1, 1 + 4 * int(pointers[0]), 4)
            if pointers[place] in ("@", "@i")
        )
    return _Entries(senses, hypernyms)


def _lines(path: Path) -> Iterator[str]:
    # the licence stands before the entries, each of its lines behind two spaces
    return (line for line in path.read_text().splitlines() if not line.startswith("  "))


_HEAD = '''"""Which of the tagger's 1,000 classes fall under which word, by their numbers.

Made by `python -m analysis.vision.wordnet`; not edited by hand.
"""

from collections.abc import Mapping

KINDS: Mapping[str, str] = {'''


if __name__ == "__main__":
    main(sys.argv[1])
