"""How a resident sounds, in words for staff."""

from __future__ import annotations

from services.tables import Thread

MARKS = {"negative": "😠", "neutral": "", "positive": "🙂"}
NAMES = {"negative": "недоволен", "neutral": "спокоен", "positive": "доволен"}
URGENT = "⏱ Просит поскорее"
ASK = "Как звучит житель? Сейчас: {now}."
UNKNOWN = "Такого тона нет. Напишите /tone недоволен, /tone спокоен или /tone доволен."
WORDS = {
    "недоволен": "negative", "недовольна": "negative", "злой": "negative", "злится": "negative",
    "жалуется": "negative", "негатив": "negative", "спокоен": "neutral", "спокойна": "neutral",
    "спокойно": "neutral", "нейтрально": "neutral", "нет": "neutral", "доволен": "positive",
    "довольна": "positive", "хвалит": "positive", "позитив": "positive",
}  # fmt: skip


def standing(thread: Thread) -> str:
    """«😠 Житель недоволен»; nothing of one who is calm."""
    mark = MARKS.get(thread.tone, "")
    return f"{mark} Житель {NAMES[thread.tone]}" if mark else ""


def asked(thread: Thread) -> str:
    return ASK.format(now=NAMES.get(thread.tone, "не определён"))


def corrected(tone: str, author: str) -> str:
    return f"Тон: {NAMES[tone]} — отметил(а) {author}."
