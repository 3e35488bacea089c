"""The file as a tree of YAML nodes: every scalar still text, every node with its line."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import Any, cast

import yaml

from services.company.reading.broken import explain_broken
from services.company.reading.mistakes import refuse

MOST_BYTES = 20 * 1024 * 1024
MOST_DEEP = 40


def read_nodes(path: Path) -> yaml.Node:
    text = _text_of(path)
    tree = _Tree()
    try:
        for event in yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)):
            tree.take(event)
    except yaml.YAMLError as error:
        raise explain_broken(error, text) from None
    if tree.root is None:
        raise refuse(0, "файл пустой", "Возьмите за образец examples/minimal.yaml и замените своим")
    return tree.root


def line_of(node: yaml.Node | yaml.Event) -> int:
    return node.start_mark.line + 1 if node.start_mark else 1


def _text_of(path: Path) -> str:
    try:
        if path.is_dir():
            raise refuse(0, f"{path} — это папка", "Укажите сам файл: examples/company.yaml")
        if path.stat().st_size > MOST_BYTES:
            raise refuse(
                0,
                f"файл {path} больше {MOST_BYTES // 1024 // 1024} МБ",
                "Проверьте, тот ли это файл: описание компании занимает сотни килобайт",
            )
        raw = path.read_bytes()
    except FileNotFoundError:
        raise refuse(
            0, f"файла {path} нет", "Проверьте имя и папку, образец — examples/company.yaml"
        ) from None
    except OSError as error:
        raise refuse(
            0, f"файл {path} не открывается: {error.strerror}", "Проверьте права на файл"
        ) from None
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise refuse(1, "файл сохранён в UTF-16", "Сохраните его в кодировке UTF-8")
    try:
        return raw.removeprefix(codecs.BOM_UTF8).decode("utf-8")
    except UnicodeDecodeError as error:
        raise refuse(
            raw.count(b"\n", 0, error.start) + 1,
            "файл сохранён не в UTF-8 (похоже на Windows-1251)",
            "Сохраните его в кодировке UTF-8",
        ) from None


class _Tree:
    """Grows from the parser's events and not by `yaml.compose`: that one calls itself for each
    level, and with the fast parser a deep file ends the process."""

    def __init__(self) -> None:
        self.root: yaml.Node | None = None
        self._open: list[yaml.CollectionNode] = []
        self._anchors: dict[str, yaml.Node] = {}

    def take(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent) and self.root is not None:
            raise refuse(
                line_of(event),
                "здесь начинается второй документ («---»)",
                "Уберите «---»: всё описание — один документ",
            )
        if isinstance(event, yaml.CollectionEndEvent):
            self._close()
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._anchored(event))
        elif isinstance(event, yaml.ScalarEvent | yaml.CollectionStartEvent):
            self._begin(event)

    def _begin(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        node: yaml.Node
        tag, mark = event.tag or "", cast(Any, event.start_mark)
        if isinstance(event, yaml.ScalarEvent):
            node = yaml.ScalarNode(tag, event.value, mark, None, event.style)
        elif isinstance(event, yaml.MappingStartEvent):
            node = yaml.MappingNode(tag, [], mark, None)
        else:
            node = yaml.SequenceNode(tag, [], mark, None)
        if event.anchor:
            self._anchors[event.anchor] = node
        self._add(node)
        if isinstance(node, yaml.CollectionNode):
            self._open.append(node)
            if len(self._open) > MOST_DEEP:
                raise refuse(
                    line_of(event), "слишком глубокая вложенность", "Проверьте скобки и отступы"
                )

    def _add(self, node: yaml.Node) -> None:
        if self._open:
            self._open[-1].value.append(node)
        else:
            self.root = node

    def _close(self) -> None:
        node = self._open.pop()
        if isinstance(node, yaml.MappingNode):  # until now its keys and values stood in one row
            node.value = list(zip(node.value[::2], node.value[1::2], strict=True))

    def _anchored(self, event: yaml.AliasEvent) -> yaml.Node:
        known = self._anchors.get(event.anchor or "")
        if known is None or known in self._open:
            raise refuse(
                line_of(event),
                f"ссылка «*{event.anchor}» ни на что не указывает",
                "Если это просто текст со звёздочкой, возьмите его в кавычки",
            )
        return known
