"""The words of an import: what would change, and of each mistake where it is and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date

from handlers.import_sentences import CLOSED, SENTENCES, WITHOUT_LINE
from services.accounts.previews import Preview, Sample
from services.accounts.reading.columns import load_fields
from services.accounts.reading.wrong import Problem

LINE, DESK, CHAT = "line", "desk", "chat"  # where it is told
SHOWN = 20  # problems of each kind, in a chat or on a screen

MONTHS = (
    "январь", "февраль", "март", "апрель", "май", "июнь", "июль", "август", "сентябрь", "октябрь",
    "ноябрь", "декабрь",
)  # fmt: skip
WHAT = {
    "accounts": "лицевые счета", "debts": "начисления и долги", "meters": "счётчики и показания",
    "bills": "квитанции",
}  # fmt: skip
LEAST_FOR_SUM = 5  # accounts: a total of fewer is soon somebody's own debt
DOUBTS = {
    "gone_many": "из {of} исчезнет {count}. Не половина ли это файла?",
    "unknown_many": "{count} из {of} счетов нет в базе, их строки не загрузятся. Тот ли это файл?",
    "tenfold_many": "у {count} из {of} сумма выросла в десять раз и больше. Не съехала ли запятая?",
    "sheets_left": "прочитан один лист, а таблицы есть и на других: {said}. Они не загрузятся. "
    "Не нужны ли и они?",
    "month_far": "месяц {said} далеко от сегодняшнего. Так и должно быть?",
}
CHANGES = {
    "accounts": {
        "new": "новых счетов", "back": "вернутся", "changed": "изменятся",
        "holder": "    из них сменился владелец", "flat": "    из них сменится квартира",
        "gone": "исчезнут", "same": "без изменений", "housed": "нашлась квартира",
    },
    "debts": {
        "new": "новых", "changed": "изменятся", "gone": "исчезнут", "same": "без изменений",
        "unknown": "счетов нет в базе, не загрузятся",
        "tenfold": "суммы выросли в десять раз и больше",
    },
    "meters": {
        "new": "новых счётчиков", "back": "вернутся", "changed": "изменятся", "gone": "исчезнут",
        "same": "без изменений", "readings": "показаний запишется",
        "kept": "показаний останется от жителей: бухгалтерия о них ещё не знает",
        "unknown": "счетов нет в базе, не загрузятся",
    },
    "bills": {
        "new": "новых квитанций", "changed": "заменятся", "gone": "исчезнут",
        "same": "без изменений", "unknown": "счетов нет в базе, не загрузятся",
    },
}  # fmt: skip


def sentence(problem: Problem, kind: str = "debts", *, at: str = LINE) -> str:
    """Where, what is wrong, what to do. `at`: a chat does not quote what is a person's
    own."""
    what, fix = SENTENCES[problem.code]
    said, column = printable(problem.said), printable(problem.column)
    if at != LINE:
        fix = WITHOUT_LINE.get(problem.code, fix)
        if at == CHAT and CLOSED.match(problem.code):
            said = f"…|{said.partition('|')[2]}" if "|" in said else "…"
    number, _, first = said.partition("|")
    fields = load_fields(kind).values() if kind != "bills" else ()
    words = {
        "said": said or "пусто", "column": column, "number": number,
        "first": first, "fields": ", ".join(f.title for f in fields),
    }  # fmt: skip
    place = "файл" if kind == "bills" else "строка"
    where = [f"{place} {problem.row}"] if problem.row else []
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
    return DOUBTS[problem.code].format(count=count, of=of, said=printable(problem.said))


def money(kopecks: int | None) -> str:
    if kopecks is None:
        return "—"
    roubles, rest = divmod(abs(kopecks), 100)
    sign = "−" if kopecks < 0 else ""
    return f"{sign}{roubles:,}".replace(",", " ") + f",{rest:02d}"


def name_month(month: date) -> str:
    return f"{MONTHS[month.month - 1]} {month.year}"


def rows_of(count: int, kind: str = "") -> str:
    from handlers.wording import plural  # with everything that can be called in words behind it

    if kind == "bills":
        return f"{count} {plural(count, 'файл', 'файла', 'файлов')}"
    return f"{count} {plural(count, 'строка', 'строки', 'строк')}"


def describe(preview: Preview, *, at: str = LINE) -> Iterator[str]:
    """What the file is and what would change, line by line. `at`: a chat names rows
    without their numbers and sums."""
    sheet = f", лист «{printable(preview.sheet)}»" if preview.sheet else ""
    yield f"{printable(preview.file_name)}: {WHAT[preview.kind]}, {preview.form}{sheet}"
    aside = "служебных файлов" if preview.kind == "bills" else "заголовков и итогов"
    yield f"Прочитано: {rows_of(preview.rows, preview.kind)}" + (
        f"; пропущено {aside}: {preview.skipped}" if preview.skipped else ""
    )
    if preview.months:
        yield "Месяц: " + ", ".join(map(name_month, preview.months))
    if preview.columns:
        yield from _columns(preview)
    yield ""
    for name, title in CHANGES[preview.kind].items():
        count = preview.counts.get(name, 0)
        if count or name in ("new", "changed", "gone"):
            yield f"  {title}: {count}"
        samples = preview.samples.get(name, ())
        word = "файлы" if preview.kind == "bills" else "строки"
        yield from _rows(samples, count, word) if at == CHAT else _samples(samples, count, word)
    if preview.total is not None and (at == LINE or shows_sum(preview)):
        before = f", было {money(preview.total_before)}" if preview.total_before else ""
        yield f"  Долг по файлу: {money(preview.total)} ₽{before}"


def _columns(preview: Preview) -> Iterator[str]:
    titles = {field: about.title for field, about in load_fields(preview.kind).items()}
    yield "Столбцы: " + "; ".join(
        f"{title} — «{printable(preview.columns[field])}»"
        for field, title in titles.items()
        if field in preview.columns
    )
    if missing := _missed(preview):
        yield "Нет столбцов (останется как было): " + ", ".join(missing)


def shows_sum(preview: Preview) -> bool:
    counts = preview.counts
    return sum(counts.get(name, 0) for name in ("new", "changed", "same")) >= LEAST_FOR_SUM


def _rows(samples: Iterable[Sample], count: int, word: str) -> Iterator[str]:
    rows = [str(sample.row) for sample in samples if sample.row]
    if rows:
        more = f" и ещё {count - len(rows)}" if count > len(rows) else ""
        yield f"      {word} {', '.join(rows)}{more}"


def _missed(preview: Preview) -> list[str]:
    """Of the columns that are not there, those that nothing else stands for."""
    said = {"корпус", "переплата", "вид счёта", "месяц"}
    if "address" in preview.columns:
        said |= {"улица", "дом"}
    if "street" in preview.columns or "house" in preview.columns:
        said.add("адрес")
    return [title for title in preview.missing if title not in said]


def _samples(samples: Iterable[Sample], count: int, word: str) -> Iterator[str]:
    listed = list(samples)
    for sample in listed:
        row = f"{'файл' if word == 'файлы' else 'строка'} {sample.row}: " if sample.row else ""
        sums = ""
        if sample.before is not None and sample.now is not None and sample.before != sample.now:
            sums = f" ({money(sample.before)} → {money(sample.now)})"
        yield f"      {row}{sample.number}{sums}"
    if count > len(listed) > 0:
        yield f"      … и ещё {count - len(listed)}"


def list_problems(preview: Preview, *, at: str = LINE, most: int = SHOWN) -> Iterator[str]:
    """Errors first, then what only wants a look; of each kind the first ones."""
    found = preview.problems
    if found.errors:
        yield f"Файл не принят, ошибок: {found.refused}"
        yield from _listed(found.errors, preview, at, most)
    if found.notes:
        yield "Обратите внимание:"
        yield from _listed(found.notes, preview, at, most)
    if preview.doubts:
        yield (
            "Сомнения (чтобы всё равно применить, добавьте --sure):" if at == LINE
            else "Сомнения, посмотрите ещё раз:"
        )  # fmt: skip
        for each in preview.doubts:
            yield f"  {doubt(each)}"


def _listed(problems: list[Problem], preview: Preview, at: str, most: int) -> Iterator[str]:
    shown: dict[str, int] = {}
    for each in problems:
        shown[each.code] = shown.get(each.code, 0) + 1
        if shown[each.code] <= most:
            yield f"  {sentence(each, preview.kind, at=at)}"
    for code, count in shown.items():
        if (more := preview.problems.counts[code] - min(count, most)) > 0:
            what = re.sub(r"«?\{\w+\}»?", "…", SENTENCES[code][0])
            yield f"  … и ещё таких: {more} ({what})"
