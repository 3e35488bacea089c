"""«Вопросы и ответы»: topics, questions, an answer, and whether it helped."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from handlers import article_words
from handlers.dialogue.said import Said
from handlers.dialogue.turn import Turn
from handlers.resident import faq_texts as words
from handlers.resident.asked import recall, remember, with_waiting
from handlers.resident.consent import button, consented
from handlers.resident.handing import hand_over
from handlers.resident.menu import show_menu
from handlers.resident.which import ask_which
from services.company.declaration import Article
from services.errors import NotFound, NotYours
from services.messaging.types import Button
from services.tables import Question

PAGE = 8
NOTHING_SAID: Said = {"words": "", "attachments": [], "ids": []}


async def complex_of(turn: Turn) -> int | None:
    """Where they live, else where the link pointed that they came by."""
    known = await turn.work.articles.complex_of(turn.viewer)
    payload = str(turn.session.state.get("payload", ""))
    if known is None and payload:
        found = await turn.work.places.find_by_code(payload)
        return found.complex.id if found else None
    return known


async def offered(turn: Turn) -> list[Article]:
    return await turn.work.articles.offered(await complex_of(turn))


def by_topic(articles: Sequence[Article]) -> dict[str, list[Article]]:
    """In the company's order; those without a topic last."""
    topics: dict[str, list[Article]] = {}
    for article in sorted(articles, key=lambda each: not each.topic):
        topics.setdefault(article.topic or words.OTHER_TOPIC, []).append(article)
    return topics


# ── Browsing ─────────────────────────────────────────────────────────────────


async def show_topics(turn: Turn, page: int = 0) -> None:
    """A topic's button names its first article: a place in a list would change with the list."""
    topics = by_topic(await offered(turn))
    if not topics:
        await show_menu(turn, words.NOTHING_YET)
        return
    if len(topics) == 1:
        await show_questions(turn, next(iter(topics.values())), page)
        return
    stand_nowhere(turn)
    rows = [
        [button(words.label(topic), f"faq/topic/{articles[0].called}/0")]
        for topic, articles in topics.items()
    ]
    await turn.say(words.ASK_TOPIC, paged(rows, page, "faq/topics"))


async def show_topic(turn: Turn, key: str, page: int) -> None:
    for articles in by_topic(await offered(turn)).values():
        if any(article.called == key for article in articles):
            await show_questions(turn, articles, page, back=True)
            return
    await turn.say(words.GONE)
    await show_topics(turn)


async def show_questions(
    turn: Turn, articles: Sequence[Article], page: int, *, back: bool = False
) -> None:
    stand_nowhere(turn)
    rows = [
        [button(words.label(article.question), f"faq/read/0/{article.called}")]
        for article in articles
    ]
    rows = paged(rows, page, f"faq/topic/{articles[0].called}")
    if back:
        rows.append([button(words.TO_TOPICS, "faq/topics/0/back")])
    await turn.say(words.ask_question(articles[0].topic or words.OTHER_TOPIC), rows)


def paged(rows: list[list[Button]], page: int, action: str) -> list[list[Button]]:
    if len(rows) <= PAGE + 2:
        return rows
    start = page * PAGE if page * PAGE < len(rows) else 0
    more = start + PAGE < len(rows)
    turns = [button(words.BACK, f"{action}/{page - 1}/back")] if start else []
    turns += [button(words.MORE, f"{action}/{page + 1}")] if more else []
    return [*rows[start : start + PAGE], turns]


def stand_nowhere(turn: Turn) -> None:
    """Nothing waits for words; a number is a press."""
    state = turn.session.state
    if turn.session.scene == "consent":
        state["numbered"] = True
        return
    payload = {"payload": state["payload"]} if state.get("payload") else {}
    turn.leave(numbered=True, **payload)


# ── An answer ────────────────────────────────────────────────────────────────


async def read(turn: Turn, question_id: int, key: str) -> None:
    """An article by its button: of a list, or one of those that may be meant."""
    article = next((each for each in await offered(turn) if each.called == key), None)
    if article is None:
        await turn.say(words.GONE)
        await show_topics(turn)
        return
    if question_id:
        question = await own_question(turn, question_id)
        if key not in question.shown:
            raise NotYours
        await turn.work.articles.read(question, key)
        said = recall(turn, question_id) or NOTHING_SAID | {"words": question.text}
        await answer(turn, article, question, said)
        return
    question = await turn.work.articles.note(
        turn.viewer,
        "",
        "browse",
        shown=[key],
        chosen=key,
        complex_id=await complex_of(turn),
        anonymous=not await consented(turn),
    )
    await answer(turn, article, question, NOTHING_SAID, browsed=True)


async def answer(
    turn: Turn, article: Article, question: Question, said: Said, *, browsed: bool = False
) -> None:
    remember(turn, "faq", {**said, "question": question.id})
    rows = [
        [
            button(words.HELPED, f"faq/yes/{question.id}"),
            button(words.NOT_HELPED, f"faq/no/{question.id}"),
        ],
        [button(words.PERSON, f"faq/person/{question.id}")],
    ]
    if browsed:
        rows[1].append(button(words.TO_QUESTIONS, f"faq/topic/{article.called}/0/back"))
    await turn.say(
        await article_words.write_out(turn.work, article, turn.viewer),
        rows,
        header=article.question,
        files=await article_words.attach_picture(turn.work, article),
    )


async def own_question(turn: Turn, question_id: int) -> Question:
    """Raises `NotYours`."""
    own = recall(turn, question_id) is not None
    return await turn.work.articles.question(turn.viewer, question_id, own=own)


# ── Presses ──────────────────────────────────────────────────────────────────


async def press(turn: Turn) -> None:
    """`faq/topics/PAGE`, `faq/topic/KEY/PAGE`, `faq/read/QUESTION/KEY`, and under an answer
    `faq/yes|no|other|person/QUESTION`. Raises `NotYours`."""
    _, what, first, second = [*turn.pressed.split("/"), "", "", ""][:4]
    if what == "topics":
        await show_topics(turn, number(first))
    elif what == "topic":
        await show_topic(turn, first, number(second))
    elif what == "read":
        try:
            await read(turn, number(first), second)
        except NotFound:
            raise NotYours from None
    elif what == "yes":
        await thank(turn, number(first))
    elif what in ("no", "other", "person"):
        await go_to_person(turn, number(first), "not_helped" if what == "no" else "person")
    else:
        raise NotYours


def number(digits: str) -> int:
    """Raises `NotYours` for what no button of ours says."""
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 18):
        raise NotYours
    return int(digits)


async def thank(turn: Turn, question_id: int) -> None:
    question = await own_question(turn, question_id)
    if not await turn.work.articles.settle(question, "helped"):
        await turn.say(words.ALREADY)
        return
    forget(turn, question_id)
    await turn.say(by_chance(turn, words.GLAD))
    waits = recall(turn)
    if waits and waits.get("to_which"):  # what they sent before still belongs nowhere
        await ask_which(turn, waits)


async def go_to_person(turn: Turn, question_id: int, outcome: str) -> None:
    """The words themselves go along while the dialogue has them, later what was kept of them."""
    question = await own_question(turn, question_id)
    if question.thread_id is not None:
        await turn.say(words.ALREADY)  # the same button twice
        return
    said = recall(turn, question_id) or NOTHING_SAID | {"words": question.text}
    await turn.work.articles.settle(question, outcome)
    await hand_over(turn, with_waiting(turn, {**said, "question": question_id}), outcome)


def forget(turn: Turn, question_id: int) -> None:
    if recall(turn, question_id) is None:
        return
    beside = turn.session.state.get("asked")
    if beside and beside.get("question") == question_id:  # consent is asked for, or words wait
        turn.session.state.pop("asked")
    else:
        payload = turn.session.state.get("payload")
        turn.leave(**({"payload": payload} if payload else {}))


def by_chance(turn: Turn, variants: Sequence[str]) -> str:
    """One of them, by the message: the same message is always answered the same."""
    return variants[zlib.crc32(turn.inbound.key.encode()) % len(variants)]
