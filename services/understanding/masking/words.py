"""The lists of words beside this file, as sets."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


def words_of(name: str) -> frozenset[str]:
    return frozenset(_load()[name].split())


@cache
def _load() -> dict[str, Any]:
    path = Path(__file__).with_name("masking.yaml")
    return dict(yaml.safe_load(path.read_text("utf-8")))
