"""`/articles`, for admins: what residents are answered at once, whether it helps, and every change
of it. In a room of staff `/faq` is the same."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

from handlers.staff import articles_drafts, articles_questions, articles_typing
from handlers.staff import articles_texts as words
from handlers.staff.articles_shown import (
    Rows,
    button,
    keyboard,
    show_article,
    show_places,
    toggled,
)
from handlers.staff.turn import StaffTurn
from services.editorial import Kept
from services.errors import NotYours, Refused
from services.messaging.types import Button

ON_PAGE = 8


async def articles(turn: StaffTurn) -> None:
    """`/articles`, `/articles СЛОВО`, `/articles КОД`, `/articles вопросы`, `/articles новая …`,
    `/articles ответ КОД …`."""
    await articles_typing.forget(turn)
    if turn.viewer.role != "admin":
        turn.work.audit.note(turn.viewer.name, "refused", turn.command)
        await turn.say(words.NOT_ALLOWED)
        return
    first, rest = cut(turn.rest)
    word = first.lower()
    if not first:
        await show_home(turn)
    elif word in words.VIEWS and not rest:
        await VIEWS[words.VIEWS[word]](turn, 0)
    elif word in words.NEW_WORDS:
        await begin(turn, rest)
    elif word in words.FIELDS and rest and await set_by_command(turn, words.FIELDS[word], rest):
        return
    else:
        await search(turn)


def cut(words: str) -> tuple[str, str]:
    """The first word, and all that follows with its lines."""
    parts = words.split(None, 1)
    return (parts[0], parts[1].strip() if len(parts) > 1 else "") if parts else ("", "")


async def begin(turn: StaffTurn, question: str) -> None:
    if question:
        await articles_typing.set_field(turn, "new", 0, "question", question)
    else:
        await articles_typing.ask(turn, "new", 0, "new")


async def set_by_command(turn: StaffTurn, field: str, rest: str) -> bool:
    """`ответ pay Текст`, `ответ ч12 Текст`. False when no article is called so: then it is a
    search."""
    handle, text = cut(rest)
    number = handle.lower().removeprefix("ч")
    if handle.lower().startswith("ч") and number.isdecimal() and len(number) < 18:
        kind, ident = "draft", int(number)
    else:
        kept = await turn.work.editorial.by_key(turn.viewer, handle.lower())
        if kept is None:
            return False
        kind, ident = "article", kept.row.id
    if text:
        await articles_typing.set_field(turn, kind, ident, field, text)
    else:
        await articles_typing.ask(turn, kind, ident, field)
    return True


# ── Lists ────────────────────────────────────────────────────────────────────


async def show_home(turn: StaffTurn, _: int = 0) -> None:
    kept = await turn.work.editorial.every(turn.viewer)
    gaps = len(await turn.work.growth.gaps(turn.viewer))
    drafts = len(await turn.work.article_drafts.open_ones(turn.viewer))
    rows: list[list[Button]] = []
    if gaps:
        rows.append([button(words.gaps_button(gaps), "gaps")])
    if drafts:
        rows.append([button(words.drafts_button(drafts), "drafts")])
    for topic, first, count in topics_of(kept):
        rows.append([button(f"{topic} · {count}", "topic", first.row.id)])
    rows.append([button(words.WORST, "worst")])
    rows.append([button(words.NEW, "newarticle"), button(words.GONE, "gonearticles")])
    await turn.say(words.home(kept, gaps, drafts), keyboard(rows))


def topics_of(kept: Sequence[Kept]) -> list[tuple[str, Kept, int]]:
    """Name, its first article and how many it has, in the company's order."""
    found: dict[str, list[Kept]] = {}
    for each in kept:
        found.setdefault(each.article.topic or words.NO_TOPIC, []).append(each)
    return [(topic, members[0], len(members)) for topic, members in found.items()]


async def show_topic(turn: StaffTurn, ident: int) -> None:
    """The topic of that article."""
    topic = (await turn.work.editorial.get(turn.viewer, ident)).article.topic
    kept = [e for e in await turn.work.editorial.every(turn.viewer) if e.article.topic == topic]
    await show_page(turn, topic or words.NO_TOPIC, kept, ("topic", ident))


async def show_worst(turn: StaffTurn, _: int = 0) -> None:
    await show_page(
        turn, words.WORST, await turn.work.editorial.worst_first(turn.viewer), ("worst", 0)
    )


async def show_gone(turn: StaffTurn, _: int = 0) -> None:
    kept = await turn.work.editorial.every(turn.viewer, withdrawn=True)
    await show_page(turn, words.GONE, kept, ("gonearticles", 0))


async def show_page(
    turn: StaffTurn, title: str, kept: Sequence[Kept], path: tuple[str, int]
) -> None:
    """`path`: of the press that brought here; the page is its last part."""
    if not kept:
        await turn.say(words.NOTHING_FOUND)
        return
    page = min(argument_of(turn), (len(kept) - 1) // ON_PAGE)
    first = page * ON_PAGE
    shown = kept[first : first + ON_PAGE]
    steps = []
    if page:
        steps.append(button(words.BACK, *path, page - 1))
    if first + ON_PAGE < len(kept):
        steps.append(button(words.MORE, *path, page + 1))
    rows = [*rows_of(shown), steps, [button(words.TO_ALL, "articles")]]
    await turn.say(words.listed(title, shown, first, len(kept)), keyboard(rows))


def rows_of(kept: Sequence[Kept]) -> Rows:
    return [[button(words.short(each.article.question), "article", each.row.id)] for each in kept]


async def search(turn: StaffTurn) -> None:
    found = await turn.work.editorial.find(turn.viewer, turn.rest)
    if not found:
        await turn.say(words.NOTHING_FOUND)
    elif len(found) == 1:
        await show_article(turn, found[0])
    else:
        shown = found[:ON_PAGE]
        await turn.say(words.found(turn.rest, shown, len(found)), keyboard(rows_of(shown)))


# ── Presses ──────────────────────────────────────────────────────────────────


def argument_of(turn: StaffTurn) -> int:
    """The number behind the id and, where there is one, the verb: `staff/topic/12/2`,
    `staff/article/12/place/3`."""
    last = turn.pressed.split("/")[3:]
    return int(last[-1]) if last and last[-1].isdecimal() and len(last[-1]) < 18 else 0


async def press_list(turn: StaffTurn, ident: int) -> None:
    await articles_typing.forget(turn)
    await LISTS[turn.pressed.split("/")[1]](turn, ident)


async def press_new(turn: StaffTurn, _: int) -> None:
    await articles_typing.forget(turn)
    await begin(turn, "")


async def press_article(turn: StaffTurn, ident: int) -> None:
    """`staff/article/ID/VERB/ARGUMENT`; without a verb it is shown. Raises `NotYours`."""
    await articles_typing.forget(turn)
    verb = [*turn.pressed.split("/"), ""][3]
    editorial, viewer = turn.work.editorial, turn.viewer
    kept = await editorial.get(viewer, ident)
    try:
        match verb:
            case "":
                await show_article(turn, kept)
            case "question" | "answer" | "phrases" | "topic" | "picture":
                await articles_typing.ask(turn, "article", ident, verb)
            case "complexes":
                await show_places(turn, "article", ident, kept.article.complexes)
            case "place":
                chosen = await toggled(turn.work, kept.article.complexes, argument_of(turn))
                kept = await editorial.change(viewer, ident, "complexes", chosen)
                await show_places(turn, "article", ident, kept.article.complexes)
            case "nopicture":
                await show_article(
                    turn, await editorial.set_picture(viewer, ident, None), words.CHANGED
                )
            case "withdraw":
                await show_article(turn, await editorial.withdraw(viewer, ident), words.WITHDRAWN)
            case "restore":
                await show_article(turn, await editorial.restore(viewer, ident), words.RESTORED)
            case _:
                raise NotYours
    except NotYours:
        raise
    except Refused as refused:
        await turn.say(articles_typing.explain(refused))


Hears = Callable[[StaffTurn, int], Awaitable[None]]
LISTS: dict[str, Hears] = {
    "articles": show_home,
    "topic": show_topic,
    "worst": show_worst,
    "gonearticles": show_gone,
    "gaps": articles_questions.show_gaps,
    "drafts": articles_drafts.show_drafts,
}
VIEWS: dict[str, Hears] = {
    "gaps": articles_questions.show_gaps,
    "drafts": articles_drafts.show_drafts,
    "gone": show_gone,
    "worst": show_worst,
}
OF_ADMINS: dict[str, Hears] = {
    **dict.fromkeys(LISTS, press_list),
    "newarticle": press_new,
    "article": press_article,
    "stoptyping": articles_typing.stop,
    "draft": articles_drafts.press,
    "gap": articles_questions.write_answer,
    "phrases": articles_questions.add_phrases,
    "nophrases": articles_questions.skip_phrases,
}


async def press(turn: StaffTurn, ident: int) -> None:
    """Raises `NotYours` for what is not there; who is no admin is told who may."""
    if turn.viewer.role == "admin":
        await OF_ADMINS[turn.pressed.split("/")[1]](turn, ident)
        return
    turn.work.audit.note(turn.viewer.name, "refused", turn.pressed[:64])
    await turn.say(words.NOT_ALLOWED)


PRESSES: dict[str, Hears] = {
    **dict.fromkeys(OF_ADMINS, press),
    "learn": articles_drafts.learn_answer,
    "learnall": articles_drafts.learn_thread,
}
