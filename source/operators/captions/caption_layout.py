"""Where lines and cues of captions end, as broadcasters have it.

A cue has at most two lines, and a line 42 characters, or 16 of the wide ones of East Asia. Lines
end where a phrase does, are of about one length, and never end inside a word.
"""

import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from math import inf

from MediaInsightsEngineLambdaHelper import is_spaceless

# The width of characters, so that 42 narrow ones and 16 wide ones fill a line.
NARROW, _WIDE = 8, 21
_LINE = 42 * NARROW

# What it costs to begin a line with a piece of text, by what stands before it: the cheapest layout
# is taken. A break between two cues costs twice as much, another line and another cue their price.
_ANYWHERE, _AFTER_SENTENCE, _AFTER_CLAUSE, _AT_PHRASE, _INSIDE_PHRASE, _INSIDE_WORD = (
    4,
    0,
    1,
    2,
    7,
    40,
)
_ANOTHER_LINE, _ANOTHER_CUE, _UNEVEN, _TOO_LONG = 3, 20, 6, 1_000

_SENTENCE_ENDS = tuple(".?!…。？！｡؟۔।")  # noqa: RUF001
_CLAUSE_ENDS = tuple(",;:—–、，；：､،؛")  # noqa: RUF001
_QUOTES = "\"'”’»)]」』）"  # noqa: RUF001
# Conjunctions, prepositions and articles begin a phrase, and do not end one. Of other languages
# those that are no English words of another kind.
_PHRASE_WORDS = """
a an the and but or nor so because although while when where who whom whose which that if than of
in on at by for from with without into onto over under about after before between through to as
y o pero porque que cuando donde como de del en con por para sobre el la los las un una
et ou mais quand où qui dans avec sans pour sur le les des du au aux à
und oder aber weil dass wenn wo wie mit ohne für von vom zu zum zur im auf aus bei der die das
den dem ein eine einen e ed ma perché quando dove che di da su il lo gli um uma dos em na com sem
"""
_PHRASES_BEGIN = frozenset(_PHRASE_WORDS.split())
# small kana, repetition marks and vowels that belong to the letter before them
_NEVER_FIRST = frozenset("ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶー々ゝゞヽヾะาำๅๆฯະາຳໆ\u200d")
# vowels that stand before their letter, and signs that stack the next letter under the last
_NEVER_LAST = frozenset("เแโใไເແໂໃໄ\u17d2\u1039\u200d")


@dataclass(frozen=True)
class Piece:
    """Text that stays in one line; `before` is what stands between it and the piece before.

    cost: of a line that begins with it.
    """

    text: str
    before: str
    cost: float


Line = tuple[int, int]


def width(text: str) -> int:
    """How wide a text is; NARROW is the width of a Latin letter."""
    return sum(_width(letter) for letter in text)


def break_cost(before: str, after: str) -> float:
    """What a line costs that begins with the word ``after``, behind the word ``before``."""
    bare = before.rstrip(_QUOTES) or before
    if bare.endswith(_SENTENCE_ENDS):
        return _AFTER_SENTENCE
    if bare.endswith(_CLAUSE_ENDS):
        return _AFTER_CLAUSE
    if before.lower() in _PHRASES_BEGIN:
        return _INSIDE_PHRASE
    # what goes with a Japanese word is written in hiragana behind it
    behind_particle = _script(before[-1:]) == "HIRAGANA" != _script(after[:1])
    if after.lower() in _PHRASES_BEGIN or (behind_particle and is_spaceless(after[:1])):
        return _AT_PHRASE
    return _ANYWHERE


def lay_out(text: str) -> list[str]:
    """The text as one cue or more, of one or two lines each; lines that fit stay as they are."""
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    if len(lines) <= 2 and all(width(line) <= _LINE for line in lines):
        return ["\n".join(lines)] if lines else []
    pieces = _pieces(lines)
    return ["\n".join(joined(pieces[first:end]) for first, end in cue) for cue in arrange(pieces)]


def joined(pieces: Sequence[Piece]) -> str:
    first, *others = pieces
    return first.text + "".join(f"{one.before.replace(chr(10), ' ')}{one.text}" for one in others)


def arrange(
    pieces: Sequence[Piece], allowed: Callable[[int, int], bool] = lambda _first, _end: True
) -> list[list[Line]]:
    """The lines of each cue, as the numbers of their first piece and of the one behind the last.

    allowed: whether pieces may be one cue; a single piece always may.
    """
    measure = partial(_measure, *_edges(pieces))
    best: list[tuple[float, list[Line]]] = [(0, [])] * (len(pieces) + 1)
    for first in reversed(range(len(pieces))):
        best[first] = (inf, [])
        for end in range(first + 1, len(pieces) + 1):
            alone = end == first + 1
            if not alone and (measure(first, end) > 2 * _LINE + NARROW or not allowed(first, end)):
                break
            price, lines = _lines(pieces, first, end, measure)
            following = 2 * pieces[end].cost if end < len(pieces) else 0
            price += _ANOTHER_CUE + following + best[end][0]
            if price < best[first][0]:
                best[first] = (price, lines)
    cues, place = [], 0
    while place < len(pieces):
        cues.append(best[place][1])
        place = cues[-1][-1][1]
    return cues


def _lines(
    pieces: Sequence[Piece], first: int, end: int, measure: Callable[[int, int], int]
) -> tuple[float, list[Line]]:
    """The cheapest one or two lines for some pieces, and their price; infinite where none fit."""
    whole = measure(first, end)
    if whole <= _LINE:
        return _unevenness(whole), [(first, end)]
    if end == first + 1:
        return _TOO_LONG, [(first, end)]
    best: tuple[float, list[Line]] = (inf, [])
    for middle in range(first + 1, end):
        upper, lower = measure(first, middle), measure(middle, end)
        if upper > _LINE:
            break
        if lower > _LINE:
            continue
        price = _ANOTHER_LINE + pieces[middle].cost + _unevenness(upper) + _unevenness(lower)
        if price < best[0]:
            best = (price, [(first, middle), (middle, end)])
    return best


def _unevenness(line: int) -> float:
    """Squares are least in sum where the lines are alike."""
    return _UNEVEN * (line / _LINE) ** 2


def _edges(pieces: Sequence[Piece]) -> tuple[list[int], list[int]]:
    """Where pieces begin and end, if all stood in one line."""
    starts, ends, place = [], [], 0
    for piece in pieces:
        place += NARROW if piece.before and ends else 0
        starts.append(place)
        place += width(piece.text)
        ends.append(place)
    return starts, ends


def _measure(starts: Sequence[int], ends: Sequence[int], first: int, end: int) -> int:
    return ends[end - 1] - starts[first]


def _pieces(lines: Sequence[str]) -> list[Piece]:
    found: list[Piece] = []
    for line in lines:
        before = "\n"
        for word in line.split(" "):
            for part in _parts(word):
                cost = _cost(found[-1].text, before, part) if found else 0
                found.append(Piece(part, before, cost))
                before = ""
            before = " "
    return found


def _cost(last: str, between: str, part: str) -> float:
    if between == "\n":
        # a break that a person has made
        return _AFTER_SENTENCE
    if between or is_spaceless(last[-1]) or is_spaceless(part[0]):
        return break_cost(last, part)
    return _INSIDE_WORD


def _parts(word: str) -> list[str]:
    """What of a word between two spaces stays together: of a script without spaces, letters."""
    parts = [word[:1]]
    for letter in word[1:]:
        # a line has to end somewhere, if it must be inside a word
        if _may_part(parts[-1][-1], letter) or width(parts[-1]) + _width(letter) > _LINE:
            parts.append(letter)
        else:
            parts[-1] += letter
    return parts


def _may_part(before: str, after: str) -> bool:
    if not (is_spaceless(before) or is_spaceless(after)):
        return False
    if before in _NEVER_LAST or after in _NEVER_FIRST:
        return False
    kinds = unicodedata.category(before), unicodedata.category(after)
    opens = kinds[0] in ("Ps", "Pi")
    belongs = kinds[1][0] in "MP" and kinds[1] not in ("Ps", "Pi")
    return not opens and not belongs


def _width(letter: str) -> int:
    if unicodedata.category(letter) in ("Mn", "Me", "Cf"):
        return 0
    return _WIDE if unicodedata.east_asian_width(letter) in "WF" else NARROW


def _script(letter: str) -> str:
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""
