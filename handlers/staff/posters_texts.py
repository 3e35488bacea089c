"""The words of `/poster` and `/reach`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from handlers.wording import plural
from services.arrivals import Reached
from services.tables import House

ONLY_MANAGERS = "Это смотрят управляющие и администраторы."
NO_LINKS = (
    "Печатать пока нечего: ни один мессенджер не подключён, а для чата на сайте не указан "
    "PUBLIC_URL."
)
NO_SUCH_HOUSE = "Не нашёл такого дома. Напишите улицу и номер: Садовая 5. Без адреса — все дома."
MOST_PAGES = 300  # in one file of a chat
NO_HOUSES = "В ваших группах нет ни одного дома."
BAR = 10  # letters
MOST_HOUSES = 40


def too_many(pages: int) -> str:
    return (
        f"Получится {count_pages(pages)}, для чата это много. "
        "Назовите дом: /poster Садовая 5. Все сразу печатает команда python -m bot posters."
    )


def which_house(houses: Sequence[House]) -> str:
    named = "; ".join(house.address for house in houses[:6])
    return f"Таких домов несколько: {named}. Напишите адрес полностью."


def given(pages: int) -> str:
    return (
        f"Плакаты с кодами: {count_pages(pages)}, по одной на дом и на каждый подъезд. Повесьте у "
        "лифта или у почтовых ящиков. Сколько квартир пришло по каждому, покажет /reach."
    )


def count_pages(pages: int) -> str:
    return f"{pages} {plural(pages, 'страница', 'страницы', 'страниц')}"


# ── How many flats are with us ───────────────────────────────────────────────


def reached(houses: Sequence[Reached], places: Mapping[str, str]) -> str:
    """`places`: what a code names."""
    every, covered = sum(h.flats for h in houses), sum(h.covered for h in houses)
    lines = [f"Сколько квартир с нами: {of(covered, every)}."]
    few = [house for house in houses if house.flats and not house.enough]
    if few:
        lines.append(
            f"⚠️ Меньше 30 % — в {len(few)} {plural(len(few), 'доме', 'домах', 'домах')}: там без "
            "чата дома и объявлений на двери пока не обойтись."
        )
    shown = houses
    if len(houses) > MOST_HOUSES:
        shown = sorted(houses, key=share)[:MOST_HOUSES]
        lines.append(
            f"Показаны {MOST_HOUSES} домов из {len(houses)}, где доля меньше всего. "
            "Один дом: /reach Садовая 5."
        )
    for house in shown:
        lines += ["", *of_house(house, places)]
    return "\n".join(lines)


def share(house: Reached) -> float:
    """A house without a list of flats comes last."""
    return house.covered / house.flats if house.flats else 2.0


def of_house(house: Reached, places: Mapping[str, str]) -> list[str]:
    if not house.flats:
        return [house.address, "Списка квартир у дома нет, считать не от чего."]
    sign = "" if house.enough else " ⚠️"
    filled = round(BAR * house.covered / house.flats)
    lines = [
        house.address,
        f"{'▓' * filled}{'░' * (BAR - filled)} {of(house.covered, house.flats)}{sign}",
    ]
    if house.brought:
        by = sorted(house.brought.items(), key=lambda each: (-each[1], each[0]))
        lines.append("Пришли по коду: " + ", ".join(f"{places.get(c, c)} — {n}" for c, n in by))
    return lines


def of(covered: int, every: int) -> str:
    share = f" · {covered * 100 // every} %" if every else ""
    return f"{covered} из {every}{share}"


def entrance(number: str) -> str:
    return f"подъезд {number}"


HOUSE = "дом"
