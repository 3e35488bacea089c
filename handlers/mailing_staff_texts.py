"""The words of `/mailing`: the questions, the preview, the progress and the result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from handlers.mailing_texts import HEADERS
from handlers.open_texts import SHEET
from handlers.outage_staff_texts import REASONS, people
from handlers.staff_texts import MESSENGERS
from handlers.wording import name_moment, name_span, plural
from services.mailing_audience import Reach
from services.mailing_progress import Progress
from services.messaging.types import Button
from services.tables import Mailing

# ── The questions ────────────────────────────────────────────────────────────

NOT_ALLOWED = "Рассылки делают управляющие и администраторы. Об отключении можно сообщить: /outage."
TRAINEE = "Пока вы стажёр, рассылку отправляет коллега: попросите его."
NOT_HERE = (
    "Здесь всё, что вы напишете, уходит жителю. Напишите /mailing в общей теме группы "
    "или мне в личный чат."
)
NO_HOUSES = "В ваших группах нет ни одного дома, писать некому."

TO_WHOM = "Кому рассылка?"
WHOM = [
    ("everybody", "Всем жителям"),
    ("listed", "Тем, чья квартира есть в наших списках"),
    ("unlisted", "Тем, чьей квартиры в списках нет"),
    ("verified", "Тем, кто подключил лицевой счёт"),
    ("unverified", "Тем, кто не подключил лицевой счёт"),
    ("owners", "Собственникам"),
    ("tenants", "Арендаторам"),
    ("elders", "Старшим по дому"),
    ("staff", "Сотрудникам"),
]
WHICH_KIND = (
    "Что это? Новости приходят не чаще раза в час и тем, кто от них не отказался. "
    "Важное — всем. Предложения платных услуг — только тем, кто согласился их получать."
)
KINDS = [("news", "📰 Новости"), ("important", "❗ Важное"), ("offer", "🏷 Предложение")]
WHICH_ROLES = "Каким сотрудникам?"
ROLES = [
    ((), "Всем"), (("dispatcher",), "Диспетчерам"), (("executor",), "Мастерам"),
    (("manager", "admin"), "Управляющим и администраторам"),
]  # fmt: skip
WHERE = "В каких домах? Нажимайте по одному или напишите адреса, потом «Дальше»."
EVERYWHERE = "Все дома"
IN_WHICH_MESSENGER = "Только тем, у кого есть определённый мессенджер?"
ANY_MESSENGER = "Неважно какой"
BODY = (
    "Пришлите текст — так, как его прочтут жители. Фото можно вместе с ним или следом, до 10. "
    "Несколько сообщений сложу в одно."
)
ANEW = "Написать заново"
NEED_TEXT = "Нужны хотя бы несколько слов: по ним рассылку найдут в «Новостях»."
ONLY_PHOTOS = "В рассылку идут слова, фото и файлы. Пришлите, пожалуйста, их."
LONGEST = 3500
"""UTF-16 units: with its header and a line about a file it is one message in every messenger."""
MOST_FILES = 10
CAPTION = 950
"""Beyond it Telegram shows photos and text one under the other."""
STOPPED_WRITING = "Хорошо, ничего не отправляем."


def too_long(length: int) -> str:
    return (
        f"Получилось {length} {plural(length, 'знак', 'знака', 'знаков')}, а помещается {LONGEST}: "
        f"длиннее читать не станут. То, что было до этого, осталось. Пришлите покороче или "
        f"нажмите «{ANEW}»."
    )


def too_many(count: int) -> str:
    return f"Файлов получилось {count}, а помещается {MOST_FILES}. Эти не добавил."


def body_so_far(text: str, files: int) -> str:
    """«Дальше» goes on, once there are words."""
    got = [f"{units(text)} {plural(units(text), 'знак', 'знака', 'знаков')}"] if text else []
    got += [f"{files} {plural(files, 'файл', 'файла', 'файлов')}"] if files else []
    more = "Пришлите ещё или нажмите «Дальше»." if text else "Теперь пришлите текст."
    return f"Есть: {', '.join(got)}. {more}"


def units(text: str) -> int:
    """As messengers count: UTF-16."""
    return len(text.encode("utf-16-le")) // 2


NO_TIME = "Не понял время. Напишите, например: «завтра в 10», «25 ноября в 18:00»."
IN_PAST = "Это время уже прошло. Напишите, пожалуйста, другое."
TOO_FAR = "Это дальше чем через три месяца. Напишите время поближе."
FARTHEST = timedelta(days=92)
WHEN_TO_SEND = "Когда отправить? Например: «завтра в 10», «сегодня в 18»."
SEND_OFFERS = ("Сегодня в 18:00", "Завтра в 10:00")
WHAT_TO_CHANGE = "Что изменить?"
CHANGES = [("body", "Текст и фото"), ("whom", "Кому"), ("kind", "Что это"), ("houses", "Дома")]

# ── The preview ──────────────────────────────────────────────────────────────

SEND = "Отправить сейчас"
PLAN = "Запланировать"
CHANGE = "Изменить"
CANCEL = "Отмена"
BY_NIGHT = "🌙 Не ждать утра"
NEW = "➕ Новая рассылка"
HOLD = "⏸ Пауза"
GO_ON = "▶️ Продолжить"
STOP = "⏹ Остановить"
CHAT_TEXT = "💬 Текст для чата дома"
AGAIN = "Дослать остальным"
SHOW = "Показать рассылку"
ALREADY = "Это уже сделано: отправлено, остановлено или снято."
KEPT = "Черновик остался, ничего не отправлено."
SAMPLE = "Это образец: у жителей кнопка отключит такие сообщения."
HOUSES_OF_OTHERS = (
    "Здесь есть дома, с которыми вы не работаете. Попросите того, кто составил, или администратора."
)
STOPPED = (
    "Эта рассылка остановлена, продолжить её нельзя. "
    f"Кому она не успела уйти, получат её заново: нажмите «{AGAIN}»."
)
LEAVES_BY_NIGHT = "Не ждём утра: уйдёт и в тихие часы."


def preview(
    mailing: Mailing, reach: Reach, whom: str, warnings: Sequence[str]
) -> str:  # fmt: skip
    """Stands under what residents get."""
    lines = ["Выше — так, как придёт.", f"Кому: {whom}.", receivers(mailing, reach)]
    if reach.flats:
        covered = reach.flats - reach.missed
        lines.append(f"🏠 Квартиры: есть кому написать в {covered} из {reach.flats}.")
    lines += [f"⚠️ {each}" for each in warnings]
    return "\n".join(lines)


def receivers(mailing: Mailing, reach: Reach) -> str:
    if reach.people:
        by = ", ".join(f"{MESSENGERS.get(c, c)} — {n}" for c, n in reach.people.items())
        takes = name_seconds(reach.seconds)
        lines = [f"👥 Получит {people(reach.everybody)}: {by}. Займёт {takes}."]
    else:
        lines = [NOBODY]
    if reach.unwilling:
        lines.append(
            f"🔕 Не согласились на предложения: {reach.unwilling}."
            if mailing.kind == "offer"
            else f"🔕 Отказались от новостей: {reach.unwilling}."
        )
    if reach.told:
        lines.append(f"✉️ Уже получили до остановки: {reach.told}, второй раз им не придёт.")
    return "\n".join(lines)


NOBODY = "👥 Получать некому: из тех, кому рассылка, боту никто не пишет."
NOBODY_KEPT = f"Получать некому, поэтому ничего не отправил. {KEPT} Нажмите «{CHANGE}»."
TWO_MESSAGES = "Текст длинный: в Telegram фото и текст придут двумя сообщениями."


def in_the_morning(at: str) -> str:
    return f"Сейчас тихие часы: уйдёт {at}."


def night_then(at: datetime, now: datetime) -> str:
    return f"Это тихие часы: жителям уйдёт {name_moment(at, now)}."


def planned(at: datetime, now: datetime) -> str:
    return f"🕘 Рассылка уйдёт {name_moment(at, now)}."


def same(moment: datetime, now: datetime, state: str) -> str:
    """The same was submitted already."""
    at = name_moment(moment, now)
    if state == "scheduled":
        return f"Такая же рассылка уже запланирована, уйдёт {at}. Вторую не начинаем."
    if state == "done":
        return f"Такая же рассылка уже ушла {at}. Вторую в тот же день не начинаем."
    return f"Такая же рассылка уже идёт, с {moment:%H:%M}. Вторую не начинаем."


def fell_due_twice(title: str) -> str:
    return f"⚠️ Рассылка «{title}» не отправлена: такая же уже ушла или идёт. Осталась черновиком."


def fell_due_for_nobody(title: str) -> str:
    return f"⚠️ Рассылка «{title}» не отправлена: получать некому. Осталась черновиком."


# ── Progress ─────────────────────────────────────────────────────────────────

SIGNS = {
    "running": "📨 Рассылка идёт", "paused": "⏸ Рассылка на паузе",
    "stopped": "⏹ Рассылка остановлена", "done": "✅ Рассылка закончена",
    "scheduled": "🕘 Рассылка ждёт своего часа", "draft": "📝 Черновик рассылки",
    "dropped": "❎ Рассылка снята",
}  # fmt: skip


def progress(mailing: Mailing, came: Progress, morning: str) -> str:
    """`morning`: when it goes on, where it waits for the night to end; else empty."""
    lines = [f"{SIGNS[mailing.state]} · «{title(mailing)}»"]
    states, everybody = came.states, came.everybody
    if not everybody:
        return "\n".join([*lines, NOT_KEPT])
    lines.append(f"Доставлено {figure(states.get('sent', 0))} из {figure(everybody)}.")
    if came.left:
        left = f"Осталось {figure(came.left)}"
        if mailing.state == "running" and morning:
            left += f": тихие часы, пойдёт {morning}"
        elif mailing.state == "running" and came.left > came.later:
            left += f", ещё {name_seconds(came.seconds)}"
        lines.append(f"{left}.")
        if came.later and not morning:
            lines.append(
                f"Из них {figure(came.later)} недавно получили другую новость: "
                "им уйдёт в течение часа."
            )
    if states.get("refused"):
        why = ", ".join(f"{REASONS.get(r, r)} — {n}" for r, n in sorted(came.reasons.items()))
        lines.append(f"Не принято {figure(states['refused'])}: {why}.")
    if states.get("unknown"):
        lines.append(f"Неизвестно {figure(states['unknown'])}: ушло, но мессенджер не ответил.")
    if states.get("dropped"):
        lines.append(f"Не отправлено {figure(states['dropped'])}: {DROPPED}.")
    if came.missed and mailing.state != "stopped":
        lines.append(f"🏠 Квартиры: некому написать в {came.missed} из {came.flats}.")
        if for_all_to_read(mailing):
            lines[-1] += " Там поможет листок на подъезде."
    if came.bare:
        by = ", ".join(f"{MESSENGERS.get(c, c)} — {n}" for c, n in came.bare.items())
        lines.append(f"Без фото, только слова: {by} (мессенджер не принял файл).")
    return "\n".join(lines)


DROPPED = "остановили или отказались"
NOT_KEPT = "Сколько человек получили, уже не храним: это было давно."


def title(mailing: Mailing) -> str:
    line = mailing.text.strip().splitlines()[0]
    return line if len(line) <= 40 else f"{line[:40].rstrip()}…"


def listed(mailing: Mailing, at: str) -> str:
    """Of the list's button."""
    return f"{SIGNS[mailing.state].split()[0]} {title(mailing)}{f', {at}' if at else ''}"[:60]


def figure(count: int) -> str:
    """«19 400»"""
    return f"{count:,}".replace(",", " ")


def name_seconds(seconds: float) -> str:
    if seconds < 60:
        return "меньше минуты"
    return f"около {name_span(seconds)}"


LIST = "Рассылки: что идёт, ждёт и недавно закончилось."


def result_line(mailing: Mailing, came: Progress, at: str) -> str:
    states = came.states
    if not came.everybody:
        return f"{SIGNS[mailing.state].split()[0]} {at}, «{title(mailing)}»."
    told = f"доставлено {figure(states.get('sent', 0))} из {figure(came.everybody)}"
    return f"{SIGNS[mailing.state].split()[0]} {at}, «{title(mailing)}»: {told}."


# ── Whom it is for ───────────────────────────────────────────────────────────


def whom(audience: Mapping[str, Any], houses: Sequence[str], *, everywhere: bool) -> str:
    """«всем жителям, ул. Садовая, 5»"""
    who = audience["who"]
    if who == "staff":
        roles = tuple(audience["roles"])
        named = next((label for value, label in ROLES if value == roles), "Всем")
        return f"сотрудникам ({named.lower()})"
    told = next(label for value, label in WHOM if value == who)
    told = told[0].lower() + told[1:]
    where = "все дома" if everywhere else "; ".join(houses[:6])
    if len(houses) > 6 and not everywhere:
        where += f" и ещё {len(houses) - 6}"
    by = ", ".join(MESSENGERS.get(channel, channel) for channel in audience["messengers"])
    return f"{told}, {where}" + (f", у кого есть {by}" if by else "")


def for_all_to_read(mailing: Mailing) -> bool:
    """An offer needs the consent of each."""
    return mailing.kind != "offer" and mailing.audience["who"] == "everybody"


def header(mailing: Mailing) -> str:
    return HEADERS[mailing.kind]


def button(label: str, what: str, mailing_id: int) -> Button:
    return Button(label=label, action=f"staff/{what}/{mailing_id}")


def scheduled_buttons(mailing: Mailing) -> list[list[Button]]:
    ident = mailing.id
    return [
        [button(SEND, "mailsend", ident), button(PLAN, "mailplan", ident)],
        [button(CHANGE, "mailedit", ident), button(CANCEL, "mailstop", ident)],
    ]


def progress_buttons(mailing: Mailing) -> list[list[Button]]:
    ident = mailing.id
    sheet = [button(SHEET, "mailpaper", ident)] if for_all_to_read(mailing) else []
    if mailing.state == "running":
        return [[button(HOLD, "mailhold", ident), button(STOP, "mailstop", ident)], sheet]
    if mailing.state == "paused":
        return [[button(GO_ON, "mailgo", ident), button(STOP, "mailstop", ident)], sheet]
    if mailing.state == "stopped":
        return [[button(AGAIN, "mailagain", ident)]]
    if mailing.state == "done" and mailing.audience["who"] != "staff":
        return [[button(CHAT_TEXT, "mailtext", ident), *sheet]]
    return []
