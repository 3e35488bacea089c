"""Is a call, or an answer, shaped as the published description of the API says?"""

from __future__ import annotations

import json
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

from .wire import Json, Params

BESIDE = Path(__file__).resolve().parents[4] / "shared" / "specs" / "telegram-bot-api.json"


def spec_path() -> Path | None:
    """Where the description is, if it is anywhere."""
    path = Path(os.environ.get("TELEGRAM_SPEC") or BESIDE)
    return path if path.is_file() else None


@lru_cache(maxsize=1)
def _load(path: Path) -> Json:
    loaded: Json = json.loads(path.read_text(encoding="utf-8"))
    return loaded


class Shape:
    """Without a description everything passes."""

    def __init__(self) -> None:
        path = spec_path()
        self.known = path is not None
        spec: Json = _load(path) if path is not None else {"methods": {}, "types": {}}
        self._methods: Json = spec["methods"]
        self._types: Json = spec["types"]
        self.ignored: set[str] = {"can_send_welcome_messages"}
        """Names of newer fields that the description does not have yet."""

    def knows(self, method: str) -> bool:
        return method in self._methods

    def request(self, method: str, params: Params) -> list[str]:
        """What is wrong with the parameters of a call."""
        if method not in self._methods:
            return []
        fields = {each["name"]: each for each in self._methods[method].get("fields", [])}
        given = set(params.raw) | (set(params.uploads) & set(fields))
        unknown = sorted(given - set(fields) - self.ignored)
        problems = [f"{name}: unknown field" for name in unknown]
        for name, described in fields.items():
            if name not in given:
                if described["required"]:
                    problems.append(f"{name}: missing")
                continue
            if name in params.uploads:
                if "InputFile" not in described["types"]:
                    problems.append(f"{name}: a file where none is taken")
                continue
            problems += self._form_value(params.raw[name], described["types"], name)
        problems += self._attachments(params)
        return problems

    def answer(self, method: str, result: Any) -> list[str]:
        """What is wrong with our own answer."""
        if method not in self._methods:
            return []
        return self._value(result, self._methods[method]["returns"], "result")

    def update(self, update: Json) -> list[str]:
        return self._value(update, ["Update"], "update") if self.known else []

    def _form_value(self, value: Any, types: list[str], where: str) -> list[str]:
        """A form carries text: numbers and objects are written in it as JSON."""
        if isinstance(value, str) and not {"String", "InputFile"} & set(types):
            try:
                value = json.loads(value)
            except ValueError:
                value = {"true": True, "false": False}.get(value.lower(), value)
        return self._value(value, types, where)

    def _value(self, value: Any, types: list[str], where: str) -> list[str]:
        best: list[str] | None = None
        for name in types:
            problems = self._one(value, name, where)
            if not problems:
                return []
            if best is None or len(problems) < len(best):
                best = problems
        return best or []

    def _one(self, value: Any, name: str, where: str) -> list[str]:
        if name.startswith("Array of "):
            if not isinstance(value, list):
                return [f"{where}: not a list"]
            # A list may mix the kinds of its items, so each is tried with all of them.
            inner = name.removeprefix("Array of ")
            kinds = self._family(inner)
            return [
                problem
                for index, item in enumerate(value)
                for problem in self._value(item, kinds, f"{where}[{index}]")
            ]
        if name in {"String", "InputFile"}:
            return [] if isinstance(value, str) else [f"{where}: not a string"]
        if name == "Integer":
            whole = isinstance(value, int) and not isinstance(value, bool)
            return [] if whole else [f"{where}: not an integer"]
        if name == "Float":
            number = isinstance(value, int | float) and not isinstance(value, bool)
            return [] if number else [f"{where}: not a number"]
        if name == "Boolean":
            return [] if isinstance(value, bool) else [f"{where}: not a boolean"]
        described = self._types.get(name)
        if described is None:
            return []
        if subtypes := described.get("subtypes"):
            return self._value(value, subtypes, where)
        return self._object(value, described.get("fields", []), name, where)

    def _object(self, value: Any, fields: list[Json], name: str, where: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: not an object ({name})"]
        known = {each["name"]: each for each in fields}
        problems = [
            f"{where}.{each}: unknown field of {name}"
            for each in sorted(set(value) - set(known) - self.ignored)
        ]
        for each, described in known.items():
            if each not in value:
                if described["required"]:
                    problems.append(f"{where}.{each}: missing in {name}")
                continue
            if each == "type" and "must be " in described["description"]:
                wanted = (
                    described["description"].split("must be ", 1)[1].split()[0].strip("\"'“”.,")
                )
                if value[each] != wanted:
                    problems.append(f"{where}.type: not {wanted}")
            problems += self._value(value[each], described["types"], f"{where}.{each}")
        return problems

    def _family(self, name: str) -> list[str]:
        """An album is described as lists of each kind; an item may be any of them."""
        media = self._types.get("InputMedia", {}).get("subtypes", [])
        return list(media) if name in media else [name]

    def _attachments(self, params: Params) -> list[str]:
        named = {
            each.split('"')[0]
            for value in params.raw.values()
            for each in (value if isinstance(value, str) else json.dumps(value)).split("attach://")[
                1:
            ]
        }
        return [f"attach://{name}: no such file" for name in sorted(named - set(params.uploads))]
