"""Staff: their rooms, who is in them, and the accounts of both in the messengers."""

from __future__ import annotations

from services.company.declaration import Declaration
from services.company.reading.checks_company import check_times
from services.company.reading.filling import MAIN_ROOM
from services.company.reading.source import Loc, Source


def check_rooms(it: Declaration, source: Source) -> None:
    groups: list[tuple[Loc, int]] = [
        (("rooms", i, "telegram"), room.telegram)
        for i, room in enumerate(it.rooms)
        if room.telegram is not None
    ]
    for loc, group in groups:
        if group >= 0:
            source.say(
                loc,
                f"telegram: {group} — это не группа: номер группы начинается с -100",
                f"Напишите telegram: -100{str(group).removeprefix('100')}",
            )
    source.say_repeated(
        ((loc, str(group)) for loc, group in groups),
        "эта группа Telegram уже названа в строке {line}",
        "Оставьте её у одной группы сотрудников",
    )
    for i, room in enumerate(it.rooms):
        check_times(room, ("rooms", i), source)
    rooms = [room.code for room in it.rooms]
    for i, complex_ in enumerate(it.complexes):
        source.say_unknown(("complexes", i, "room"), complex_.room, rooms, "группы с кодом")
        at: Loc = ("complexes", i, "executors")
        source.say_unknown(at, complex_.executors, rooms, "группы с кодом")
        if complex_.executors and complex_.executors == (complex_.room or MAIN_ROOM):
            source.say(
                at,
                f"executors: «{complex_.executors}» — это группа диспетчеров этого же ЖК",
                "Назовите другую группу из rooms или уберите строку: "
                "тогда заявки останутся у диспетчеров",
            )


def check_members(it: Declaration, source: Source) -> None:
    source.say_repeated(
        ((("members", i, "code"), member.code) for i, member in enumerate(it.members)),
        "сотрудник с кодом «{value}» уже есть в строке {line}",
        "Напишите другой: code: {value}-2",
    )
    for key in ("telegram", "vk"):
        accounts: list[tuple[Loc, int]] = [
            (("members", i, key), account)
            for i, member in enumerate(it.members)
            if (account := getattr(member, key)) is not None
        ]
        for loc, account in accounts:
            if account <= 0:
                source.say(
                    loc,
                    f"{key}: {account} — это не человек: его номер больше нуля",
                    f"Напишите номер самого сотрудника, например {key}: 123456789",
                )
        source.say_repeated(
            ((loc, str(account)) for loc, account in accounts if account > 0),
            f"{key}: {{value}} уже записан за другим сотрудником, строка {{line}}",
            "Проверьте номер: у каждого сотрудника он свой",
        )
    rooms = [room.code for room in it.rooms]
    for i, member in enumerate(it.members):
        for j, code in enumerate(member.rooms):
            source.say_unknown(("members", i, "rooms", j), code, rooms, "группы с кодом")
