"""Words around the relay: what became of an answer, a room in trouble, a surge, a topic anew."""

from __future__ import annotations

from handlers import wording
from handlers.staff_texts import MESSENGERS, NAMELESS
from services.messaging.types import Button, Keyboard
from services.tables import Message, Thread, Ticket

AGAIN = "Повторить"
OTHER_CHANNEL = "Другой канал"
VK_NO = "житель не разрешил сообществу писать ему"
VK_REFUSALS = {
    900: "житель внёс сообщество в чёрный список",
    901: VK_NO,
    902: "житель закрыл личные сообщения",
}
REASONS = {
    "blocked": "житель остановил бота или удалил аккаунт",
    "rejected": "мессенджер не принял сообщение",
    "fault": "сбой у нас, номер в журнале",
    "away": "мессенджер не отвечает больше двух минут",
    "off": "этот мессенджер сейчас отключён в настройках программы",
    "unknown": "ответ мессенджера не дошёл — возможно, сообщение ушло, а может быть, нет",
}


def not_delivered(reason: str, why: str, channel: str = "") -> str:
    detail = f" ({why[:200]})" if why and reason in ("rejected", "fault") else ""
    start = "Неизвестно, доставлено ли" if reason == "unknown" else "Не доставлено"
    words = blocked_why(why, channel) if reason == "blocked" else REASONS.get(reason, reason)
    where = f" ({MESSENGERS.get(channel, channel)})" if channel else ""
    return f"⚠️ {start}{where}: {words}{detail}."


def blocked_why(why: str, channel: str) -> str:
    """The messenger's own word on why this person gets nothing, in ours."""
    low = why.lower()
    if "deactivated" in low or "vk 18" in low:
        return "житель удалил аккаунт"
    if channel == "vk":
        return next((words for code, words in VK_REFUSALS.items() if f"vk {code}" in low), VK_NO)
    return "житель остановил бота" if "blocked" in low else REASONS["blocked"]


def went_otherwise(text: str, channel: str) -> str:
    return f"{text} Отправили через {MESSENGERS.get(channel, channel)}."


def retry_buttons(message: Message, *, others: bool) -> Keyboard:
    row = [Button(label=AGAIN, action=f"staff/again/{message.id}")]
    if others:
        row.append(Button(label=OTHER_CHANNEL, action=f"staff/other/{message.id}"))
    return Keyboard(rows=(tuple(row),))


THROWN_OUT = "бота исключили из группы"
DEMOTED = "бот больше не администратор"


def barred(title: str, why: str) -> str:
    return (
        f"⚠️ Бот не может писать в группу «{title}» ({why[:150]}). Верните его в группу и назначьте "
        "администратором. Ничего не потеряно: сообщения жителей ждут и видны в диспетчерской в "
        "браузере, жители знают, что ответ задержится."
    )


def deaf(title: str) -> str:
    return (
        f"⚠️ Бот в группе «{title}» больше не администратор и не видит ответов сотрудников. "
        "Назначьте его администратором с правом управлять темами. До этого отвечайте жителям в "
        "диспетчерской в браузере."
    )


def works_again(title: str) -> str:
    return f"✅ Бот снова работает в группе «{title}». Что ждало, уходит сейчас."


def no_topics(title: str) -> str:
    return (
        f"⚠️ В группе «{title}» нельзя заводить темы: они выключены или у бота нет права управлять "
        "ими. Пока обращения идут в общую ленту, отвечайте на них через «Ответить»."
    )


def room_lost(title: str, why: str) -> str:
    detail = f" ({why[:150]})" if why else ""
    return (
        f"⚠️ В группу «{title}» сообщения не уходят{detail}. Они ждут в диспетчерской в браузере. "
        "Проверьте, что бот в группе и назначен администратором: python -m bot doctor."
    )


def paused(channel: str, room: str, seconds: float, why: str) -> str:
    where = f"в группу «{room}»" if room else f"через {MESSENGERS.get(channel, channel)}"
    return (
        f"⏸ Сообщения {where} не уходят ещё {wording.name_span(seconds)}: {why[:200]}. "
        "Ничего не потеряно: всё уйдёт по порядку, когда мессенджер снова станет принимать."
    )


ALREADY_WENT = "Этот ответ уже ушёл жителю или уходит сейчас."
NO_OTHER_CHANNEL = "У жителя нет другого мессенджера, где бот может ему написать."
NOTHING_TO_RECALL = "Не вижу, что отозвать: ответьте командой /recall на своё сообщение жителю."
RECALL_YOUR_OWN = "Отозвать можно только свой ответ."
ALREADY_RECALLED = "Этот ответ уже отозван."
RECALLED_IN_TIME = "Отозвали: до жителя ответ не дошёл и уже не дойдёт."
NO_ROOM_ANY_MORE = (
    "Эта группа больше не для заявок: отсюда жителям ничего не уходит. Обращения теперь в новой "
    "группе или в диспетчерской в браузере."
)
ONE_OF_MANY = (
    "Это сообщение — про многих. Команду или заметку напишите в теме нужного обращения: "
    "«Открыть обращения» под ним их покажет."
)
TRAINEE_TO_MANY = (
    "Ответы стажёра сначала смотрит коллега, поэтому сразу всем ничего не ушло. Попросите коллегу "
    "ответить или напишите в теме одного обращения."
)
RECALLED = "Отозвали: у жителя этого сообщения больше нет."


def sent_again(channel: str) -> str:
    return f"Отправляем ещё раз: {MESSENGERS.get(channel, channel)}."


def not_recalled(channel: str) -> str:
    where = MESSENGERS.get(channel, channel)
    return f"⚠️ Отозвать не вышло: {where} уже не даёт удалить. Сообщение у жителя осталось."


SURGE_BEGAN = "Об этом пишут многие жители дома: в группе одно общее сообщение, оно растёт."
OPEN_THREADS = "Открыть обращения"
ALL_OPEN = "Все обращения отсюда уже открыты."


def surge_header(address: str, what: str, count: int, *, emergency: bool) -> str:
    people = wording.plural(count, "житель", "жителя", "жителей")
    write = wording.plural(count, "пишет", "пишут", "пишут")
    mark = "🚨" if emergency else "🏠"
    return f"{mark} " + " · ".join(filter(None, [address, what, f"{write} {count} {people}"]))


def surge_line(thread: Thread, ticket: Ticket | None) -> str:
    name = f"№{ticket.number} {ticket.place}" if ticket else thread.subject
    words = thread.last_text.strip().replace("\n", " ")[:80]
    return f"• {name}: {words}" if words else f"• {name}"


def surge(lines: list[str], more: int) -> str:
    tail = [f"и ещё {more}"] if more > 0 else []
    hint = "Ответ на это сообщение уйдёт всем, кто здесь."
    return "\n".join([*lines, *tail, "", hint])


def answered_all(count: int) -> str:
    people = wording.plural(count, "жителю", "жителям", "жителям")
    return f"Ответ уходит {count} {people}."


def files_lost(count: int, why: str) -> str:
    files = wording.plural(count, "файл", "файла", "файлов")
    return f"📎 Не передали {count} {files}: {file_why(why)}."


def file_why(why: str) -> str:
    low = why.lower()
    if "empty" in low:
        return "файл пустой"
    if "too big" in low or "too large" in low or "entity" in low:
        return "файл слишком большой"
    if "no longer" in low or "gone" in low:
        return "файла больше нет у мессенджера"
    return "мессенджер их не принял"


RECAP_END = "— прежняя тема пропала, продолжаем здесь —"
RECAP_END_IN_GROUP = "— говорили в прежней группе, продолжаем здесь —"


def recap_line(message: Message) -> str:
    author = message.author or (NAMELESS if message.by == "resident" else "")
    words = message.text if len(message.text) <= 300 else f"{message.text[:300]}…"
    files = "📎 " if message.attachments else ""
    return f"{author}: {files}{words}" if author else f"{files}{words}"
