"""What was typed in the wrong letters, back in Russian: another keyboard layout, translit,
Latin look-alikes within a Russian word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

_BothWays = tuple[tuple[str, bool], tuple[str, bool]]
Knows = Callable[[str], bool]
"""Whether a folded word is a word."""

_KEYS = dict(
    zip(
        "qwertyuiop[]asdfghjkl;'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:\"ZXCVBNM<>~",
        "йцукенгшщзхъфывапролджэячсмитьбюейцукенгшщзхъфывапролджэячсмитьбюе",
        strict=True,
    )
)
_LAYOUT = str.maketrans(_KEYS)
_LOOKALIKE = str.maketrans("aceopxykmtbhABCEHKMOPTXY", "асеорхукмтвнАВСЕНКМОРТХУ")
_LATIN = re.compile(r"[a-zA-Z]")
_RUSSIAN = re.compile(r"[а-яёА-ЯЁ]")
_NOT_KEYS = str.maketrans("", "", "?!/")

# Latin → Russian, likelier first. Longer ones win over shorter ones at the same place.
_TRANSLIT: dict[str, tuple[str, ...]] = {
    "iya": ("ия",), "iyu": ("ию",), "iye": ("ие",), "iyah": ("иях",), "iyam": ("иям",),
    "shch": ("щ",), "sch": ("сч", "щ"), "sh": ("ш", "сх"), "ch": ("ч",), "zh": ("ж",),
    "kh": ("х",), "ts": ("ц", "тс"), "tz": ("ц",), "yo": ("е", "йо"), "jo": ("е", "йо"),
    "yu": ("ю",), "ju": ("ю",), "iu": ("ю", "иу"), "ya": ("я",), "ja": ("я",), "ia": ("ия", "я"),
    "ye": ("е", "ье"), "je": ("е", "ье"), "ie": ("ие", "ье"), "iy": ("ий",), "yy": ("ый",),
    "ij": ("ий",), "yj": ("ый",), "yi": ("ый", "ьи"), "ii": ("ии", "ий"), "shh": ("щ",),
    "ck": ("к",),
    "a": ("а",), "b": ("б",), "c": ("ц", "к", "с"), "d": ("д",), "e": ("е", "э"), "f": ("ф",),
    "g": ("г",), "h": ("х",), "i": ("и", "й"), "j": ("й", "ж", "ь"), "k": ("к",), "l": ("л", "ль"),
    "m": ("м",), "n": ("н",), "o": ("о",), "p": ("п",), "q": ("я", "к"), "r": ("р",),
    "s": ("с",), "t": ("т", "ть"), "u": ("у", "ю"), "v": ("в",), "w": ("ш", "в"), "x": ("х", "кс"),
    "y": ("ы", "й", "и"), "z": ("з",), "'": ("ь", "ъ"), "4": ("ч",), "6": ("ш",),
}  # fmt: skip
_LONGEST = 40  # letters of one word that is tried
_TRIED = 25  # Latin chunks of a text, the last ones
_MOST = 48  # readings of one word that are tried


def read_letters(text: str, knows: Knows) -> str:
    """The text with every chunk that makes sense only in other letters rewritten. Whole messages
    in one wrong alphabet are rewritten whole; a stray Latin word only if it then is a word."""
    if not _LATIN.search(text):
        return text
    chunks = text.split()
    latin = [c for c in chunks if _LATIN.search(c) and not _RUSSIAN.search(c)]
    tried = latin[-_TRIED:]
    read = {chunk: (_by_layout(chunk, knows), _by_translit(chunk, knows)) for chunk in set(tried)}
    hits = [sum(read[c][way][1] and len(read[c][way][0]) > 2 for c in tried) for way in (0, 1)]
    way = int(hits[1] > hits[0])
    whole = hits[way] >= max(1, 0.4 * len(tried)) and len(latin) >= 0.5 * len(chunks)
    return " ".join(_choose(chunk, read.get(chunk), way, whole) for chunk in chunks)


def _choose(chunk: str, read: _BothWays | None, way: int, whole: bool) -> str:
    if not _LATIN.search(chunk):
        # «б», «ю», «ж» alone look like punctuation marks on a Latin keyboard
        alone = whole and way == 0 and chunk in ",.;'[]"
        return chunk.translate(_LAYOUT) if alone else chunk
    if _RUSSIAN.search(chunk):
        return chunk.translate(_LOOKALIKE)
    if read is None:
        return chunk
    for words, makes_sense in (read[way], read[1 - way]):
        if makes_sense and (whole or len(words) > 3):
            return words
    return read[way][0] if whole else chunk


def _by_layout(chunk: str, knows: Knows) -> tuple[str, bool]:
    body = chunk.translate(_NOT_KEYS).lstrip('("«').rstrip(')"»:…')
    bare = body.rstrip(",.;:")
    for each in (bare, body):
        word = each.translate(_LAYOUT)
        if word and knows(word):
            return word, True
    pieces = [p for p in re.split(r"[-0-9]+", bare.translate(_LAYOUT)) if p]
    return bare.translate(_LAYOUT), bool(pieces) and all(map(knows, pieces))


def _by_translit(chunk: str, knows: Knows) -> tuple[str, bool]:
    words = re.findall(r"[a-z0-9']+", chunk.lower().replace("’", "'").replace("`", "'"))
    if not words:
        return chunk, False
    read = [_transliterate(word, knows) for word in words]
    return " ".join(word for word, _ in read), all(ok for _, ok in read)


def _transliterate(word: str, knows: Knows) -> tuple[str, bool]:
    if word.isdigit() or len(word) > _LONGEST:
        return word, True
    first = ""
    for reading in _readings(word):
        first = first or reading
        if knows(reading):
            return reading, True
    return first or word, False


@lru_cache(maxsize=500)
def _readings(word: str) -> tuple[str, ...]:
    def follow(at: int) -> Iterator[str]:
        if at == len(word):
            yield ""
            return
        for length in (4, 3, 2, 1):
            part = word[at : at + length]
            if len(part) == length and part in _TRANSLIT:
                for rest in follow(at + length):
                    for letters in _TRANSLIT[part]:
                        yield letters + rest
                return
        yield from (word[at] + rest for rest in follow(at + 1))

    readings: list[str] = []
    for reading in follow(0):
        readings.append(reading)
        if len(readings) >= _MOST:
            break
    return tuple(readings)
