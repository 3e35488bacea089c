"""What a member is told of a file they handed in, and what stands on the buttons."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from handlers import import_texts as texts
from handlers.import_texts import CHAT, name_month, printable, rows_of
from services.accounts.previews import Preview
from services.accounts.reading.columns import load_fields
from services.accounts.reading.wrong import Problem
from services.messaging.types import Button
from services.tables import Import, Upload

LOAD = "Загрузить"
SURE = "Всё верно, загрузить"
NOT = "Не загружать"
UNDO = "Вернуть как было"
YES_UNDO = "Да, вернуть"
KINDS = (
    ("accounts", "Лицевые счета"), ("debts", "Начисления и долги"),
    ("meters", "Счётчики и показания"), ("bills", "Квитанции"),
)  # fmt: skip
ONLY_MANAGERS = "Файлы из бухгалтерии загружают управляющие и администраторы."
IN_PRIVATE = (
    "Такие файлы — с долгами и счетами жителей — пришлите мне в личный чат, а здесь сообщение "
    "лучше удалить. Я его не открывал."
)
NOTHING_IN_ROOM = "Загрузки из бухгалтерии — в личном чате с ботом: /import"
ON_PAGE = "Загрузки из бухгалтерии — здесь же, на странице «Лицевые счета»."
TOO_LARGE = (
    "Файл больше 20 МБ, из чата такой не взять. Уберите лишние листы, разделите его по домам или "
    "загрузите командой python -m bot import."
)
ALREADY = "Это уже сделано или отменено. Список загрузок: /import"
BY_LINE = "командная строка"
ALREADY_HERE = "Это уже сделано или отменено: обновите страницу."
TRAINEE = "Пока вы стажёр, файлы из бухгалтерии загружает коллега."
GONE = "Этого файла у меня уже нет. Пришлите его ещё раз."
WHICH_KIND = "{name}: что это за файл?"
WHICH_MONTH = "{name}: за какой месяц этот файл?"
WHICH_COLUMN = "{name}: как в файле назван столбец «{title}»?"
CHANGED = "Пока вы смотрели, данные изменились. Посмотрите ещё раз:"
HOW = (
    "Пришлите сюда файл из бухгалтерии (.xlsx или .csv): лицевые счета, долги, счётчики; квитанции "
    "— архивом .zip. Я покажу, что изменится, и спрошу, загружать ли."
)
MOST_PROBLEMS = 4  # of a kind; the others stand in the table
LONGEST = 3500  # letters of one post


def button(label: str, what: str, ident: int, *more: object) -> Button:
    path = "/".join(str(each) for each in ("staff", what, ident, *more))
    return Button(label=label[:60], action=path)


def reading(upload: Upload) -> str:
    name, done = printable(upload.file_name), f": {upload.done} %" if upload.done else "…"
    return f"Загружаю {name}{done}" if upload.state == "going" else f"Читаю {name}{done}"


def ask(upload: Upload) -> str:
    name, (what, _, field) = printable(upload.file_name), upload.asks.partition(":")
    if what == "column":
        return WHICH_COLUMN.format(name=name, title=load_fields(upload.kind)[field].title)
    return (WHICH_KIND if what == "kind" else WHICH_MONTH).format(name=name)


def months(today: date) -> list[date]:
    """This one and those before it."""
    found = [today.replace(day=1)]
    for _ in range(3):
        last = found[-1]
        found.append(date(last.year - (last.month == 1), (last.month - 2) % 12 + 1, 1))
    return found


def preview(shown: Preview, *, again: bool = False) -> str:
    lines = [CHANGED, ""] if again else []
    lines += texts.describe(shown, at=CHAT)
    lines += ["", *texts.list_problems(shown, at=CHAT, most=MOST_PROBLEMS)]
    text = "\n".join(lines).strip()
    if len(text) > LONGEST:
        text = text[:LONGEST].rpartition("\n")[0] + "\n… остальное — в таблице ниже."
    return f"{text}\n\n{verdict(shown)}"


def verdict(shown: Preview) -> str:
    if shown.refused:
        return "Ничего не изменено: исправьте файл и пришлите снова."
    if not shown.changes:
        return "Всё это уже загружено, ничего не изменится."
    return "Пока ничего не изменено. Загрузить?"


def refused(name: str, problem: Problem, kind: str) -> str:
    said = texts.sentence(problem, kind or "debts", at=CHAT)
    return f"{printable(name)}: {said}. Ничего не изменено."


def applied(row: Import) -> str:
    return f"Загружено: {describe(row)}."


def describe(row: Import) -> str:
    counts = [
        f"{title} {row.counts[name]}"
        for name, title in (
            ("new", "новых"), ("back", "вернулось"), ("changed", "изменено"), ("gone", "исчезло"),
        )
        if row.counts.get(name)
    ]  # fmt: skip
    month = f" за {name_month(row.month)}" if row.month else ""
    said = (
        f"{printable(row.file_name)} — {texts.WHAT[row.kind]}{month}, {rows_of(row.rows, row.kind)}"
    )
    return said + (f" ({', '.join(counts)})" if counts else "")


def dropped(upload: Upload) -> str:
    return f"{printable(upload.file_name)}: не загружаю. Файл удалил, ничего не изменено."


def journal(rows: Sequence[tuple[Import, datetime]]) -> str:
    if not rows:
        return f"Ещё ничего не загружали.\n\n{HOW}"
    lines = ["Последние загрузки:"]
    for row, at in rows:
        state = " · возвращено как было" if row.state == "undone" else ""
        lines.append(f"• {at:%d.%m %H:%M} {describe(row)}{state}")
    return "\n".join([*lines, "", HOW])


def sure_to_undo(row: Import) -> str:
    return (
        f"Вернуть всё, как было до этой загрузки? {describe(row)}. "
        "Потом файл можно загрузить снова."
    )


def undone(row: Import) -> str:
    return f"Всё как было: {describe(row)} — отменено."
