"""The third pass: everything that one entry alone cannot know."""

from __future__ import annotations

from pathlib import Path

from services.company.declaration import Declaration
from services.company.reading.checks_articles import check_articles
from services.company.reading.checks_categories import check_categories
from services.company.reading.checks_company import (
    check_channel,
    check_company,
    check_timezone,
)
from services.company.reading.checks_numbers import check_numbers
from services.company.reading.checks_staff import check_members, check_rooms
from services.company.reading.source import Loc, Source


def check(it: Declaration, source: Source, folder: Path) -> None:
    """`folder`: where the file stands, and what it names beside itself."""
    check_company(it.company, source)
    _check_codes(it, source)
    _check_places(it, source)
    check_rooms(it, source)
    check_numbers(it, source)
    check_categories(it, source)
    check_articles(it, source, folder)
    _check_canned_answers(it, source)
    _check_organisations(it, source)
    check_members(it, source)


def _check_codes(it: Declaration, source: Source) -> None:
    codes: list[tuple[Loc, str]] = [
        (("rooms", i, "code"), room.code) for i, room in enumerate(it.rooms)
    ]
    for i, complex_ in enumerate(it.complexes):
        codes.append((("complexes", i, "code"), complex_.code))
        for j, house in enumerate(complex_.houses):
            at: Loc = ("complexes", i, "houses", j)
            codes.append(((*at, "code"), house.code))
            entrances = [((*at, "entrances", k), e) for k, e in enumerate(house.entrances)]
            source.say_repeated(
                (((*here, "number"), entrance.number) for here, entrance in entrances),
                "подъезд «{value}» у этого дома уже есть, строка {line}",
                "Исправьте number или уберите повтор",
            )
            seen: set[str] = set()
            for here, entrance in entrances:
                if (*here, "code") in source.lines:
                    codes.append(((*here, "code"), entrance.code))
                elif entrance.number not in seen:  # a repeated number repeats its code too
                    codes.append((here, entrance.code))
                seen.add(entrance.number)
    source.say_repeated(
        sorted(codes, key=lambda code: source.line(code[0])),
        "код «{value}» уже занят в строке {line}: у групп, ЖК, домов и подъездов коды разные",
        "Напишите другой, например code: {value}-2",
    )


def _check_places(it: Declaration, source: Source) -> None:
    for i, complex_ in enumerate(it.complexes):
        check_channel(complex_.telegram_channel, ("complexes", i), source)
        if complex_.timezone:
            check_timezone(complex_.timezone, ("complexes", i), source)
        for j, house in enumerate(complex_.houses):
            if house.timezone:
                check_timezone(house.timezone, ("complexes", i, "houses", j), source)


def _check_canned_answers(it: Declaration, source: Source) -> None:
    complexes = [complex_.code for complex_ in it.complexes]
    source.say_repeated(
        ((("canned_answers", i, "id"), answer.id) for i, answer in enumerate(it.canned_answers)),
        "заготовка с id «{value}» уже есть в строке {line}",
        "Дайте этой другой: id: {value}-2",
    )
    for i, answer in enumerate(it.canned_answers):
        for j, code in enumerate(answer.complexes):
            source.say_unknown(("canned_answers", i, "complexes", j), code, complexes, "ЖК с кодом")


def _check_organisations(it: Declaration, source: Source) -> None:
    codes = [organisation.code for organisation in it.organisations]
    source.say_repeated(
        ((("organisations", i, "code"), code) for i, code in enumerate(codes)),
        "организация с кодом «{value}» уже есть в строке {line}",
        "Дайте этой другой: code: {value}-2",
    )
    for i, category in enumerate(it.categories):
        at: Loc = ("categories", i, "organisation")
        source.say_unknown(at, category.organisation, codes, "организации с кодом")
