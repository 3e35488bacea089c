"""What staff mark of a debt in a resident's thread: settled, an instalment until a day, a dispute.
No sum and no number of an account is said there."""

from __future__ import annotations

import calendar
from collections.abc import Awaitable, Callable
from datetime import date, datetime, time, timedelta
from functools import partial

from handlers import mailings, posts
from handlers import owing_staff_texts as words
from handlers.dialogue.turn import plain
from handlers.staff.turn import StaffTurn
from services.accounts.marks import MAY_MARK, MarkKind
from services.errors import AlreadySo
from services.tables import Account, AccountMark
from services.understanding.saying.spans import read_span

NO = frozenset({"нет", "снять", "конец", "отмена", "разобрались", "no"})


async def instalment(turn: StaffTurn) -> None:
    """`/instalment` shows, `/instalment 31.12` sets, `/instalment нет` ends."""
    await command(turn, "instalment")


async def dispute(turn: StaffTurn) -> None:
    """`/dispute` sets it, `/dispute нет` ends it."""
    await command(turn, "dispute")


async def command(turn: StaffTurn, kind: MarkKind) -> None:
    if turn.thread is None:
        await turn.say(words.NO_THREAD_HERE)
        return
    if not await may(turn):
        return
    if plain(turn.rest) in NO:
        standing = [m for m in await turn.work.marks.of_thread(turn.thread) if m.kind == kind]
        for mark in standing:
            await turn.work.marks.end(turn.viewer, mark)
        await finish(turn, words.ended(turn.member.name) if standing else "")
    elif kind == "dispute":
        await put(turn, kind, None)
    elif not turn.rest:
        await show(turn)
    elif (until := await read_day(turn)) is None:
        await turn.say(words.NO_DAY)
    else:
        await put(turn, kind, until)


async def may(turn: StaffTurn) -> bool:
    if turn.viewer.role in MAY_MARK and not turn.member.trainee:
        return True
    await turn.say(words.MAY_NOT)
    return False


async def read_day(turn: StaffTurn) -> date | None:
    """By the company's clock; not one that is over."""
    now = await turn.work.company.local(turn.work.now)
    for typed in (turn.rest, f"{turn.rest} в 12:00"):
        span = read_span(typed, now)
        moment = (span.since or span.until) if span else None
        if moment is not None and moment.date() >= now.date():
            return moment.date()
    return None


async def show(turn: StaffTurn) -> None:
    assert turn.thread is not None
    standing = await turn.work.marks.of_thread(turn.thread)
    if not standing:
        await turn.say(f"{words.NOTHING_STANDS} {words.NO_DAY}")
        return
    for mark in standing:
        until = ""
        if mark.until is not None:
            until = f"{await turn.work.company.local(mark.until - timedelta(seconds=1)):%d.%m.%Y}"
        rows = words.mark_buttons(mark.id, mark.kind)
        await turn.say(words.standing(mark.kind, until), mailings.keyboard_of(rows))


async def put(turn: StaffTurn, kind: MarkKind, until: date | None) -> None:
    assert turn.thread is not None
    accounts = await turn.work.marks.accounts_of(turn.thread)
    if not accounts:
        await turn.say(words.NO_ACCOUNT)
    elif len(accounts) > 1 and len({account.place for account in accounts}) > 1:
        await turn.say(words.WHICH_ACCOUNT)
    else:
        await mark_all(turn, list(accounts), kind, until)


async def mark_all(
    turn: StaffTurn, accounts: list[Account], kind: MarkKind, until: date | None
) -> None:
    assert turn.thread is not None
    ends = await end_of(turn, until) if until else None
    done = 0
    for account in accounts:
        try:
            await turn.work.marks.put(turn.viewer, turn.thread, account.id, kind, ends)
        except AlreadySo:
            continue
        done += 1
    name = turn.member.name
    told = words.instalment_until(f"{until:%d.%m.%Y}", name) if until else words.disputed(name)
    await finish(turn, told if done else "")


async def end_of(turn: StaffTurn, day: date) -> datetime:
    """The midnight after it, of the company."""
    zone = (await turn.work.company.local(turn.work.now)).tzinfo
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)


async def finish(turn: StaffTurn, told: str) -> None:
    assert turn.thread is not None
    if not told:
        await turn.say(words.ALREADY)
        return
    await turn.tell_room(told)
    await posts.refresh_card(turn.work, turn.thread)


async def settle(turn: StaffTurn, ident: int) -> None:
    """«Разобрались». Raises `NotYours`."""
    mark = await marked(turn, ident)
    if mark is None:
        return
    try:
        await turn.work.marks.end(turn.viewer, mark)
    except AlreadySo:
        await turn.say(words.ALREADY)
        return
    await finish(turn, words.ended(turn.member.name))


async def allow_months(turn: StaffTurn, ident: int, *, months: int) -> None:
    """An instalment for so long; a dispute it came of is over. Raises `NotYours`."""
    mark = await marked(turn, ident)
    if mark is None:
        return
    assert turn.thread is not None
    if mark.ended_at is not None:
        await turn.say(words.ALREADY)
        return
    today = (await turn.work.company.local(turn.work.now)).date()
    account = await turn.work.session.get_one(Account, mark.account_id)
    if mark.kind != "instalment":
        await turn.work.marks.end(turn.viewer, mark)
    await mark_all(turn, [account], "instalment", later(today, months))


async def marked(turn: StaffTurn, ident: int) -> AccountMark | None:
    """The turn goes on in the mark's thread."""
    if not await may(turn):
        return None
    mark, thread = await turn.work.marks.get(turn.viewer, ident)
    await turn.turn_to(thread)
    return mark


def later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "oweend": settle,
    **{f"owefor{n}": partial(allow_months, months=n) for n in words.FOR_MONTHS},
}
