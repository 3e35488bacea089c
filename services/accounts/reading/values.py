"""One cell: an account's number, a sum, a date, a month. Sums are kopecks; no float is ever made.

Each raises `CellWrong` with a code that `handlers/import_texts.py` has a sentence for.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation

from services.accounts.reading.wrong import CellWrong


class Num(str):
    """A cell that a spreadsheet keeps as a number: its text as the file has it."""

    __slots__ = ()


class Day(str):
    """A cell that a spreadsheet shows as a day: 2026-11-15."""

    __slots__ = ()


MOST_KOPECKS = 100_000_000_000  # a billion roubles: no flat owes it
LONGEST = 100  # letters of a number, a sum or a day
SURE_DIGITS = 15  # a spreadsheet keeps so many of a number; the rest become zeros
_ERRORS = ("#ССЫЛ", "#REF", "#Н/Д", "#N/A", "#ЗНАЧ", "#VALUE", "#ДЕЛ/0", "#DIV/0", "#ИМЯ", "#NAME",
           "#ЧИСЛО", "#NUM", "#ПУСТО", "#NULL", "####")  # fmt: skip
_SPACES = re.compile(r"[\s\u00a0\u202f\u2009\u2007\ufeff]+")
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064]")
_MINUS = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\ufe63\uff0d", "-"))
_CALLED = re.compile(r"^(?:лицевой\s+сч[её]т|л\s*[/.]?\s*с(?:ч[её]т)?\.?|сч[её]т)?\s*[№#:]?\s*",
                     re.IGNORECASE)  # fmt: skip
_ACCOUNT = re.compile(r"[0-9A-Za-zА-Яа-яЁё/._-]{1,32}")
_NAMES = r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек)[а-я]*"
_SPOILT_DAY = re.compile(  # what Excel makes of 1-05, and of 5-2001
    rf"(?:0?[1-9]|[12]\d|3[01])\.(?:(?:0[1-9]|1[0-2])\.20\d\d|{_NAMES})|{_NAMES}\.\d\d(?:\d\d)?",
    re.IGNORECASE,
)
_EXPONENT = re.compile(r"\d+(?:[.,]\d+)?[eEеЕ]\+?\d+")
_PLAIN_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_UNIT = re.compile(r"(?:руб(?:лей|ля|ль)?\.?|р\.?|₽|rub)$", re.IGNORECASE)
_TWO_LINES = re.compile(r"\d\s*[\r\n]\s*\d")
_SIMPLE = re.compile(r"(-?)([0-9]{1,8})(?:[.,]([0-9]{1,2}))?")
_SPACED = re.compile(r"\d[\d ]* \d+")
_MONEY = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+")
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})")
_ISO = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})")
_TIME = re.compile(r"[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?Z?$")
_MONTH = re.compile(r"(\d{1,2})[./-](\d{4})")
_ISO_MONTH = re.compile(r"(\d{4})[./-](\d{1,2})")
_MONTHS = ("янв", "фев", "мар", "апр", "ма", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
NAMED_MONTH = re.compile(
    r"(?<![а-яё])(янв[а-яё]*|фев[а-яё]*|мар(?:т|та)?|апр[а-яё]*|ма[йя]|июн[а-яё]*|июл[а-яё]*|"
    r"авг[а-яё]*|сен[а-яё]*|окт[а-яё]*|ноя[а-яё]*|дек[а-яё]*)[.\s,]*(\d{4})",
    re.IGNORECASE,
)


def squeeze(text: str) -> str:
    """No spaces of whatever kind at the ends, single ones within; nothing that is not seen."""
    if not text.isascii():
        text = _UNSEEN.sub("", text)
    return _SPACES.sub(" ", text).strip()


def _check(text: str, code: str) -> None:
    """Before any pattern is tried on it: some of them take long over what is long."""
    if len(text) > LONGEST:
        raise CellWrong(code)
    if text.startswith(_ERRORS):
        raise CellWrong("cell_error")
    if text.startswith("="):
        raise CellWrong("cell_formula")


def read_number(cell: str) -> str:
    """An account's number as text, its zeros kept."""
    if isinstance(cell, Num):
        return _number_of_number(cell)
    if isinstance(cell, Day):
        raise CellWrong("number_day")
    text = squeeze(cell).removeprefix("'")
    if text.isascii() and text.isdigit() and len(text) <= 32:
        return text
    _check(text, "number_odd")
    if _EXPONENT.fullmatch(text):
        raise CellWrong("number_exponent")
    bare = _CALLED.sub("", text).replace(" ", "")
    if re.search(r"[а-яёa-z]{3,}\s", text, re.IGNORECASE) and not bare.isdigit():
        raise CellWrong("number_odd")
    if not _ACCOUNT.fullmatch(bare) or not any(letter.isdigit() for letter in bare):
        raise CellWrong("number_odd")
    if re.fullmatch(r"\d+[.,]0{1,2}|\d{4,}[.,]0+", bare):
        raise CellWrong("number_fraction")
    if _SPOILT_DAY.fullmatch(bare):
        raise CellWrong("number_day")
    return bare


def _number_of_number(cell: str) -> str:
    value = _exact(cell, "number_odd")
    if value >= 10**SURE_DIGITS:
        raise CellWrong("number_long")
    if value != value.to_integral_value() or value < 0:
        raise CellWrong("number_fraction")
    return str(int(value))


def _exact(cell: str, code: str) -> Decimal:
    """No larger than what may be counted with: the whole number of 1E999999999 fills the memory."""
    try:
        value = Decimal(cell)
    except InvalidOperation:
        raise CellWrong(code) from None
    if not value.is_finite() or abs(value.adjusted()) > 40:
        raise CellWrong(code)
    return value


def read_money(cell: str) -> int:
    """Kopecks. An empty cell and a dash are nothing owed: so do the accounting systems print it."""
    if simple := _SIMPLE.fullmatch(cell):  # nearly all of them
        kopecks = int(simple[2]) * 100 + int((simple[3] or "").ljust(2, "0"))
        return -kopecks if simple[1] else kopecks
    if isinstance(cell, Num):
        return _kopecks(_decimal(cell))
    text = squeeze(cell).translate(_MINUS)
    if text in ("", "-"):
        return 0
    _check(text, "money_odd")
    if ("\n" in cell or "\r" in cell) and _TWO_LINES.search(cell):
        raise CellWrong("money_odd")  # two sums in one cell are no thousands
    if " " in text:
        if any(not _grouped(run.strip(), " ") for run in _SPACED.findall(text)):
            raise CellWrong("money_odd")
        text = text.replace(" ", "")
    text = _UNIT.sub("", text).replace("'", "").replace("’", "")
    negative = False
    if text.startswith("(") and text.endswith(")"):
        text, negative = text[1:-1], True
    if text.endswith("-"):
        text = "-" + text[:-1]
    if text[:1] in ("+", "-"):
        if negative:
            raise CellWrong("money_odd")  # «(-5)»: once less, or twice
        negative ^= text[0] == "-"
        text = text[1:]
    if not _MONEY.fullmatch(text):
        raise CellWrong("money_odd")
    kopecks = _kopecks(Decimal(_with_point(text)))
    return -kopecks if negative else kopecks


def _with_point(text: str) -> str:
    """The last mark is that of kopecks, where there are both."""
    commas, points = text.count(","), text.count(".")
    if not commas + points:
        return text
    if commas and points:
        mark, other = (",", ".") if text.rfind(",") > text.rfind(".") else (".", ",")
        whole, _, rest = text.rpartition(mark)
        if mark in whole or not _grouped(whole, other):
            raise CellWrong("money_odd")
        return f"{whole.replace(other, '')}.{rest}"
    mark = "," if commas else "."
    if commas + points > 1:
        if not _grouped(text, mark):
            raise CellWrong("money_odd")
        return text.replace(mark, "")
    whole, _, rest = text.partition(mark)
    if len(rest) == 3 and 0 < len(whole.lstrip("0")) <= 3:
        raise CellWrong("money_ambiguous")  # a thousand, or roubles with three digits after
    return f"{whole or '0'}.{rest}"


def _grouped(text: str, mark: str) -> bool:
    first, *rest = text.split(mark)
    return 0 < len(first) <= 3 and all(len(part) == 3 for part in rest)


def _decimal(cell: str) -> Decimal:
    """What a spreadsheet keeps: 0.1 + 0.2 there is 0.30000000000000004, a sum of two digits."""
    value = _exact(cell, "money_odd")
    if abs(value) * 100 > MOST_KOPECKS:
        raise CellWrong("money_big")
    near = round(value, 2)
    return near if abs(value - near) < Decimal("0.00001") else value


def _kopecks(value: Decimal) -> int:
    scaled = value * 100
    if abs(scaled) > MOST_KOPECKS:
        raise CellWrong("money_big")
    kopecks = int(scaled)
    if kopecks != scaled:
        raise CellWrong("money_fraction")
    return kopecks


def read_area(cell: str) -> int | None:
    """Hundredths of a square metre."""
    text = re.sub(r"(кв\.?\s*м\.?|м2|м²)$", "", squeeze(cell).lower()) if cell else ""
    if not text:
        return None
    try:
        value = _decimal(Num(_SPACES.sub("", text).replace(",", ".")))
    except CellWrong:
        raise CellWrong("area_odd") from None
    if not 0 <= value < 100_000:
        raise CellWrong("area_odd")
    return round(value * 100)


def read_day(cell: str) -> date | None:
    """15.11.2026, 15.11.26, 15/11/2026, 2026-11-15, with a time or without; a spreadsheet's own
    number of a day."""
    text = squeeze(cell)
    if not text or text in ("-", "–", "—"):
        return None
    _check(text, "day_odd")
    if isinstance(cell, Num):
        return day_of_number(text)
    text = _TIME.sub("", text).removesuffix("г.").removesuffix("г").strip()
    if found := _ISO.fullmatch(text):
        year, month, day = map(int, found.groups())
    elif found := _DAY.fullmatch(text):
        day, month, year = map(int, found.groups())
        year += 2000 if year < 100 else 0
    else:
        raise CellWrong("day_odd")
    return _date(year, month, day, "day_odd")


def day_of_number(text: str, *, from_1904: bool = False) -> date:
    """A day as spreadsheets count them."""
    if not _PLAIN_NUMBER.fullmatch(text):
        raise CellWrong("day_odd")
    value = _exact(text, "day_odd")
    if not 0 < value < 100_000:
        raise CellWrong("day_odd")
    days = int(value) + (1462 if from_1904 else 0)
    if not 36526 <= days <= 73050:  # 2000 to 2099
        raise CellWrong("day_odd")
    return date(1899, 12, 30) + timedelta(days=days)


def _date(year: int, month: int, day: int, code: str) -> date:
    try:
        found = date(year, month, day)
    except ValueError:
        raise CellWrong(code) from None
    if not 2000 <= year < 2100:
        raise CellWrong(code)
    return found


def read_month(cell: str) -> date | None:
    """The first day of it: «10.2026», «2026-10», «октябрь 2026», any day of it."""
    text = squeeze(cell)
    if not text:
        return None
    if isinstance(cell, Num) and "." in text:
        text = f"{round(_exact(text, 'month_odd'), 4):f}"  # a spreadsheet's 10.202600000000001
    if found := _MONTH.fullmatch(text):  # Excel takes 11.2026 for a number
        return _date(int(found[2]), int(found[1]), 1, "month_odd")
    if not isinstance(cell, Num):
        if found := _ISO_MONTH.fullmatch(text):
            return _date(int(found[1]), int(found[2]), 1, "month_odd")
        if found := NAMED_MONTH.match(text):
            return month_of(found)
    try:
        day = read_day(cell)
    except CellWrong as wrong:
        raise CellWrong("month_odd" if wrong.args[0] == "day_odd" else wrong.args[0]) from None
    return day.replace(day=1) if day else None


def month_of(found: re.Match[str]) -> date:
    """Of a match of `NAMED_MONTH`."""
    name = found[1].lower()
    number = next(n for n, begins in enumerate(_MONTHS, 1) if name.startswith(begins))
    return _date(int(found[2]), number, 1, "month_odd")


def read_phone(cell: str) -> str | None:
    """+7 and ten digits."""
    digits = re.sub(r"\D", "", cell.split(",")[0].split(";")[0])
    if not digits:
        return None
    if len(digits) == 11 and digits[0] in "78":
        digits = digits[1:]
    if len(digits) != 10:
        raise CellWrong("phone_odd")
    return f"+7{digits}"
