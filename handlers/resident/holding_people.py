"""«Кто видит счёт»: whom an owner lets look, and how people leave. `hold/WHAT/ID`."""

from __future__ import annotations

from handlers import holding_notices, holding_posts
from handlers.dialogue.turn import Turn, split_action
from handlers.resident import holding_texts as words
from handlers.resident.consent import button
from handlers.resident.holding import begin
from handlers.resident.menu import show_menu
from services.errors import AlreadySo, NotYours, StaleButton
from services.messaging.types import Button
from services.tables import Account, Holding


async def press(turn: Turn) -> None:
    """Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what == "begin":
        await begin(turn)
    elif what in PRESSES:
        try:
            await PRESSES[what](turn, ident)
        except AlreadySo:
            await turn.say(words.SETTLED)
    else:
        raise NotYours


async def show(turn: Turn, account_id: int) -> None:
    work = turn.work
    if await work.sharing.asks_before(turn.viewer, account_id):
        turn.leave()
        await turn.say(words.ASK_BEFORE, holding_notices.ask_before(account_id))
        return
    holders = await work.sharing.people(turn.viewer, account_id)
    account = await work.session.get_one(Account, account_id)
    turn.leave()
    mine = next(each for each in holders if each.resident_id == turn.viewer.resident_id)
    lines, rows = [], []
    for each in holders:
        name = (await work.people.resident(each.resident_id)).name or ""
        me = each is mine
        lines.append(words.person(name, each.role, me=me, sees=each.sees_money))
        if mine.role == "owner" and each.role != "owner":
            rows += buttons_for(each, name)
    if mine.role == "owner" and mine.sees_money:
        rows.append([button(words.INVITE_FAMILY, f"hold/family/{account_id}")])
        rows.append([button(words.INVITE_TENANT, f"hold/tenant/{account_id}")])
    rows.append([button(words.LEAVE, f"hold/leave/{account_id}")])
    rows.append([holding_notices.TO_ACCOUNT])
    await turn.say(words.people(account.place, lines), rows, header=words.HEADER)


def buttons_for(holding: Holding, name: str) -> list[list[Button]]:
    if holding.sees_money:
        money = button(words.hide_label(name), f"hold/hide/{holding.id}")
    else:
        money = button(words.show_label(name), f"hold/see/{holding.id}")
    return [[money], [button(words.go_label(name), f"hold/letgo/{holding.id}")]]


async def let_see(turn: Turn, holding_id: int, *, sees: bool) -> None:
    holding = await turn.work.sharing.let_see(turn.viewer, holding_id, sees=sees)
    await holding_notices.tell(turn.work, holding.resident_id, words.told_seen(sees=sees))
    await show(turn, holding.account_id)


async def see(turn: Turn, holding_id: int) -> None:
    await let_see(turn, holding_id, sees=True)


async def hide(turn: Turn, holding_id: int) -> None:
    await let_see(turn, holding_id, sees=False)


async def let_go(turn: Turn, holding_id: int) -> None:
    holding = await turn.work.sharing.let_go(turn.viewer, holding_id)
    await holding_notices.tell_ended(turn.work, [holding])
    await turn.say(words.LET_GO)
    await show(turn, holding.account_id)


async def invite_family(turn: Turn, account_id: int) -> None:
    code = await turn.work.codes.invite(turn.viewer, account_id, "family")
    await turn.say(words.invited(code, "family"))


async def invite_tenant(turn: Turn, account_id: int) -> None:
    code = await turn.work.codes.invite(turn.viewer, account_id, "tenant")
    await turn.say(words.invited(code, "tenant"))


async def ask_leave(turn: Turn, account_id: int) -> None:
    await turn.work.holdings.get(turn.viewer, account_id)
    rows = [
        [button(words.YES_LEAVE, f"hold/left/{account_id}")],
        [button(words.KEEP, f"hold/people/{account_id}")],
    ]
    await turn.say(words.SURE_LEAVE, rows)


async def offer_to_leave(turn: Turn, flat_id: int | None) -> None:
    """Whoever gives up an address may hold an account there, which is a thing of its own."""
    held = await turn.work.holdings.of(turn.viewer)
    here = [each for each in held if flat_id is not None and each.flat_id == flat_id]
    rows = [
        [
            button(
                words.leave_label(each.kind if len(here) > 1 else ""),
                f"hold/leave/{each.account_id}",
            )
        ]
        for each in here
    ]
    if rows:
        await turn.say(words.OFFER_LEAVE, rows)


async def leave(turn: Turn, account_id: int) -> None:
    gone = await turn.work.sharing.leave(turn.viewer, account_id)
    await holding_notices.tell_ended(turn.work, gone)
    await show_menu(turn, words.LEFT)


async def before_gone(turn: Turn, account_id: int) -> None:
    await settle_before(turn, account_id, gone=True)


async def before_stays(turn: Turn, account_id: int) -> None:
    await settle_before(turn, account_id, gone=False)


async def settle_before(turn: Turn, account_id: int, *, gone: bool) -> None:
    mine = await turn.work.holdings.get(turn.viewer, account_id, owner=True)
    if await turn.work.claims.disputed(mine):
        await turn.say(words.WAITS_FOR_STAFF)
        return
    try:
        went = await turn.work.sharing.settle_before(turn.viewer, account_id, gone=gone)
    except StaleButton:
        await turn.say(words.TOO_LATE)
        return
    await holding_notices.tell_succeeded(turn.work, went, mine)
    text = words.BEFORE_WENT if gone else words.BEFORE_STAYED
    await turn.say(text, [[holding_notices.TO_ACCOUNT]])


async def not_me(turn: Turn, holding_id: int) -> None:
    """«Это не я», of whoever held the account before."""
    claim = await turn.work.claims.doubt(turn.viewer, holding_id)
    await holding_posts.post_claim(turn.work, turn.viewer, claim)
    await holding_notices.tell(turn.work, claim.resident_id, words.CLOSED_FOR_NOW)
    await turn.say(words.DOUBTED)


PRESSES = {
    "people": show,
    "see": see,
    "hide": hide,
    "letgo": let_go,
    "family": invite_family,
    "tenant": invite_tenant,
    "leave": ask_leave,
    "left": leave,
    "gone": before_gone,
    "both": before_stays,
    "notme": not_me,
}
