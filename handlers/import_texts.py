"""The words of an import: what would change, and of each mistake where it is and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from handlers.wording import plural
from services.accounts.previews import Preview, Sample
from services.accounts.reading.columns import load_fields
from services.accounts.reading.wrong import Problem

SHOWN = 20  # problems of each kind, in a chat or on a screen

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
    "ноябрь", "декабрь",
)  # fmt: skip
WHAT = {"accounts": "лицевые счета", "debts": "начисления и долги"}

SAVE_XLSX = "Откройте его в Excel и сохраните: «Файл» → «Сохранить как» → «Книга Excel (*.xlsx)»"
AGAIN = "Выгрузите его из программы ещё раз"
# What is wrong · what to do. {said}: what stands there.
SENTENCES: dict[str, tuple[str, str]] = {
    # the file
    "no_file": ("такого файла нет", "Проверьте имя и папку"),
    "no_access": ("файл не открывается", "Закройте его в Excel и проверьте, что его можно читать"),
    "folder": ("это папка, а не файл", "Назовите сам файл"),
    "empty": ("файл пустой", AGAIN),
    "too_large": (
        "файл слишком большой: {said} МБ, а можно до 64 МБ",
        "Уберите лишние листы и столбцы или выгрузите его по домам",
    ),
    "too_many_rows": (
        "в таблице больше 500 000 строк или 12 000 000 ячеек",
        "Уберите лишнее или разделите файл по домам",
    ),
    "too_many_wrong": (
        "слишком много ошибок, дальше файл не читался",
        "Похоже, это не тот файл или столбцы съехали. Исправьте первые ошибки и попробуйте снова",
    ),
    "locked": (
        "файл закрыт паролем",
        "Снимите пароль: «Файл» → «Сведения» → «Защита книги» → «Зашифровать с использованием "
        "пароля», сотрите его и сохраните",
    ),
    "old_excel": ("это книга старого Excel (.xls или .xlsb), как бы она ни называлась", SAVE_XLSX),
    "ods": ("это таблица LibreOffice (.ods)", "Сохраните её как .xlsx или .csv"),
    "document": ("это текстовый документ, а не таблица", SAVE_XLSX),
    "pdf": ("это PDF, из него числа надёжно не прочесть", "Выгрузите отчёт в .xlsx или .csv"),
    "picture": ("это картинка", "Выгрузите отчёт в .xlsx или .csv"),
    "archive": ("это архив, а не таблица", "Распакуйте его и пришлите файл из него"),
    "html": ("это веб-страница, хоть и названа таблицей", SAVE_XLSX),
    "xml": ("это XML, а не таблица", "Выгрузите отчёт в .xlsx или .csv"),
    "json": ("это JSON, а не таблица", "Выгрузите отчёт в .xlsx или .csv"),
    "database": ("это база данных, а не таблица", "Выгрузите отчёт в .xlsx или .csv"),
    "dbf": ("это DBF", SAVE_XLSX),
    "binary": ("это не текст и не таблица", "Выгрузите отчёт в .xlsx или .csv"),
    "torn": ("файл повреждён или скачан не до конца", AGAIN),
    "bomb": (
        "файл распаковывается во столько раз больше, чем бывает у таблиц, и не открывался",
        "Скопируйте таблицу в новую книгу Excel и сохраните её",
    ),
    "entities": (
        "внутри файла есть объявления, которых у таблиц не бывает, и он не открывался",
        SAVE_XLSX,
    ),
    "no_sheets": ("в книге нет ни одного видимого листа", "Покажите лист с таблицей и сохраните"),
    "letters": (
        "буквы не разобрать: файл записан в неизвестной кодировке",
        "Сохраните его как .xlsx или «CSV UTF-8»",
    ),
    "utf8_torn": ("испорчены буквы", AGAIN),
    "quote": ("кавычка открыта и не закрыта", "Закройте её или уберите, а лучше сохраните .xlsx"),
    "cell_long": ("в ячейке больше 2000 букв", "Это не похоже на таблицу: проверьте файл"),
    # the heads of columns
    "no_rows": ("в таблице нет ни одной строки с данными", AGAIN),
    "no_heads": (
        "не нашлась строка с названиями столбцов: ни один не назван как «лицевой счёт»",
        "Добавьте первой строкой названия столбцов или назовите столбец сами: "
        '--columns "лицевой счёт=как в файле"',
    ),
    "no_column": (
        "нет столбца «{column}»; есть: {said}",
        'Если он назван иначе, скажите как: --columns "{column}=как в файле"',
    ),
    "no_named_column": (
        "столбца «{column}», который вы назвали, в файле нет",
        "Проверьте, так ли он написан в файле",
    ),
    "column_twice": (
        "столбцов «{column}» два, и непонятно, который верный",
        "Уберите лишний или переименуйте его",
    ),
    "columns_option": (
        "не понять «{said}»",
        'Пишите так: --columns "долг=Сальдо кон.; лицевой счёт=Код". Слева можно: {fields}',
    ),
    "no_month": (
        "не понять, за какой месяц этот файл",
        "Добавьте столбец «Месяц», строку «за октябрь 2026» над таблицей или --month 2026-10",
    ),
    # a row
    "no_number": ("нет лицевого счёта, а остальное заполнено", "Впишите счёт или уберите строку"),
    "number_odd": ("«{said}» не похоже на номер лицевого счёта", "Исправьте номер"),
    "number_exponent": (
        "Excel записал номер как «{said}», цифры потеряны",
        "Сделайте столбец текстовым («Формат ячеек» → «Текстовый») и выгрузите заново",
    ),
    "number_fraction": (
        "«{said}» — число с дробной частью, а не номер счёта",
        "Сделайте столбец текстовым и исправьте номер",
    ),
    "number_long": (
        "номер длиннее 15 цифр записан числом, и Excel портит его последние цифры",
        "Сделайте столбец текстовым («Формат ячеек» → «Текстовый») и выгрузите заново",
    ),
    "money_odd": ("«{said}» не похоже на сумму", "Напишите так: 1234,56"),
    "money_ambiguous": (
        "«{said}»: непонятно, тысяча или рубли с тремя знаками после запятой",
        "Напишите без разделителя тысяч и с копейками: 1234,00 или 1,23",
    ),
    "money_fraction": ("в сумме «{said}» доли копейки", "Округлите до двух знаков"),
    "money_big": ("сумма «{said}» больше миллиарда", "Проверьте, нет ли лишних цифр"),
    "cell_error": ("в ячейке ошибка Excel: «{said}»", "Исправьте формулу или впишите значение"),
    "cell_formula": (
        "в ячейке формула без значения: «{said}»",
        "Откройте файл в Excel, дайте ему посчитать и сохраните",
    ),
    "day_odd": ("«{said}» не похоже на дату", "Напишите так: 15.11.2026"),
    "month_odd": ("«{said}» не похоже на месяц", "Напишите так: 10.2026 или октябрь 2026"),
    "month_missing": ("не сказано, за какой месяц", "Впишите месяц или добавьте --month 2026-10"),
    "area_odd": ("«{said}» не похоже на площадь", "Напишите так: 45,3"),
    "text_long": ("здесь больше 200 букв: «{said}…»", "Сократите"),
    "text_odd": ("здесь знак, которого не бывает в тексте", "Сотрите ячейку и впишите заново"),
    "repeated": (
        "счёт «{number}» уже был в строке {first}, и данные в них разные",
        "Оставьте одну строку на счёт: сложите суммы по услугам или уберите лишнюю",
    ),
    "none_known": (
        "ни одного из этих лицевых счетов нет в базе",
        "Сначала загрузите счета: python -m bot import accounts ФАЙЛ, можно тот же файл, если в "
        "нём есть адреса",
    ),
    # to look at; none of them refuses the file
    "house_unknown": (
        "дома «{said}» нет в файле компании",
        "Счёт загрузится без квартиры. Проверьте адрес",
    ),
    "house_twice": (
        "«{said}» подходит к нескольким домам",
        "Счёт загрузится без квартиры. Допишите улицу или корпус",
    ),
    "flat_unknown": (
        "в доме нет помещения «{said}»",
        "Счёт загрузится без квартиры. Проверьте номер или файл компании",
    ),
    "phone_odd": ("«{said}» не похоже на телефон", "Счёт загрузится без телефона"),
    "not_account": ("«{said}» не похоже на счёт, строка пропущена", "Так читаются дома и подписи"),
    "repeated_same": ("счёт «{said}» повторён с теми же данными", "Взят один раз"),
    "zeros_back": (
        "нули в начале номеров потеряны (строк: {said}); номера узнаны по уже загруженным",
        "Сделайте столбец текстовым, чтобы нули не пропадали",
    ),
    "zeros_lost": (
        "номера счетов записаны числами разной длины: если они начинались с нулей, нули пропали",
        "Сверьте номера; если нули были, сделайте столбец текстовым и выгрузите заново",
    ),
}
DOUBTS = {
    "gone_many": "из {of} исчезнет {count}. Не половина ли это файла?",
    "unknown_many": "{count} из {of} счетов нет в базе, их строки не загрузятся. Тот ли это файл?",
    "tenfold_many": "у {count} из {of} сумма выросла в десять раз и больше. Не съехала ли запятая?",
    "month_far": "месяц {said} далеко от сегодняшнего. Так и должно быть?",
}
CHANGES = {
    "accounts": {
        "new": "новых счетов", "back": "вернутся", "changed": "изменятся",
        "holder": "    из них сменится владелец", "flat": "    из них сменится квартира",
        "gone": "исчезнут", "same": "без изменений", "housed": "нашлась квартира",
    },
    "debts": {
        "new": "новых", "changed": "изменятся", "gone": "исчезнут", "same": "без изменений",
        "unknown": "счетов нет в базе, не загрузятся",
        "tenfold": "суммы выросли в десять раз и больше",
    },
}  # fmt: skip


def sentence(problem: Problem, kind: str = "debts") -> str:
    """Where, what is wrong, what to do."""
    what, fix = SENTENCES[problem.code]
    said, column = printable(problem.said), printable(problem.column)
    number, _, first = said.partition("|")
    words = {
        "said": said or "пусто", "column": column, "number": number,
        "first": first, "fields": ", ".join(f.title for f in load_fields(kind).values()),
    }  # fmt: skip
    where = [f"строка {problem.row}"] if problem.row else []
    named = problem.code in ("no_column", "no_named_column", "column_twice")
    if problem.column and not named:
        where.append(f"столбец «{column}»")
    begin = f"{', '.join(where)}: " if where else ""
    return f"{begin}{what.format(**words)}. {fix.format(**words)}"


def printable(text: str) -> str:
    """A cell must not move the cursor of whoever reads of it."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def doubt(problem: Problem) -> str:
    count, _, of = problem.said.partition("/")
    return DOUBTS[problem.code].format(count=count, of=of, said=problem.said)


def money(kopecks: int | None) -> str:
    if kopecks is None:
        return "—"
    roubles, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    return f"{sign}{roubles:,}".replace(",", " ") + f",{rest:02d}"


def name_month(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def rows_of(count: int) -> str:
    return f"{count} {plural(count, 'строка', 'строки', 'строк')}"


def describe(preview: Preview) -> Iterator[str]:
    """What the file is and what would change, line by line."""
    sheet = f", лист «{printable(preview.sheet)}»" if preview.sheet else ""
    yield f"{printable(preview.file_name)}: {WHAT[preview.kind]}, {preview.form}{sheet}"
    yield f"Прочитано: {rows_of(preview.rows)}" + (
        f"; пропущено заголовков и итогов: {preview.skipped}" if preview.skipped else ""
    )
    if preview.months:
        yield "Месяц: " + ", ".join(map(name_month, preview.months))
    titles = {field: about.title for field, about in load_fields(preview.kind).items()}
    yield "Столбцы: " + "; ".join(
        f"{titles[field]} — «{printable(name)}»" for field, name in preview.columns.items()
    )
    if missing := _missed(preview):
        yield "Нет столбцов (останется как было): " + ", ".join(missing)
    yield ""
    for name, title in CHANGES[preview.kind].items():
        count = preview.counts.get(name, 0)
        if count or name in ("new", "changed", "gone"):
            yield f"  {title}: {count}"
        yield from _samples(preview.samples.get(name, ()), count)
    if preview.total is not None:
        before = f", было {money(preview.total_before)}" if preview.total_before else ""
        yield f"  Долг по файлу: {money(preview.total)} ₽{before}"


def _missed(preview: Preview) -> list[str]:
    """Of the columns that are not there, those that nothing else stands for."""
    said = {"корпус", "переплата", "вид счёта", "месяц"}
    if "address" in preview.columns:
        said |= {"улица", "дом"}
    if "street" in preview.columns or "house" in preview.columns:
        said.add("адрес")
    return [title for title in preview.missing if title not in said]


def _samples(samples: Iterable[Sample], count: int) -> Iterator[str]:
    listed = list(samples)
    for sample in listed:
        row = f"строка {sample.row}: " if sample.row else ""
        sums = ""
        if sample.before is not None and sample.now is not None and sample.before != sample.now:
            sums = f" ({money(sample.before)} → {money(sample.now)})"
        yield f"      {row}{sample.number}{sums}"
    if count > len(listed) > 0:
        yield f"      … и ещё {count - len(listed)}"


def list_problems(preview: Preview) -> Iterator[str]:
    """Errors first, then what only wants a look; of each kind the first ones."""
    found = preview.problems
    if found.errors:
        yield f"Файл не принят, ошибок: {found.refused}"
        yield from _listed(found.errors, preview)
    if found.notes:
        yield "Обратите внимание:"
        yield from _listed(found.notes, preview)
    if preview.doubts:
        yield "Сомнения (чтобы всё равно применить, добавьте --sure):"
        for each in preview.doubts:
            yield f"  {doubt(each)}"


def _listed(problems: list[Problem], preview: Preview) -> Iterator[str]:
    shown: dict[str, int] = {}
    for each in problems:
        shown[each.code] = shown.get(each.code, 0) + 1
        if shown[each.code] <= SHOWN:
            yield f"  {sentence(each, preview.kind)}"
    for code, count in shown.items():
        if (more := preview.problems.counts[code] - min(count, SHOWN)) > 0:
            what = re.sub(r"«?\{\w+\}»?", "…", SENTENCES[code][0])
            yield f"  … и ещё таких: {more} ({what})"
