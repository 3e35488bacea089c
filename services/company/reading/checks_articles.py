"""Articles: whose they are, what their answers name in braces, and the pictures beside the file."""

from __future__ import annotations

import re
from pathlib import Path

from services.company.declaration import ARTICLE_NAMES, Declaration
from services.company.reading.source import Loc, Source
from services.company.reading.words import choose, guess, shown

MOST_BYTES = 10 * 1024 * 1024  # the smallest of what the messengers take as a picture
PICTURES = {"png": b"\x89PNG", "jpg": b"\xff\xd8\xff", "jpeg": b"\xff\xd8\xff"}
NAMED = re.compile(r"\{([^{}\n]{0,40})\}")
_MEANT = {
    "часы": "office_hours", "hours": "office_hours", "часы_работы": "office_hours",
    "телефон": "phone", "tel": "phone", "авария": "emergency_phone", "emergency": "emergency_phone",
    "сайт": "site", "url": "site", "компания": "company", "ук": "company", "name": "company",
    "дом": "house", "адрес": "house", "address": "house", "жк": "complex",
}  # fmt: skip


def check_articles(it: Declaration, source: Source, folder: Path) -> None:
    complexes = [complex_.code for complex_ in it.complexes]
    keys: list[tuple[Loc, str]] = []
    for i, article in enumerate(it.articles):
        at: Loc = ("articles", i)
        keys.append(((*at, "key" if article.key else "id"), article.called))
        for j, code in enumerate(article.complexes):
            source.say_unknown((*at, "complexes", j), code, complexes, "ЖК с кодом")
        _check_names(article.answer, (*at, "answer"), it, source)
        if article.picture:
            _check_picture(article.picture, (*at, "picture"), folder, source)
    source.say_repeated(
        keys,
        "ответ с id «{value}» уже есть в строке {line}",
        "Дайте этому другой: id: {value}-2",
    )
    _check_overlaps(it, source)


def _check_overlaps(it: Declaration, source: Source) -> None:
    """Two answers to one question in one complex, and nothing to tell which is meant."""
    seen: dict[tuple[str, str], int] = {}
    for i, article in enumerate(it.articles):
        for code in article.complexes or ("",):
            first = seen.setdefault((article.id, code), i)
            if first != i and it.articles[first].called != article.called:
                source.say(
                    ("articles", i),
                    f"ответ «{article.id}» "
                    f"{f'для ЖК «{code}»' if code else 'для всех ЖК'} уже есть в строке "
                    f"{source.line(('articles', first))}",
                    "Уберите один из двух или назовите разные ЖК: complexes: [код]",
                )
                break


def _check_names(answer: str, loc: Loc, it: Declaration, source: Source) -> None:
    for name in dict.fromkeys(NAMED.findall(answer)):
        if name == "site" and not it.company.site:
            source.say(
                loc,
                "в ответе стоит {site}, а сайта в разделе company нет",
                "Напишите site: в разделе company или уберите {site}",
            )
        elif name not in ARTICLE_NAMES:
            meant = guess(name, list(ARTICLE_NAMES), _MEANT)
            source.say(
                loc,
                f"в ответе незнакомая подстановка {{{shown(name)}}}",
                f"Напишите {{{meant}}}" if meant else choose([f"{{{n}}}" for n in ARTICLE_NAMES]),
            )


def _check_picture(name: str, loc: Loc, folder: Path, source: Source) -> None:
    path = folder / name
    kind = PICTURES.get(path.suffix.lower().lstrip("."))
    if Path(name).is_absolute() or ".." in Path(name).parts:
        source.say(
            loc,
            f"картинка «{shown(name)}» должна лежать рядом с файлом компании",
            "Положите её туда и напишите только имя: picture: lift.png",
        )
    elif kind is None:
        source.say(
            loc, f"«{shown(name)}» — это не картинка", "Возьмите файл .png или .jpg"
        )  # fmt: skip
    elif not path.is_file():
        source.say(
            loc,
            f"картинки «{shown(name)}» рядом с файлом компании нет",
            f"Положите её в папку {folder} или уберите строку picture",
        )
    elif path.stat().st_size > MOST_BYTES:
        source.say(
            loc,
            f"картинка «{shown(name)}» больше {MOST_BYTES // 1024 // 1024} МБ",
            "Сохраните её поменьше: мессенджеры не примут",
        )
    elif not _begins(path, kind):
        source.say(
            loc,
            f"«{shown(name)}» называется картинкой, но внутри что-то другое",
            "Сохраните её заново как .png или .jpg",
        )


def _begins(path: Path, kind: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(kind)) == kind
