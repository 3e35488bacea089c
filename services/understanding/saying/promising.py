"""What moment a member names when they say when something will be done: «до 15:00», «через час».

Pure: local time in, local time out. Of two readings the one that promises less is taken, and what
may be no promise at all is none: a resident is told of a missed one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta

Ends = Callable[[date], datetime | None]
"""When work ends on that day, in local time; None on a day off."""

EVENING = time(18)
MIDDAY = time(13)
MORNING = time(9)
FARTHEST = timedelta(days=180)
NEAR = timedelta(days=60)
LONGEST = 2000  # characters looked at

NUMBERS = {
    "один": 1, "одного": 1, "одну": 1, "два": 2, "двух": 2, "двум": 2, "две": 2, "пару": 2,
    "три": 3, "трех": 3, "трем": 3, "четыре": 4, "четырех": 4, "четырем": 4, "пять": 5,
    "пяти": 5, "шесть": 6, "шести": 6, "семь": 7, "семи": 7, "восемь": 8, "восьми": 8,
    "девять": 9, "девяти": 9, "десять": 10, "десяти": 10, "одиннадцать": 11,
    "одиннадцати": 11, "двенадцать": 12, "двенадцати": 12, "пятнадцать": 15, "пятнадцати": 15,
    "двадцать": 20, "двадцати": 20, "тридцать": 30, "тридцати": 30, "сорок": 40, "сорока": 40,
}  # fmt: skip
MONTHS = (
    "январ", "феврал", "март", "апрел", "ма", "июн", "июл", "август", "сентябр", "октябр",
    "ноябр", "декабр",
)  # fmt: skip
WEEKDAYS = ("понедельник", "вторник", "сред", "четверг", "пятниц", "суббот", "воскресень")

# ── The shapes that promises have ────────────────────────────────────────────

_BY = r"\b(?:до|к|ко|не позже|не позднее|не поздней)"
_WORD = "|".join(sorted(NUMBERS, key=len, reverse=True))
_COUNT = rf"(?:\d{{1,3}}\s?[-–]\s?)?(\d{{1,3}}(?:[.,]\d)?|{_WORD}|полтора)"
_UNIT = r"(минут\w*|мин|час\w*|ч|д(?:ень|ня|ней)|сут\w+|недел\w+)\b"
_MONTH = r"(январ[яю]|феврал[яю]|март[ау]|апрел[яю]|ма[яю]|июн[яю]|июл[яю]|август[ау]" \
    r"|сентябр[яю]|октябр[яю]|ноябр[яю]|декабр[яю])"  # fmt: skip
_OF_WEEK = r"(понедельник|вторник|сред|четверг|пятниц|суббот|воскресень)"
_MINUTES = r"(?:(:|[.-]|\s|\s?ч\w*\.?\s)([0-5]\d)(?:\s?мин\w*)?)"
_HOUR = rf"(?:(\d{{1,2}}){_MINUTES}?|({_WORD}|часу|часа(?=\s+дня)))"
_PART_OF_DAY = r"(?:\s*(?:часов|часам|час|ч)\b)?(?:\s+(утра|дня|вечера|ночи))?"

CLOCK = re.compile(rf"{_BY}\s+{_HOUR}{_PART_OF_DAY}(?![\w-]|[.:,]\d)")
AT = re.compile(rf"\b(?:в|около)\s+{_HOUR}{_PART_OF_DAY}(?![\w-]|[.:,]\d)")
PART = re.compile(rf"{_BY}\s+(обеда|обеду|вечера|вечеру|утра|утру|полудня|полудню)\b")
END = re.compile(r"\b(?:до конца|к концу|в течение)\s+(?:этого\s+|рабоч\w+\s+)*(дня|недели)\b")
SPAN = re.compile(
    r"\b(?:через|в течение|в течении|в ближайши[йе])\s+"
    rf"(?:(полчас\w*|получас\w*)|(?:{_COUNT}\s*)?(рабоч\w+\s+)?{_UNIT}"
    r"(?:-(полтора|полутора|дв\w+|друг\w+))?)"
)
TURNED = re.compile(rf"\b{_UNIT}\s+через\s+{_COUNT}\b")
WEEKDAY = re.compile(rf"{_BY}\s+{_OF_WEEK}\w*\b")
DATE = re.compile(rf"{_BY}\s+(\d{{1,2}})(?:-?го)?\s+{_MONTH}\b")
FIGURES = re.compile(rf"{_BY}\s+(\d{{1,2}})\.(0[1-9]|1[0-2])(?:\.(?:20)?\d\d)?(?![\d:.])")

# Windows of coming, «завтра с 10 до 12», «в пятницу 14-16»: until their end, where a day is named
# and who comes. The groups are those of `CLOCK`.
_FROM = rf"(?:\d{{1,2}}(?:[:.]\d\d)?|{_WORD})(?:\s*(?:часов|час|ч)\b)?(?:\s+(?:утра|дня|вечера))?"
_UPTO = rf"{_HOUR}{_PART_OF_DAY}(?![\w-]|[.:,]\d|\s+{_MONTH.replace('(', '(?:', 1)})"
SINCE = re.compile(rf"\b(?:(?:с|со)\s+{_FROM}\s+(?:до|по)|между\s+{_FROM}\s+и)\s+{_UPTO}")
DASHED = re.compile(rf"(?<![\w.,/-])\d{{1,2}}(?:[:.]\d\d)?\s?[-–—]\s?{_UPTO}")
NUMBERED = re.compile(r"(?:\b(?:кв\w*|дом\w*|д|подъезд\w*|этаж\w*|тел\w*)\.?|№|[\d)]\s)\s*$")
COMING = re.compile(
    r"\b(?:(?:прид|подойд|подъед|приед|зайд|выед)(?:ет|ем|ут|у)|загляне[тм]|ждите|ожидайте|мастер"
    r"|сантехник|электрик|слесарь|лифтер|бригада|специалист|сварщик|плотник|монтажник|техник)\b"
)
NOT_COMING = re.compile(
    r"\bне\s+(?:прид|подойд|подъед|приед|зайд|выед|загл|жд)|\b(?:приход|приезж|заход)ил"
)

# The day that a time is of: «завтра до 12», «в пятницу до обеда», «до 15:00 5 марта».
DAYS_AHEAD = {"сегодня": 0, "завтра": 1, "послезавтра": 2}
DAY = re.compile(
    rf"\b(?:(сегодня|послезавтра|завтра)(?:шн\w+)?|(?:в|во)\s+{_OF_WEEK}[ауь]?\w*|(\d{{1,2}})\s+{_MONTH})\b"
)

# ── What is no promise, whatever moment stands in it ─────────────────────────

RANGE = re.compile(r"\b(?:с|со|от)\s+[\w:.-]+(?:\s+(?:часов|утра|дня|вечера))?\s*[,–—-]?\s*$")
THING = re.compile(
    r"\s*(?:[%°₽$€(/№+×]|(?:кв|квартир|этаж|дом|подъезд|корпус|литер|стояк|числ|руб|тыс|процент"
    r"|градус|метр|сантим|литр|куб|штук|человек|жил|жител|лет\b|год|мес|недел|дн[яей]|ден|сут"
    r"|мин|сек|раз|балл|ампер|квт|вольт|атм|бар\b|[мгрк]\b|см\b|мм\b|кг\b|шт\b|л\b)|-[а-я])"
)
OTHERS_TIME = re.compile(
    r"\b(?:работаем|работает|работают|открыт\w*|прием\w*|принимаем|принимает|часы|график\w*"
    r"|режим\w*|касса|офис\w*|ежедневно|круглосуточно|кажд\w+|по будням|по выходным|шум\w*"
    r"|тишин\w*|оплат\w*|заплат\w*|показани\w*|квитанц\w*|отключ\w*|отключат|перекры\w*"
    r"|откл|можно|нельзя|нужно|надо|если|вчера|был[аио]?|ждал[аи]?|прождал\w*|дежур\w*"
    r"|не будет|не успе\w+|не смож\w+|не смог\w+|не получ\w+|не обеща\w+|вряд ли"
    r"|набер\w*те|передать|обращайтесь|обратитесь|поднимитесь|скольк\w+|удобно|сможете|будете"
    r"|просили|на месте|на объекте|работаю|запис\w+|займ\w+|долг\w*|договор\w*|скидк\w+"
    r"|действу\w+|акци\w+)\b"
)
DOING = re.compile(
    r"\b(?:буд(?:у|ем|ет|ут)|при[дй]\w+|подойд\w+|подъед\w+|приед\w+|выйд\w+|выед\w+|зайд\w+"
    r"|перезвон\w+|позвон\w+|напиш\w+|отвеч\w+|отвечу|сообщ\w+|верн\w+|сдела\w+|почин\w+"
    r"|устран\w+|закон\w+|включ\w+|дад(?:им|ут)|жд[иё]те|ожидайте)\b"
)
ASKING = re.compile(
    r"\b(?!(?:подо)?ждите|ожидайте|извините|простите|здравствуйте|давайте|не волнуйтесь)"
    r"\w+(?:ьте|йте|ите)\b"
)  # «оставьте ключ до 15:00»
AFTER_TIME = re.compile(r"[\s.!)]*$|\s+(?:сегодня|завтра)")
QUOTED = re.compile(r"«[^»]*»|“[^”]*”|\"[^\"]*\"|^\s*>.*$", re.MULTILINE)
FAREWELL = re.compile(r"(?:ну\s+)?до (?:завтра|связи|встречи|свидания)|до \w+")

SENTENCE = re.compile(r"(?:[^.!?;\n…]|\.(?!\s|$))+([.!?;\n…]*)")
PIECE = re.compile(r",\s|\s[–—-]\s|\s(?:но|а)\s")


def find_promise(text: str, now: datetime, ends: Ends) -> datetime | None:
    """The latest moment promised in the text, if it is still ahead. `now` is local."""
    plain = re.sub(r"[ \t\xa0]+", " ", QUOTED.sub(" ", text[:LONGEST]).lower().replace("ё", "е"))
    found = [
        moment
        for sentence in SENTENCE.finditer(plain)
        if "?" not in sentence[1] and not farewell(sentence)
        for moment in moments_in(sentence[0], now, ends)
        if now < moment <= now + FARTHEST
    ]
    return max(found, default=None)


def farewell(sentence: re.Match[str]) -> bool:
    """«До завтра.», «До понедельника!»"""
    words = sentence[0].strip(" .!…\n")
    said = FAREWELL.fullmatch(words)
    return said is not None and ("завтра" in words or "!" in sentence[1])


def moments_in(sentence: str, now: datetime, ends: Ends) -> Iterator[datetime]:
    start = 0
    for piece in PIECE.split(sentence):
        at = sentence.index(piece, start)
        start = at + len(piece)
        if OTHERS_TIME.search(piece) or ASKING.search(piece):
            continue
        named = set[int]()  # «до 25 ноября» is not also «до 25»
        for shape, read in SHAPES:
            for match in shape.finditer(piece):
                if match.start() in named or RANGE.search(
                    piece[max(0, match.start() - 40) : match.start()]
                ):
                    continue
                if shape in (CLOCK, AT, SINCE, DASHED) and THING.match(piece, match.end()):
                    continue
                if shape in (SINCE, DASHED) and not window(match, piece, sentence):
                    continue
                if shape is AT and not (DOING.search(piece) and surely_time(match, piece)):
                    continue
                day = day_of(sentence, at + match.start(), at + len(piece), now)
                moment = read(match, now, day, ends)
                if moment is not None:
                    named.add(match.start())
                    yield moment


def window(match: re.Match[str], piece: str, sentence: str) -> bool:
    """Somebody comes then, on a day that is named."""
    if NUMBERED.search(piece[: match.start()]):
        return False
    if not COMING.search(sentence) or NOT_COMING.search(sentence):
        return False
    return DAY.search(sentence) is not None


def surely_time(match: re.Match[str], piece: str) -> bool:
    """«в 15:00», «в 10 утра», «буду в 15»; not «в 2 этапа»."""
    plain = not match[2] and not match[5] and "час" not in match[0]
    return not plain or AFTER_TIME.match(piece, match.end()) is not None


# ── Reading them ─────────────────────────────────────────────────────────────


def day_of(sentence: str, match: int, piece_ends: int, now: datetime) -> date:
    """The day named last before the time, else first after it in the same breath; else today."""
    days = [*DAY.finditer(sentence, 0, piece_ends)]
    before = [day for day in days if day.start() < match]
    if not days:
        return now.date()
    chosen = before[-1] if before else days[0]
    if chosen[1]:
        return now.date() + timedelta(days=DAYS_AHEAD[chosen[1]])
    if chosen[2]:
        return next_weekday(chosen[2], now)
    return on_date(int(chosen[3]), month_of(chosen[4]), now) or date.min


def read_clock(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    figure, mark, minutes, word, part = match.groups()
    if day == date.min:
        return None
    if mark in (".", "-", " ") and int(minutes) % 5:
        return None  # «до 12.11» is a date, «до 15-16» no time
    hour = int(figure) if figure else NUMBERS.get(word, 1)
    minute = int(minutes or 0)
    if hour > 24 or (hour == 24 and minute):
        return None
    if (part in ("дня", "вечера") and hour < 12) or (part == "ночи" and hour == 12):
        hour += 12
    elif part is None and not mark and hour < 8:
        hour += 12  # nobody says «до двух» of the night
    if part is None and not mark and hour == 8 and day == now.date() and now.hour >= 8:
        hour = 20
    return combine(day, time(hour % 24, minute), now) + timedelta(days=hour // 24)


def read_part(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    if day == date.min:
        return None
    if match[1].startswith("утр"):
        if day == now.date() and now.time() >= MORNING:
            day += timedelta(days=1)
        return combine(day, MORNING, now)
    at = {"обед": MIDDAY, "полу": time(12)}.get(match[1][:4], EVENING)
    return combine(day, at, now)


def read_end(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    if match[1] == "дня":
        return None if day == date.min else end_of(day, now, ends)
    week = [now.date() + timedelta(days=n) for n in range(7 - now.weekday())]
    closing = [end for each in week if (end := ends(each)) is not None]
    return max(closing, default=end_of(week[-1], now, ends))


def read_span(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    half, count, working, unit, upper = match.groups()
    if upper:  # «через час-полтора»
        count = "полтора" if upper.startswith("пол") else "два"
    if working and count:
        return after_working(int(NUMBERS.get(count) or float(count.replace(",", "."))), now, ends)
    return after(30 if half else None, count, unit or "", now, ends)


def after_working(days: int, now: datetime, ends: Ends) -> datetime | None:
    """The end of the last of so many working days, today not among them."""
    ahead = [ends(now.date() + timedelta(days=n)) for n in range(1, FARTHEST.days)]
    return next(iter([end for end in ahead if end is not None][days - 1 : days]), None)


def read_turned(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    return after(None, match[2], match[1], now, ends)


def after(
    minutes: float | None, count: str | None, unit: str, now: datetime, ends: Ends
) -> datetime | None:
    if minutes is None:
        many = (
            1.5
            if count == "полтора"
            else NUMBERS.get(count or "") or float((count or "1").replace(",", "."))
        )
        if unit[:1] == "д" or unit.startswith("недел"):
            if count is None and unit[:1] == "д":
                return None  # «через день» is every other day
            days = many * (7 if unit.startswith("недел") else 1)
            return end_of(now.date() + timedelta(days=int(days)), now, ends)
        minutes = many * (1 if unit.startswith("мин") else 24 * 60 if unit[0] == "с" else 60)
    # Through UTC: an hour is an hour even when the clocks are changed.
    return (now.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(now.tzinfo)


def read_weekday(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    return end_of(next_weekday(match[1], now), now, ends)


def read_date(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    named = on_date(int(match[1]), month_of(match[2]), now)
    return end_of(named, now, ends) if named else None


def read_figures(match: re.Match[str], now: datetime, day: date, ends: Ends) -> datetime | None:
    """«до 25.11» in November is a date; «до 15.10» in March is a time."""
    named = on_date(int(match[1]), int(match[2]), now)
    near = named is not None and named <= now.date() + NEAR
    return end_of(named, now, ends) if named and near else None


def month_of(word: str) -> int:
    return next(n for n, stem in enumerate(MONTHS, 1) if word[:-1] == stem)


def on_date(day: int, month: int, now: datetime) -> date | None:
    """The next such day: of the new year once it is past in this one."""
    for year in (now.year, now.year + 1):
        try:
            named = date(year, month, day)
        except ValueError:
            continue
        if named >= now.date():
            return named
    return None


def next_weekday(stem: str, now: datetime) -> date:
    ahead = (WEEKDAYS.index(stem) - now.weekday()) % 7 or 7
    return now.date() + timedelta(days=ahead)


def end_of(day: date, now: datetime, ends: Ends) -> datetime:
    return ends(day) or combine(day, EVENING, now)


def combine(day: date, at: time, now: datetime) -> datetime:
    return datetime.combine(day, at, tzinfo=now.tzinfo)


Read = Callable[[re.Match[str], datetime, date, Ends], datetime | None]
SHAPES: tuple[tuple[re.Pattern[str], Read], ...] = (
    (DATE, read_date),
    (FIGURES, read_figures),
    (WEEKDAY, read_weekday),
    (END, read_end),
    (PART, read_part),
    (TURNED, read_turned),
    (SPAN, read_span),
    (CLOCK, read_clock),
    (AT, read_clock),
    (SINCE, read_clock),
    (DASHED, read_clock),
)
