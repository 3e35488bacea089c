"""The words around questions and answers."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.resident.texts import DISPATCHER, shorten
from services.company.declaration import Company

FAQ = "Вопросы и ответы"
HELPED = "Помогло"
NOT_HELPED = "Не помогло"
OTHER = "Другое"
PERSON = DISPATCHER
ANOTHER_THEME = "Другая тема"
ASK_ABOUT_TICKET = "Спросить по этой заявке"
TO_STAFF = "Передать сотрудникам"
TO_QUESTIONS = "К вопросам"
TO_TOPICS = "К темам"
MORE = "Ещё"
BACK = "Назад"
OTHER_TOPIC = "Разное"

ASK_TOPIC = "О чём рассказать? Выберите тему или просто напишите вопрос."
NOTHING_YET = "Готовых ответов пока нет. Напишите вопрос, передадим диспетчеру."
GONE = "Этот ответ уже убрали. Вот что есть сейчас."
ALREADY = "Спасибо, мы уже записали."
WRITE_WHAT = "Жаль. Напишите, что осталось непонятно, передадим диспетчеру."


def ask_question(topic: str) -> str:
    return f"{topic}. Что подсказать?"


def suggest(words: str) -> str:
    return f"«{shorten(words, 120)}»\n\nВозможно, вы об этом:"


def no_such_number(number: int) -> str:
    return (
        f"Не нашли №{number} среди ваших заявок. Пришлите верный номер или нажмите «{PERSON}»: "
        "передадим то, что вы написали."
    )


def yes_request(title: str) -> str:
    return f"Да, заявка: {title}"[:60]


def offer_request(words: str, title: str, place: str) -> str:
    where = f", {place}" if place else ""
    return f"«{shorten(words, 200)}»\n\nПохоже, это заявка: {title}{where}. Оформить?"


def label(question: str) -> str:
    return question if len(question) <= 60 else f"{question[:59].rstrip()}…"


# Said by chance of the message, so that nobody hears the same twice in a row too often.
GLAD = (
    "Рады помочь! Будут ещё вопросы — пишите.",
    "Отлично! Если что-то понадобится, мы здесь.",
    "Хорошо, что помогло. Пишите, если что.",
)
GREETINGS = (
    "Здравствуйте! Чем помочь? Можно просто написать, что случилось.",
    "Добрый день! Рассказывайте, что у вас, — разберёмся.",
    "Здравствуйте! Слушаю вас: напишите вопрос или что случилось.",
)
FAREWELLS = (
    "До свидания! Понадобимся — пишите в любое время.",
    "Всего доброго! Мы на связи.",
    "Хорошего дня! Если что, мы здесь.",
)
THANKS = (
    "Пожалуйста! Рады помочь.",
    "Не за что! Обращайтесь.",
    "На здоровье! Если что — пишите.",
)
PRAISE = (
    "Спасибо за добрые слова! Передать их сотрудникам?",
    "Очень приятно! Передать это команде?",
    "Спасибо, что написали! Передать коллегам?",
)
INSULTS = (
    "Понимаю, что накипело. Давайте разберёмся: позвать диспетчера?",
    "Похоже, мы вас подвели. Хотите, диспетчер подключится прямо сейчас?",
    "Слышу, что вы сердитесь. Напишите, что случилось, или позовём человека.",
)


def chat(company: Company) -> tuple[str, ...]:
    return (
        f"Я помощник «{company.name}»: отвечаю на вопросы о доме и принимаю заявки. Если нужен "
        "человек — он в одном нажатии.",
        f"На связи! Я бот «{company.name}». Спросите о доме или напишите, что случилось, а людей "
        "позову, если понадобится.",
        f"Всё хорошо, спасибо! Я бот «{company.name}»: подскажу по дому, приму заявку, позову "
        "диспетчера.",
    )


# ── For staff ────────────────────────────────────────────────────────────────
SAID_OF_IT = {
    "helped": "помогло",
    "not_helped": "не помогло",
    "person": "попросили человека",
    "offered": "предложил на выбор",
    "": "прочитали",
}


def shown_line(shown: Sequence[tuple[str, str]]) -> str:
    """«Бот показал: «Когда передать показания?» — не помогло»"""
    parts = [f"«{question}» — {SAID_OF_IT[outcome]}" for question, outcome in shown]
    return f"Бот показал: {'; '.join(parts)}"
