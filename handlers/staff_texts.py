"""Every word staff read, and the few that residents read from staff."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.messaging.types import OFF, Outbound
from services.people import Place
from services.tables import Member, Resident, Room, Ticket

ACCEPT = "Принять"
CLOSE = "Закрыть"
TO_EXECUTORS = "Мастерам"
NOT_SOLVED = "Не решено"
NAMELESS = "Житель"
UNNAMED = "Житель: имени не назвал"
NO_NAME = "Житель: без имени, согласия на хранение данных не дал"

MESSENGERS = {"telegram": "Telegram", "vk": "ВКонтакте", "web": "чат на сайте", "phone": "телефон"}
STATUSES = {**wording.STATUSES, "waiting": "ждёт ответа жителя"}
STATUS_WORDS = {
    "принята": "accepted",
    "принять": "accepted",
    "в работе": "in_progress",
    "работа": "in_progress",
    "ждет": "waiting",
    "ждем": "waiting",
    "ждет ответа": "waiting",
    "ждет ответа жителя": "waiting",
    "ждет ответа от жителя": "waiting",
    "ждем ответа": "waiting",
    "ждем ответа жителя": "waiting",
    "ждет жителя": "waiting",
    "ждем жителя": "waiting",
    "ожидает": "waiting",
    "выполнена": "done",
    "выполнено": "done",
    "готово": "done",
    "сделано": "done",
    "отклонена": "declined",
    "отказ": "declined",
}


# ── Cards ────────────────────────────────────────────────────────────────────


def card_header(ticket: Ticket, earlier: str = "") -> str:
    mark = "🚨 " if ticket.emergency else ""
    header = f"{mark}Заявка №{ticket.number} · {ticket.what}"
    return f"{header} · {continues(earlier)}" if earlier else header


def continues(earlier: str) -> str:
    return f"продолжение: {earlier}"


def alarm_raised(ticket: Ticket) -> str:
    return f"🚨 Авария, заявка №{ticket.number}: показана всей группе."


def where(ticket: Ticket, entrance: str, floor: int | None) -> str:
    """«ул. Садовая, 5, кв. 12 (подъезд 2, этаж 1)»"""
    parts = [f"подъезд {entrance}"] if entrance else []
    parts += [f"этаж {floor}"] if floor is not None else []
    return f"{ticket.place} ({', '.join(parts)})" if parts else ticket.place


def card(ticket: Ticket, where: str, name: str, words: str, due: datetime, now: datetime) -> str:
    nameless = UNNAMED if ticket.filed_by else NO_NAME
    lines = [where, f"Житель: {name}" if name else nameless]
    if words:
        lines.append(f"\n{words}\n")
    lines += [wording.name_answer(question, answer) for question, answer in ticket.answers]
    if ticket.status != "new":
        lines.append(f"Состояние: {STATUSES[ticket.status]}")
    lines.append(f"Срок: {wording.name_moment(due, now)}")
    return "\n".join(lines)


def talk_header(subject: str, earlier: str = "") -> str:
    header = f"Сообщение · {subject}"
    return f"{header} · {continues(earlier)}" if earlier else header


def line_header(author: str, ticket: Ticket | None) -> str:
    return " · ".join(filter(None, [author or NAMELESS, f"№{ticket.number}" if ticket else ""]))


def reopened(ticket: Ticket) -> str:
    return f"Житель говорит «Не решено». Заявка №{ticket.number} снова в работе."


def unlisted_subject(place: Place) -> str:
    return f"Номера нет в списке · {wording.name_place(place)}"


def unlisted_flat(place: Place) -> str:
    return (
        f"Житель указал помещение, которого нет в списке: {wording.name_place(place)}. Сверьте, "
        "пожалуйста; спросить жителя можно прямо здесь."
    )


# ── To the resident ──────────────────────────────────────────────────────────


def answer_header(member: Member, ticket: Ticket | None) -> str:
    tail = f" · заявка №{ticket.number}" if ticket else ""
    return wording.sign_member(member) + tail


def ticket_header(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number}"


TALK_CLOSED = "Разговор завершили. Если остались вопросы, просто напишите."
TALK_REOPENED = "Мы вернулись к вашему вопросу. Если есть что добавить, напишите прямо сюда."


def fault(number: str, phone: str) -> str:
    return (
        f"Что-то у нас сломалось, но сообщение сохранили и попробуем ещё раз. Номер сбоя {number}. "
        f"Если срочно, звоните: {phone}."
    )


# ── In the room ──────────────────────────────────────────────────────────────


ANONYMOUS = (
    "Вы пишете от имени группы, и жителю ответ не ушёл: он должен видеть, кто отвечает. "
    "Выключите анонимность в правах администратора и напишите ещё раз."
)
NOT_A_MEMBER = "Эта комната вам не назначена, поэтому ничего не сделано."
ONLY_COMMANDS = "Здесь понимаю только команды. Чтобы ответить жителю, откройте его обращение."
NO_THREAD = "Здесь непонятно, о какой заявке речь. Напишите в её теме или ответом на её сообщение."
STICKER_SKIPPED = "Стикер жителю не ушёл: напишите словами."
NO_TICKET = (
    "У этого разговора нет заявки. Оформить её — /new и пара слов, закончить разговор — /close."
)
EMPTY_NOTE = "Заметка пустая. Напишите так: // перезвонить после шести."
EDIT_STAYS = (
    "Жителю это сообщение уже ушло, и правка с косой чертой его не изменит: у него остался "
    "прежний текст."
)
DESK_IN_PRIVATE = "Ссылку для входа пришлю только в личном чате: напишите мне туда /desk."
NO_DESK = (
    "Вам рабочее место в браузере пока не открыто. Попросите администратора: в описании компании "
    "у вас должно стоять desk: true."
)
GONE = "Такой заявки в этой комнате нет, ничего не сделано."


def note_header(author: str) -> str:
    return f"📝 Заметка · {author}"


def desk_link(url: str) -> str:
    return (
        f"Вход в диспетчерскую: {url}\n\nСсылка сработает один раз, в ближайшие 12 часов. "
        "Никому её не пересылайте."
    )


def chat_id(chat: str) -> str:
    return (
        f"Здравствуйте! Номер этой группы: {chat}. Чтобы все заявки приходили сюда, впишите "
        f"TELEGRAM_STAFF_CHAT={chat} в настройки и перезапустите бота. Если это группа одного ЖК "
        f"или мастеров, впишите её в файл компании, раздел rooms: telegram: {chat}."
    )


def unreadable(what: str) -> str:
    reason = {"too_big": "файл больше 20 МБ", "poll": "опрос"}.get(what, "такое не передаётся")
    return f"Жителю не ушло: {reason}."


def status(ticket: Ticket, due: datetime, now: datetime) -> str:
    return (
        f"Заявка №{ticket.number}: {STATUSES[ticket.status]}. Срок {wording.name_moment(due, now)}."
    )


def bad_status(words: str) -> str:
    return f"Состояния «{words[:40]}» нет. Можно: принята, в работе, ждёт, выполнена, отклонена."


def recalled(answer: Outbound) -> Outbound:
    """As rooms show an answer that was taken back."""
    return answer.model_copy(update={"text": f"(отозвано) {answer.text}".strip()})


def handed_over(ticket: Ticket, room: Room, member: Member) -> str:
    return f"Заявка №{ticket.number} передана в группу «{room.title}» — {member.name}."


def handed_already(ticket: Ticket, room: Room) -> str:
    return f"Заявка №{ticket.number} уже в группе «{room.title}»."


def handed_too_late(ticket: Ticket) -> str:
    return (
        f"Заявка №{ticket.number} уже {STATUSES[ticket.status]}, мастерам не передана. Сначала "
        "верните её: /reopen."
    )


NO_EXECUTORS = (
    "Мастерам не передано: у этого ЖК нет группы мастеров, отдельной от вашей. Её называет "
    "администратор: строка executors в файле компании."
)
NOTHING_TO_HAND = "У этого разговора нет заявки, а мастерам передают только заявки."
NOT_HANDED = (
    "Этой заявки у мастеров больше нет, поэтому ничего не сделано и жителю ничего не ушло. "
    "Спросите диспетчера."
)


def closed(member: Member) -> str:
    return f"Разговор закрыт — {member.name}."


ALREADY_CLOSED = "Разговор уже закрыт."

CHANNELS = {
    "telegram": "Telegram", "web": "чат на сайте", "vk": "VK", "max": "MAX", "phone": "телефон",
}  # fmt: skip


def who(
    resident: Resident,
    place: Place | None,
    ticket: Ticket | None,
    channels: Sequence[str],
    answered: str,
    *,
    unreachable: Sequence[str],
) -> str:
    """`channels`: where the resident wrote last stands first; `answered`: where the last answer
    went, said only when there is more than one."""
    names = dict.fromkeys(MESSENGERS.get(channel, channel) for channel in channels)
    lines = [
        resident.name or NAMELESS,
        wording.name_place(place) if place else (ticket.place if ticket else ""),
        f"Пишет: {', '.join(names)}",
    ]
    if answered and len(channels) > 1:
        lines.append(f"Последний ответ ушёл сюда: {MESSENGERS.get(answered, answered)}")
    if place and not place.listed:
        lines.append("Этой квартиры нет в списке компании.")
    if unreachable:
        whys = dict.fromkeys(why_unreachable(why) for why in unreachable)
        lines.append(f"Сейчас не получает сообщений: {', '.join(whys)}.")
    return "\n".join(line for line in lines if line)


def why_unreachable(why: str) -> str:
    return "этот мессенджер отключён" if why == OFF else "остановил бота"
