"""What members decide about accounts: claims, doubts, locks; codes and releases in private."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import holding_notices, notices
from handlers import holding_staff_texts as words
from handlers.resident import holding_texts
from handlers.staff.turn import StaffTurn
from services.accounts.proofs import MAY_DECIDE
from services.errors import AlreadySo, NotFound


async def confirm(turn: StaffTurn, claim_id: int) -> None:
    await decide(turn, claim_id, yes=True)


async def refuse(turn: StaffTurn, claim_id: int) -> None:
    await decide(turn, claim_id, yes=False)


async def decide(turn: StaffTurn, claim_id: int, *, yes: bool) -> None:
    """Raises `NotYours`."""
    work = turn.work
    if may_not(turn):
        await turn.say(words.NOT_ALLOWED)
        return
    try:
        claim, thread = await work.claims.lock(turn.viewer, claim_id)
    except AlreadySo:
        await turn.say(words.SETTLED)
        return
    await turn.turn_to(thread)
    doubted = await work.claims.holding(claim)
    bound = None
    try:
        if yes:
            bound = await work.claims.confirm(turn.viewer, claim)
        else:
            await work.claims.refuse(turn.viewer, claim)
    except NotFound:
        await turn.say(words.NO_ACCOUNT)
        return
    except AlreadySo:
        await turn.say(words.WENT_ALREADY)
        return
    await notices.tell_staff(work, thread, words.decided(yes, turn.member.name))
    tell = holding_notices.tell
    if doubted is not None:
        mine = words.OPEN_AGAIN if yes else words.ENDED_AFTER_DOUBT
        await tell(work, claim.resident_id, mine)
        theirs = words.DOUBT_UNFOUNDED if yes else words.DOUBT_FOUNDED
        await tell(work, thread.resident_id, theirs)
    elif bound is None:
        await tell(work, claim.resident_id, words.REFUSED)
    else:
        await holding_notices.tell_joined(work, bound)
        await tell(work, claim.resident_id, words.CONFIRMED, [[holding_notices.TO_ACCOUNT]])
        if bound.asks_before:
            rows = holding_notices.ask_before(bound.holding.account_id)
            await tell(work, claim.resident_id, holding_texts.ASK_BEFORE, rows)


async def unlock(turn: StaffTurn, try_id: int) -> None:
    """Raises `NotYours`."""
    if may_not(turn):
        await turn.say(words.NOT_ALLOWED)
        return
    try:
        thread = await turn.work.proofs.unlock(turn.viewer, try_id)
    except AlreadySo:
        await turn.say(words.SETTLED)
        return
    await turn.turn_to(thread)
    await turn.tell_room(words.UNLOCKED)
    await holding_notices.tell(turn.work, thread.resident_id, words.UNLOCKED_FOR_YOU)


def may_not(turn: StaffTurn) -> bool:
    return (
        turn.viewer.role not in MAY_DECIDE or turn.member.trainee or turn.viewer.inside is not None
    )


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "holdyes": confirm,
    "holdno": refuse,
    "holdfree": unlock,
}


# ── The accountant, in private ───────────────────────────────────────────────


async def give_code(turn: StaffTurn) -> None:
    """`/code НОМЕР`: shown once. Raises `NotYours`."""
    if not turn.in_private:
        await turn.say(words.ONLY_PRIVATE)
        return
    if not turn.rest:
        await turn.say(words.HOW_CODE)
        return
    try:
        code = await turn.work.codes.give(turn.viewer, turn.rest)
    except NotFound:
        await turn.say(words.NO_SUCH_ACCOUNT)
        return
    days = (await turn.work.company.profile()).accounts.proofs.code_days
    await turn.say(words.code(code, days))


async def release(turn: StaffTurn) -> None:
    """`/release НОМЕР`: whoever held it does no more. Raises `NotYours`."""
    if not turn.rest:
        await turn.say(words.HOW_RELEASE)
        return
    try:
        _, gone = await turn.work.sharing.release(turn.viewer, turn.rest)
    except NotFound:
        await turn.say(words.NO_SUCH_ACCOUNT)
        return
    except AlreadySo:
        await turn.say(words.NOBODY)
        return
    await holding_notices.tell_ended(turn.work, gone, by_staff=True)
    await turn.say(words.released(len(gone)))
