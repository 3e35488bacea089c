"""Is a call, an answer, or an event shaped as the published schema of the API says?"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

from .wire import COMMON, Json, Params

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "specs" / "vk-api"
OTHER_NAMES = {"message_edit": "message", "message_reply": "message", "user_unblock": None}
"""Events whose object is described under another name, or not at all."""


def spec_path() -> Path | None:
    """Where the schema is, if it is anywhere."""
    path = Path(os.environ.get("VK_SPEC") or BESIDE)
    return path if (path / "messages" / "methods.json").is_file() else None


@lru_cache(maxsize=64)
def _load(path: Path) -> Json:
    if not path.is_file():
        return {}
    loaded: Json = json.loads(path.read_text(encoding="utf-8"))
    return loaded


class Shape:
    """Without a schema everything passes."""

    def __init__(self) -> None:
        self._root = spec_path()
        self.known = self._root is not None
        self._methods: dict[str, Json] = {}
        if self._root is not None:
            for path in sorted(self._root.glob("*/methods.json")):
                self._methods |= {each["name"]: each for each in _load(path)["methods"]}
        self.ignored: set[str] = {
            # Older names that VK still takes.
            *("user_ids", "conversation_message_id"),
            # What VK sends and the schema forgot.
            *("message_event", "like_add", "like_remove", "conversations", "video", "wall"),
            *("link", "market", "by_end_date", "messages"),
        }

    def for_groups(self, method: str) -> bool:
        """May a community's token call it?"""
        kinds = self._methods.get(method, {}).get("access_token_type")
        return kinds is None or "group" in kinds

    def request(self, method: str, params: Params) -> list[str]:
        """What is wrong with the parameters of a call."""
        if method not in self._methods or method == "execute":
            return []
        fields = {each["name"]: each for each in self._methods[method].get("parameters", [])}
        given = set(params.raw) - COMMON
        problems = [
            f"{name}: unknown parameter" for name in sorted(given - set(fields) - self.ignored)
        ]
        for name, described in fields.items():
            if name not in given:
                if described.get("required"):
                    problems.append(f"{name}: missing")
                continue
            problems += self._parameter(params.text(name), described, name)
        return problems

    def answer(self, method: str, result: Any) -> list[str]:
        """What is wrong with our own answer: it must fit one of those described."""
        described = self._methods.get(method, {}).get("responses", {})
        best: list[str] | None = None
        for each in described.values():
            schema, base = self._follow(each, f"{method.split('.')[0]}/methods.json")
            problems = self._value(result, schema["properties"]["response"], base, "response")
            if not problems:
                return []
            if best is None or len(problems) < len(best):
                best = problems
        return best or []

    def event(self, kind: str, content: Json) -> list[str]:
        """What is wrong with the object of an event."""
        if self._root is None:
            return []
        name = OTHER_NAMES.get(kind, kind)
        base = "callback/objects.json"
        described = _load(self._root / base)["definitions"].get(f"callback_{name}")
        if name is None or described is None:
            return []
        if kind == "message_event":
            # Described as text; VK sends what the text holds.
            content = content | {"payload": json.dumps(content["payload"])}
        if kind == "message_typing_state":
            content = content | {"state": "message_typing_state"}
        return self._value(content, described, base, kind)

    # Following.

    def _follow(self, schema: Json, base: str) -> tuple[Json, str]:
        """The schema that is meant, and the file it stands in."""
        while "$ref" in schema:
            file, _, pointer = schema["$ref"].partition("#")
            if file:
                base = file.removeprefix("../")
            assert self._root is not None
            found: Any = _load(self._root / base)
            for step in pointer.strip("/").split("/"):
                found = found.get(step, {}) if isinstance(found, dict) else {}
            if not found:
                return {}, base
            schema = found
        return schema, base

    def _parts(self, schema: Json, base: str) -> Iterator[tuple[Json, str]]:
        """An object is described by one schema, or by all of several."""
        schema, base = self._follow(schema, base)
        if "allOf" in schema:
            for each in schema["allOf"]:
                yield from self._parts(each, base)
        else:
            yield schema, base

    # Looking.

    def _parameter(self, text: str, schema: Json, where: str) -> list[str]:
        """A form carries text: lists are written with commas, flags as 0 and 1."""
        kinds = schema.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "string" in kinds:
            allowed = schema.get("enum")
            if allowed and text and text not in allowed:
                return [f"{where}: {text!r} is none of {allowed}"]
            most = schema.get("maxLength")
            return [f"{where}: longer than {most}"] if most and len(text) > most else []
        if "array" in kinds:
            items = [each.strip() for each in text.split(",") if each.strip()]
            most = schema.get("maxItems")
            problems = [f"{where}: more than {most}"] if most and len(items) > most else []
            inner = schema.get("items", {}).get("type")
            if inner == "integer" and not all(each.lstrip("-").isdigit() for each in items):
                problems.append(f"{where}: not integers")
            return problems
        if "boolean" in kinds:
            return [] if text in {"0", "1", "true", "false"} else [f"{where}: not a flag"]
        if "integer" in kinds:
            if not text.lstrip("-").isdigit():
                return [f"{where}: not an integer"]
            return self._bounds(int(text), schema, where)
        return []

    def _bounds(self, value: int, schema: Json, where: str) -> list[str]:
        if "minimum" in schema and value < schema["minimum"]:
            return [f"{where}: {value} is less than {schema['minimum']}"]
        if "maximum" in schema and value > schema["maximum"]:
            return [f"{where}: {value} is more than {schema['maximum']}"]
        return []

    def _value(self, value: Any, schema: Json, base: str, where: str) -> list[str]:
        parts = list(self._parts(schema, base))
        first, base = parts[0]
        if not first:
            return []  # described in a file that is not here
        if "oneOf" in first:
            tried = [self._value(value, each, base, where) for each in first["oneOf"]]
            return min(tried, key=len)
        kind = first.get("type", "object" if "properties" in first else None)
        if kind == "object":
            return self._object(value, parts, where)
        if kind == "array":
            if not isinstance(value, list):
                return [f"{where}: not a list"]
            return [
                problem
                for index, item in enumerate(value)
                for problem in self._value(item, first.get("items", {}), base, f"{where}[{index}]")
            ]
        return self._plain(value, first, where)

    def _plain(self, value: Any, schema: Json, where: str) -> list[str]:
        kinds = schema.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        whole = isinstance(value, int) and not isinstance(value, bool)
        fits = {
            "string": isinstance(value, str),
            "integer": whole,
            "number": whole or isinstance(value, float),
            "boolean": isinstance(value, bool),
        }
        if not any(fits.get(each, True) for each in kinds):
            return [f"{where}: {value!r} is not {kinds}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{where}: {value!r} is none of {schema['enum']}"]
        return self._bounds(value, schema, where) if whole else []

    def _object(self, value: Any, parts: list[tuple[Json, str]], where: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: not an object"]
        known: dict[str, tuple[Json, str]] = {}
        for schema, base in parts:
            for name, described in schema.get("properties", {}).items():
                known[name] = (described, base)
        if not known:
            return []
        problems = [
            f"{where}.{name}: unknown" for name in sorted(set(value) - set(known) - self.ignored)
        ]
        for name, (described, base) in known.items():
            if name in value:
                problems += self._value(value[name], described, base, f"{where}.{name}")
            elif described.get("required") is True:
                problems.append(f"{where}.{name}: missing")
        return problems
