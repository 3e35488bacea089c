"""Words without whoever they are about: names, phones, homes and numbers out, the sense kept.

What cannot be told to be harmless goes: any number that is not plainly a quantity, a date, a time
or a floor; any capitalised word that no dictionary has.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from services.understanding.masking.names import find_names
from services.understanding.masking.numbers import find_numbers
from services.understanding.masking.streets import find_streets

PLACEHOLDERS = {
    "name": "[имя]",
    "phone": "[телефон]",
    "mail": "[почта]",
    "link": "[ссылка]",
    "flat": "[квартира]",
    "place": "[адрес]",
    "account": "[лицевой счёт]",
    "car": "[номер машины]",
    "ticket": "[заявка]",
    "card": "[карта]",
    "paper": "[документ]",
    "long": "[номер]",
    "number": "[число]",
}
Span = tuple[int, int, str]

# A private letter for each cut, so that no rule reads what another has cut out.
_FIRST = 0xF0000
_MOST = 0xFFFD
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]")
_MARK = re.compile("[\U000f0000-\U000ffffd]")
_TWICE = re.compile(r"(\[[а-яё ]+\])(?:[\s,]{0,3}\1)+")
_LETTERS = "абвгдежзиклмнопрстуфхцчшэюя"
_CONTACTS = ("phone", "mail", "link", "card", "account", "paper", "long")

_ZONES = (
    "ru|рф|su|com|org|net|info|biz|online|site|shop|me|pro|io|dev|app|club|москва|рус|moscow|by|kz|ua|"
    "de|uk|us|eu|tv|cc|ly|gg"
)
_AT = "(?:@|\\(at\\)|\\[at\\]|\\bсобака\\b|\\bsobaka\\b)"
_DOT = r"(?:\.|\s+точка\s+|\s+tochka\s+)"
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern, re.IGNORECASE))
    for kind, pattern in (
        ("link", r"\b[a-z][a-z0-9+.-]{1,9}://\S{1,2000}"),
        ("link", r"\bwww\.\S{1,2000}"),
        ("mail", rf"[\w.+-]{{1,64}}\s{{0,2}}{_AT}\s{{0,2}}[\w-]{{1,63}}(?:{_DOT}[\w-]{{1,24}})+"),
        ("mail", rf"[\w.+-]{{1,64}}\s{{0,2}}{_AT}\s{{0,2}}(?:mail|yandex|gmail|ya|bk|inbox|list|"
         r"rambler|icloud|outlook|яндекс|мейл|майл|гмейл|gmeil|мэйл)\b"),
        ("link", rf"(?<![\w.-])(?:[\w-]{{1,63}}\.){{1,4}}(?:{_ZONES})\b(?:[/?:#]\S{{0,2000}})?"),
        ("link", r"(?<![\w@])@[\w.]{2,64}"),
        ("link", r"\b(?:id|club|public)\d{4,12}\b"),
    )
)  # fmt: skip
_CAR_LETTERS = "[авекмнорстухabekmhopctyx]"
_CAR = re.compile(
    rf"(?<!\w){_CAR_LETTERS}\s?\d{{3}}\s?{_CAR_LETTERS}{{2}}(?:\s?\d{{2,3}})?(?:\s?rus)?(?!\w)",
    re.IGNORECASE,
)


def mask(text: str, known: Sequence[str] = ()) -> str:
    """`known`: what is on record of this person (name, street and house, flat, phone). Their words
    go in any case form, their numbers wherever they stand. Masking twice changes nothing."""
    cuts = _Cuts()
    text = cuts.take_all(text, known)
    masked = _MARK.sub(lambda found: PLACEHOLDERS[cuts.kind(found[0])], text)
    return _TWICE.sub(r"\1", masked)


def mask_contacts(text: str) -> str:
    """Only phones, addresses of the net and numbers of papers: what a machine made up and nobody
    should dial."""
    cuts = _Cuts()
    text = cuts.take_shapes(cuts.begin(text))
    text = cuts.take(text, (each for each in find_numbers(text) if each[2] in _CONTACTS))
    return _MARK.sub(lambda found: PLACEHOLDERS[cuts.kind(found[0])], text)


def hide(text: str, hidden: dict[str, str]) -> str:
    """Like `mask`, to be undone: each thing that goes leaves a name like «{телефон_а}», by which
    `hidden` has it."""
    cuts = _Cuts()
    text = cuts.take_all(text, ())

    def name(found: re.Match[str]) -> str:
        kind = PLACEHOLDERS[cuts.kind(found[0])].strip("[]").replace(" ", "_")
        count, letters = len(hidden) + 1, ""
        while count:
            count, at = divmod(count - 1, len(_LETTERS))
            letters = _LETTERS[at] + letters
        hidden[f"{{{kind}_{letters}}}"] = cuts.original(found[0])
        return f"{{{kind}_{letters}}}"

    return _MARK.sub(name, text)


def bring_back(text: str, hidden: Mapping[str, str]) -> str:
    for name, original in hidden.items():
        text = text.replace(name, original)
    return text


class _Cuts:
    """What was cut out of a text; a mark stands for each."""

    def __init__(self) -> None:
        self._cuts: list[tuple[str, str]] = []

    def take_all(self, text: str, known: Sequence[str]) -> str:
        text = self.take_shapes(self.begin(text))
        for find in (find_streets, find_numbers, find_names):
            text = self.take(text, find(text, known))
        return text

    def begin(self, text: str) -> str:
        """Compatibility forms as plain ones; no invisible letters, no accents, nothing private.
        What an earlier masking left is a cut again."""
        text = "№".join(unicodedata.normalize("NFKC", each) for each in text.split("№"))
        text = "".join(
            each
            for each in _PRIVATE.sub("", text)
            if each.isascii() or unicodedata.category(each) not in ("Cf", "Mn", "Me")
        )
        for kind, placeholder in PLACEHOLDERS.items():
            if placeholder in text:
                text = text.replace(placeholder, self._mark(kind, placeholder))
        return text

    def take_shapes(self, text: str) -> str:
        for kind, shape in _SHAPES:
            text = self.take(text, ((*found.span(), kind) for found in shape.finditer(text)))
        cars = (found for found in _CAR.finditer(text) if _is_car(found[0]))
        return self.take(text, ((*found.span(), "car") for found in cars))

    def take(self, text: str, spans: Iterable[Span]) -> str:
        """Of spans that overlap one is left, as wide as all, of the kind of the widest."""
        merged: list[Span] = []
        for begins, ends, kind in sorted(spans):
            if merged and begins < merged[-1][1]:
                before = merged.pop()
                wider = kind if ends - begins > before[1] - before[0] else before[2]
                merged.append((before[0], max(before[1], ends), wider))
            else:
                merged.append((begins, ends, kind))
        parts, at = [], 0
        for begins, ends, kind in merged:
            parts += [text[at:begins], self._mark(kind, text[begins:ends])]
            at = ends
        return "".join([*parts, text[at:]])

    def _mark(self, kind: str, original: str) -> str:
        if len(self._cuts) < _MOST:
            self._cuts.append((kind, original))
        return chr(_FIRST + len(self._cuts) - 1)

    def kind(self, mark: str) -> str:
        return self._cuts[ord(mark) - _FIRST][0]

    def original(self, mark: str) -> str:
        """The words, with what was cut out of them before."""
        return _MARK.sub(lambda each: self.original(each[0]), self._cuts[ord(mark) - _FIRST][1])


def _is_car(found: str) -> bool:
    """«с 100 на» is none."""
    return " " not in found or found[-1].isdigit() or found[-3:].lower() == "rus" or found.isupper()
