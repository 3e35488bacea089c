"""The words of marks that keep reminders away, in a resident's thread. No sum, no number."""

from __future__ import annotations

from handlers.reminder_staff_texts import button
from services.messaging.types import Button

SETTLED = "✅ Разобрались"
FOR_MONTHS = {1: "Рассрочка на месяц", 3: "На 3 месяца", 6: "На полгода"}
NO_THREAD_HERE = "Напишите это в теме обращения: там видно, о чьём счёте речь."
NO_ACCOUNT = "У этого жителя нет подключённого лицевого счёта, отмечать нечего."
WHICH_ACCOUNT = (
    "У жителя несколько счетов. Пусть он нажмёт кнопку под напоминанием или в «Лицевом счёте» — "
    "тогда будет ясно, о каком речь."
)
NO_DAY = "До какого числа рассрочка? Например: /instalment 31.12. Снять — /instalment нет."
MAY_NOT = "Отметки о долге ставят диспетчер, управляющий и администратор."
ALREADY = "Это уже сделано."
NOTHING_STANDS = "Здесь ничего не отмечено."
STANDING = {
    "dispute": "Житель не согласен с суммой, не напоминаем.",
    "instalment": "Рассрочка, не напоминаем.",
    "paid": "Житель пишет, что оплатил; не напоминаем до новых данных из бухгалтерии.",
}


def ended(name: str) -> str:
    return f"💡 {name}: разобрались. Если долг останется, напоминания придут снова."


def instalment_until(day: str, name: str) -> str:
    return f"💡 {name}: рассрочка до {day} включительно. До этого дня не напоминаем."


def disputed(name: str) -> str:
    return f"💡 {name}: сумму проверяем. Пока не разберёмся, не напоминаем."


def mark_buttons(mark_id: int, kind: str) -> list[list[Button]]:
    rows = [[button(SETTLED, "oweend", mark_id)]]
    if kind != "paid":
        rows.append([button(words, f"owefor{n}", mark_id) for n, words in FOR_MONTHS.items()])
    return rows


def standing(kind: str, until: str) -> str:
    words = STANDING[kind]
    return f"{words} До {until}." if until else words
