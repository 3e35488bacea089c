"""The words of `/debts`: questions, preview, progress, result."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from handlers.mailing_staff_texts import figure, name_seconds, units
from handlers.outage_staff_texts import REASONS, people
from handlers.staff_texts import MESSENGERS
from handlers.wording import name_moment, name_sum
from services.messaging.types import Button
from services.reminder_audience import Owing
from services.reminder_results import Result
from services.tables import Reminder

NOT_ALLOWED = "Напоминания об оплате отправляют управляющие и администраторы."
TRAINEE = "Пока вы стажёр, напоминания отправляет коллега: попросите его."
ONLY_PRIVATE = (
    "Долги — не для группы: напишите мне /debts в личный чат или откройте в диспетчерской "
    "«Отключения», вкладку «Оплата»."
)
NOT_HERE = "Здесь всё, что вы напишете, уходит жителю. Откройте «Отключения», вкладку «Оплата»."
NO_HOUSES = "В ваших группах нет ни одного дома, напоминать некому."

# ── The questions ────────────────────────────────────────────────────────────

WHICH_KIND = (
    "О чём напомнить? «Оплатить к сроку» — тем, у кого срок ещё не прошёл: долгом это не "
    "называем. «Просрочено» — тем, у кого прошёл."
)
KINDS = [("debt", "Просрочено"), ("payment", "Оплатить к сроку")]
HOW_MUCH = "От какой суммы, в рублях?"
LEAST_OFFERS = ("Любая", "От 500 ₽", "От 1000 ₽", "От 5000 ₽")
NO_SUM = "Не понял сумму. Напишите числом, например: 1500."
HOW_LONG = "Сколько уже просрочено?"
MONTHS = [
    (0, "Неважно"), (1, "От месяца"), (2, "От двух месяцев"), (3, "От трёх месяцев"),
    (6, "От полугода"), (12, "От года"),
]  # fmt: skip
WHICH_TONE = "Каким тоном?"
TONES = [("kind", "Мягко"), ("plain", "Просто"), ("formal", "Официально")]
KEEP_TEXT = "Оставить этот текст"
LONGEST = 1500
STOPPED_WRITING = "Хорошо, никому ничего не отправляем."
KEPT = "Черновик остался, ничего не отправлено."
WHAT_TO_CHANGE = "Что изменить?"
CHANGES = [
    ("words", "Текст"), ("tone", "Тон"), ("least", "Сумма"), ("months", "Срок"),
    ("houses", "Дома"), ("kind", "О чём"),
]  # fmt: skip
WHEN_TO_SEND = "Когда отправить? Например: «завтра в 10», «25 ноября в 11»."
WHEN_FIRST = (
    "Когда в первый раз? Например: «25 ноября в 11». Потом — каждый месяц в этот день, "
    "тем, кто должен тогда."
)


def text_of(template: str, *, sums: Sequence[str]) -> str:
    """`sums`: the messengers in which a sum may be named."""
    first, *others = variables([MESSENGERS.get(each, each) for each in sums])
    lines = [f"Текст такой:\n\n{template}\n", f"«{KEEP_TEXT}» — или пришлите свой. {first}"]
    return "\n".join([*lines, *others])


def variables(sums: Sequence[str]) -> list[str]:
    """What is filled in. `sums`: the messengers in which a sum may be named, as they are called."""
    first = "Подставлю сам: {name} — имя, {address} — адрес, {date} — до какого числа платить."
    if not sums:
        return [first, "Сумму не называем: её житель увидит в «Лицевом счёте»."]
    told = (
        f"{{sum}} — сумму: её увидят только в {', '.join(sums)}; где нельзя, предложение с суммой "
        "не покажу."
    )
    return [first, told]


def too_long(words: str) -> str:
    return f"Получилось {units(words)} знаков, а помещается {LONGEST}. Пришлите покороче."


def unknown_variable(names: Sequence[str]) -> str:
    told = ", ".join(f"{{{name}}}" for name in names)
    return f"Не знаю, что подставить вместо {told}. Есть {{name}}, {{address}}, {{date}}, {{sum}}."


ONLY_SUM = "Без предложения с суммой ничего не остаётся, а называть её можно не везде. Допишите."
SUMS_NOT_ALLOWED = (
    "Сумму в напоминаниях ваша компания не показывает ни в одном мессенджере (файл компании, "
    "sums_in_reminders). Уберите {sum}: сумму житель увидит в «Лицевом счёте»."
)
NO_DEBT_YET = (
    "Срок оплаты ещё не прошёл, поэтому долгом и просрочкой это не называем. Поправьте, пожалуйста."
)

# ── The preview ──────────────────────────────────────────────────────────────

SEND, PLAN, MONTHLY = "Отправить сейчас", "Запланировать", "Каждый месяц"
CHANGE, CANCEL, NEW = "Изменить", "Отмена", "➕ Новое напоминание"
HOLD, GO_ON, STOP = "⏸ Пауза", "▶️ Продолжить", "⏹ Остановить"
SHOW = "Показать"
ALREADY = "Это уже сделано: отправлено, остановлено или снято."
SAMPLE = "Это образец: у жителей кнопка работает."
SAMPLE_NAME, SAMPLE_PLACE, SAMPLE_SUM = "Мария Петровна", "ул. Садовая, 5, кв. 12", 123_456
LEFT_OUT = {
    "unheld": "счёт ещё не подключил никто, кому видны суммы",
    "unreached": "некуда написать: нет мессенджера",
    "dispute": "не согласны с суммой, разбираемся",
    "instalment": "рассрочка",
    "paid": "говорят, что оплатили",
    "unwilling": "отказались от напоминаний",
    "capped": "уже напоминали, чаще нельзя",
    "pending": "им уже идёт другое напоминание",
}


def samples(where: Sequence[str]) -> str:
    told = ", ".join(MESSENGERS.get(each, each) for each in where)
    return f"Так придёт в {told} (имя, адрес и сумма для примера):"


def preview(owing: Owing, whom: str, warnings: Sequence[str]) -> str:
    lines = [f"Кому: {whom}.", *receivers(owing)]
    lines += [f"⚠️ {each}" for each in warnings]
    return "\n".join(lines)


def receivers(owing: Owing) -> list[str]:
    """How many get it, and which accounts are left out."""
    lines = []
    if owing.people:
        by = ", ".join(f"{MESSENGERS.get(c, c)} — {n}" for c, n in owing.people.items())
        lines.append(
            f"👥 Получит {people(owing.everybody)}: {by}. Счетов: {figure(owing.accounts)}. "
            f"Займёт {name_seconds(owing.seconds)}."
        )
    else:
        lines.append("👥 Получать некому.")
    if owing.total is not None:
        lines.append(f"Всего по этим счетам: {name_sum(owing.total)}.")
    if owing.left_out:
        lines.append("Не пишем (счетов):")
        lines += [
            f"• {LEFT_OUT[why]} — {figure(owing.left_out[why])}"
            for why in LEFT_OUT
            if why in owing.left_out
        ]
    return lines


def whom(reminder: Reminder, houses: Sequence[str]) -> str:
    """«просрочено от 1 000 ₽ и от 2 месяцев, ул. Садовая, 5»"""
    audience: Mapping[str, Any] = reminder.audience
    told = "просрочено" if reminder.kind == "debt" else "к оплате, срок не прошёл"
    if audience["least"]:
        told += f", от {name_sum(audience['least'])}"
    if months := audience["months"]:
        told += f", {dict(MONTHS)[months].lower()}" if months in dict(MONTHS) else ""
    where = "; ".join(houses[:6]) if houses else "все дома"
    if len(houses) > 6:
        where += f" и ещё {len(houses) - 6}"
    return f"{told}; {where}"


def not_now(at: str) -> str:
    return f"Сейчас напоминать о деньгах нельзя: уйдёт {at}, по часам каждого дома."


def old_data(at: str) -> str:
    return f"Данные бухгалтерии — {at}. Кто заплатил позже, бот ещё не знает: загрузите свежие."


NO_DATA = "Данных о долгах ещё нет: загрузите файл из бухгалтерии."
NOBODY_KEPT = f"Получать некому, поэтому ничего не отправил. {KEPT} Нажмите «{CHANGE}»."


def planned(at: datetime, now: datetime, *, monthly: bool) -> str:
    if monthly:
        return f"🕘 Уйдёт {name_moment(at, now)}, потом каждый месяц {at.day}-го числа."
    return f"🕘 Напоминание уйдёт {name_moment(at, now)}."


def same(moment: datetime, now: datetime, state: str) -> str:
    at = name_moment(moment, now)
    if state == "scheduled":
        return f"Такое же напоминание уже запланировано, уйдёт {at}. Второе не начинаем."
    return f"Такое же напоминание уже ушло или идёт, {at}. Второе не начинаем."


FELL_DUE_TWICE = "⚠️ Напоминание не отправлено: такое же уже идёт или только что ушло."
FELL_DUE_FOR_NOBODY = "✅ Напоминание не понадобилось: сейчас получать его некому."

# ── Progress and result ──────────────────────────────────────────────────────

SIGNS = {
    "running": "📨 Напоминание идёт", "paused": "⏸ Напоминание на паузе",
    "stopped": "⏹ Напоминание остановлено", "done": "✅ Напоминание отправлено",
    "scheduled": "🕘 Напоминание ждёт своего часа", "draft": "📝 Черновик напоминания",
    "dropped": "❎ Напоминание снято",
}  # fmt: skip


def progress(reminder: Reminder, came: Result, whom: str, morning: str) -> str:
    """`morning`: when it goes on, where no zone has a decent hour now; else empty."""
    lines = [f"{SIGNS[reminder.state]} · {whom}"]
    states = came.states
    lines.append(f"Доставлено {figure(states.get('sent', 0))} из {figure(came.everybody)}.")
    if came.left:
        left = f"Осталось {figure(came.left)}"
        if reminder.state == "running" and morning:
            left += f": пойдёт {morning}"
        elif reminder.state == "running" and came.left > came.later:
            left += f", ещё {name_seconds(came.seconds)}"
        lines.append(f"{left}.")
        if came.asleep:
            lines.append(f"Тихие часы человека — {figure(came.asleep)}: ждём неделю, не дольше.")
    if states.get("refused"):
        why = ", ".join(f"{REASONS.get(r, r)} — {n}" for r, n in sorted(came.refused.items()))
        lines.append(f"Не принято {figure(states['refused'])}: {why}.")
    if states.get("unknown"):
        lines.append(f"Неизвестно {figure(states['unknown'])}: ушло, но мессенджер не ответил.")
    if late := came.waited_too_long:
        why = ", ".join(f"{WAITED_TOO_LONG[each]} — {n}" for each, n in late.items())
        lines.append(f"Не дошло {figure(sum(late.values()))}: {why}.")
    if dropped := states.get("dropped", 0) - sum(late.values()):
        lines.append(f"Не отправлено {figure(dropped)}: {DROPPED}.")
    if came.accounts:
        lines.append(
            f"Счетов: {figure(came.accounts)}. Открыли «Лицевой счёт»: "
            f"{share(came.opened, came.accounts)}; ответили кнопкой: "
            f"{share(came.answered, came.accounts)}."
        )
    if came.looked_at:
        told = f"Заплатили за 10 дней: {share(came.paid, came.looked_at)}"
        if came.paid_sum is not None:
            told += f", всего {name_sum(came.paid_sum)}"
        lines.append(f"{told}.")
    return "\n".join(lines)


WAITED_TOO_LONG = {"quiet": "тихие часы человека", "late": "не вышло за неделю"}
DROPPED = "оплатили, не согласны, отказались, уже напоминали или остановили"


def share(count: int, of: int) -> str:
    """«12 из 30 (40 %)»"""
    return f"{figure(count)} из {figure(of)} ({round(100 * count / of)} %)"


def listed(reminder: Reminder, at: str) -> str:
    """Of the list's button."""
    told = "Просрочено" if reminder.kind == "debt" else "К сроку"
    monthly = ", каждый месяц" if reminder.repeats else ""
    return f"{SIGNS[reminder.state].split()[0]} {told}{monthly}{f', {at}' if at else ''}"[:60]


LIST = "Напоминания об оплате: что идёт, ждёт и недавно закончилось."


def result_line(reminder: Reminder, came: Result, at: str) -> str:
    told = f"доставлено {figure(came.states.get('sent', 0))} из {figure(came.everybody)}"
    if came.looked_at:
        told += f", заплатили {share(came.paid, came.looked_at)}"
    return f"{listed(reminder, at)}: {told}."


def button(label: str, what: str, ident: int) -> Button:
    return Button(label=label, action=f"staff/{what}/{ident}")


def draft_buttons(reminder: Reminder) -> list[list[Button]]:
    ident = reminder.id
    return [
        [button(SEND, "debtsend", ident), button(PLAN, "debtplan", ident)],
        [button(MONTHLY, "debtmonthly", ident)],
        [button(CHANGE, "debtedit", ident), button(CANCEL, "debtstop", ident)],
    ]


def progress_buttons(reminder: Reminder) -> list[list[Button]]:
    ident = reminder.id
    if reminder.state == "running":
        return [[button(HOLD, "debthold", ident), button(STOP, "debtstop", ident)]]
    if reminder.state == "paused":
        return [[button(GO_ON, "debtgo", ident), button(STOP, "debtstop", ident)]]
    return []
