"""Numbers that name a person, a home or a paper, in digits and in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from services.understanding.masking.words import words_of
from services.understanding.words import WORD, fold, grammar

Span = tuple[int, int, str]

_CHUNK = re.compile(r"\+?\d(?:[ \t\u00a0().\-–—/_]{0,3}\d)*")
_TAIL = re.compile(
    r"\s?-?(?:ый|ой|ая|ую|ые|ых|ого|ому|й|я|ю|го|му|м|е|х|ти|ми)(?![\w])", re.IGNORECASE
)
_LETTER = re.compile(r"(?:[-/]?[а-яa-z]|\s[абгд])(?![\w.])", re.IGNORECASE)
_GLUED = re.compile(r"[^\W\d_]+(?![^\W_])")

_MONTHS = (
    "января|февраля|марта|апреля|мая|июня|июля|августа|сентября|октября|ноября|декабря|янв|фев|мар|"
    "апр|июн|июл|авг|сен|сент|окт|ноя|дек"
)
UNIT_AFTER = re.compile(
    rf"""\s{{0,3}}(?:(?:и|или|до|-|–)\s{{0,2}}\d{{1,3}}\s{{0,2}})?(?:-?(?:ти|х|го|й|е|и|ми|м|мя))?\s{{0,2}}(?:%|°|₽|\$|€|процент|градус|руб|р\b|коп|тысяч|тыс\b|
    млн|миллион|час|ч\b|мин|сек|раз(?:а|ов)?\b|сут|дн(?:я|ей|ем|ям)\b|день|дня|недел|месяц|мес\b|
    год(?:а|у|ом|ов)?\b|лет\b|г\.|числ|{_MONTHS}|куб|метр|м\b|м2|м3|кв\.?\s?м|кв\.?\s?метр|квадрат|
    см\b|мм\b|км\b|литр|л\b|квт|вт\b|ватт|вольт|ампер|бар\b|атм|кг\b|грамм|гб\b|мбит|человек|чел\b|штук|шт\b|
    комнат|ламп|стояк|радиатор|батаре|окон\b|окна\b|машин|ведр|утра|вечера|ночи|дня\b|ступен|контейнер|"""
    r"""мешк|пакет|коробк|собак|кошк|детей|ребен|жильц|процед|балл|копи|экземпляр|(?:этаж|эт\b|двер|подъезд|под\b)(?!\w{0,3}\.?\s{0,2}№?\s{0,2}\d))""",
    re.IGNORECASE | re.VERBOSE,
)
_SURE_UNIT = re.compile(
    r"\s{0,3}(?:°|%|градус|процент|человек|чел\b|кв\.?\s?м|м2|комнат)", re.IGNORECASE
)
_QUANTITY = re.compile(
    r"\+?(?:\d{1,3}(?:[ \u00a0]\d{3}){1,2}|\d{1,6})(?:[.,]\d{1,2})?|\d{1,3}\s?[-–—/]\s?\d{1,3}"
)
_DATE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])\.(?:0[1-9]|1[0-2])(?:\.(?:20)?[12]\d)?|20[12]\d(?:[-–/]20[12]\d)?"
)
_BIRTH = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:19|20)?\d{2}")
_TIME = re.compile(r"(?<![\d:])(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])")
_HOUR = re.compile(r"(?:[01]?\d|2[0-4])(?:[.-][03]0)?")
_SPAN_OF_HOURS = re.compile(r"(?:[01]?\d|2[0-4])\s?[-–—]\s?(?:[01]?\d|2[0-4])")
_AT_HOURS = re.compile(
    r"(?<!\w)(?:с|со|до|после|около|часов|время|s|do|posle)\s{1,2}$", re.IGNORECASE
)
FLOOR_BEFORE = re.compile(
    r"(?<!\w)(?:этаж\w{0,3}|эт\.?|подъезд\w{0,3}|под\.|п-д|парадн\w{0,3})\s{0,2}№?\s{0,2}$",
    re.IGNORECASE,
)

# Before a number; with «\W» a keyboard left in Latin and translit.
_KEY = (
    r"(?<!\w)(?:{})\.?\s{{0,2}}"
    r"(?:№|N|n|No\.?|#|:|-|–|—|номер\w{{0,2}}|nomer|под номером|это|=|,|\s){{0,4}}$"
)
_FLAT = re.compile(
    _KEY.format(
        r"кв|квартир\w{0,3}|кварт|кв-р\w{0,2}|квар|кватир\w{0,3}|kv|kvartir\w{0,3}|kvart|rd|rdfhnbh\w{0,3}|"
        r"flat|apt|apartment|офис\w{0,2}|оф|помещени\w{0,2}|пом|апартамент\w{0,2}|апарты|комнат\w{0,2}|ком|"
        r"кладов\w{0,4}|машино-?\s?мест\w{0,2}|м/м|гараж\w{0,3}|бокс\w{0,2}|парковк\w{0,3}|мест\w{0,2}"
    ),
    re.IGNORECASE,
)
HOUSE_BEFORE = re.compile(
    _KEY.format(
        r"дом\w{0,2}|д|корп\w{0,4}|к|стр|строени\w{0,2}|литер\w?|вл|владени\w|dom\w?|d|ljv\w?|house"
    ),
    re.IGNORECASE,
)
_TICKET = re.compile(
    _KEY.format(
        r"заяв\w{0,4}|обращени\w{0,3}|тикет\w{0,2}|запрос\w{0,2}|zayavk\w{0,2}|zajavk\w{0,2}|pfzdr\w{0,2}|"
        r"вх|входящ\w{0,3}|исх|исходящ\w{0,3}|претензи\w{0,2}"
    ),
    re.IGNORECASE,
)
_ACCOUNT = re.compile(
    _KEY.format(
        r"лицев\w{0,3}(?:\s{1,2}сч[её]т\w{0,2})?|л/с|л\.с|лс|л/сч|сч[её]т\w{0,2}|абонент\w{0,4}|договор\w{0,2}|"
        r"schet\w{0,2}|licev\w{0,3}(?:\s{1,2}schet\w{0,2})?|ls|епд|елс|жку"
    ),
    re.IGNORECASE,
)
_PAPER = re.compile(
    _KEY.format(
        r"паспорт\w{0,3}|снилс\w?|инн|серии?\w?|полис\w{0,2}|свидетельств\w{0,2}|кадастров\w{0,3}|passport\w?"
    ),
    re.IGNORECASE,
)
_AFTER_FLAT = re.compile(
    r"\s{0,2}(?:кв(?!\w)(?!\.?\s{0,2}м)|квартир[аеуы]\b|квартирой|kv\b|kvartir\w?|rd(?!\w)|"
    r"офис[ае]?\b|апартамент\w{0,2})(?!\w)(?!\W{0,4}\d)",
    re.IGNORECASE,
)
_AFTER_HOUSE = re.compile(r"\s{0,2}(?:дом(?:а|е|у|ом)?\b|корпус|dom\w?\b)", re.IGNORECASE)
_AFTER_TICKET = re.compile(r"\s{0,2}(?:заявк|обращени)\w{0,2}(?!\w)", re.IGNORECASE)
WITH_HOUSE = re.compile(
    r"(?:\s?[а-гa-d](?!\w))?(?:[\s,]{0,3}(?:(?:к|корп\w{0,3}|корпус|стр\w{0,6})\.?\s{0,2}\d{1,4}|"
    r"лит\w{0,4}\.?\s{0,2}[а-я](?!\w)))?(?:\s?[а-гa-d](?!\w))?",
    re.IGNORECASE,
)
_MORE = re.compile(r"\s{0,2}(?:,|и|или|/|-)\s{0,2}(?=\d)", re.IGNORECASE)


def find_numbers(text: str, known: Sequence[str] = ()) -> Iterator[Span]:
    yield from _find_digits(text)
    yield from _find_spelt(text)


def _find_digits(text: str) -> Iterator[Span]:
    times = [found.span() for found in _TIME.finditer(text)]
    after_flat = -1
    at = 0
    while found := _CHUNK.search(text, at):
        begins, ends = found.span()
        clock = next((span for span in times if span[0] <= begins < span[1]), None)
        if clock is not None:
            at = clock[1]
            continue
        at = ends
        if _is_harmless(text, begins, ends) and after_flat != begins:
            continue
        begins, ends, kind = _name_number(text, begins, ends, of_flats=after_flat == begins)
        at = ends
        after_flat = -1
        if kind == "flat" and (more := _MORE.match(text, ends)):
            after_flat = more.end()
        yield begins, ends, kind


def _is_harmless(text: str, begins: int, ends: int) -> bool:
    """A quantity with its unit, a date, hours, a floor."""
    chunk = text[begins:ends].strip()
    before = text[max(0, begins - 40) : begins]
    if _GLUED.search(before[-1:]):
        return False
    if _QUANTITY.fullmatch(chunk) and _SURE_UNIT.match(text, ends):
        return True
    if _FLAT.search(before) or _ACCOUNT.search(before) or _PAPER.search(before):
        return False
    if _QUANTITY.fullmatch(chunk) and UNIT_AFTER.match(text, ends):
        return True
    if HOUSE_BEFORE.search(before) or _TICKET.search(before):
        return False
    if _AFTER_FLAT.match(text, ends):
        return False
    if FLOOR_BEFORE.search(before):
        return len(chunk) <= 2 and not _LETTER.match(text, ends)
    if _AT_HOURS.search(before) and (_HOUR.fullmatch(chunk) or _SPAN_OF_HOURS.fullmatch(chunk)):
        return not _TAIL.match(text, ends)
    return _DATE.fullmatch(chunk) is not None and not _LETTER.match(text, ends)


def _name_number(text: str, begins: int, ends: int, *, of_flats: bool) -> Span:
    """The span with what belongs to it, and its kind."""
    chunk = text[begins:ends]
    digits = re.sub(r"\D", "", chunk)
    base = max(0, begins - 40)
    before = text[base:begins]
    tail = _TAIL.match(text, ends)
    whole = tail.end() if tail else ends
    if (
        tail is None
        and (letter := _LETTER.match(text, ends))
        and letter[0].strip(" -/") not in "икос"
    ):
        whole = letter.end()
    for shape, kind in ((_PAPER, "paper"), (_ACCOUNT, "account")):
        if key := shape.search(before):
            return base + key.start(), ends, kind
    if _BIRTH.fullmatch(chunk):
        return begins, ends, "number"
    if len(digits) >= 10 or chunk.startswith("+"):
        return begins, ends, _name_long(chunk, digits)
    if of_flats:
        return begins, whole, "flat"
    if key := _FLAT.search(before):
        return base + key.start(), whole, "flat"
    key = HOUSE_BEFORE.search(before)
    if key is None and (after := _AFTER_FLAT.match(text, whole)):
        return begins, after.end(), "flat"
    if ticket := _TICKET.search(before):
        return base + ticket.start(), ends, "ticket"
    if key is not None:
        more = WITH_HOUSE.match(text, ends)
        return base + key.start(), more.end() if more else ends, "place"
    if after := _AFTER_TICKET.match(text, whole):
        return begins, after.end(), "ticket"
    if after := _AFTER_HOUSE.match(text, whole):
        return begins, after.end(), "place"
    if len(digits) >= 5:
        return begins, ends, _name_long(chunk, digits)
    return begins, whole, "number"


def _name_long(chunk: str, digits: str) -> str:
    if 16 <= len(digits) <= 19:
        return "card"
    if re.fullmatch(r"\d{3}-\d{3}-\d{3}[ -]?\d{2}", chunk):
        return "paper"
    if 10 <= len(digits) <= 15 or re.fullmatch(r"\d{2,3}[- ]\d{2}[- ]\d{2}", chunk):
        return "phone"
    return "long"


# ── In words ─────────────────────────────────────────────────────────────────

_FLAT_WORD = re.compile(r"квартир[аеуы]|квартирой|кв|квартира|офис[ае]?")
_HOUSE_WORD = re.compile(r"дом[аеу]?|корпус[ае]?")
_ALSO = words_of("numerals")
_BETWEEN = re.compile(r"[\s,.\-]{1,3}")
_LINK = re.compile(r"[\s,.:№—-]{1,4}(?:номер\w{0,2}[\s:]{1,2}|это )?")
_COUNTED = re.compile(r"перв|втор|трет|последн")  # «первый раз», «вторая неделя»


def _find_spelt(text: str) -> Iterator[Span]:
    words = list(WORD.finditer(text))
    at = 0
    while at < len(words):
        if not _is_number(fold(words[at][0])):
            at += 1
            continue
        last = at
        while (
            last + 1 < len(words)
            and _BETWEEN.fullmatch(text, words[last].end(), words[last + 1].start())
            and _is_number(fold(words[last + 1][0]))
        ):
            last += 1
        span = _judge_spelt(text, words, at, last)
        if span is not None:
            yield span
        at = last + 1


def _judge_spelt(text: str, words: list[re.Match[str]], first: int, last: int) -> Span | None:
    begins, ends = words[first].start(), words[last].end()
    before = fold(words[first - 1][0]) if first else ""
    after = fold(words[last + 1][0]) if last + 1 < len(words) else ""
    linked = first > 0 and _LINK.fullmatch(text, words[first - 1].end(), begins)
    key = words[first - 1].start() if linked else begins
    if linked and _FLAT_WORD.fullmatch(before):
        return key, ends, "flat"
    if linked and before.startswith(("номер", "заявк")):
        return key, ends, "ticket" if before.startswith("заяв") else "long"
    counted = UNIT_AFTER.match(text, ends) is not None
    if linked and not counted and (_HOUSE_WORD.fullmatch(before) or before.startswith("корпус")):
        return key, ends, "place"
    ordinal = fold(words[last][0])
    if _is_ordinal(ordinal):
        if re.fullmatch(r"квартир[аеуы]|квартирой|кв", after):
            return begins, words[last + 1].end(), "flat"
        if re.fullmatch(r"дом[аеу]?|домом|корпус[ае]?", after):
            return begins, words[last + 1].end(), "place"
        alone = not after or not _is_named_by(ordinal, after)
        if _has(ordinal, "femn") and alone and (last > first or not _COUNTED.match(ordinal)):
            return begins, ends, "flat"
    if counted:
        return None
    if last - first >= 2:
        return begins, ends, "phone" if last - first >= 4 else "long"
    if last > first and all(_is_number(fold(each[0])) for each in words[first : last + 1]):
        return begins, ends, "number"
    return None


def _is_number(word: str) -> bool:
    return word in _ALSO or _has(word, "NUMR") or _is_ordinal(word)


def _is_ordinal(word: str) -> bool:
    return _has(word, "Anum")


def _has(word: str, grammeme: str) -> bool:
    return sum(share for each, share in grammar(word) if grammeme in each) >= 0.4


def _is_named_by(ordinal: str, noun: str) -> bool:
    """«в пятой секции»: the ordinal is of that noun."""
    return any("NOUN" in each and "femn" in each for each, _ in grammar(noun)[:2])
