"""Every word a resident reads."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.company.declaration import Category, Company
from services.people import Place
from services.tables import Message, Thread, Ticket, TicketEvent

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
OTHER_HOUSE = "Это не мой дом"
EMERGENCY = "🚨 Авария"
OTHER_KINDS = "Другие темы"
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
AS_TICKET = "Это новая заявка"
AS_QUESTION = DISPATCHER
MORE_DETAILS = "Добавить подробности"

# What people type instead of a button, compared without case, emoji and «ё».
YES = ("да", "все верно", "верно", "отправляйте", "отправляй", "отправь", "ок", "хорошо")
AGREEING = ("да", "согласна", "согласен", "согласны", "ок", "хорошо")
HUMAN = (
    "оператор", "человек", "диспетчер", "живой человек", "позовите человека",
    "позовите оператора", "позовите диспетчера", "соедините с оператором",
    "соедините с диспетчером", "хочу поговорить с человеком", "нужен человек",
)  # fmt: skip
DISAGREEING = ("нет", "не согласен", "не согласна", "не согласны", "против")

# ── Beginning ────────────────────────────────────────────────────────────────


def greet(company: Company) -> str:
    return wording.fill(company.greeting, company)


def heard_you(company: Company) -> str:
    return (
        "Ваше сообщение запомнили, повторять не придётся. Только сначала познакомимся. "
        f"Если это авария, не ждите — звоните: {company.emergency_phone}."
    )


def ask_consent(company: Company) -> str:
    text = wording.fill(company.consent.text, company)
    link = f"\n\nПодробнее: {company.consent.policy_url}" if company.consent.policy_url else ""
    return text + link


CONSENT_CHANGED = (
    "Мы обновили текст согласия. Прочитайте его, пожалуйста, и ответьте ещё раз — и продолжим."
)
CONSENT_FIRST = "Чтобы продолжить, нажмите, пожалуйста, одну из кнопок."


def refused_consent(company: Company) -> str:
    return (
        "Хорошо, личных данных не храним. Телефоны и заявка по дому — о подъезде, лифте, дворе — "
        "остаются: для неё хватит адреса дома.\n\n"
        f"Авария? Звоните: {company.emergency_phone}. Передумаете — нажмите «{AGREE}»."
    )


def needs_consent(company: Company) -> str:
    return (
        "Чтобы принять это здесь, нужно ваше согласие: мы сохраним имя и адрес. "
        f"Без него можно позвонить: {company.phone}."
    )


def withdrawn(company: Company) -> str:
    return (
        "Согласие отозвано: имя, телефон и адреса из вашей карточки убрали. Будем нужны — звоните: "
        f"{company.phone}."
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


LINK_UNKNOWN = "Этой ссылки мы уже не знаем, поэтому спросим адрес."

# ── Registration ─────────────────────────────────────────────────────────────
ADDRESS_FIRST = "Сначала запишем адрес, чтобы мастер знал, куда идти. Это один раз."
ADDING_HOME = "Добавим ещё один адрес."
ASK_COMPLEX = "В каком вы жилом комплексе?"
ASK_HOUSE = "Какой дом?"
ASK_ENTRANCE = "Какой подъезд?"


def ask_flat(address: str) -> str:
    return (
        f"{address}. Какой номер квартиры? Достаточно цифр, например 12. Если у вас паркинг или "
        "кладовая, напишите «м/м 15» или «кладовка 7»."
    )


FLAT_IN_FIGURES = "Напишите, пожалуйста, номер квартиры цифрами, например 12."
ASK_UNLISTED = "Какой номер у вас на двери? Запишем, а диспетчер сверит."
ASK_NAME = "Как к вам обращаться?"
ASK_PHONE = (
    "По какому телефону вам звонить, если мастеру понадобится? Можно не указывать — "
    "тогда нажмите «Пропустить»."
)
ASK_WHICH = "Под этим номером у нас несколько помещений. Какое ваше?"


def flat_unknown(typed: str) -> str:
    return (
        f"Номера «{typed[:40]}» в этом доме у нас нет. Проверьте, пожалуйста. "
        f"Если всё верно, нажмите «{UNLISTED}» — так и запишем."
    )


BAD_NAME = "Напишите, пожалуйста, имя — буквами и не длиннее 60 знаков."
BAD_PHONE = "Не похоже на номер телефона. Напишите, пожалуйста, так: 8 912 345-67-89."


def registered(name: str, place: Place) -> str:
    return (
        f"{name}, рады знакомству! Записали ваш адрес: {wording.name_place(place)}.{_check(place)}"
    )


def home_added(place: Place) -> str:
    return f"Добавили: {wording.name_place(place)}.{_check(place)}"


def _check(place: Place) -> str:
    return "" if place.listed else " Диспетчер сверит номер со своим списком."


TOO_MANY_HOMES = "Больше десяти адресов не записать. Уберите лишний в «Настройках»."

# ── Menu ─────────────────────────────────────────────────────────────────────
MENU = "Чем помочь? Нажмите кнопку или просто напишите, что случилось."
MENU_SHORT = (
    "Без согласия можно подать заявку по дому — о подъезде, лифте, дворе — и узнать телефоны. "
    "Выберите, что нужно."
)
CANCELLED = "Хорошо, отменили. Ничего не отправлено."
NOTHING_TO_CANCEL = "Отменять нечего."

COMMANDS = (
    "/new — новая заявка\n/my — мои заявки\n/faq — вопросы и ответы\n/menu — меню\n"
    "/help — помощь\n/cancel — отмена"
)


def help_text(company: Company) -> str:
    return (
        "Здесь можно подать заявку, спросить диспетчера и узнать, что с вашими заявками. "
        f"Просто напишите, что случилось, — или нажмите кнопку.\n\n{COMMANDS}\n\n{phones(company)}"
    )


UNKNOWN_COMMAND = f"Такой команды нет. Вот какие есть:\n\n{COMMANDS}"
STALE = "Эта кнопка уже не работает: разговор ушёл вперёд."
NOT_YOURS = "Не нашли этого среди ваших заявок и адресов."
SAY_IN_WORDS = "По картинке не понять, что случилось. Напишите, пожалуйста, словами."


def unreadable(what: str) -> str:
    return {
        "too_big": (
            "Файл слишком большой, мы его не получили. Принимаем до 20 МБ: пришлите, пожалуйста, "
            "фото или видео покороче."
        ),
        "poll": "Опрос прочитать не получится. Напишите, пожалуйста, словами или пришлите фото.",
    }.get(what, "Такое прочитать не получится. Напишите, пожалуйста, словами или пришлите фото.")


# ── New request ──────────────────────────────────────────────────────────────
ASK_WHAT = (
    "Что случилось? Напишите своими словами, надиктуйте или пришлите фото. "
    "А можно выбрать из списка:"
)
ASK_KIND = "Поняли. К чему это отнести?"
ASK_OTHER_KIND = "Вот остальные темы. Что подходит?"
ASK_WORDS = "Расскажите в двух словах, что случилось и где именно."
ASK_PLACE = "По какому адресу?"
ADDED_CHOOSE_KIND = "Добавили. К чему это отнести? Нажмите, пожалуйста, кнопку."


def added_and_again(question: str) -> str:
    return f"Добавили. {question}"


def kind_label(category: Category) -> str:
    return ("🚨 " if category.emergency else "") + category.title


def ask_emergency(company: Company) -> str:
    return (
        f"Если опасно, сразу звоните: {company.emergency_phone}, при пожаре и запахе газа — 112. "
        "А мы передадим аварийной службе и отсюда. Что случилось?"
    )


def summary(
    category: Category, place: str, words: str, answers: Sequence[tuple[str, str]], files: int
) -> str:
    lines = [f"Проверьте, всё ли верно:\n\n{category.title}", place]
    if words:
        lines.append(f"«{shorten(words)}»")
    lines += [wording.name_answer(question, answer) for question, answer in answers]
    if files:
        lines.append(f"Приложено файлов: {files}")
    return "\n".join(lines)


def receipt_header(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number} принята"


def receipt(
    ticket: Ticket, category: Category, company: Company, filed: datetime, due: datetime
) -> str:
    """Local moments."""
    lines = [
        f"{ticket.what}, {ticket.place}.",
        f"Приняли {wording.name_moment(filed, filed)}, сделаем до: "
        f"{wording.name_moment(due, filed)}.",
        f"Телефон диспетчера: {company.phone}.",
    ]
    if category.advice:
        lines.append(f"\nПока ждёте. {wording.fill(category.advice, company)}")
    lines.append("\nОтвет придёт сюда. Захотите что-то добавить — просто напишите.")
    return "\n".join(lines)


def urgent_receipt(
    ticket: Ticket,
    category: Category,
    company: Company,
    filed: datetime,
    due: datetime,
    *,
    told: bool,
) -> str:
    """The phone first: nobody reads to the end while the water rises. Local moments."""
    lines = [f"Позвоните прямо сейчас: {company.emergency_phone}."]
    if category.advice:
        lines.append(wording.fill(category.advice, company))
    lines.append(
        f"Аварийной службе передали {wording.name_moment(filed, filed)}: "
        f"{ticket.what.lower()}, {ticket.place}. Срок — {wording.name_moment(due, filed)}."
    )
    lines.append(
        "Захотите что-то добавить — просто напишите."
        if told
        else "Напишите сюда, что и где происходит, — допишем к заявке. Можно голосом или фото."
    )
    return "\n\n".join(lines)


# ── My requests ──────────────────────────────────────────────────────────────
NO_TICKETS = "Заявок пока нет. Если что-то случилось, нажмите кнопку."
YOUR_TICKETS = "Ваши заявки. Нажмите на любую, чтобы посмотреть:"


def ticket_header(ticket: Ticket) -> str:
    return f"Заявка №{ticket.number}"


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
    if ticket.declined_why:
        lines.append(f"Причина: {ticket.declined_why}")
    if ticket.text:
        lines.append(f"\n«{shorten(ticket.text)}»")
    return "\n".join(lines)


def history_line(message: Message, at: datetime, now: datetime) -> str:
    who = "Вы" if message.by == "resident" else message.author
    what = shorten(message.text, 300) or ("фото или файл" if message.attachments else "—")
    edited = " (исправлено)" if message.edited_at else ""
    return f"{wording.name_moment(at, now)}\n{who}: {what}{edited}"


def history_event(event: TicketEvent, at: datetime, now: datetime) -> str:
    """Empty for what staff do among themselves."""
    what = {
        "filed": "Заявка принята",
        "status": f"Состояние: {wording.STATUSES.get(event.after or '', event.after)}",
        "reopened": "Заявка снова открыта",
        "rated": f"Ваша оценка: {event.after} из 5",
        "asked": "Спросили, нужна ли ещё помощь",
        "closed": "Заявка закрыта окончательно",
        "handed": "Передали мастерам",
        "executor": "Назначили исполнителя" if event.after else "Ищем другого исполнителя",
        "set out": "Мастер выехал",
        "visit offered": "Предложили время визита",
        "visit agreed": "Договорились о визите",
        "visit declined": "Вы попросили другое время",
        "visit off": "Визит отменили",
        "nobody home": "Мастер приходил, но никого не застал",
    }.get(event.what, "")
    return f"{wording.name_moment(at, now)}\n{what}" if what else ""


WRITE_HERE = "Пишите, добавим к этой заявке. Можно фото."
WRITE_TO_TALK = "Пишите, передадим диспетчеру."
REOPENED = "Жаль, что не вышло. Заявка снова открыта, диспетчер увидит. Что не так?"
ALREADY_OPEN = "Эта заявка уже открыта, диспетчер о ней знает. Напишите, если есть что добавить."


# ── Talking with staff ───────────────────────────────────────────────────────
def ask_dispatcher(company: Company, opens: str | None) -> str:
    """`opens`: when staff are back, in words; None while they are at work."""
    return (
        f"Пишите, передадим диспетчеру. {when_answered(company, opens)}\n"
        f"Быстрее голосом: {company.phone}. Авария: {company.emergency_phone}."
    )


def when_answered(company: Company, opens: str | None) -> str:
    if opens is not None:
        return f"Сейчас диспетчеры не на месте, ответят {opens}."
    count = company.first_answer_minutes
    return f"Ответим примерно за {count} {wording.plural(count, 'минуту', 'минуты', 'минут')}."


def call_back_asked(company: Company, opens: str | None, phone: str) -> str:
    if opens is not None:
        when = f"Диспетчеры будут на месте {opens}, тогда и перезвонят"
    else:
        count = company.first_answer_minutes
        minutes = wording.plural(count, "минуты", "минут", "минут")
        when = f"Перезвонят в течение {count} {minutes}"
    return f"Передали диспетчеру вашу просьбу. {when} на {wording.name_phone(phone)}."


def kept_for_later(company: Company) -> str:
    return (
        "Записали, ничего не пропадёт. Но связь с диспетчерской сейчас прервана, ответ может "
        f"задержаться. Если срочно, позвоните: {company.phone}."
    )


PASSED_ON = "Передали диспетчеру. Ответ придёт сюда."
ADDED = "Добавили к заявке, диспетчер увидит."
PASSED_ON_CLOSED = (
    f"Передали диспетчеру. Сама заявка закрыта; если проблема осталась, нажмите «{NOT_SOLVED}»."
)
ASK_CALL_PHONE = "По какому номеру перезвонить?"
ASK_NEW_PHONE = "Какой номер записать?"
CALL_BACK_MESSAGE = "Просит перезвонить: {phone}"


def which(words: str, *, several: bool) -> str:
    quoted = f"«{shorten(words, 120)}»\n\n" if words else ""
    if several:
        return f"{quoted}К чему это относится?"
    return f"{quoted}Оформить это как заявку или спросить диспетчера?"


def thread_label(thread: Thread, ticket: Ticket | None) -> str:
    if ticket:
        return f"№{ticket.number} {ticket.what}"[:60]
    if thread.subject.startswith("Лицевой счёт"):
        return thread.subject.partition(" · ")[0][:60]
    return "Разговор с диспетчером"


# ── Settings ─────────────────────────────────────────────────────────────────


def settings(name: str, phone: str | None, places: Sequence[Place]) -> str:
    lines = [
        f"Имя: {name or 'не указано'}",
        f"Телефон: {wording.name_phone(phone) if phone else 'не указан'}",
    ]
    lines += [f"Адрес: {wording.name_place(place)}" for place in places]
    return "\n".join(lines)


def leave_label(place: Place) -> str:
    return f"Убрать {wording.name_place(place)}"[:60]


HOME_LEFT = "Адрес убрали."
NAME_CHANGED = "Имя записали."
PHONE_CHANGED = "Телефон записали."
SURE_WITHDRAW = (
    "Имя, телефон и адреса уберём сразу, переписку, фото и привязку лицевых счетов — немного "
    "позже. Вам останутся телефоны и заявки по дому без квартиры. Точно?"
)


def shorten(words: str, most: int = 600) -> str:
    return words if len(words) <= most else f"{words[:most].rstrip()}…"
