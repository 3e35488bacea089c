"""The second pass: what pydantic finds wrong with the values, in Russian words."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.company.declaration import Declaration, Room
from services.company.reading.shapes import item_of, shape_of
from services.company.reading.source import Loc, Source
from services.company.reading.vocabulary import NEEDED, NOUNS, VALUES_IN_RUSSIAN
from services.company.reading.words import choose, guess, latin, shown, spell_days

Words = tuple[str, str]
"""What is wrong, and the fix."""
_EMPTY_LINE: Words = "пустая строка в списке", "Допишите её или уберите"


@dataclass(frozen=True)
class _Wrong:
    """A value, by one error of pydantic. `key` is the field it stands in, or the field of its
    list; `text` is what was written."""

    source: Source
    loc: Loc
    key: str
    text: str
    detail: ErrorDetails


def tell_wrong_values(error: ValidationError, source: Source) -> set[Loc]:
    """The places of all wrong values, each told of once."""
    wrong: set[Loc] = set()
    for detail in error.errors(include_url=False, include_context=True):
        loc = detail["loc"]
        shortened = detail["type"] == "too_short" and detail["input"]  # by its wrong entries
        if loc in wrong or shortened:
            continue
        wrong.add(loc)
        if not any(loc[:length] in source.told for length in range(1, len(loc) + 1)):
            source.say(loc, *_explain(detail, source))
    return wrong


def _explain(detail: ErrorDetails, source: Source) -> Words:
    loc = detail["loc"]
    key = next((part for part in reversed(loc) if isinstance(part, str)), "")
    text = shown(source.written.get(loc, str(detail["input"])))
    explain = _SENTENCES.get(detail["type"])
    if explain is None:
        return f"{key}: значение «{text}» не подходит", "Сверьтесь с examples/company.yaml"
    return explain(_Wrong(source, loc, key, text, detail))


def _missing(it: _Wrong) -> Words:
    if isinstance(it.loc[-1], int):
        return _EMPTY_LINE
    entry = it.source.entry(it.loc[:-1])
    needed = NEEDED.get((entry, it.key)) or NEEDED.get(it.key)
    what, fix = needed or (it.key, f"Напишите {it.key}:")
    return f"{'в файле' if entry is Declaration else NOUNS[entry].of} нет {what}", fix


def _wrong_choice(it: _Wrong) -> Words:
    allowed = re.findall(r"'([^']+)'", str(it.detail.get("ctx", {}).get("expected", "")))
    what = f"{it.key}: «{it.text}» не подходит"
    if it.key == "days" and len(days := spell_days([it.text])) > 1:
        return what, f"Перечислите дни: {', '.join(days)}"
    meant = guess(it.text, allowed, VALUES_IN_RUSSIAN)
    return what, f"Напишите {meant}" if meant else choose(allowed)


def _wrong_pattern(it: _Wrong) -> Words:
    if it.key in ("opens", "closes"):
        return _wrong_time(it)
    if not it.text:
        return _missing(it)
    if it.key in ("complexes", "rooms", "room", "executors"):
        code = _code_of(it.text, it.source)
        fix = f"Напишите {code}" if code else "Напишите код, а не название"
        return f"{it.key}: «{it.text}» — это не код", fix
    return (
        f"{it.key}: «{it.text}» не подходит: нужны маленькие латинские буквы, цифры, «-» и «_», "
        "до 32 знаков",
        f"Напишите {it.key}: {latin(it.text)}",
    )


def _wrong_time(it: _Wrong) -> Words:
    found = re.fullmatch(r"([0-9]{1,2})(?:[:.,\- ч]+([0-9]{2})?)?", it.text)
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (99, 0)
    example = "09:00" if it.key == "opens" else "18:00"
    if (hour < 24 and minute < 60) or (it.key == "closes" and (hour, minute) == (24, 0)):
        example = f"{hour:02}:{minute:02}"
    return f"{it.key}: время «{it.text}» написано не так", f'Напишите {it.key}: "{example}"'


def _code_of(name: str, source: Source) -> str:
    """The code of the entry that is called so."""
    for loc, entry in source.entries.items():
        if source.written.get((*loc, NOUNS[entry].named_by)) == name:
            code = source.written.get((*loc, "code"))
            if code is not None:
                return code
    return ""


def _not_text(it: _Wrong) -> Words:
    value = it.detail["input"]
    if value is None:
        return _EMPTY_LINE
    if isinstance(value, dict):
        return (
            f"{it.key}: нужен текст, а двоеточие или скобки превратили его в запись",
            "Возьмите весь текст в кавычки",
        )
    return f"{it.key}: нужен текст, а здесь список", f'Напишите одной строкой: {it.key}: "…"'


def _not_entry(it: _Wrong) -> Words:
    if it.detail["input"] is None:
        return _EMPTY_LINE
    shape = shape_of(it.source.entry(it.loc[:-1]).model_fields[it.key].annotation)
    entry = item_of(shape) or shape
    fields = list(entry.model_fields)[:3]
    return (
        f"{it.key}: здесь нужна запись из нескольких строк",
        f"Напишите строки: {', '.join(f'{name}: …' for name in fields)}",
    )


def _not_number(it: _Wrong) -> Words:
    examples = {
        "telegram": "-1001234567890" if it.source.entry(it.loc) is Room else "123456789",
        "term_hours": "72",
        "term_minutes": "30",
        "per_floor": "4",
        "first_answer_minutes": "20",
        "alarm_minutes": "3",
        "danger_words_days": "30",
        "announce_days": "10",
        "electricity": "24",
    }
    return (
        f"{it.key}: нужно целое число, а написано «{it.text}»",
        f"Напишите цифрами, например {it.key}: {examples.get(it.key, '1')}",
    )


def _not_yes_no(it: _Wrong) -> Words:
    return f"{it.key}: нужно да или нет, а написано «{it.text}»", "Напишите true или false"


def _not_date(it: _Wrong) -> Words:
    return f"нет такой даты: «{it.text}»", "Напишите год-месяц-день: 2026-01-01"


def _too_small(it: _Wrong) -> Words:
    return f"{it.key}: {it.text} — слишком мало", f"Напишите число от {it.detail['ctx']['ge']}"


def _too_big(it: _Wrong) -> Words:
    return f"{it.key}: {it.text} — слишком много", f"Напишите число до {it.detail['ctx']['le']}"


_SENTENCES: dict[str, Callable[[_Wrong], Words]] = {
    "missing": _missing,
    "string_too_short": _missing,
    "too_short": _missing,
    "literal_error": _wrong_choice,
    "string_pattern_mismatch": _wrong_pattern,
    "string_type": _not_text,
    "model_type": _not_entry,
    "int_type": _not_number,
    "bool_type": _not_yes_no,
    "date_type": _not_date,
    "greater_than_equal": _too_small,
    "less_than_equal": _too_big,
}
