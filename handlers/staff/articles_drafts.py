"""«В вопросы»: a member's answer becomes a draft of an article, which an admin reviews."""

from __future__ import annotations

from handlers.dialogue.turn import plain
from handlers.staff import articles_texts as words
from handlers.staff import articles_typing
from handlers.staff.articles_shown import button, draft_card, show_draft, show_places, toggled
from handlers.staff.turn import StaffTurn
from services.errors import NothingSaid, NotYours, Refused
from services.messaging.types import Button, Kind
from services.tables import ArticleDraft, Message, Thread
from services.work import Work

LEARNING = (plain(words.LEARN), "в вопрос", "в вопросы и ответы")


def is_learning(turn: StaffTurn) -> bool:
    """Words that never leave for a resident."""
    return plain(turn.text) in LEARNING and not turn.inbound.attachments


async def offer_learning(work: Work, thread: Thread) -> tuple[Button, ...]:
    """For under the line that closes a thread; none where nobody has answered in words."""
    if await work.article_drafts.best_answer(thread) is None:
        return ()
    return (button(words.LEARN, "learnall", thread.id),)


async def learn(turn: StaffTurn, quoted: Message | None) -> None:
    """Typed in a thread: of the answer that it replies to, else of the member's own longest."""
    assert turn.thread is not None
    message = quoted if quoted is not None and quoted.by == "member" else None
    if message is None:
        message = await turn.work.article_drafts.best_answer(turn.thread, turn.member.id)
    await draw_up(turn, message)


async def learn_answer(turn: StaffTurn, message_id: int) -> None:
    """Raises `NotYours`."""
    message = await turn.work.threads.message(message_id)
    if message is None:
        raise NotYours
    await turn.turn_to(await turn.work.threads.get(turn.viewer, message.thread_id))
    await draw_up(turn, message)


async def learn_thread(turn: StaffTurn, thread_id: int) -> None:
    """Under the line that closes it. Raises `NotYours`."""
    thread = await turn.work.threads.get(turn.viewer, thread_id)
    await turn.turn_to(thread)
    await draw_up(turn, await turn.work.article_drafts.best_answer(thread))


async def draw_up(turn: StaffTurn, message: Message | None) -> None:
    if message is None:
        await turn.say(words.NO_ANSWER_YET)
        return
    try:
        draft, new = await turn.work.article_drafts.of_answer(turn.viewer, message)
    except (NotYours, NothingSaid):
        await turn.say(words.NOT_AN_ANSWER)
        return
    if turn.viewer.role == "admin" and draft.ended_at is None:
        await show_draft(turn, draft)
        return
    await turn.say(words.drafted(draft, new=new))
    if new:
        await show_to_admins(turn, draft)


async def show_to_admins(turn: StaffTurn, draft: ArticleDraft) -> None:
    """Each in private, whoever has written to the bot; the others find it in `/articles`."""
    what = await draft_card(turn.work, draft)
    for member_id in await turn.work.growth.admins():
        to = await turn.work.growth.address_of(member_id)
        if to is not None:
            await turn.work.outbox.say(to, what, Kind.NOTICE)


async def show_drafts(turn: StaffTurn, _: int = 0) -> None:
    """Raises `NotYours`."""
    drafts = await turn.work.article_drafts.open_ones(turn.viewer)
    if not drafts:
        await turn.say(words.NO_DRAFTS)
        return
    for draft in drafts[:5]:
        await show_draft(turn, draft)


async def press(turn: StaffTurn, ident: int) -> None:
    """`staff/draft/ID/VERB/ARGUMENT`; without a verb it is shown. Raises `NotYours`."""
    await articles_typing.forget(turn)
    parts = [*turn.pressed.split("/"), "", ""]
    verb, argument = parts[3], parts[4]
    drafts, viewer = turn.work.article_drafts, turn.viewer
    draft = await drafts.get(viewer, ident)
    try:
        match verb:
            case "":
                await show_draft(turn, draft)
            case _ if draft.ended_at is not None:
                await turn.say(words.GONE_ALREADY)
            case "question" | "answer" | "phrases" | "topic":
                await articles_typing.ask(turn, "draft", ident, verb)
            case "complexes":
                await show_places(turn, "draft", ident, draft.content["complexes"])
            case "place" if argument.isdecimal() and len(argument) < 18:
                chosen = await toggled(turn.work, draft.content["complexes"], int(argument))
                draft = await drafts.change(viewer, ident, "complexes", chosen)
                await show_places(turn, "draft", ident, draft.content["complexes"])
            case "publish":
                await turn.say(words.published((await drafts.publish(viewer, ident)).key))
            case "drop":
                await drafts.drop(viewer, ident)
                await turn.say(words.DROPPED)
            case _:
                raise NotYours
    except NotYours:
        raise
    except Refused as refused:
        await turn.say(articles_typing.explain(refused))
