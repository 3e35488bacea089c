"""Words about how a request stands: what its resident is told, and what staff read of it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import wording
from handlers.staff_texts import STATUSES
from services.company.declaration import Company, Organisation
from services.tables import Member, Ticket

# ── To the resident ──────────────────────────────────────────────────────────

ACCEPTED = "Приняли, занимаемся."
IN_PROGRESS = "В работе."
BROUGHT_BACK = "Вернулись к вашей заявке, она снова в работе."
QUEUED = "Заявка снова в очереди."
DONE = (
    "Сделали. Если что-то не так, нажмите «Не решено» — вернёмся.\n\n"
    "Оцените, пожалуйста, работу: 1 — плохо, 5 — отлично."
)


def news(ticket: Ticket, asked: str, company: Company, organisation: Organisation | None) -> str:
    """One sentence. `asked`: what the resident is to answer."""
    match ticket.status:
        case "accepted":
            return ACCEPTED
        case "in_progress":
            return IN_PROGRESS
        case "waiting":
            return waiting(asked)
        case "done":
            return DONE
        case "declined":
            return declined(ticket.declined_why, company, organisation)
    return QUEUED


def waiting(asked: str) -> str:
    if not asked:
        return "Ждём вашего ответа, чтобы продолжить. Напишите прямо сюда."
    return f"Ждём вашего ответа, чтобы продолжить: {finish(asked)} Напишите прямо сюда."


def declined(why: str, company: Company, organisation: Organisation | None) -> str:
    reason = f": {finish(why)}" if why else "."
    helps = (
        f"Поможет {organisation.title}: {organisation.phone}."
        if organisation
        else f"Диспетчер подскажет, к кому обратиться: {company.phone}."
    )
    return f"Эту заявку выполнить не сможем{reason} {helps} Не согласны — нажмите «Не решено»."


def finish(words: str) -> str:
    """With the stop that a sentence ends with."""
    words = words.strip()
    return words if words.endswith((".", "?", "!", "…")) else f"{words}."


def set_out(member: Member | None) -> str:
    """«Мастер Пётр Ильин выехал.»"""
    if member is None:
        return "Мастер выехал."
    return f"{(member.title or wording.ROLES['executor']).capitalize()} {member.name} выехал."


# ── To staff ─────────────────────────────────────────────────────────────────

TRAINEE = (
    "Эти слова прочитает житель, а вы пока стажёр: попросите коллегу сменить состояние. Или "
    "напишите жителю ответом, и коллега его отправит."
)
REASON_NEEDED = (
    "Чтобы отклонить заявку, нужна причина: житель её прочитает. Напишите так: "
    "/status отклонена домофон обслуживает другая компания. Кому звонить, бот добавит сам."
)
PHOTO_SENT = "Фото ушло жителю."


def changed(ticket: Ticket, member: Member, told: str, *, photo: bool) -> str:
    """`told`: the member's own words that the resident reads."""
    line = f"Заявка №{ticket.number}: {STATUSES[ticket.status]} — {member.name}."
    if told:
        line += f" Жителю: «{told}»."
    return f"{line} {PHOTO_SENT}" if photo else line


def already(ticket: Ticket, *, photo: bool) -> str:
    line = f"Заявка №{ticket.number} уже {STATUSES[ticket.status]}."
    return f"{line} {PHOTO_SENT}" if photo else line


# ── Executors ────────────────────────────────────────────────────────────────

GOT = "Принято"
ON_THE_WAY = "В пути"
READY = "Готово"
NOBODY_HOME = "Никого нет дома"
STEPS = {"got": GOT, "way": ON_THE_WAY, "ready": READY, "nobody": NOBODY_HOME}

WHICH = "По какой заявке передать это жителю?"
MY_OWN = "Это про мой дом"
ENDED_MEANWHILE = "Эта заявка тем временем закрыта, жителю ничего не ушло."


def label(ticket: Ticket) -> str:
    return f"№{ticket.number} {ticket.what} · {ticket.place}"


def about(ticket: Ticket) -> str:
    return (
        f"Это к заявке №{ticket.number}, {ticket.place}. Если о другой — ответьте на её карточку "
        "через «Ответить»."
    )


ONLY_DISPATCHERS = "Исполнителя назначает диспетчер или управляющий."
NOTHING_TO_DO = "У этого разговора нет заявки, а исполнителя назначают заявке."
NO_EXECUTORS = (
    "Мастеров в списке сотрудников нет. Их вписывает администратор: файл компании, раздел "
    "members, role: executor."
)
TOLD_ALREADY = "Житель уже знает, что вы в пути."


def executors(listed: Sequence[tuple[str, int]], current: str) -> str:
    """`listed`: name and how many open requests they have."""
    now = f"Исполнитель: {current}. Снять: /executor снять." if current else "Исполнителя пока нет."
    names = ", ".join(f"{name} ({busy(many)})" for name, many in listed)
    return f"{now} Назначить — по имени, например /executor {listed[0][0]}.\nЕсть: {names}."


def busy(many: int) -> str:
    """«3 открытые заявки»"""
    if not many:
        return "заявок нет"
    word = wording.plural(many, "открытая заявка", "открытые заявки", "открытых заявок")
    return f"{many} {word}"


def unknown_executor(typed: str, names: str) -> str:
    return f"Мастера «{typed[:40]}» нет. Есть: {names}."


def several_executors(names: str) -> str:
    return f"Таких несколько: {names}. Напишите имя полностью."


def executor_named(ticket: Ticket, member: Member, by: Member, where: str) -> str:
    line = f"Исполнитель по заявке №{ticket.number}: {member.name} — {by.name}."
    return f"{line} {where}" if where else line


def executor_dismissed(ticket: Ticket, by: Member) -> str:
    return f"У заявки №{ticket.number} больше нет исполнителя — {by.name}."


def executor_already(ticket: Ticket, name: str) -> str:
    return (
        f"Заявку №{ticket.number} уже ведёт {name}."
        if name
        else f"У заявки №{ticket.number} и так нет исполнителя."
    )


def executor_line(name: str) -> str:
    return f"Исполнитель: {name}"


def card_in_private(messenger: str) -> str:
    return f"Карточка ушла мастеру в личные сообщения, {messenger}."


def card_in_room(title: str) -> str:
    return f"Карточка в группе «{title}»."


CARD_NOWHERE = "Боту мастер не писал, и группы мастеров здесь нет: передайте заявку сами."
ENDED = "Эта заявка уже закрыта. Если работа не кончена, верните её: /reopen."


def somebody_elses(ticket: Ticket, name: str) -> str:
    return f"Заявку №{ticket.number} ведёт {name}. Передать её вам может диспетчер."


def no_longer_yours(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number} больше не ваша: её ведёт другой или она снова у диспетчера."


def set_out_told(ticket: Ticket, by: Member) -> str:
    return f"Заявка №{ticket.number}: мастер в пути — {by.name}. Житель знает."


def assigned_header(ticket: Ticket) -> str:
    mark = "🚨 " if ticket.emergency else ""
    return f"{mark}Вам заявка №{ticket.number} · {ticket.what}"


HOW_TO_ANSWER = (
    "Ответите на это сообщение словами или фото — уйдёт жителю. Закончили — «Готово»; фото "
    "работы можно прислать ответом с подписью /status готово."
)
