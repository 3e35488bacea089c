"""``execute``: calls of methods, lists, objects and variables; no other VKScript."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from .errors import ApiError
from .wire import Json

MAX_CALLS = 25
Invoke = Callable[[str, Json], Any]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<number>-?\d+(?:\.\d+)?)
      | (?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
      | (?P<name>[A-Za-z_]\w*)
      | (?P<sign>[\[\]{}(),:;=.])
    )""",
    re.VERBOSE | re.DOTALL,
)
_SPACE = re.compile(r"(?:\s|//[^\n]*|/\*.*?\*/)*", re.DOTALL)
_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_WORDS = {"true": True, "false": False, "null": None}


class Script:
    """Read whole before anything is called, so that a mistake calls nothing."""

    def __init__(self, code: str) -> None:
        self._code = code
        self._tokens = self._split()
        self._at = 0
        self.calls = 0
        self._steps: list[tuple[str, Any]] = []
        while self._peek() is not None:
            self._statement()

    def run(self, invoke: Invoke) -> Any:
        """The value of ``return``. ``invoke`` gives False where a call failed."""
        known: Json = {}
        self.calls = 0
        for name, tree in self._steps:
            value = self._value(tree, known, invoke)
            if name == "return":
                return value
            if name:
                known[name.removeprefix("var ")] = value
        return None

    # Reading.

    def _split(self) -> list[tuple[str, str, int]]:
        tokens: list[tuple[str, str, int]] = []
        at = 0
        while True:
            space = _SPACE.match(self._code, at)
            at = space.end() if space else at
            if at >= len(self._code):
                return tokens
            found = _TOKEN.match(self._code, at)
            if found is None or found.lastgroup is None:
                raise self._mistake(f"unexpected '{self._code[at]}'", at)
            tokens.append((found.lastgroup, found[found.lastgroup], at))
            at = found.end()

    def _mistake(self, what: str, at: int) -> ApiError:
        return ApiError(12, f"{what} found in line {self._code.count(chr(10), 0, at) + 1}")

    def _peek(self) -> tuple[str, str, int] | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _take(self, text: str = "", kind: str = "") -> str:
        token = self._peek()
        if token is None:
            raise self._mistake(f"'{text or kind}' expected, ''", len(self._code))
        if (text and token[1] != text) or (kind and token[0] != kind):
            raise self._mistake(f"'{text or kind}' expected, '{token[1]}'", token[2])
        self._at += 1
        return token[1]

    def _next_is(self, text: str) -> bool:
        token = self._peek()
        return token is not None and token[0] != "string" and token[1] == text

    def _statement(self) -> None:
        if self._next_is("return"):
            self._take("return")
            self._steps.append(("return", self._expression()))
        elif self._next_is("var"):
            self._take("var")
            name = self._take(kind="name")
            self._take("=")
            self._steps.append((f"var {name}", self._expression()))
        else:
            self._steps.append(("", self._expression()))
        self._take(";")

    def _expression(self) -> Any:
        """A tree: ("value", v), ("list", [...]), ("object", [...]), ("name", n), ("call", …)."""
        token = self._peek()
        if token is None:
            raise self._mistake("expression expected, ''", len(self._code))
        kind, text, at = token
        self._at += 1
        if kind == "number":
            return ("value", float(text) if "." in text else int(text))
        if kind == "string":
            return ("value", _unquoted(text))
        if kind == "name":
            if text in _WORDS:
                return ("value", _WORDS[text])
            return self._call() if text == "API" else ("name", text)
        if text == "[":
            return ("list", self._items("]", self._expression))
        if text == "{":
            return ("object", self._items("}", self._pair))
        raise self._mistake(f"unexpected '{text}'", at)

    def _call(self) -> Any:
        self._take(".")
        section = self._take(kind="name")
        self._take(".")
        name = f"{section}.{self._take(kind='name')}"
        self._take("(")
        given = ("object", []) if self._next_is(")") else self._expression()
        self._take(")")
        return ("call", name, given)

    def _items(self, end: str, read: Callable[[], Any]) -> list[Any]:
        items: list[Any] = []
        while not self._next_is(end):
            items.append(read())
            if not self._next_is(end):
                self._take(",")
        self._take(end)
        return items

    def _pair(self) -> tuple[str, Any]:
        token = self._peek()
        if token is None or token[0] not in {"name", "string"}:
            raise self._mistake("name expected", token[2] if token else len(self._code))
        self._at += 1
        name = _unquoted(token[1]) if token[0] == "string" else token[1]
        self._take(":")
        return name, self._expression()

    # Running.

    def _value(self, tree: Any, known: Json, invoke: Invoke) -> Any:
        match tree:
            case ("value", value):
                return value
            case ("name", name):
                if name not in known:
                    raise ApiError(13, f"unknown variable {name}")
                return known[name]
            case ("list", items):
                return [self._value(each, known, invoke) for each in items]
            case ("object", pairs):
                return {name: self._value(each, known, invoke) for name, each in pairs}
            case ("call", name, given):
                params = self._value(given, known, invoke)
                self.calls += 1
                if self.calls > MAX_CALLS:
                    raise ApiError(13, "Too many api calls")
                if not isinstance(params, dict):
                    raise ApiError(13, f"{name}: an object expected")
                return invoke(name, params)
        raise AssertionError(tree)


def _unquoted(source: str) -> str:
    def one(found: re.Match[str]) -> str:
        mark = found[1]
        return (
            chr(int(mark[1:], 16)) if mark[0] == "u" and len(mark) == 5 else _PLAIN.get(mark, mark)
        )

    text = _ESCAPE.sub(one, source[1:-1])
    # Two \u of one letter become that letter.
    loaded: str = json.loads(json.dumps(text))
    return loaded
