"""Streets: with the word for one, or with the number of a house after them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.understanding.masking.names import Known, share_of_names
from services.understanding.masking.numbers import (
    FLOOR_BEFORE,
    HOUSE_BEFORE,
    UNIT_AFTER,
    WITH_HOUSE,
)
from services.understanding.masking.words import words_of
from services.understanding.words import WORD, fold, grammar, is_common, is_known, is_russian, lemma

Span = tuple[int, int, str]

_KIND = re.compile(
    r"ул|улиц[аыеу]|улицей|пр|пр-т\w?|пр-кт|проспект\w{0,2}|пер|переулк\w{1,2}|переулок|бульвар\w{0,2}|б-р|бул|"
    r"шоссе|наб|набережн\w{2}|пл|площад[ьи]|площадью|проезд[аеу]?|мкр|мкрн|микрорайон\w{0,2}|тупик[аеу]?|"
    r"аллея|аллее|аллеи|квартал\w{0,2}|ul|ulic\w{0,2}|ulitsa|prospekt\w?|pr-t|per|pereulok|bulvar\w?|ek|"
    r"гор|город[аеу]?|пос|посел\w{2,3}|дер|деревн\w{1,2}|село|селе"
)
_BARE = re.compile(
    r"улиц[аыеу]|улицей|площад[ьи]|площадью|город[аеу]?|деревн\w{1,2}|селе|село|квартал\w{0,2}|"
    r"аллея|аллее|аллеи|проезд[аеу]?|набережн\w{2}|шоссе"
)
_COMMON_NAMES = words_of("streets")
_NOT_A_STREET = words_of("not_streets")
_BLANK = re.compile(r"\s{1,3}")  # after a whole word a full stop ends the sentence
_SPACE = re.compile(r"[.\s]{1,3}")
_TO_NUMBER = re.compile(r"[\s,]{1,3}(?:(?:дом\w{0,2}|д|dom|d)\.?\s{0,2})?№?(?=\d)", re.IGNORECASE)
_NUMBER = re.compile(r"\d{1,4}(?:\s?[-–—/]\s?\d{1,4})?(?![\s()-]{0,2}\d)")


def find_streets(text: str, known: Sequence[str] = ()) -> Iterator[Span]:
    theirs = Known(known)
    words = list(WORD.finditer(text))
    for i, found in enumerate(words):
        word = fold(found[0])
        if _KIND.fullmatch(word):
            yield from _by_kind(text, words, i, theirs)
        elif not word[0].isdigit():
            house = _house_after(text, found.end())
            if house and _is_street(text, found, word, theirs):
                yield found.start(), house, "place"


def _by_kind(text: str, words: list[re.Match[str]], i: int, theirs: Known) -> Iterator[Span]:
    """«улица Садовая 5», «Садовой улице», «пр. Мира»."""
    kind, before, after = fold(words[i][0]), words[i - 1] if i else None, None
    space = _BLANK if _BARE.fullmatch(kind) else _SPACE
    if i + 1 < len(words) and space.fullmatch(text, words[i].end(), words[i + 1].start()):
        after = words[i + 1]
    near = before is not None and _SPACE.fullmatch(text, before.end(), words[i].start())
    if before is not None and near and _names_before(before[0], kind, theirs):
        house = _house_after(text, words[i].end())
        yield before.start(), house or words[i].end(), "place"
    elif (
        after is not None and not after[0][0].isdigit() and _names_after(text, kind, after, theirs)
    ):
        ends, last = after.end(), i + 1
        while (  # «8 Марта», «Героев Панфиловцев»
            last + 1 < len(words)
            and words[last + 1][0][0].isupper()
            and text[words[last].end() : words[last + 1].start()] == " "
        ):
            last += 1
            ends = words[last].end()
        yield words[i].start(), _house_after(text, ends) or ends, "place"
    elif after is not None and after[0][0].isdigit() and not UNIT_AFTER.match(text, after.end()):
        month = words[i + 2] if i + 2 < len(words) else None
        ends = month.end() if month is not None and month[0][0].isupper() else after.end()
        yield words[i].start(), _house_after(text, ends) or ends, "place"


def _names_before(said: str, kind: str, theirs: Known) -> bool:
    word = fold(said)
    if theirs.has(word):
        return True
    readings = grammar(word)
    adjective = any("ADJF" in each and not {"Apro", "Anum"} & each for each, _ in readings[:2])
    return adjective and lemma(word) not in _NOT_A_STREET and kind != "ek"


def _names_after(text: str, kind: str, found: re.Match[str], theirs: Known) -> bool:
    word = fold(found[0])
    if is_common(word):
        return False
    if not _BARE.fullmatch(kind) or found[0][0].isupper() or theirs.has(word):
        return True
    if word in _COMMON_NAMES or share_of_names(word) >= 0.3:
        return True
    if lemma(word) in _NOT_A_STREET or not any("ADJF" in each for each, _ in grammar(word)[:1]):
        return False
    after = WORD.search(text, found.end())  # «на улице сухая погода» is no address
    if after is None or after[0][0].isdigit():
        return bool(_agree(kind, word))
    return bool(_agree(kind, word)) and not any(
        "NOUN" in each for each, _ in grammar(fold(after[0]))[:1]
    )


def _agree(kind: str, word: str) -> bool:
    cases = {"nomn", "gent", "datv", "accs", "ablt", "loct"}
    first = {case for each, _ in grammar(kind) for case in cases & each if "femn" in each}
    return any("femn" in each and cases & each & first for each, _ in grammar(word))


def _is_street(text: str, found: re.Match[str], word: str, theirs: Known) -> bool:
    """Whether the word before a house's number names a street."""
    if theirs.has(word) or word in _COMMON_NAMES:
        return True
    if any(each.search(f"{word} ") for each in (HOUSE_BEFORE, FLOOR_BEFORE)) or not is_russian(
        word
    ):
        return False
    readings = grammar(word)
    adjective = any("ADJF" in each and not {"Apro", "Anum"} & each for each, _ in readings[:2])
    if adjective:
        return lemma(word) not in _NOT_A_STREET
    if share_of_names(word) >= 0.3 and len(word) > 3:
        return True
    begins_sentence = (
        not text[: found.start()].rstrip() or text[: found.start()].rstrip()[-1] in ".!?\n"
    )
    return (
        found[0][0].isupper()
        and not found[0].isupper()
        and (not begins_sentence or not is_known(word))
    )


def _house_after(text: str, at: int) -> int:
    """Where the number of a house ends that follows; 0: none does."""
    before = _TO_NUMBER.match(text, at)
    number = _NUMBER.match(text, before.end()) if before else None
    if number is None or UNIT_AFTER.match(text, number.end()):
        return 0
    more = WITH_HOUSE.match(text, number.end())
    return more.end() if more else number.end()
