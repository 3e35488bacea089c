"""What members decide about accounts: claims, doubts, locks; codes and releases in private."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handlers import holding_notices, holding_posts, notices
from handlers import holding_staff_texts as words
from handlers.resident import holding_texts
from handlers.staff.turn import StaffTurn
from services.accounts.binding import Bound
from services.accounts.proofs import MAY_DECIDE
from services.errors import AlreadySo, NotFound, NotYours, OwnCase
from services.tables import Holding, HoldingClaim, Thread


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
    except OwnCase:
        await turn.say(words.OWN)
        return
    await turn.turn_to(thread)
    doubt = await work.claims.holding(claim) is not None
    bound, went = None, list[Holding]()
    try:
        if yes:
            bound = await work.claims.confirm(turn.viewer, claim)
        else:
            went = await work.claims.refuse(turn.viewer, claim)
    except NotFound:
        await turn.say(words.NO_ACCOUNT)
        return
    except AlreadySo:
        await turn.say(words.WENT_ALREADY)
        await holding_notices.tell(work, thread.resident_id, words.DOUBT_OVER)
        return
    await tell_decided(turn, thread, words.decided(yes, turn.member.name))
    if doubt:
        await tell_of_doubt(turn, claim, thread, yes=yes)
        await holding_notices.tell_ended(work, went, by_staff=True)
    elif bound is None:
        await holding_notices.tell(work, claim.resident_id, words.REFUSED)
    else:
        await tell_bound(turn, claim, bound)


async def tell_decided(turn: StaffTurn, thread: Thread, text: str) -> None:
    """With the way back, while there is one."""
    buttons = await holding_posts.buttons_of(turn.work, thread)
    await notices.tell_staff(turn.work, thread, text, buttons=buttons)


async def tell_of_doubt(turn: StaffTurn, claim: HoldingClaim, thread: Thread, *, yes: bool) -> None:
    """Whoever went because of the newcomer proves the account again."""
    tell, doubter = holding_notices.tell, thread.resident_id
    mine = words.OPEN_AGAIN if yes else words.ENDED_AFTER_DOUBT
    await tell(turn.work, claim.resident_id, mine)
    if yes:
        await tell(turn.work, doubter, words.DOUBT_UNFOUNDED)
    elif await turn.work.claims.holds(doubter, claim):
        await tell(turn.work, doubter, words.DOUBT_FOUNDED)
    else:
        rows = [[holding_notices.TO_ACCOUNT]]
        await tell(turn.work, doubter, words.DOUBT_FOUNDED_PROVE_AGAIN, rows)


async def tell_bound(turn: StaffTurn, claim: HoldingClaim, bound: Bound) -> None:
    tell, ask = holding_notices.tell, holding_notices.ask_before
    await holding_notices.tell_joined(turn.work, bound)
    rows = [[holding_notices.TO_ACCOUNT]]
    await tell(turn.work, claim.resident_id, words.CONFIRMED, rows)
    if bound.asks_before:
        rows = ask(bound.holding.account_id)
        await tell(turn.work, claim.resident_id, holding_texts.ASK_BEFORE, rows)


async def undo(turn: StaffTurn, claim_id: int) -> None:
    """Who was let in by a decision goes. Raises `NotYours`."""
    work = turn.work
    if may_not(turn):
        await turn.say(words.NOT_ALLOWED)
        return
    try:
        claim, thread = await work.claims.lock(turn.viewer, claim_id, "confirmed")
        await turn.turn_to(thread)
        went = await work.claims.undo(turn.viewer, claim)
    except AlreadySo:
        await turn.say(words.GONE_ALREADY)
        return
    except OwnCase:
        await turn.say(words.OWN)
        return
    await turn.tell_room(words.undone(turn.member.name))
    await holding_notices.tell_ended(work, went, by_staff=True)


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
    except OwnCase:
        await turn.say(words.OWN)
        return
    await turn.turn_to(thread)
    await turn.tell_room(words.UNLOCKED)
    await holding_notices.tell(turn.work, thread.resident_id, words.UNLOCKED_FOR_YOU)


async def say_not_theirs(turn: StaffTurn) -> None:
    turn.work.audit.note(turn.viewer.name, "refused", turn.command[:64])
    await turn.say(words.FOR_MANAGERS)


def may_not(turn: StaffTurn) -> bool:
    return (
        turn.viewer.role not in MAY_DECIDE or turn.member.trainee or turn.viewer.inside is not None
    )


PRESSES: dict[str, Callable[[StaffTurn, int], Awaitable[None]]] = {
    "holdyes": confirm,
    "holdno": refuse,
    "holdoff": undo,
    "holdfree": unlock,
}


# ── The accountant, in private ───────────────────────────────────────────────


async def give_code(turn: StaffTurn) -> None:
    """`/code НОМЕР`: shown once."""
    if not turn.in_private:
        await turn.say(words.ONLY_PRIVATE)
        return
    if not turn.rest:
        await turn.say(words.HOW_CODE)
        return
    try:
        code = await turn.work.codes.give(turn.viewer, turn.rest)
    except NotYours:
        await say_not_theirs(turn)
        return
    except NotFound:
        await turn.say(words.NO_SUCH_ACCOUNT)
        return
    days = (await turn.work.company.profile()).accounts.proofs.code_days
    await turn.say(words.code(code, days))


async def release(turn: StaffTurn) -> None:
    """`/release НОМЕР`: whoever held it does no more."""
    if not turn.in_private:
        await turn.say(words.ONLY_PRIVATE)
        return
    if not turn.rest:
        await turn.say(words.HOW_RELEASE)
        return
    try:
        _, gone = await turn.work.sharing.release(turn.viewer, turn.rest)
    except NotYours:
        await say_not_theirs(turn)
        return
    except NotFound:
        await turn.say(words.NO_SUCH_ACCOUNT)
        return
    except AlreadySo:
        await turn.say(words.NOBODY)
        return
    await holding_notices.tell_ended(turn.work, gone, by_staff=True)
    await turn.say(words.released(len(gone)))
