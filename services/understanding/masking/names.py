"""People: first names, patronymics and surnames in any case form and in any letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from services.understanding.letters import read_letters
from services.understanding.masking.words import words_of
from services.understanding.words import (
    WORD,
    fold,
    grammar,
    is_known,
    is_russian,
    lemma,
    names_behind,
)

Span = tuple[int, int, str]

_EVERYDAY = words_of("everyday")
_NAMES = words_of("names")
_EVERYDAY_FORMS = words_of("everyday_forms")
_KINDS = frozenset({"Name", "Patr", "Surn"})
_SURNAME = re.compile(
    r"[а-я]{2,}(?:(?:[еоё]в|ин|ын)(?:а|у|ым|ой|е|ых|ы)?|енк[оауие]|ск(?:ий|ого|ому|им|ая|ую)|"
    r"[ую]к(?:а|у|ом)?|[ая]н(?:а|у|ом)?|дзе|швили|оглы|кызы)"
)
_LATIN_SURNAME = re.compile(
    r"[A-Z][a-z]{2,}(?:(?:ov|ev|in|yn)(?:a|oy|u|ym)?|enko|sk(?:iy|y|ij|aya|aja|oy)|yan|dze|shvili|"
    r"ovich\w?|evich\w?|ovn[aeuy]|evn[aeuy])"
)
_LATIN_WORDS = words_of("latin")
_LATIN = re.compile(r"[A-Za-z]")
_INITIALS = re.compile(r"\s{0,2}(?<![А-ЯЁA-Z])[А-ЯЁA-Z]\.(?:\s?[А-ЯЁA-Z]\.)?")
_INITIALS_BEFORE = re.compile(r"(?<!\w)[А-ЯЁA-Z]\.(?:\s?[А-ЯЁA-Z]\.)?\s{0,2}$")
_NEAR = re.compile(r"[ \t\u00a0]{1,3}")
_SENTENCE_ENDS = re.compile(r"(?:^|[.!?…\n:;•*«»\"()\[\]–—\U000f0000-\U000ffffd-])[\s*«\"(]*$")

# After these stands a name, whatever it looks like.
_CALLED = re.compile(
    r"(?<!\w)(?:зовут|имя|фамилия|фио|ф\.и\.о|отчество|уважением|уважаем\w{2}|гражданин\w?|гражданк\w{1,2}|"
    r"господин\w?|госпож\w{1,2}|тов|товарищ\w?|г-н\w?|г-жа|имени|zovut|imya|familiya|fio|pjden|"
    r"name is)[\s:.,–—-]{1,4}$",
    re.IGNORECASE,
)
_WHO = re.compile(
    r"(?<!\w)(?:я|это|мастер\w{0,2}|сантехник\w{0,2}|электрик\w{0,2}|диспетчер\w{0,2}|оператор\w{0,2}|"
    r"сосед\w{0,3}|муж\w{0,2}|жен[аеуы]|сын\w{0,2}|дочь|дочк\w|мам[аеуы]|пап[аеуы]|бабушк\w|дедушк\w|"
    r"тет[яеию]|дяд[яеию]|баб[аеуы]|старш\w{2,3}|консьерж\w{0,2}|управляющ\w{2,3}|собственни\w{1,3}|жилец|"
    r"жильц\w{1,2}|инженер\w{0,2}|слесар\w{0,2}|уборщиц\w|дворник\w{0,2}|председател\w{1,2}|ya|eto)"
    r"[\s,:–—-]{1,3}$",
    re.IGNORECASE,
)
_NOT_CALLED = words_of("not_called")
_ADDRESSED = re.compile(r"\s?,|\s(?:из|с|со)\s")  # «Вера, добрый день», «Слава из соседней»
_ALIKE = 3  # letters that case forms of a name share at least


class Known:
    """What is on record of a person, to be found in any case form and in Latin letters."""

    def __init__(self, known: Sequence[str]) -> None:
        words = [fold(found[0]) for each in known for found in WORD.finditer(each)]
        self._words = [w for w in words if len(w) >= 3 and not w[0].isdigit() and not _is_noise(w)]
        self._lemmas = {lemma(word) for word in self._words}
        self._latin = [_latinise(word) for word in self._words]

    def has(self, word: str) -> bool:
        """Of a folded word."""
        if word in _EVERYDAY_FORMS:
            return False
        if _LATIN.match(word):
            return any(_is_form(_latinise(word), each) for each in self._latin)
        return bool(self._words) and (
            lemma(word) in self._lemmas or any(_is_form(word, each) for each in self._words)
        )


_LETTERS = {
    **dict(zip("абвгдеёзийклмнопрстуфхцыэюя", "abvgdeeziiklmnoprstufhcieua", strict=True)),
    "ж": "zh",
    "ч": "ch",
    "ш": "sh",
    "щ": "sh",
    "ъ": "",
    "ь": "",
}
_SPELLINGS = (
    (r"shch|sch", "sh"), ("kh", "h"), ("ts|tc|tz", "c"), ("[iy]ya", "ia"), ("[iyj]u", "u"),
    ("[yj]a", "a"), ("[yj][oe]", "e"), ("[yj]", "i"), ("w", "v"), ("x", "ks"), ("['’`]", ""),
)  # fmt: skip


def _latinise(word: str) -> str:
    """In Latin letters, however it was spelt in them."""
    for spelt, plain in _SPELLINGS:
        word = re.sub(spelt, plain, word)
    return "".join(_LETTERS.get(each, each) for each in word)


def _is_noise(word: str) -> bool:
    return word in ("улица", "дом", "квартира", "корпус", "проспект", "переулок", "офис", "город")


def _is_form(one: str, other: str) -> bool:
    if one == other:
        return True
    if min(len(one), len(other)) < 4 or abs(len(one) - len(other)) > 3:
        return False
    stem = max(_ALIKE, min(len(one), len(other)) - 2)
    return one[:stem] == other[:stem] and not (is_known(one) and share_of_names(one) < 0.02
                                               and one[:-1] != other[:-1])  # fmt: skip


@lru_cache(maxsize=50_000)
def share_of_names(word: str) -> float:
    """How likely a folded word is a name, 0…1, by the dictionary or a guess at its ending."""
    return sum(share for each, share in grammar(word) if _KINDS & each)


@lru_cache(maxsize=50_000)
def _is_first_name(word: str) -> bool:
    return is_known(word) and any({"Name", "Patr"} & each for each, _ in grammar(word))


@lru_cache(maxsize=50_000)
def _lemmas_of_names(word: str) -> frozenset[str]:
    """The first forms that a word has as a name: «жени» is of «женя»."""
    return names_behind(word) if is_russian(word) else frozenset()


@lru_cache(maxsize=50_000)
def _is_surely_name(word: str) -> bool:
    """Written small, with nothing around it."""
    if lemma(word) in _NAMES or _lemmas_of_names(word) & _NAMES:
        return word not in _EVERYDAY_FORMS
    if word in _EVERYDAY_FORMS or lemma(word) in _EVERYDAY or len(word) < 3:
        return False
    if is_known(word):
        return share_of_names(word) >= 0.5
    return share_of_names(word) >= 0.5 and _SURNAME.fullmatch(word) is not None


@lru_cache(maxsize=50_000)
def _may_be_name(word: str) -> bool:
    """Beside a name, or where one is expected."""
    if not is_russian(word):
        return False
    return share_of_names(word) >= 0.02 or not is_known(word)


class _Word:
    __slots__ = (
        "addressed",
        "begins",
        "called",
        "capital",
        "ends",
        "first",
        "read",
        "shouted",
        "who",
        "word",
    )

    def __init__(self, text: str, found: re.Match[str], shouting: bool) -> None:
        said = found[0]
        before = text[max(0, found.start() - 40) : found.start()]
        self.begins, self.ends = found.span()
        self.word = fold(said)
        self.read = _read(said)
        self.shouted = said.isupper() and len(said) > 1
        self.capital = said[0].isupper() and not (shouting and self.shouted)
        self.first = _SENTENCE_ENDS.search(before) is not None
        self.called = _CALLED.search(before) is not None
        self.who = _WHO.search(before) is not None
        self.addressed = _ADDRESSED.match(text, found.end()) is not None


def find_names(text: str, known: Sequence[str] = ()) -> Iterator[Span]:
    theirs = Known(known)
    letters = [each for each in text if each.isalpha()]
    shouting = sum(map(str.isupper, letters)) > 0.6 * len(letters) and len(letters) > 12
    words = [
        _Word(text, each, shouting) for each in WORD.finditer(text) if _begins_with_letter(each)
    ]
    named = [_is_name(each, theirs) for each in words]
    for i, each in enumerate(words):
        if each.called and not named[i] and each.read not in _NOT_CALLED:
            named[i] = each.capital or _may_be_name(each.read) or not is_russian(each.word)
    for order in (range(len(words)), range(len(words) - 1, -1, -1)):
        for i in order:
            if not named[i]:
                named[i] = _is_beside(text, words, named, i)
    for i, each in enumerate(words):
        if named[i]:
            before = _INITIALS_BEFORE.search(text, max(0, each.begins - 8), each.begins)
            after = _INITIALS.match(text, each.ends)
            yield (
                (before.start() if before else each.begins),
                (after.end() if after else each.ends),
                "name",
            )


def _begins_with_letter(found: re.Match[str]) -> bool:
    """Not the «N» of «N-го»."""
    return found[0][0].isalpha() and "-" not in found[0][1:2]


def _read(said: str) -> str:
    """The folded word, in Russian letters where only those make a name of it."""
    word = fold(said)
    if not _LATIN.search(said) or word in _LATIN_WORDS:
        return word
    said = re.sub(r"(?i)iy(?=[aue])", "i", said)  # «Mariya»
    read = fold(read_letters(said, _is_first_or_surname)).strip()
    return read if " " not in read and is_russian(read) else word


def _is_first_or_surname(word: str) -> bool:
    word = fold(word)
    return is_known(word) and share_of_names(word) >= 0.3


def _is_name(each: _Word, theirs: Known) -> bool:
    read = each.read
    if theirs.has(read) or (read != each.word and theirs.has(each.word)):
        return True
    if not is_russian(read):
        return _is_latin_name(each)
    if read != each.word:  # Latin letters that make a name
        return _is_surely_name(read) or (each.capital and share_of_names(read) >= 0.3)
    if (
        each.who
        and is_known(read)
        and share_of_names(read) >= 0.04
        and lemma(read) not in _EVERYDAY
    ):
        return True
    if not each.capital or (each.shouted and len(read) < 6 and not is_known(read)):
        return _is_surely_name(read)
    if _is_surely_name(read):
        return True
    if lemma(read) in _EVERYDAY or read in _EVERYDAY_FORMS:
        return (
            (not each.first or each.addressed) and _is_first_name(read) and read not in _MONTH_FORMS
        )
    if each.first:
        return share_of_names(read) >= 0.3 and is_known(read)
    if is_known(read):
        return share_of_names(read) >= 0.2
    return (len(read) > 2 and not each.shouted) or share_of_names(read) >= 0.5


_MONTH_FORMS = words_of("months")


def _is_latin_name(each: _Word) -> bool:
    said = each.word
    if said in _LATIN_WORDS or len(said) < 3 or each.shouted:
        return False
    if each.capital and not each.first:
        return not _means_something(said)
    return _LATIN_SURNAME.fullmatch(said.capitalize()) is not None and not _means_something(said)


@lru_cache(maxsize=10_000)
def _means_something(said: str) -> bool:
    """A Russian word in Latin letters, and none of a person."""
    read = fold(read_letters(said, lambda word: is_known(fold(word))))
    return is_russian(read) and is_known(read) and share_of_names(read) < 0.3


def _is_beside(text: str, words: list[_Word], named: list[bool], i: int) -> bool:
    each = words[i]
    for j in (i - 1, i + 1):
        if not (0 <= j < len(words) and named[j]):
            continue
        left, right = (words[j], each) if j < i else (each, words[j])
        if not _NEAR.fullmatch(text, left.ends, right.begins):
            continue
        if each.read in _MONTH_FORMS or len(each.read) < 2 or each.read == "ли":
            continue
        if each.capital and not each.first and not (each.shouted and len(each.read) < 4):
            return True
        if is_known(each.read) and share_of_names(each.read) >= 0.04:
            return _goes_with_name(each.read)
        if not is_known(each.read) and share_of_names(each.read) >= 0.3:
            return True
    return False


def _goes_with_name(word: str) -> bool:
    """«вера петрова» is a name whole; «света нет у петровой» is not."""
    return _is_first_name(word) or share_of_names(word) >= 0.3
