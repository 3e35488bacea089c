"""Every word a resident reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.company.declaration import Category, Company
from services.people import Place
from services.tables import Message, Thread, Ticket

# ── Buttons ──────────────────────────────────────────────────────────────────
AGREE = "Согласен"
DISAGREE = "Не даю согласия"
NEW = "Новая заявка"
MINE = "Мои заявки"
DISPATCHER = "Написать диспетчеру"
SETTINGS = "Настройки"
PHONES = "Телефоны"
COMMON = "Заявка по дому"
SEND = "Отправить"
OTHER_PLACE = "Другой адрес"
UNLISTED = "Моей квартиры нет в списке"
NOT_SOLVED = "Не решено"
ADD_TO = "Дописать"
HISTORY = "История"
CALL_ME = "Перезвоните мне"
SHARE_PHONE = "Отправить мой номер"
ADD_HOME = "Добавить адрес"
CHANGE_NAME = "Изменить имя"
CHANGE_PHONE = "Изменить телефон"
WITHDRAW = "Отозвать согласие"
YES_WITHDRAW = "Да, отозвать"
KEEP_CONSENT = "Оставить как есть"
TO_MENU = "В меню"

# ── Beginning ────────────────────────────────────────────────────────────────


def greet(company: Company) -> str:
    return wording.fill(company.greeting, company)


def ask_consent(company: Company) -> str:
    text = wording.fill(company.consent.text, company)
    link = f"\n\nПодробнее: {company.consent.policy_url}" if company.consent.policy_url else ""
    return text + link


def refused_consent(company: Company) -> str:
    return (
        "Хорошо, личных данных не храним. Остаются телефоны и заявка по дому — о подъезде, "
        f"лифте, дворе: хватит одного адреса.\n\nАвария? Звоните: {company.emergency_phone}. "
        "Передумаете — нажмите «Согласен»."
    )


NEEDS_CONSENT = "Для этого нам нужно ваше согласие на хранение имени и адреса."
WITHDRAWN = (
    "Согласие отозвано, имя, телефон и адреса убраны. Заявки, которые уже в работе, доведём до "
    "конца по адресу дома."
)


def phones(company: Company) -> str:
    lines = [
        f"Диспетчер: {company.phone}",
        f"Аварийная служба, круглосуточно: {company.emergency_phone}",
        "Пожар, газ, угроза жизни: 112",
    ]
    if company.site:
        lines.append(f"Сайт: {company.site}")
    return "\n".join(lines)


# ── Registration ─────────────────────────────────────────────────────────────
ASK_COMPLEX = "В каком вы жилом комплексе?"
ASK_HOUSE = "Какой дом?"
ASK_ENTRANCE = "Какой подъезд?"
ASK_FLAT = (
    "Номер квартиры? Просто цифры: 12. Для паркинга и кладовой напишите, например, «м/м 15» или "
    "«кладовая 7»."
)
ASK_UNLISTED = "Какой номер у вас на двери? Запишем, а диспетчер сверит."
ASK_NAME = "Как к вам обращаться?"
ASK_PHONE = "Телефон, если удобно, чтобы мастер или диспетчер могли позвонить. Можно пропустить."
ASK_WHICH = "Под этим номером у нас несколько помещений. Какое ваше?"


def flat_unknown(typed: str) -> str:
    return (
        f"Номера «{typed[:40]}» в этом доме у нас нет. Проверьте, пожалуйста, — "
        f"или нажмите «{UNLISTED}», разберёмся."
    )


BAD_NAME = "Напишите, пожалуйста, имя — буквами и не длиннее 60 знаков."
BAD_PHONE = "Не похоже на номер телефона. Напишите так: 8 912 345-67-89 — или пропустите."


def registered(name: str, place: Place) -> str:
    tail = "" if place.listed else " Номер квартиры диспетчер сверит со своим списком."
    return f"{name}, рады знакомству! Записали: {wording.name_place(place)}.{tail}"


def home_added(place: Place) -> str:
    return f"Добавили: {wording.name_place(place)}."


# ── Menu ─────────────────────────────────────────────────────────────────────
MENU = "Чем помочь? Нажмите кнопку или просто напишите, что случилось."
MENU_SHORT = "Я здесь. Выберите, что нужно, или просто напишите."
CANCELLED = "Хорошо, оставили. Ничего не отправлено."


def help_text(company: Company) -> str:
    return (
        "Здесь можно подать заявку, спросить диспетчера и узнать, что с вашими заявками. "
        "Просто напишите, что случилось, — или нажмите кнопку.\n\n"
        "/new — новая заявка\n/my — мои заявки\n/menu — меню\n/cancel — бросить начатое\n\n"
        + phones(company)
    )


UNKNOWN_COMMAND = "Такой команды нет. Вот что есть: /new, /my, /menu, /help, /cancel."
NOTHING_TO_CANCEL = "Отменять нечего. Выберите, что нужно, или просто напишите."
STALE = "Эта кнопка уже не работает: разговор ушёл вперёд."
NOT_YOURS = "Такой заявки среди ваших нет."
STICKER = "Стикер вижу, а что случилось — нет. Напишите, пожалуйста, словами."


def unreadable(what: str) -> str:
    return {
        "too_big": (
            "Файл слишком большой, не открылся. Принимаем до 20 МБ: пришлите фото или видео "
            "покороче."
        ),
        "poll": "Опросы я не понимаю. Напишите словами или пришлите фото.",
    }.get(what, "Такое я не понимаю. Напишите словами или пришлите фото.")


def fault(number: str, company: Company) -> str:
    return (
        f"Что-то у нас сломалось, сообщение сохранили. Номер сбоя {number}. "
        f"Если срочно, звоните: {company.phone}."
    )


# ── New request ──────────────────────────────────────────────────────────────
ASK_WHAT = (
    "Что случилось? Напишите своими словами, надиктуйте или пришлите фото. "
    "А можно выбрать из списка:"
)
ASK_CATEGORY = "Понял. К чему это отнести?"
ASK_WORDS = "Расскажите в двух словах, что случилось и где именно."
ASK_PLACE = "По какому адресу?"


def urgent(category: Category, company: Company) -> str:
    advice = wording.fill(category.advice, company)
    return f"Это срочно. Позвоните прямо сейчас: {company.emergency_phone}.\n\n{advice}".strip()


def summary(
    category: Category, place: str, words: str, answers: Sequence[tuple[str, str]], files: int
) -> str:
    lines = [f"Проверьте, всё ли верно:\n\n{category.title}", place]
    if words:
        lines.append(f"«{words}»")
    lines += [f"{question} — {answer}" for question, answer in answers]
    if files:
        lines.append(f"Приложено файлов: {files}")
    return "\n".join(lines)


def receipt(
    ticket: Ticket, category: Category, company: Company, filed: datetime, due: datetime
) -> str:
    """Local moments."""
    lines = [
        f"Приняли {wording.name_moment(filed, filed)}: {ticket.what.lower()}, {ticket.place}.",
        f"Сделаем до: {wording.name_moment(due, filed)}.",
        f"Телефон диспетчера: {company.phone}.",
    ]
    if category.advice and not category.emergency:
        lines.append(f"\nПока ждёте: {wording.fill(category.advice, company)}")
    lines.append("\nОтвет придёт сюда. Хотите что-то добавить — просто напишите.")
    return "\n".join(lines)


def receipt_header(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number}"


# ── My requests ──────────────────────────────────────────────────────────────
NO_TICKETS = "Заявок пока нет. Если что-то случилось, нажмите «Новая заявка»."
YOUR_TICKETS = "Ваши заявки. Нажмите, чтобы посмотреть:"


def ticket_line(ticket: Ticket) -> str:
    mark = {"done": "✅", "declined": "✖️"}.get(ticket.status, "🔧")
    return f"{mark} №{ticket.number} {ticket.what}"[:60]


def ticket_card(ticket: Ticket, filed: datetime, due: datetime, now: datetime) -> str:
    lines = [
        f"{ticket.what}, {ticket.place}",
        f"Состояние: {wording.STATUSES[ticket.status]}",
        f"Подана {wording.name_moment(filed, now)}",
    ]
    if ticket.status not in ("done", "declined"):
        lines.append(f"Сделаем до: {wording.name_moment(due, now)}")
    if ticket.text:
        lines.append(f"\n«{ticket.text[:600]}»")
    return "\n".join(lines)


def history_line(message: Message, at: datetime, now: datetime) -> str:
    who = {"resident": "Вы", "system": "—"}.get(message.by, message.author)
    what = message.text or ("(фото или файл)" if message.attachments else "")
    edited = " (исправлено)" if message.edited_at else ""
    return f"{wording.name_moment(at, now)}, {who}: {what[:300]}{edited}"


NO_HISTORY = "Пока здесь только сама заявка."
WRITE_HERE = "Пишите — добавлю к этой заявке. Можно фото."
REOPENED = "Жаль, что не вышло. Заявка снова открыта, диспетчер увидит. Что не так?"


# ── Talking with staff ───────────────────────────────────────────────────────
def ask_dispatcher(company: Company, opens: str | None) -> str:
    """`opens`: when staff are back, in words; None while they are at work."""
    if opens is None:
        when = f"Ответим примерно за {company.first_answer_minutes} минут."
    else:
        when = f"Диспетчеры на месте {opens}, тогда и ответят."
    return (
        f"Пишите, передам диспетчеру. {when}\n"
        f"Быстрее голосом: {company.phone}. Авария: {company.emergency_phone}."
    )


PASSED_ON = "Передал диспетчеру. Ответ придёт сюда."
ADDED = "Добавил к заявке, диспетчер увидит."
CALL_BACK_ASKED = "Передал: вам перезвонят."
ASK_CALL_PHONE = "По какому номеру перезвонить?"
CALL_BACK_MESSAGE = "Просит перезвонить: {phone}"
WHICH_ONE = "К чему это относится?"
WHAT_IS_IT = "Как лучше поступить с вашим сообщением?"
AS_TICKET = "Это заявка"
AS_QUESTION = "Спросить диспетчера"
EDIT_SEEN = "Исправление передал."


def thread_label(thread: Thread, ticket: Ticket | None) -> str:
    return f"№{ticket.number} {ticket.what}"[:60] if ticket else "Разговор с диспетчером"


# ── Settings ─────────────────────────────────────────────────────────────────


def settings(name: str, phone: str | None, places: Sequence[Place]) -> str:
    lines = [f"Имя: {name}", f"Телефон: {phone or 'не указан'}"]
    lines += [f"Адрес: {wording.name_place(place)}" for place in places]
    return "\n".join(lines)


def leave_label(place: Place) -> str:
    return f"Убрать {wording.name_place(place)}"[:60]


HOME_LEFT = "Адрес убран."
NAME_CHANGED = "Записал."
PHONE_CHANGED = "Телефон записал."
SURE_WITHDRAW = (
    "Уберём имя, телефон и адреса. Останутся телефоны и заявки по дому без квартиры. Точно?"
)
TOO_MANY_HOMES = "Больше десяти адресов не поместится. Уберите лишний."
