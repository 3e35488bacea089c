"""Words about who has a conversation, and whose answer waits for a yes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers import wording
from services.messaging.types import Button, Keyboard
from services.tables import Member, Message, Room, Thread, Ticket

TAKE = "Взять"
SEIZE = "Забрать себе"
RELEASE = "Отправить"
DROP = "Не отправлять"
MOST_WORDS = 3000


def take_button(thread: Thread) -> Button:
    return Button(label=TAKE, action=f"staff/take/{thread.id}")


def seize_button(thread: Thread) -> Keyboard:
    return Keyboard(rows=((Button(label=SEIZE, action=f"staff/seize/{thread.id}"),),))


def held_buttons(message: Message) -> Keyboard:
    send = Button(label=RELEASE, action=f"staff/release/{message.id}")
    drop = Button(label=DROP, action=f"staff/drop/{message.id}")
    return Keyboard(rows=((send, drop),))


# ── Who has it ───────────────────────────────────────────────────────────────


def taken(member: Member) -> str:
    return f"🙋 Занимается {member.name}."


def taken_from(member: Member, before: str) -> str:
    return f"🙋 Теперь занимается {member.name}, до этого — {before}."


def assigned(to: Member, by: Member) -> str:
    return f"🙋 Занимается {to.name} (передача: {by.name})."


def released(member: Member) -> str:
    return f"Снова в общей очереди — {member.name}."


def has_it(name: str, since: datetime, now: datetime) -> str:
    day = "" if since.date() == now.date() else f"{wording.name_day(since, now)} "
    return f"Этим уже занимается {name}, с {day}{since:%H:%M}."


def silent(name: str, minutes: int) -> str:
    span = wording.name_span(minutes * 60)
    return f"⏳ Житель ждёт ответа больше {span}. {name} молчит — кто возьмёт?"


YOURS_ALREADY = "Вы этим уже занимаетесь."
NOBODYS = "Этим пока никто не занимается, возвращать нечего."
CLOSED = "Это обращение закрыто. Сначала верните его: /reopen."
ASSIGN_HOW = (
    "Кому передать? Напишите имя: /assign Анна. Можно и по должности — «управляющему», "
    "«мастеру» — или в другую комнату: /assign комната Сосновый бор."
)


def in_your_hands(thread: Thread, ticket: Ticket | None, by: Member) -> str:
    name = thread.subject if ticket is None else f"№{ticket.number} {ticket.what} · {ticket.place}"
    return f"🙋 Вам передали: {name}. Передача: {by.name}."


def already_theirs(to: Member) -> str:
    return f"Этим уже занимается {to.name}."


def who_of(members: Sequence[Member]) -> str:
    return f"Таких несколько: {names(members)}. Напишите имя целиком."


def nobody_named(words: str, members: Sequence[Member]) -> str:
    if not members:
        return f"Не нашлось, кто «{words[:40]}»: в этой комнате больше никого нет."
    return f"Не нашлось, кто «{words[:40]}». Здесь работают: {names(members)}."


def nobody_in_role(role: str) -> str:
    return f"В этой комнате нет никого с должностью «{wording.ROLES[role]}»."


def names(members: Sequence[Member]) -> str:
    shown = [f"{member.name} ({member.title or wording.ROLES[member.role]})" for member in members]
    more = len(shown) - 15
    return ", ".join(shown[:15]) + (f" и ещё {more}" if more > 0 else "")


# ── Another room ─────────────────────────────────────────────────────────────

EXECUTOR_KEEPS = "В другую комнату обращение передаёт диспетчер."
MOVED_AWAY = (
    "Это обращение передано в другую комнату: здесь ничего не сделано, жителю ничего не ушло."
)


def moved(room: Room, by: Member) -> str:
    return f"Передано в «{room.title}» — {by.name}. Отвечают теперь там."


def moved_here(room: Room, by: Member) -> str:
    return f"Передано из «{room.title}» — {by.name}."


def no_room(words: str, rooms: Sequence[Room]) -> str:
    if not rooms:
        return "Передать некуда: другой комнаты диспетчеров у вас нет."
    shown = ", ".join(f"{room.title} ({room.code})" for room in rooms)
    return f"Комнаты «{words[:40]}» нет. Есть: {shown}." if words else f"В какую? Есть: {shown}."


def which_room(rooms: Sequence[Room]) -> str:
    return f"Таких несколько: {', '.join(f'{r.title} ({r.code})' for r in rooms)}."


# ── Two at once ──────────────────────────────────────────────────────────────


def both_answered(name: str, seconds: float) -> str:
    ago = "только что" if seconds < 60 else f"{int(seconds // 60)} мин назад"
    return f"👥 Ответили двое: {name} — {ago}, и вот ещё один ответ. Жителю ушли оба."


def others_thread(name: str) -> str:
    return f"Ваш ответ ушёл. Этим обращением занимается {name}."


# ── Quiet ────────────────────────────────────────────────────────────────────

QUIET_LINE = "🤫 Тихий режим: житель не видит, что здесь пишут"


def quiet_on(by: Member) -> str:
    return (
        f"🤫 Тихий режим — {by.name}. Всё, что здесь пишут, остаётся у нас. "
        "Снова писать жителю: /quiet."
    )


def quiet_off(by: Member) -> str:
    return f"Снова пишем жителю — {by.name}."


KEPT_INSIDE = (
    "🤫 Включён тихий режим: это осталось у нас, житель не увидит. Снова писать жителю: /quiet."
)

# ── Trainees ─────────────────────────────────────────────────────────────────


def waits_for_yes(author: str, words: str) -> str:
    line = f"👀 Ответ ждёт проверки: {author} учится. Отправить?"
    words = words if len(words) <= MOST_WORDS else f"{words[:MOST_WORDS]}…"
    return f"{line}\n\n{words}" if words else line


def let_go(by: Member, author: str) -> str:
    return f"Ответ отправлен: {author}, проверка — {by.name}."


def dropped(by: Member, author: str) -> str:
    return f"Ответ не отправлен: {author}, проверка — {by.name}."


NOT_YOUR_YES = "Такой ответ отправляет коллега, который уже не стажёр."
SETTLED = "Этот ответ уже проверен."
TAKEN_BACK = "Этот ответ уже отозван."
TRAINEE_EDIT = (
    "Жителю этот ответ уже ушёл, и правку стажёра без проверки он не увидит. Напишите исправление "
    "новым сообщением: коллега его отправит."
)
STILL_HELD = "Правку увидит тот, кто проверяет: жителю ответ ещё не ушёл."
