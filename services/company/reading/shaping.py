"""The first pass: the tree of nodes as plain data, each value in the shape its field takes."""

from __future__ import annotations

from typing import Any

import yaml

from services.company.declaration import Declaration, Entry
from services.company.reading.mistakes import refuse
from services.company.reading.nodes import line_of
from services.company.reading.shapes import is_entry, is_pairs, item_of, read_as, shape_of
from services.company.reading.source import Loc, Source
from services.company.reading.vocabulary import KEYS_IN_RUSSIAN, NOUNS
from services.company.reading.words import choose, guess, shown, spell_days

MOST_REPEATED = 100_000
"""Nodes that aliases may add to the file's own: a few lines must not unfold into gigabytes."""
_NOTHING = {"", "~", "null", "Null", "NULL"}


def shape_nodes(root: yaml.Node, source: Source) -> dict[str, Any]:
    if not isinstance(root, yaml.MappingNode):
        raise refuse(
            line_of(root),
            "файл должен начинаться с разделов company:, complexes:, categories:",
            "Возьмите за образец examples/minimal.yaml",
        )
    return _Shaper(source).mapping(Declaration, root, ())


class _Shaper:
    def __init__(self, source: Source) -> None:
        self._source = source
        self._say = source.say
        self._repeated = 0
        self._seen: set[int] = set()

    def mapping(self, entry: type[Entry], node: yaml.MappingNode, loc: Loc) -> dict[str, Any]:
        self._source.entries[loc] = entry
        said: dict[str, Any] = {}
        first: dict[str, int] = {}
        fields = entry.model_fields
        given = {
            key.value.strip() for key, _ in node.value if isinstance(key, yaml.ScalarNode)
        }  # a misspelt key must not take the place of the right one
        for key_node, value_node in node.value:
            line = line_of(key_node)
            key = key_node.value.strip() if isinstance(key_node, yaml.ScalarNode) else ""
            if not key:
                self._say(loc, "здесь нужно слово с двоеточием", choose(fields), line)
                continue
            if key in first:
                what = f"«{key}» уже есть в строке {first[key]}"
                self._say(loc, what, "Оставьте одну из двух строк", line)
                continue
            first[key] = line
            name = key
            if key not in fields:
                if value_node.value == "" and " " in key:
                    self._say(
                        loc,
                        f"текст оборвался перед «{shown(key)}»: запятая внутри скобок делит его",
                        "Возьмите весь текст в кавычки",
                        line,
                    )
                    continue
                name = self._misspelt(entry, key, loc, line, given)
                if not name:
                    continue
                given.add(name)
            here = (*loc, name)
            self._source.lines[here] = line
            value = self._value(shape_of(fields[name].annotation), value_node, here)
            if value is not None:
                said[name] = value
        return said

    def _misspelt(self, entry: type[Entry], key: str, loc: Loc, line: int, given: set[str]) -> str:
        """Says so, and gives the field that was most likely meant."""
        fields = entry.model_fields
        if key == "<<":
            self._say(loc, "«<<» здесь не действует", "Напишите строки полностью", line)
            return ""
        meant = guess(key, [name for name in fields if name not in given], KEYS_IN_RUSSIAN)
        if meant:
            self._say(loc, f"незнакомое слово «{shown(key)}»", f"Напишите {meant}", line)
            return meant
        homes = [
            noun.of
            for other, noun in NOUNS.items()
            if key in other.model_fields and other is not entry
        ]
        fix = (
            f"Оно бывает {' и '.join(homes)}: проверьте, куда вставлена строка и её отступ"
            if homes
            else choose(fields)
        )
        what = (
            f"раздела «{shown(key)}» не бывает"
            if entry is Declaration
            else f"слова «{shown(key)}» {NOUNS[entry].of} нет"
        )
        self._say(loc, what, fix, line)
        return ""

    def _value(self, shape: Any, node: yaml.Node, loc: Loc) -> Any:
        self._count(node)
        self._source.lines.setdefault(loc, line_of(node))
        if item := item_of(shape):
            return self._list(item, node, loc)
        if is_pairs(shape):
            return self._pairs(node, loc)
        if isinstance(node, yaml.MappingNode):
            return self.mapping(shape, node, loc) if is_entry(shape) else {}
        if isinstance(node, yaml.SequenceNode):
            return []
        return self._scalar(shape, node, loc)

    def _pairs(self, node: yaml.Node, loc: Loc) -> dict[str, str]:
        if not isinstance(node, yaml.MappingNode):
            self._say(
                loc,
                f"после {loc[-1]}: нужны слова с двоеточием",
                f"Напишите {loc[-1]}: {{мкд: многоквартирный дом}}",
            )
            return {}
        said: dict[str, str] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value).strip() if isinstance(key_node, yaml.ScalarNode) else ""
            here = (*loc, key)
            self._source.lines[here] = line_of(key_node)
            value = self._scalar(str, value_node, here)
            if not key or not isinstance(value, str) or isinstance(value_node, yaml.CollectionNode):
                self._say(here, "здесь нужны слово, двоеточие и текст", "Напишите слово: текст")
                continue
            if key in said:
                self._say(here, f"«{key}» уже есть выше", "Оставьте одну из двух строк")
            said[key] = value
        return said

    def _count(self, node: yaml.Node) -> None:
        """Aliases make one node stand in many places; so many are enough."""
        if id(node) in self._seen:
            self._repeated += 1
        self._seen.add(id(node))
        if self._repeated > MOST_REPEATED:
            raise refuse(
                line_of(node),
                "ссылки «*…» разворачиваются в слишком большой файл",
                "Напишите повторы сами, без ссылок",
            )

    def _list(self, shape: Any, node: yaml.Node, loc: Loc) -> list[Any] | None:
        needed = f"после {loc[-1]}: нужен список"
        if isinstance(node, yaml.SequenceNode):
            return [self._value(shape, item, (*loc, i)) for i, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            if not is_entry(shape):
                self._source.told.add(loc)
                self._say(loc, needed, "Перед каждой строкой списка поставьте «- »")
                return []
            self._say(
                loc,
                f"{needed}, а здесь одна запись без дефиса",
                "Поставьте «- » перед её первой строкой, остальные сдвиньте на два пробела",
                line_of(node),
            )
            return [self._value(shape, node, (*loc, 0))]
        said = self._scalar(str, node, loc)
        if said is None:
            return None
        self._source.told.add(loc)
        if is_entry(shape):
            self._say(
                loc,
                f"{needed}, а написано «{shown(said)}»",
                "Перенесите на следующую строку и начните с «- »",
            )
            return []
        parts = [part.strip() for part in said.strip("[]").split(",") if part.strip()]
        if loc[-1] == "days":
            parts = spell_days(parts)
        listed = f"{loc[-1]}: [{', '.join(parts)}]"
        self._say(loc, needed, f"Возьмите в квадратные скобки: {listed}")
        return parts

    def _scalar(self, shape: Any, node: yaml.Node, loc: Loc) -> Any:
        text = str(node.value)
        if node.tag not in ("", "!", "tag:yaml.org,2002:str"):
            self._say(
                loc,
                f"метка «{node.tag.replace('tag:yaml.org,2002:', '!!')}» здесь не действует",
                "Уберите её или возьмите весь текст в кавычки",
                line_of(node),
            )
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        if plain and text in _NOTHING:
            return None
        self._source.written[loc] = text
        value = read_as(shape, text.strip())
        if isinstance(value, str) and "\0" in value:
            self._say(loc, "в тексте знак с кодом 0", "Удалите его и наберите текст заново")
            return value.replace("\0", "")
        return value
