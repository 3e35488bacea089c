"""Every word of incidents. A resident and a member read one name of it: «Авария № 12»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from handlers.wording import name_moment, plural
from services.messaging.types import Button
from services.notices import Outcome
from services.tables import Incident, Ticket

# ── Its name ─────────────────────────────────────────────────────────────────


def title(incident: Incident) -> str:
    return f"Авария № {incident.id}"


def about(incident: Incident, address: str) -> str:
    return f"{title(incident)} · {address} · {incident.what}"


def approximately(until: datetime | None, now: datetime) -> str:
    """« примерно до 18:00», «», of local moments."""
    if until is None or until <= now:  # a term that is over tells nobody anything
        return ""
    if until.date() == now.date():
        return f" примерно до {until:%H:%M}"
    return f" примерно до {name_moment(until, now).replace(' в ', ', ')}"


# ── In the room ──────────────────────────────────────────────────────────────

ONE_PROBLEM = "Это одна проблема"
DIFFERENT = "Нет, разные"
WRITE_ALL = "✉️ Написать всем"
UNTIL = "🕔 Срок"
CLOSE = "✅ Закрыть"
TELL_HOUSE = "📣 Сообщить дому"
REFRESH = "Как дошло"
OFFERED_LINE = "Похоже, у нескольких жителей одно и то же: спросили группу, одна ли это проблема."
OPENED_LINE = "Эта заявка — часть аварии."
ANSWER_HINT = "Ответ на это сообщение уйдёт всем."
JOIN_HINT = "Кто напишет о том же, присоединится сам, без нового сообщения здесь."


def offer_header(address: str, what: str, count: int) -> str:
    return f"❓ {address} · {what}: {followers(count)}"


def ticket_line(ticket: Ticket) -> str:
    said = ticket.text.strip().replace("\n", " ")[:80]
    line = f"• №{ticket.number} {ticket.place}"
    return f"{line}: {said}" if said else line


def offer(lines: Sequence[str]) -> str:
    ask = (
        "Это одна проблема? Тогда сделаем из них одну аварию: одно сообщение всем, общее закрытие, "
        "а соседей спросим, не то же ли у них."
    )
    return "\n".join([*lines, "", ask])


def offer_row(incident: Incident) -> tuple[Button, ...]:
    return (
        Button(label=ONE_PROBLEM, action=f"staff/incmake/{incident.id}"),
        Button(label=DIFFERENT, action=f"staff/incnot/{incident.id}"),
    )


def declined(lines: Sequence[str], name: str) -> str:
    return "\n".join([*lines, "", f"Разные проблемы — {name}. Заявки идут каждая сама по себе."])


def header(incident: Incident, address: str, count: int) -> str:
    mark = "✅" if incident.state == "closed" else "🔧"
    return f"{mark} {about(incident, address)} · {followers(count)}"


def followers(count: int) -> str:
    return f"{count} {plural(count, 'заявка', 'заявки', 'заявок')}"


def standing(
    incident: Incident, name: str, opened: datetime, until: datetime | None, now: datetime
) -> str:
    """Local moments."""
    term = approximately(until, now)
    stands = f"Чиним{term}." if term else "Срок прошёл." if until else "Срок пока не назван."
    return f"Открыта: {name_moment(opened, now)}, {name}. {stands}"


def closed(incident: Incident, name: str, at: datetime, now: datetime, gone: int) -> str:
    lines = [f"Закрыта: {name_moment(at, now)}, {name}."]
    if incident.outcome:
        lines.append(f"Итог: {incident.outcome}")
    if gone:
        lines.append(f"«Не решено»: {gone}. Эти заявки теперь сами по себе.")
    return "\n".join(lines)


def opened_body(standing: str, lines: Sequence[str], more: int) -> str:
    tail = [f"и ещё {more}"] if more > 0 else []
    return "\n".join([standing, *lines, *tail, "", JOIN_HINT, ANSWER_HINT])


def buttons(incident: Incident) -> tuple[tuple[Button, ...], ...]:
    if incident.state != "open":
        return ((Button(label=REFRESH, action=f"staff/incstat/{incident.id}"),),)
    return (
        (
            Button(label=WRITE_ALL, action=f"staff/incwrite/{incident.id}"),
            Button(label=UNTIL, action=f"staff/incuntil/{incident.id}"),
        ),
        (
            Button(label=TELL_HOUSE, action=f"staff/inctell/{incident.id}"),
            Button(label=CLOSE, action=f"staff/incclose/{incident.id}"),
        ),
    )


# ── What members are told ────────────────────────────────────────────────────

NOT_ALLOWED = "Аварии ведут диспетчеры, управляющие и администраторы."
TRAINEE = "Пока вы стажёр, это делает коллега: попросите его нажать."
NOT_HERE = (
    "Здесь всё, что вы напишете, уходит жителю. Напишите /incidents в общей теме группы "
    "или мне в личный чат."
)
ALREADY = "Это уже сделано: аварию завёл, отклонил или закрыл кто-то раньше."
ALREADY_FOLLOWS = "Эта заявка уже в аварии."
ENDED = "Эта авария уже закрыта."
ENDED_TICKET = "Эта заявка уже закрыта. Если проблема осталась, сначала верните её: /reopen."
NO_SUCH = "Такой открытой аварии нет. Все аварии — /incidents."
NOTHING = (
    "Открытых аварий нет. Завести: кнопкой «Это одна проблема» под сообщением о похожих заявках "
    "или командой /incident в теме заявки."
)
LIST = "Аварии сейчас:"
EDIT_STAYS = "Правка никому не ушла. Напишите новым сообщением в ответ на аварию."
OTHER_KIND = "Это заявка о другом доме или другого вида: в эту аварию её не добавить."


def made(incident: Incident, count: int) -> str:
    return (
        f"{title(incident)} заведена: {followers(count)}. Жители уже знают, что вы ею занимаетесь."
    )


def set_until(incident: Incident, until: datetime | None, now: datetime, count: int) -> str:
    if until is None:
        return f"{title(incident)}: срок пока не знаем. Жителям ничего не ушло."
    hear = plural(count, "Узнает", "Узнают", "Узнают")
    return f"{title(incident)}:{approximately(until, now)}. {hear} {people(count)}."


def joined(incident: Incident) -> str:
    return f"Заявка теперь в аварии № {incident.id}."


def written(incident: Incident, count: int) -> str:
    get = plural(count, "получит", "получат", "получат")
    return f"{title(incident)}: сообщение уходит, {get} {people(count)}."


def only_words(photos: bool) -> str:
    what = "фото" if photos else "остальное"
    return f"Сюда можно ответить только словами: {what} никому не ушло."


TOLD_ALREADY = "Дому об этом уже сообщили или собираются. Срок и отбой — в отключении."
ONE_OF_MANY = (
    "Это сообщение — про многих. Команду или заметку напишите в теме нужной заявки; "
    "ответ словами уйдёт всем, кто в аварии."
)
NOT_ONE_YET = (
    "Никому не ушло: это пока разные заявки. Если проблема одна, нажмите «Это одна проблема», "
    "тогда ответ уйдёт всем. Или ответьте в теме нужной заявки."
)
ALL_CLOSED = "Все заявки закрыты, каждому написали."


def closing_left(count: int) -> str:
    return f"Закрываем заявки, осталось {count}."


def outcome(text: str, at: datetime, now: datetime, became: Outcome) -> str:
    """«сегодня в 11:05: «Чиним…» — доставлено 5 из 7, не дошло 1»"""
    everybody = sum(became.states.values())
    said = text if len(text) <= 60 else f"{text[:60].rstrip()}…"
    line = f"{name_moment(at, now)}: «{said}» — доставлено {became.states.get('sent', 0)}"
    line += f" из {everybody}"
    if became.left:
        line += f", уходит {became.left}"
    missed = everybody - became.left - became.states.get("sent", 0)
    return f"{line}, не дошло {missed}" if missed else line


NOBODY = "Писать некому: открытых заявок в этой аварии нет."


def is_closed(incident: Incident, count: int) -> str:
    if not count:
        return f"{title(incident)} закрыта."
    return f"{title(incident)} закрыта. Закрываем {followers(count)} и пишем каждому."


def people(count: int) -> str:
    return f"{count} {plural(count, 'житель', 'жителя', 'жителей')}"


def line(incident: Incident, address: str, count: int) -> str:
    mark = "✅ " if incident.state == "closed" else ""
    return f"{mark}№ {incident.id} {address} · {incident.what} · {count}"


def card_line(incident: Incident, until: datetime | None, now: datetime) -> str:
    if incident.state == "closed":
        return f"{title(incident)}: закрыта"
    return f"{title(incident)}:{approximately(until, now) or ' идёт'}"


def add_button(incident: Incident, ticket: Ticket) -> Button:
    return Button(label=f"К аварии № {incident.id}", action=f"staff/incadd/{ticket.id}")


def not_solved(incident: Incident) -> str:
    return f"Была в аварии № {incident.id}, она закрыта: теперь эта заявка сама по себе."


def is_it_over(incident: Incident) -> str:
    return (
        f"{title(incident)} ещё открыта. Если всё работает, закройте и её: заявки закроются, "
        "каждый житель об этом узнает."
    )


def is_late(incident: Incident, address: str, until: datetime | None, now: datetime) -> str:
    if until is None:
        why = "открыта давно, а срока нет"
    else:
        why = f"обещали закончить {name_moment(until, now)}"
    return (
        f"{about(incident, address)}: {why}. Назовите новый срок, его узнают все, или закройте, "
        "если всё работает."
    )


def late_row(incident: Incident) -> tuple[Button, ...]:
    return (
        Button(label=UNTIL, action=f"staff/incuntil/{incident.id}"),
        Button(label=CLOSE, action=f"staff/incclose/{incident.id}"),
    )


def close_button(incident: Incident) -> Button:
    return Button(label=f"Закрыть аварию № {incident.id}", action=f"staff/incclose/{incident.id}")


# ── Forms of members ─────────────────────────────────────────────────────────

ASK_UNTIL = "До скольки примерно? Можно словами: «до 18:00», «через 3 часа». Жители это прочтут."
IN_AN_HOUR = "Через 1 час"
IN_TWO_HOURS = "Через 2 часа"
TILL_EVENING = "До вечера"
UNKNOWN = "Пока не знаем"
UNTIL_OFFERS = (IN_AN_HOUR, IN_TWO_HOURS, TILL_EVENING, UNKNOWN)
IN_PAST = "Это время уже прошло. Напишите, пожалуйста, другое."
NO_TIME = "Не понял время. Напишите, например: «до 18:00» или «через 2 часа»."
SAME_TERM = "Хорошо, срок прежний."
ASK_TEXT = "Что написать всем, кто в этой аварии? Одно сообщение уйдёт каждому."
SEND = "Отправить"
STOPPED = "Хорошо, ничего не отправлено."
ASK_OUTCOME = "Что было и что сделали? Одной фразой: её прочтёт каждый. Можно пропустить."
OUTCOMES = ("Всё починили", "Поставщик восстановил подачу")
KEPT_OPEN = "Хорошо, авария остаётся открытой."
LONGEST = 1500
LONGEST_OUTCOME = 300


def preview(text: str, count: int) -> str:
    return f"Уйдёт каждому, {people(count)}:\n\n«{text}»"


def too_long(count: int, most: int) -> str:
    signs = plural(count, "знак", "знака", "знаков")
    return f"Слишком длинно: {count} {signs}, а можно до {most}. Сократите, пожалуйста."


# ── What residents read ──────────────────────────────────────────────────────

YES_SAME = "Да, у меня то же"
NO_OTHER = "Нет, другое"


def we_know(incident: Incident, address: str, until: datetime | None, now: datetime) -> str:
    """Local moments."""
    return (
        f"Мы об этом знаем: авария № {incident.id}, {incident.what.lower()}, {address}. "
        f"Чиним{approximately(until, now)}. У вас то же самое?"
    )


def begun(until: datetime | None, now: datetime, several: bool) -> str:
    """`several`: neighbours wrote of it besides."""
    term = approximately(until, now)
    tail = f"Чиним{term}." if term else "Уже занимаемся. Когда узнаем срок, напишем сюда."
    why = "О том же пишут ваши соседи, поэтому чиним сразу для всех."
    return f"{why if several else 'Похоже, это касается всего дома.'} {tail}"


def new_term(until: datetime, now: datetime) -> str:
    return f"Чиним, должны закончить{approximately(until, now)}. Как закончим, напишем сюда."


def taken(incident: Incident, until: datetime | None, now: datetime) -> str:
    term = approximately(until, now)
    when = f"Чиним{term}." if term else "Уже чиним."
    return (
        f"Добавили вас к аварии № {incident.id}. {when} Как закончим, напишем сюда. "
        "Захотите что-то добавить — просто напишите."
    )


def taken_already(incident: Incident, until: datetime | None, now: datetime) -> str:
    return f"Вы уже в этой аварии. Чиним{approximately(until, now)}. Как закончим, напишем сюда."


OVER_MEANWHILE = "Эту аварию уже закрыли. Если у вас всё ещё не так, напишите, что случилось."
GOES_ITS_WAY = "Хорошо, тогда это отдельно: ваша заявка идёт своим чередом."


def same_words(incident: Incident) -> str:
    """Instead of words of their own."""
    return f"То же, что у соседей: авария № {incident.id}."


def over(incident: Incident) -> str:
    outcome = f" {finish(incident.outcome)}" if incident.outcome else ""
    return (
        f"Авария № {incident.id} устранена.{outcome} Если у вас всё ещё не так, нажмите "
        "«Не решено» — вернёмся.\n\nОцените, пожалуйста, работу: 1 — плохо, 5 — отлично."
    )


def finish(words: str) -> str:
    words = words.strip()
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."
