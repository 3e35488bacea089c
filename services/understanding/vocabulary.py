"""The trade's vocabulary: what residents say for each thing. The files under `trade/` are meant
to be read and added to; a company adds its own words in its file."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

TRADE = Path(__file__).parent / "trade"


class VocabularyWrong(Exception):
    """A file of the vocabulary cannot be read; the text names the file and the place."""


@dataclass(frozen=True)
class Topic:
    """One thing residents ask about. `says` are the trade's words for it, `everyday` theirs,
    `asks` whole phrasings."""

    code: str
    about: str
    says: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()

    def join(self, more: Topic) -> Topic:
        """With what another file adds to it."""
        return replace(
            self,
            says=self.says + more.says,
            everyday=self.everyday + more.everyday,
            asks=self.asks + more.asks,
        )


@dataclass(frozen=True)
class Vocabulary:
    """`synonyms`: groups of words or short word groups that mean the same; `short`: an
    abbreviation and what it stands for."""

    topics: tuple[Topic, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    short: Mapping[str, str] = field(default_factory=dict)

    def extend(
        self,
        synonyms: Iterable[Iterable[str]] = (),
        short: Mapping[str, str] | None = None,
        topics: Iterable[Topic] = (),
    ) -> Vocabulary:
        """A company's own words on top of the trade's."""
        return Vocabulary(
            (*self.topics, *topics),
            (*self.synonyms, *(tuple(group) for group in synonyms)),
            {**self.short, **(short or {})},
        )

    def __hash__(self) -> int:
        return id(self)

    def __eq__(self, other: object) -> bool:
        return self is other


@cache
def load_trade() -> Vocabulary:
    """The vocabulary that comes with the program; read once a process."""
    return read_trade()


def read_trade(skip: Container[str] = ()) -> Vocabulary:
    """Without the files named in `skip`, `more` always last."""
    topics: dict[str, Topic] = {}
    paths = [path for path in (TRADE / "topics").glob("*.yaml") if path.stem not in skip]
    for path in sorted(paths, key=lambda each: (each.stem == "more", each)):
        for given in _read(path) or ():
            topic = _as_topic(given, path)
            known = topics.get(topic.code)
            if known and topic.about:
                raise VocabularyWrong(f"{path.name}: topic {topic.code} stands twice")
            if not known and not topic.about:
                raise VocabularyWrong(
                    f"{path.name}: topic {topic.code} says nowhere what it is about"
                )
            topics[topic.code] = known.join(topic) if known else topic
    synonyms: list[tuple[str, ...]] = []
    short: dict[str, str] = {}
    for path in sorted((TRADE / "words").glob("*.yaml")):
        given = _read(path) or {}
        synonyms += [tuple(map(str, group)) for group in given.get("synonyms") or ()]
        short |= {str(key): str(value) for key, value in (given.get("short") or {}).items()}
    return Vocabulary(tuple(topics.values()), tuple(synonyms), short)


def _as_topic(given: Any, path: Path) -> Topic:
    try:
        return Topic(
            str(given["topic"]),
            str(given.get("about", "")),
            *(tuple(_texts(given.get(key))) for key in ("says", "everyday", "asks")),
        )
    except (KeyError, TypeError) as wrong:
        raise VocabularyWrong(f"{path.name}: a topic without {wrong}: {given!r:.80}") from wrong


def _texts(given: Any) -> Iterator[str]:
    """YAML reads «нет», «да» and bare numbers as it likes: all are text here."""
    for each in given or ():
        yield (
            {True: "да", False: "нет"}.get(each, str(each)) if isinstance(each, bool) else str(each)
        )


def _read(path: Path) -> Any:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where it is there
    try:
        return yaml.load(path.read_text("utf-8"), Loader=loader)  # noqa: S506 (a safe one)
    except yaml.YAMLError as wrong:
        raise VocabularyWrong(f"{path.name}: {wrong}") from wrong
