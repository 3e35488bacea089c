"""Words outside any dialogue: a request, a question, one's own case, or a kind word."""

from __future__ import annotations

from dataclasses import dataclass, replace

from handlers.dialogue.said import Said, join, says_nothing, tell
from handlers.dialogue.turn import Turn
from handlers.resident import faq, known, outages, texts, tickets
from handlers.resident import faq_texts as words
from handlers.resident.asked import keep_waiting, recall, remember
from handlers.resident.consent import button, consented
from handlers.resident.handing import hand_over
from handlers.resident.kinds import likely_kind
from handlers.resident.menu import full_menu, show_menu
from handlers.resident.which import ask_which
from handlers.wording import name_place
from services.company.declaration import Article
from services.errors import NotFound, NotYours
from services.messaging.types import Button
from services.tables import Question
from services.tickets import ENDED
from services.understanding.reading.courtesy import find_courtesy
from services.understanding.reading.lacks import find_lacked
from services.understanding.reading.message import Reading, read
from services.understanding.reading.own_case import OwnCase, find_own_case

MOST_OFFERED = 3
MOST_THREADS = 4
LEAST = 0.01  # a score below which an article is not worth a button
NO_THING = ("billing", "other")  # of these the articles know more than a master


@dataclass(frozen=True)
class Answers:
    """What the library has for some words."""

    decision: str
    articles: list[Article]
    complex_id: int | None


async def sort_out(turn: Turn, said: Said) -> None:
    """What somebody who gave consent said: each way out keeps the words, or gives them to staff."""
    await sort_by(turn, said, find_own_case(said["words"]))


async def sort_by(turn: Turn, said: Said, case: OwnCase | None) -> None:
    """`case`: the request of their own that is asked about."""
    if said.get("person"):
        await hand_over(turn, said, said.get("outcome", "person"))
        return
    text = said["words"]
    if says_nothing(said):
        await turn.say(texts.SAY_IN_WORDS)
        return
    if case is not None and await open_own_case(turn, said, case):
        return
    if not await consented(turn):
        if not await answer_stranger(turn):
            await ask_which(turn, said)
        return
    reading = read(text)
    if text and await known.ask_of_words(turn, said, reading):
        return
    if said["attachments"]:  # what nobody has looked at is for a person
        if not (text and await offer_request(turn, said, reading, None)):
            await ask_which(turn, said)
        return
    if await outages.explain(turn, said):
        return
    if await answer_courtesy(turn, said, reading):
        return
    found = await look_up(turn, text)
    if thing := find_lacked(text):  # «когда дадут воду» asks for water, not for an article
        reading = replace(reading, kind="request", category=thing)
    if await offer_request(turn, said, reading, found):
        return
    if not await offer_answer(turn, said, found):
        question = await note(turn, text, found, "handoff")
        await ask_which(turn, {**said, "question": question.id})


async def receive(turn: Turn) -> None:
    """More words where a press was waited for. Of what is not settled they are a part, if they
    mean nothing by themselves."""
    before, now = recall(turn), tell(turn.inbound)
    if says_nothing(now):
        await turn.say(texts.SAY_IN_WORDS)
        return
    if turn.session.scene == "faq":
        part: Said | None = None
    else:
        part = before and {key: before[key] for key in ("words", "attachments", "ids")}
    if not await consented(turn):
        if await answer_stranger(turn):
            keep_waiting(turn, before if part else None)
        elif await turn.work.threads.open_ones(turn.viewer):
            await ask_which(turn, join(part, now) if part else now)
        else:
            await show_menu(turn)
        return
    if before is None or part is None:
        await settle_by_thanks(turn, before, now)
        await sort_out(turn, now)
        return
    answered = turn.session.state.get("asked")
    if answered and find_courtesy(now["words"]) == "thanks":
        await settle_by_thanks(turn, answered, now)
        turn.session.state.pop("asked")
        await turn.say(faq.by_chance(turn, words.THANKS))
        if before.get("to_which"):
            await ask_which(turn, before)
        return
    alone = await look_up(turn, now["words"]) if now["words"] else None
    if alone is not None and alone.decision == "answer":
        await offer_answer(turn, {**now}, alone)
        keep_waiting(turn, before)
        return
    said = join(part, now)
    case = find_own_case(said["words"])
    if "case" in before:  # that was answered by its card: the same words would show it again
        case = find_own_case(now["words"])
        case = case if case and case.number is not None else None
    await sort_by(turn, said, case)


async def settle_by_thanks(turn: Turn, before: Said | None, now: Said) -> None:
    """«Спасибо» under an answer says that it helped."""
    if before and before.get("question") and find_courtesy(now["words"]) == "thanks":
        question = await faq.own_question(turn, before["question"])
        await turn.work.articles.settle(question, "helped")


async def answer_stranger(turn: Turn) -> bool:
    """Somebody without consent is answered what is known, and nothing is kept of them. False where
    there is no answer."""
    said = tell(turn.inbound)
    if not said["words"] or said["attachments"]:
        return False
    reading = read(said["words"])
    if find_courtesy(said["words"], reading.category):
        return False
    found = await look_up(turn, said["words"])
    if found.decision == "suggest" and reading.kind != "question":
        return False
    if reading.kind in ("request", "complaint") and reading.category not in NO_THING:
        return False
    return await offer_answer(turn, said, found)


# ── One's own case ───────────────────────────────────────────────────────────


async def open_own_case(turn: Turn, said: Said, case: OwnCase) -> bool:
    """The request somebody asks about, with buttons to ask of it, and others where the words were
    misread."""
    person = button(words.PERSON, "talk/new")
    if case.number is not None:
        try:
            ticket = await turn.work.tickets.of_number(turn.viewer, case.number)
        except (NotYours, NotFound):
            turn.work.audit.note(turn.viewer.name, "refused", f"number:{case.number}")
            remember(turn, "which", {**said, "case": 0})
            await turn.say(words.no_such_number(case.number), [[person]])
            return True
    else:
        own = await turn.work.tickets.of_resident(turn.viewer, most=1)
        if not own or own[0].status in ENDED:
            return False
        ticket = own[0]
    remember(turn, "which", {**said, "case": ticket.id})
    ask = [button(words.ASK_ABOUT_TICKET, f"talk/to/{ticket.thread_id}")]
    other = [button(words.ANOTHER_THEME, "guess/theme")] if await consented(turn) else []
    await tickets.show(turn, ticket.id, [ask, [*other, person]])
    return True


# ── Kind words and others ────────────────────────────────────────────────────


async def answer_courtesy(turn: Turn, said: Said, reading: Reading) -> bool:
    """Never an article. What staff should hear is offered to be passed on."""
    courtesy = find_courtesy(said["words"], reading.category)
    if not courtesy and reading.kind == "gratitude" and "?" not in said["words"]:
        remember(turn, "which", said)
        await turn.say(
            faq.by_chance(turn, words.PRAISE), [[button(words.TO_STAFF, "talk/new")]]
        )  # fmt: skip
        return True
    if not courtesy:
        return False
    if courtesy in ("insult", "chat"):
        remember(turn, "which", said)
        company = await turn.work.company.profile()
        variants = words.INSULTS if courtesy == "insult" else words.chat(company)
        await turn.say(faq.by_chance(turn, variants), [[button(words.PERSON, "talk/new")]])
        return True
    variants = {
        "greeting": words.GREETINGS, "farewell": words.FAREWELLS, "thanks": words.THANKS,
    }[courtesy]  # fmt: skip
    turn.leave()
    await turn.say(faq.by_chance(turn, variants), await full_menu(turn), standing=True)
    return True


# ── A request ────────────────────────────────────────────────────────────────


async def offer_request(turn: Turn, said: Said, reading: Reading, found: Answers | None) -> bool:
    """The kind that was read, to be confirmed in one press. False where no thing is told of, or
    the company has no such kind."""
    if reading.kind not in ("request", "complaint") or reading.category in NO_THING:
        return False
    work = turn.work
    complex_id = await work.articles.complex_of(turn.viewer)
    kinds = await work.company.categories(complex_id)
    category = likely_kind(kinds, said["words"], reading.category)
    if category is None:
        return False
    places = await work.people.places(turn.viewer)
    last = await work.people.home_of_last_time(turn.viewer)
    place = next((p for p in places if p.home_id == last), places[-1] if places else None)
    where = name_place(place) if place else ""
    key = category.key or category.code
    rows = [[button(words.yes_request(category.title), f"guess/yes/{key}")]]
    rows += await thread_buttons(turn)
    if found is not None and found.articles:
        question = await note(turn, said["words"], found, "suggest")
        said = {**said, "question": question.id}
        article = found.articles[0]
        rows.append([article_button(article, question)])
    rows.append([button(words.ANOTHER_THEME, "guess/theme")])
    rows.append([button(words.PERSON, "talk/new")])
    remember(turn, "which", said)
    await turn.say(words.offer_request(said["words"], category.title, where), rows)
    return True


# ── An answer ────────────────────────────────────────────────────────────────


async def look_up(turn: Turn, text: str) -> Answers:
    complex_id = await faq.complex_of(turn)
    found = await turn.work.articles.ask(complex_id, text)
    if found is None or found.decision == "handoff":
        return Answers("handoff", [], complex_id)
    offered = {article.called: article for article in await faq.offered(turn)}
    likely = [each for each in found.answers if each.score >= LEAST] or found.answers[:1]
    articles = [offered[each.id] for each in likely if each.id in offered]
    return Answers(found.decision if articles else "handoff", articles, complex_id)


async def offer_answer(turn: Turn, said: Said, found: Answers) -> bool:
    """Sure: the answer. Likely: up to three questions and «Другое»."""
    if found.decision == "answer":
        question = await note(turn, said["words"], found, "answer")
        await faq.answer(turn, found.articles[0], question, said)
        return True
    if found.decision == "suggest":
        question = await note(turn, said["words"], found, "suggest")
        rows = [[article_button(each, question)] for each in found.articles[:MOST_OFFERED]]
        rows += await thread_buttons(turn)
        rows.append([button(words.OTHER, f"faq/other/{question.id}")])
        remember(turn, "which", {**said, "question": question.id})
        await turn.say(words.suggest(said["words"]), rows)
        return True
    return False


async def thread_buttons(turn: Turn) -> list[list[Button]]:
    """What goes on with staff: the words may belong there."""
    if not await consented(turn):
        return []
    threads = await turn.work.threads.open_ones(turn.viewer)
    return [
        [button(texts.thread_label(thread, ticket), f"talk/to/{thread.id}")]
        for thread, ticket in threads[:MOST_THREADS]
    ]


def article_button(article: Article, question: Question) -> Button:
    return button(words.label(article.question), f"faq/read/{question.id}/{article.called}")


async def note(turn: Turn, text: str, found: Answers, decision: str) -> Question:
    most = {"answer": 1, "suggest": MOST_OFFERED, "handoff": 0}[decision]
    shown = [article.called for article in found.articles[:most]]
    return await turn.work.articles.note(
        turn.viewer,
        text,
        decision,
        shown=shown,
        chosen=shown[0] if decision == "answer" else "",
        complex_id=found.complex_id,
        anonymous=not await consented(turn),
    )
