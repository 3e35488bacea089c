"""How a request ends: the rating, and the question to a silent resident."""

from __future__ import annotations

import re

from handlers import notices, posts
from handlers.dialogue.said import says_nothing, tell
from handlers.dialogue.turn import Rows, Turn, split_action
from handlers.resident import closing_texts as words
from handlers.resident import texts
from handlers.resident.consent import button
from handlers.resident.passing import add_to
from handlers.staff import closing_texts as to_staff
from services.errors import AlreadySo, NotDone, NotYours
from services.ratings import LOW, STARS
from services.tables import Ticket
from services.tickets import ENDED

FREE = ("", "talk", "rating", "faq")  # scenes in which nothing of ours waits for an answer


# ── Rating ───────────────────────────────────────────────────────────────────


async def press_rating(turn: Turn) -> None:
    """`rate/1…5/TICKET`, `rate/skip/RATING`. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what == "skip":
        await turn.work.ratings.get(turn.viewer, ident)
        if turn.session.scene == "rating":
            step_aside(turn)
            await turn.say(words.COMMENT_SKIPPED)
    elif re.fullmatch("[1-5]", what):
        await rate(turn, ident, int(what))
    else:
        raise NotYours


async def rate(turn: Turn, ticket_id: int, stars: int) -> None:
    """Thanks, tells staff, and asks for a few words unless another question is open."""
    try:
        rating, ticket = await turn.work.ratings.rate(turn.viewer, ticket_id, stars)
    except AlreadySo:
        await turn.say(words.RATED_SAME)
        return
    except NotDone:
        await turn.say(words.NOT_DONE_YET)
        return
    again = len(await turn.work.ratings.of_ticket(ticket)) > 1
    thread = await turn.work.threads.of_ticket(ticket)
    low = stars <= LOW
    line = to_staff.rated(ticket, stars, again=again)
    await notices.tell_staff(turn.work, thread, line, aside=not low)
    thanks = words.thanks(stars, again=again, low=low)
    rows = [*not_solved(ticket)] if low else []
    session = turn.session
    if session.scene not in FREE:
        await turn.say(thanks, rows, header=texts.ticket_header(ticket))
        return
    before = session.state.get("before") if session.scene == "rating" else None
    if session.scene == "talk":
        before = session.state
    turn.go("rating", rating=rating.id, before=before)
    rows.insert(0, [button(words.SKIP_COMMENT, f"rate/skip/{rating.id}")])
    await turn.say(f"{thanks}\n\n{words.ASK_COMMENT}", rows, header=texts.ticket_header(ticket))


def step_aside(turn: Turn) -> None:
    """Nobody waits for a comment any more; the conversation before it goes on."""
    before = turn.session.state.get("before")
    if before is None:
        turn.leave()
    else:
        turn.go("talk", **before)


def goes_elsewhere(turn: Turn, action: str) -> bool:
    """Whether this command or press ends the waiting for a comment. `action`: what typed words
    stand for."""
    action = turn.pressed or action
    return not action.startswith("rate/") if action else turn.text.startswith("/")


async def receive_comment(turn: Turn) -> None:
    """The scene `rating`: the next words are the comment. An answer to what staff asked in the
    meantime, or a photo, belongs to the conversation instead."""
    rating = await turn.work.ratings.get(turn.viewer, turn.session.state["rating"])
    ticket = await turn.work.tickets.get(turn.viewer, rating.ticket_id)
    thread = await turn.work.threads.of_ticket(ticket)
    said = tell(turn.inbound)
    if says_nothing(said):
        await turn.say(words.COMMENT_IN_WORDS)
        return
    if said["attachments"] or (thread.last_by == "member" and thread.last_at > rating.at):
        await add_to(turn, thread, said)
        return
    await turn.work.ratings.comment(turn.viewer, rating.id, said["words"])
    line = to_staff.commented(ticket, rating.stars, said["words"])
    await notices.tell_staff(turn.work, thread, line)
    step_aside(turn)
    await turn.say(words.COMMENT_TAKEN, not_solved(ticket) if rating.stars <= LOW else ())


async def rate_by_word(turn: Turn) -> bool:
    """A bare figure right after «Оцените, пожалуйста, работу», typed instead of pressed."""
    if turn.text not in map(str, STARS) or turn.session.scene not in ("", "talk"):
        return False
    ticket = await turn.work.ratings.awaited(turn.viewer)
    here = turn.session.state.get("thread")
    if ticket is None or (turn.session.scene == "talk" and here != ticket.thread_id):
        return False
    await rate(turn, ticket.id, int(turn.text))
    return True


def not_solved(ticket: Ticket) -> Rows:
    return [[button(texts.NOT_SOLVED, f"ticket/reopen/{ticket.id}")]]


# ── Silence ──────────────────────────────────────────────────────────────────


async def press_need(turn: Turn) -> None:
    """`need/yes|no/TICKET`, under the question to a silent resident. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what not in ("yes", "no"):
        raise NotYours
    ticket = await turn.work.tickets.get(turn.viewer, ident, lock=True)
    header = texts.ticket_header(ticket)
    if ticket.status in ENDED:
        await turn.say(words.ALREADY_ENDED, not_solved(ticket), header=header)
        return
    thread = await turn.work.threads.of_ticket(ticket)
    if what == "yes":
        if turn.session.scene in FREE:
            turn.go("talk", thread=thread.id, chosen=True)
        await notices.tell_staff(turn.work, thread, to_staff.still_needed(ticket))
        await turn.say(words.KEPT_OPEN, header=header)
        return
    await turn.work.tickets.move(turn.viewer, ticket, "done")
    await notices.tell_staff(turn.work, thread, to_staff.not_needed(ticket))
    await posts.refresh_card(turn.work, thread)
    await turn.say(words.CLOSED_BY_YOU, not_solved(ticket), header=header)
