"""What a member means by the words in the one search box. Pure: no database."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.company.flats import normalize_number

LONGEST = 200  # of what is typed, in characters
LEAST_OF_A_PHONE = 4  # digits

_NUMBER = re.compile(r"(?:№|#|n|номер|заявка)?\s*(?:№|#)?\s*(\d{1,12})", re.IGNORECASE)
_SURE = re.compile(r"(?:№|#|номер|заявка)", re.IGNORECASE)
_PHONE = re.compile(r"[\d\s()+.-]+")
_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_FLAT_KEY = re.compile(r"(?:мм|кл|оф)?[^\W\d_]?\d{1,5}[^\W\d_]?(?:/\d{1,4}[^\W\d_]?)?")
_FLAT_WORD = re.compile(
    r"(?:кв|квартира|апартаменты|м/м|машино-?место|парковка|кладовка|кладовая|офис|помещение|"
    r"пом)\b\.?\s*№?\s*\d",
    re.IGNORECASE,
)
# What an address says besides its names and numbers.
_EMPTY = frozenset({
    "ул", "улица", "пр", "т", "просп", "проспект", "пер", "переулок", "пл", "площадь", "ш", "шоссе",
    "б", "бул", "бульвар", "наб", "набережная", "проезд", "д", "дом", "к", "корп", "корпус", "стр",
    "строение", "г", "город", "мкр", "микрорайон", "жк",
})  # fmt: skip


@dataclass(frozen=True)
class Address:
    """A house, and perhaps a flat in it as `normalize_number` has it. `house_id` None: the flat
    of that number in any house."""

    house_id: int | None
    flat: str


@dataclass(frozen=True)
class Sought:
    """Everything that the words may mean; empty and None: not that. `sure`: a number, and nothing
    else. `digits` are the last of a phone."""

    number: int | None
    sure: bool
    addresses: tuple[Address, ...]
    digits: str
    words: str


def read(typed: str, houses: Iterable[tuple[int, str]]) -> Sought:
    """`houses`: ids and addresses."""
    text = " ".join(typed.replace("\x00", " ").split())[:LONGEST]
    plain = fold(text)
    numbered = _NUMBER.fullmatch(text)
    digits = re.sub(r"\D", "", text) if _PHONE.fullmatch(text) else ""
    return Sought(
        number=int(numbered[1]) if numbered else None,
        sure=bool(numbered and _SURE.match(text)),
        addresses=tuple(_read_addresses(plain, list(houses))),
        digits=digits[-10:] if len(digits) >= LEAST_OF_A_PHONE else "",
        words=plain if re.search(r"\w", plain) else "",
    )


def fold(text: str) -> str:
    return text.casefold().replace("ё", "е")


def _read_addresses(plain: str, houses: Sequence[tuple[int, str]]) -> list[Address]:
    if _FLAT_WORD.match(plain):
        key = normalize_number(plain)
        return [Address(None, key)] if _FLAT_KEY.fullmatch(key) else []
    best: list[Address] = []
    most = 0
    for house_id, address in houses:
        found = _read_flat(plain, address)
        if found is None:
            continue
        flat, used = found
        if used > most:  # «Садовая 5 корпус 2» is not flat 2 of «Садовая 5»
            best, most = [], used
        if used == most:
            best.append(Address(house_id, flat))
    return best


def _read_flat(plain: str, address: str) -> tuple[str, int] | None:
    """What stands after a house's address, as a flat's key, and how many characters the address
    took; None where the words are no place in this house."""
    wanted = [token for token in _TOKEN.findall(fold(address)) if token not in _EMPTY]
    tokens = list(_TOKEN.finditer(plain))
    if not wanted or not tokens:
        return None
    at = end = 0
    for token in wanted:
        while at < len(tokens) and tokens[at][0] in _EMPTY:
            at += 1
        if at == len(tokens) or not _alike(tokens[at][0], token):
            return None
        end = tokens[at].end()
        at += 1
    if end < len(plain) and plain[end].isalnum():
        return None  # «Садовая 5а» is another house
    rest = plain[end:].strip(" ,.;:-–—/")
    if not rest:
        return "", end
    key = normalize_number(rest)
    left = [token for token in _TOKEN.findall(rest) if not token.isdigit() and len(token) > 1]
    if not _FLAT_KEY.fullmatch(key) or (left and not _FLAT_WORD.match(rest)):
        return None
    return key, end


def _alike(typed: str, known: str) -> bool:
    """«садовой» is «садовая»; numbers and short words are only themselves."""
    if typed == known or typed.isdigit() or known.isdigit():
        return typed == known
    common = next(
        (index for index, pair in enumerate(zip(typed, known, strict=False)) if pair[0] != pair[1]),
        min(len(typed), len(known)),
    )
    return common >= 4 and common >= max(len(typed), len(known)) - 3
