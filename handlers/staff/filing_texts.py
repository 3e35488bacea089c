"""Words around requests that members file for callers and visitors."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.company.declaration import Company, Organisation
from services.filing import FiledFor
from services.tables import House, Ticket

CANCEL = "Отмена"
CANCELLED = "Не подаю. Захотите снова — напишите /new ещё раз."
ENDED = "Эта заявка уже подана или отменена. Новая — снова /new."
COLLEAGUES = "Эту заявку записывает коллега, кнопку нажимает он сам. Ничего не сделано."
EXAMPLE = "/new Садовая 5 кв 12, Иванова Мария, +7 912 345-67-89, течёт кран на кухне"
HOW = (
    "Напишите одной строкой адрес, кто обратился, телефон и что случилось, например:\n"
    f"{EXAMPLE}\n\n"
    "Можно добавить, как обратились («пришла», «письмо»), и ссылку. В теме разговора хватит "
    "/new и пары слов: адрес жителя уже известен."
)
NO_HOUSE = f"Какой это дом? Такого адреса среди ваших не вижу. Напишите так: {EXAMPLE}"
NO_HOUSE_HERE = (
    "У этого жителя нет адреса. Добавьте его, например: /new Садовая 5 кв 12, течёт кран"
)
NO_TEXT = f"Адрес вижу, а что случилось? Напишите так: {EXAMPLE}"
NO_KINDS = "Для этого адреса в файле компании нет ни одного вида заявок."
NO_KIND = "Такого вида заявки по этому адресу нет."
NOT_YOUR_HOUSE = "Этот дом обслуживает другая группа, заявку отсюда подать нельзя."
ANYWAY = "Записать всё равно?"
BAD_PHONE = "Не похоже на номер телефона. Напишите так: +7 912 345-67-89."

SOURCES = {
    "phone": "по телефону",
    "visit": "лично",
    "letter": "письмом",
    "other": "другим путём",
    "telegram": "в Telegram",
    "vk": "во ВКонтакте",
    "web": "в чате на сайте",
    "max": "в MAX",
}


def which_house(houses: Sequence[House]) -> str:
    named = "; ".join(house.address for house in houses[:6])
    return f"Таких домов несколько: {named}. Какой из них? Напишите /new с полным адресом."


def preview(wanted: FiledFor, *, listed: bool, known: str, asked: str) -> str:
    """`known`: the resident of the thread it is for, whose name and phone are known. `asked`: what
    is to be answered by pressing a category or not."""
    lines = ["Проверьте и выберите вид заявки — она сразу будет подана.\n"]
    unknown = not listed and not wanted.house_id  # else it is asked about
    lines.append(wanted.place + (" (такого номера в списке дома нет)" if unknown else ""))
    if not wanted.flat and not wanted.thread_id:
        lines.append("Без квартиры: общее имущество дома")
    if known:
        lines.append(f"Житель: {known}")
    else:
        lines.append(f"Житель: {wanted.name or 'имени нет'}")
        lines.append(
            f"Телефон: {wording.name_phone(wanted.phone)}"
            if wanted.phone
            else "Телефона нет: ответить будет некуда"
        )
    if wanted.text:
        lines.append(f"Что: {wanted.text}")
    lines.append(f"Обратились: {SOURCES[wanted.source]}")
    if wanted.source_link:
        lines.append(wanted.source_link)
    if asked:
        lines.append(f"\n⚠️ {asked}")
    return "\n".join(lines)


def doubt(house: House | None, flat: str, *, no_phone: bool) -> str:
    """`house`: one whose list lacks the number. Empty when there is nothing to ask."""
    found = []
    if house is not None:
        what = f"квартиры {flat}" if flat[:1].isdigit() else f"номера «{flat}»"
        found.append(f"В доме {house.address} нет {what}.")
    if no_phone:
        found.append("Номера телефона нет: перезвонить жителю будет некуда.")
    return " ".join([*found, ANYWAY]) if found else ""


def filed(
    ticket: Ticket, due: datetime, now: datetime, outside: Organisation | None, *, to_tell: bool
) -> str:
    """`to_tell`: nobody but the member can tell the resident."""
    lines = [
        f"Заявка №{ticket.number} подана: {ticket.what}, {ticket.place}. "
        f"Срок: {wording.name_moment(due, now)}."
    ]
    if to_tell:
        lines.append("Назовите жителю номер и срок.")
    if outside is not None:
        lines.append(
            f"Этим занимается {outside.title}, {outside.phone}: передайте им заявку"
            + (" и назовите их телефон жителю." if to_tell else ".")
        )
    return "\n".join(lines)


def became_ticket(ticket: Ticket, name: str) -> str:
    return f"Разговор стал заявкой №{ticket.number} — {name}."


def receipt_header(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number} принята"


def receipt(ticket: Ticket, company: Company, due: datetime, now: datetime, outside: str) -> str:
    """To a resident in their messenger, for whom a member filed it."""
    lines = [
        f"Записали с ваших слов: {ticket.what}, {ticket.place}.",
        f"Сделаем до: {wording.name_moment(due, now)}. Телефон диспетчера: {company.phone}.",
    ]
    if outside:
        lines.append(outside)
    lines.append("Захотите что-то добавить — просто напишите сюда.")
    return "\n".join(lines)


def source_line(ticket: Ticket, name: str) -> str:
    """On the card: «Принята по телефону: Анна Соколова»."""
    line = f"Принята {SOURCES.get(ticket.source, ticket.source)}: {name}"
    return f"{line}, {ticket.source_link}" if ticket.source_link else line
