"""The words of the desk's page of reminders, where they are not those of `/debts`."""

from __future__ import annotations

from services.tables import Reminder

WHICH_KIND = "Выберите, о чём напомнить."
HOW_LONG = "Выберите, сколько просрочено."
WHICH_TONE = "Выберите, каким тоном."
WHERE = "Выберите: все дома или некоторые."
WHICH_HOUSES = "Выберите хотя бы один дом."
WHICH_WORDS = "Напишите хотя бы несколько слов или выберите тон: подставлю готовый текст."
WHEN_TO_SEND = "Выберите, когда отправить."
NOBODY = "Получать некому, поэтому ничего не отправлено."
SENT = "📨 Напоминание пошло."
STATES = {
    "running": "▶️ Напоминание идёт дальше.", "paused": "⏸ Напоминание на паузе.",
    "stopped": "⏹ Напоминание остановлено.",
    "dropped": "❎ Напоминание снято, никто ничего не получит.",
}  # fmt: skip


def title(reminder: Reminder) -> str:
    told = "Просрочено" if reminder.kind == "debt" else "Оплатить к сроку"
    return f"💡 {told}{', каждый месяц' if reminder.repeats else ''}"
