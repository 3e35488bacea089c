"""The house and the flat that a member's words name: «Садовая 5 кв 12», «на Садовой 5-12»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.tables import House

_NOISE = re.compile(
    r"ул|улиц[аеы]|пр|пр-т|проспекте?|пер|переулке?|переулок|д|доме?|г|гор|город|б-р|бульваре?|ш|"
    r"шоссе|пл|площад[ьи]|наб|набережн\w+|мкр|микрорайоне?|проезде?|к|корп|корпус|на|в|по"
)
_TOKEN = re.compile(r"\d+(?=[кk]\d)|\d+[^\W\d_](?![^\W\d_])|\d+|[^\W\d_]+(?:-[^\W\d_]+)*")
_FLAT = re.compile(
    r"\b(?:кв(?:артир[аеуы]|-ра)?|(?P<kind>офис\w*|оф|кладов\w+|м/м|машино-?мест\w+|помещени\w+|"
    r"пом))\b\.?\s*(?:№\s*)?(?P<number>\d{1,5}(?:/\d{1,4})?\s?(?:[а-яa-z]\b)?)",
    re.IGNORECASE,
)
_BARE_FLAT = re.compile(
    r"\s*[-–—/,]?\s*(?P<number>\d{1,5}[а-яa-z]?)(?![\w-])"
    r"(?!\s*(?:-?[йяе]\b|под[ъь]?езд|п\b|этаж|эт\b|час|мин|дн|раз|:))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Token:
    word: str
    begins: int
    ends: int


@dataclass(frozen=True)
class Address:
    """`rest`: the words without it, a line's end where it stood. Several `houses`: which of them
    is meant was not said."""

    houses: tuple[House, ...]
    flat: str
    rest: str


def find_address(words: str, houses: Sequence[House]) -> Address:
    tokens = _split(words)
    best: dict[int, tuple[int, int, int]] = {}
    for house in houses:
        found = _match(_split(house.address), tokens)
        if found is not None:
            best[house.id] = found
    if not best:
        return Address((), "", words)
    most = max(score for score, _, _ in best.values())
    meant = [house for house in houses if best.get(house.id, (0,))[0] == most]
    _, begins, ends = best[meant[0].id]
    begins = _with_noise(words, begins)
    if named := _FLAT.search(words):
        rest = _without(words, (begins, ends), named.span())
        number = " ".join(named["number"].split())
        flat = f"{named['kind']} {number}" if named["kind"] else number
        return Address(tuple(meant), flat, rest)
    if bare := _BARE_FLAT.match(words, ends):
        return Address(tuple(meant), bare["number"], _without(words, (begins, bare.end())))
    return Address(tuple(meant), "", _without(words, (begins, ends)))


def _split(words: str) -> list[Token]:
    plain = words.casefold().replace("ё", "е")
    if len(plain) != len(words):  # a letter that has no small form of its own
        plain = words.lower().replace("ё", "е")
    return [
        Token(found[0], found.start(), found.end())
        for found in _TOKEN.finditer(plain)
        if not _NOISE.fullmatch(found[0])
    ]


def _match(address: list[Token], said: list[Token]) -> tuple[int, int, int] | None:
    """How many words agree, and from where to where; a street of several words may be said by
    its last one."""
    first_number = next((i for i, each in enumerate(address) if each.word[0].isdigit()), 0)
    for start in range(first_number + 1 if first_number else 1):
        wanted = address[start:]
        if not wanted:
            break
        for at in range(len(said) - len(wanted) + 1):
            here = said[at : at + len(wanted)]
            if all(_same(a.word, b.word) for a, b in zip(wanted, here, strict=True)):
                if wanted[0].word[0].isdigit():
                    break  # a bare number names no house
                return len(wanted), here[0].begins, here[-1].ends
    return None


def _same(one: str, other: str) -> bool:
    """In whatever case the word stands: «Садовая», «Садовой»."""
    if one == other:
        return True
    if one[0].isdigit() or min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 2:
        return False
    stem = max(3, min(len(one), len(other)) - 2)
    return one[:stem] == other[:stem]


def _with_noise(words: str, begins: int) -> int:
    before = re.search(
        r"(?:\b(?:ул|улица|пр|проспект|пер|на|по|адрес)\b[.:]?\s*)+$", words[:begins]
    )
    return before.start() if before else begins


def _without(words: str, *spans: tuple[int, int]) -> str:
    for begins, ends in sorted(spans, reverse=True):
        words = f"{words[:begins]}\n{words[ends:]}"
    return words
