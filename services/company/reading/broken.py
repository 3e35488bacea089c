"""A file that is no YAML: what its author did most likely."""

from __future__ import annotations

import yaml

from services.company.reading.mistakes import CompanyFileWrong, Mistake, refuse
from services.company.reading.words import shown


def explain_broken(error: yaml.YAMLError, text: str) -> CompanyFileWrong:
    """The parser stopped: what a person did most likely. The two parsers of PyYAML word the
    same thing differently, so the text itself is looked at too."""
    lines = text.splitlines() or [""]
    if isinstance(error, yaml.reader.ReaderError):
        line = text.count("\n", 0, error.position) + 1
        return refuse(line, "здесь непечатаемый знак", "Удалите его и наберите заново")
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return refuse(1, "файл не читается", "Сверьте его с examples/company.yaml")
    problem = error.problem or ""
    context = error.context or ""
    number, column = error.problem_mark.line, error.problem_mark.column
    began = error.context_mark.line + 1 if error.context_mark else number + 1
    line_text = lines[number] if number < len(lines) else ""
    character = line_text[column : column + 1]
    if "\t" in line_text[: column + 1] and ("tab" in problem or character == "\t"):
        tabbed = [
            index for index, text in enumerate(lines, 1) if "\t" in text[: -len(text.lstrip()) or 0]
        ] or [number + 1]
        fix = "Замените её пробелами: по два на каждый уровень"
        return CompanyFileWrong(
            [Mistake(line, "файл", "в отступе табуляция", fix) for line in tabbed]
        )
    if "mapping values" in problem:
        before = line_text[:column]
        key, colon, rest = line_text.partition(": ")
        if colon and ":" in before and len(key) < column:
            return refuse(
                number + 1,
                "два двоеточия в одной строке",
                f'Возьмите текст в кавычки: {key.strip().removeprefix("- ")}: "{shown(rest)}"',
            )
        return refuse(
            number + 1,
            "сбился отступ, или строкой выше нет двоеточия",
            "Поставьте слово ровно под соседними, а после слова — двоеточие и пробел",
        )
    if "quoted scalar" in context and "end of stream" in problem:
        return refuse(began, "кавычка открыта и не закрыта", "Закройте её в конце текста")
    if "unknown escape" in problem:
        return refuse(
            number + 1,
            "обратная черта внутри двойных кавычек",
            "Возьмите текст в одинарные кавычки: '…'",
        )
    if "flow" in context:
        bracket = "]" if "sequence" in context else "}"
        return refuse(began, "скобка открыта и не закрыта", f"Закройте её: {bracket}")
    if "could not find expected ':'" in problem:
        return refuse(
            began, "после слова нет двоеточия", "Поставьте двоеточие и пробел: слово: значение"
        )
    if "alphabetic or numeric" in problem:
        column, character = column - 1, line_text[column - 1 : column]
        problem = "cannot start any token"
    if "cannot start any token" in problem:
        return refuse(
            number + 1,
            f"текст не может начинаться со знака «{character}»",
            f'Возьмите его в кавычки: "{shown(line_text[column:])}"',
        )
    before = lines[number - 1] if number else ""
    if any(before.count(quote) % 2 and quote in line_text for quote in "\"'"):
        return refuse(number, "кавычка открыта и не закрыта", "Закройте её в конце текста")
    if '"' in line_text[:column] or "'" in line_text[:column]:
        return refuse(
            number + 1,
            "после закрытой кавычки стоит ещё текст",
            "Возьмите в кавычки весь текст; кавычки внутри него напишите ёлочками: «…»",
        )
    return refuse(
        number + 1,
        "сбился отступ",
        "Поставьте строку ровно под соседними: вложенное — на два пробела правее",
    )
