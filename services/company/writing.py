"""The declaration as a file, in the order and style of `examples/company.yaml`.

Entries that are a few short words stand on one line in braces, long texts fold, and what equals a
default is left out. `read_declaration` makes the same declaration of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any

import yaml

from services.company import declaration as entries
from services.company.declaration import Declaration, Entry
from services.company.reading.words import latin

WIDTH = 96
ON_ONE_LINE = (
    entries.Hours,
    entries.SpecialDay,
    entries.Entrance,
    entries.FlatException,
    entries.OtherPlaces,
    entries.Step,
)
FIRST: dict[type[Entry], tuple[str, ...]] = {
    entries.Article: ("id", "key", "topic", "question", "answer"),
}
"""Fields that a person looks for first, where the class has another order."""

HEAD = """\
# Описание компании, как его помнит бот. Проверить: python -m bot apply ФАЙЛ --dry-run,
# загрузить: python -m bot apply ФАЙЛ. Как этот файл устроен, рассказано в examples/company.yaml.
"""
ABOVE = {
    "rooms": "Группы сотрудников. main есть всегда.",
    "complexes": "Жилые комплексы, их дома и квартиры.",
    "categories": "О чём можно написать. Порядок здесь — порядок кнопок.",
    "articles": "Вопросы и ответы. phrases — как об этом спрашивают сами люди.",
    "vocabulary": "Свои слова: синонимы и сокращения.",
    "canned_answers": "Заготовки для диспетчера: черновики, которые он поправит и отправит сам.",
    "organisations": "Организации, которые что-то делают вместо вас.",
    "members": "Сотрудники.",
}
_RESOLVER = yaml.resolver.Resolver()
_TEXT = "tag:yaml.org,2002:str"
_UNPRINTABLE = re.compile(
    "[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def write_declaration(declaration: Declaration) -> str:
    lines = [HEAD.rstrip("\n")]
    for name in Declaration.model_fields:
        value = getattr(declaration, name)
        if not value or value == Declaration.model_fields[name].default:
            continue
        lines.append("")
        lines += [f"# {ABOVE[name]}"] if name in ABOVE else []
        lines += _field(name, value, 0)
    return "\n".join(lines) + "\n"


# ── Entries and lists ────────────────────────────────────────────────────────


def _fields(entry: Entry, around: Entry | None = None) -> dict[str, Any]:
    """What is to be said of an entry: nothing that the reader fills in by itself."""
    names = list(type(entry).model_fields)
    first = [name for name in FIRST.get(type(entry), ()) if name in names]
    said: dict[str, Any] = {}
    for name in [*first, *(name for name in names if name not in first)]:
        field, value = type(entry).model_fields[name], getattr(entry, name)
        if field.is_required() or value != field.get_default(call_default_factory=True):
            said[name] = value
    if isinstance(entry, entries.Category) and entry.key == entry.code:
        said.pop("key", None)
    if isinstance(entry, entries.Article) and entry.key == entry.id:
        said.pop("key", None)
    if isinstance(entry, entries.Entrance) and isinstance(around, entries.House):
        filled_in = f"{around.code}-{latin(entry.number)}"
        said = {name: each for name, each in said.items() if each != filled_in or name != "code"}
    return said


def _field(name: str, value: Any, deep: int, around: Entry | None = None) -> list[str]:
    pad = " " * deep
    if isinstance(value, Entry):
        return [f"{pad}{name}:", *_mapping(value, deep + 2)]
    if isinstance(value, dict):
        said = [_field(_scalar(str(key)), each, deep + 2) for key, each in value.items()]
        return [f"{pad}{name}:", *(line for lines in said for line in lines)]
    if isinstance(value, (tuple, list)):
        return _list(name, value, deep, around)
    if isinstance(value, str) and (block := _block(value, deep + 2, len(pad + name) + 2)):
        return [f"{pad}{name}: {block[0]}", *block[1:]]
    return [f"{pad}{name}: {_scalar(value)}"]


def _mapping(entry: Entry, deep: int) -> list[str]:
    lines: list[str] = []
    for name, value in _fields(entry).items():
        lines += _field(name, value, deep, entry)
    return lines


def _list(name: str, values: Iterable[Any], deep: int, around: Entry | None) -> list[str]:
    pad, values = " " * deep, list(values)
    if not any(isinstance(value, (Entry, date)) for value in values):
        line = f"{pad}{name}: {_in_line(values)}"
        if len(line) <= WIDTH:
            return [line]
    lines = [f"{pad}{name}:"]
    for value in values:
        lines += _item(value, deep + 2, around)
    return lines


def _item(value: Any, deep: int, around: Entry | None) -> Iterator[str]:
    pad = " " * deep
    if not isinstance(value, Entry):
        yield f"{pad}- {_in_line(value)}"
        return
    said = _fields(value, around)
    if isinstance(value, ON_ONE_LINE) and "options" not in said:
        pairs = ", ".join(f"{name}: {_in_line(each)}" for name, each in said.items())
        if len(line := f"{pad}- {{{pairs}}}") <= WIDTH + 12:
            yield line
            return
    lines: list[str] = []
    for name, each in said.items():
        lines += _field(name, each, deep + 2, value)
    yield f"{pad}- {lines[0].lstrip()}"
    yield from lines[1:]


def _in_line(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(_in_line(each) for each in value)}]"
    return _scalar(value, inside=True)


# ── Words ────────────────────────────────────────────────────────────────────


def _scalar(value: Any, *, inside: bool = False) -> str:
    """`inside`: between braces or brackets, where commas part."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, str):
        return str(value)
    return value if _stands_bare(value, inside=inside) else _quoted(value)


def _stands_bare(text: str, *, inside: bool) -> bool:
    if not text or not (text[0].isalpha() or text[0] == "«") or text[-1] in " :":
        return False
    if ": " in text or " #" in text or _UNPRINTABLE.search(text):
        return False
    if inside and re.search(r"[,\[\]{}:?]", text):  # "?," breaks PyYAML's own parser
        return False
    return bool(_RESOLVER.resolve(yaml.ScalarNode, text, (True, False)) == _TEXT)  # type: ignore[no-untyped-call]


def _quoted(text: str) -> str:
    escaped = re.sub(r'["\\]', lambda found: _ESCAPES[found[0]], text)
    return f'"{_UNPRINTABLE.sub(_escape, escaped)}"'


def _escape(found: re.Match[str]) -> str:
    letter = found[0]
    return _ESCAPES.get(letter) or (
        f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"
    )


def _block(text: str, deep: int, before: int) -> list[str]:
    """A long text folded, one of several lines as it is; empty for one that fits behind its
    name, or that only quotes can hold."""
    pad, lines = " " * deep, text.split("\n")
    if any(_UNPRINTABLE.search(line) or line != line.strip() for line in lines):
        return []
    if len(lines) > 1:
        return ["|", *(pad + line if line else "" for line in lines)] if lines[0] else []
    if before + len(_scalar(text)) <= WIDTH:
        return []
    folded = [""]
    for word in re.split(r"(?<! ) (?! )", text):
        longer = f"{folded[-1]} {word}" if folded[-1] else word
        if folded[-1] and deep + len(longer) > WIDTH:
            folded.append(word)
        else:
            folded[-1] = longer
    return [">", *(pad + line for line in folded)]
