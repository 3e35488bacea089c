"""«Лицевой счёт»: what is owed and until when, by month, how to pay, the bill.

Where the company does not show this in a messenger, a one-time link to its own page stands
instead; what the page shows is `handlers.account_page`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from handlers.dialogue.turn import Turn, split_action
from handlers.papers.months import draw_months
from handlers.papers.pay_code import draw_pay_code
from handlers.resident import account_texts as words
from handlers.resident import holding
from handlers.resident.consent import button
from handlers.resident.page_links import give_link
from services.access import AsResident
from services.accounts.holdings import Held
from services.accounts.money import Owed
from services.accounts.paying import address_to_pay, payment_string
from services.company.account_rules import Private, Shown
from services.errors import NotFound, NotYours
from services.messaging.types import Attachment, Button
from services.work import Work

PICTURE = "image/png"
OPENNESS: dict[Shown, int] = {"hide": 0, "link": 1, "show": 2}


async def show(turn: Turn) -> None:
    """`menu/account`: the only account, or which."""
    held = await turn.work.holdings.of(turn.viewer)
    if not held:
        turn.leave()
        await turn.say(words.NOTHING_HELD)
        await holding.begin(turn)
        return
    turn.leave(numbered=len(held) > 1)
    if len(held) == 1:
        await show_one(turn, held[0])
        return
    numbered = await allowed(turn, "balances") == "show"
    rows = [
        [button(words.label(each, numbered=numbered), f"account/show/{each.account_id}")]
        for each in held
    ]
    await turn.say(words.WHICH, [*rows, [another()]])


async def press(turn: Turn) -> None:
    """`account/show|pay|months|bill/ACCOUNT`. Raises `NotYours`."""
    what, ident = split_action(turn.pressed)
    if what == "show" and not ident:
        await show(turn)
        return
    presses = {"show": show_one, "pay": pay, "months": show_months, "bill": give_bill}
    if what not in presses:
        raise NotYours
    held = await held_by(turn.work, turn.viewer, ident)
    if what != "show" and not held.sees_money:
        raise NotYours
    turn.leave()
    await presses[what](turn, held)


async def held_by(work: Work, viewer: AsResident, account_id: int) -> Held:
    for each in await work.holdings.of(viewer):
        if each.account_id == account_id:
            return each
    raise NotYours


async def allowed(turn: Turn, what: Private) -> Shown:
    return await turn.work.showing.allows(turn.contact.channel, what)


async def show_one(turn: Turn, held: Held) -> None:
    if not held.sees_money:
        rows = [[people(held)], [another()]]
        await turn.say(words.NO_MONEY_RIGHTS, rows, header=words.name_account(held))
        return
    besides = [[people(held)], [dispute(held)], [another()]]
    if opener := await shown_more_openly(turn, held):
        besides.insert(0, opener)
    if not await may_show(turn, held, "balances", besides):
        return
    try:
        owed = await turn.work.money.look(turn.viewer, held.account_id)
    except NotFound:
        rows = await rows_of(turn, held, None)
        await turn.say(words.NOTHING_KNOWN, rows, header=words.name_account(held))
        return
    rows = await rows_of(turn, held, owed)
    await turn.say(words.balance(owed), rows, header=words.name_account(owed))


async def shown_more_openly(turn: Turn, held: Held) -> list[Button]:
    """What the company shows here though it does not show the sums."""
    sums, row = OPENNESS[await allowed(turn, "balances")], []
    payable = (await turn.work.company.profile()).accounts.requisites is not None
    if payable and OPENNESS[await allowed(turn, "qr")] > sums:
        row.append(button(words.PAY, f"account/pay/{held.account_id}"))
    bills = OPENNESS[await allowed(turn, "bills")] > sums
    if bills and await turn.work.money.has_bill(turn.viewer, held.account_id):
        row.append(button(words.BILL, f"account/bill/{held.account_id}"))
    return row


async def rows_of(turn: Turn, held: Held, owed: Owed | None) -> list[list[Button]]:
    ident, first, second = held.account_id, [], []
    if owed is not None and owed.to_pay:
        first.append(button(words.PAY, f"account/pay/{ident}"))
    if owed is not None and has_months(owed):
        first.append(button(words.MONTHS, f"account/months/{ident}"))
    shows_bills = await allowed(turn, "bills") != "hide"
    if shows_bills and await turn.work.money.has_bill(turn.viewer, ident):
        second.append(button(words.BILL, f"account/bill/{ident}"))
    second.append(people(held))
    last = [dispute(held)] if owed is not None else []
    return [row for row in (first, second, last, [another()]) if row]


def people(held: Held) -> Button:
    """Whoever holds it without its sums may leave it there, too."""
    return button(words.PEOPLE, f"hold/people/{held.account_id}")


def dispute(held: Held) -> Button:
    return button(words.DISPUTE, f"owe/dispute/{held.account_id}")


def another() -> Button:
    return button(words.ANOTHER, "hold/begin")


def has_months(owed: Owed) -> bool:
    return any(each.billed is not None or each.paid is not None for each in owed.months)


async def may_show(
    turn: Turn, held: Held, what: Private, besides: Sequence[Sequence[Button]] = ()
) -> bool:
    """False after the person was told where to see it instead. `besides`: buttons for then."""
    shown = await allowed(turn, what)
    if shown == "show":
        return True
    if shown == "hide":
        await turn.say(words.hidden(await turn.work.company.profile()), besides)
    else:
        await give_link(turn, "account", held.account_id, words.LINK, besides)
    return False


async def show_months(turn: Turn, held: Held) -> None:
    if not await may_show(turn, held, "balances"):
        return
    owed = await look(turn, held, "months")
    if owed is None:
        return
    if not has_months(owed):
        await turn.say(words.NO_MONTHS)
        return
    picture = await asyncio.to_thread(draw_months, owed.months)
    file = await keep(turn, picture, words.MONTHS_FILE)
    await turn.say(words.by_month(owed.months), header=words.name_account(owed), files=[file])


async def pay(turn: Turn, held: Held) -> None:
    company = await turn.work.company.profile()
    requisites = company.accounts.requisites
    if requisites is None or await allowed(turn, "qr") == "hide":
        await turn.say(words.pay_elsewhere(company))
        return
    if not await may_show(turn, held, "qr"):
        return
    owed = await look(turn, held, "qr")
    if owed is None:
        return
    if not owed.to_pay:
        await turn.say(words.NOTHING_TO_PAY if owed.left_out is None else words.LEFT_OUT)
        return
    code = payment_string(requisites, owed.number, owed.to_pay, owed.month)
    file = await keep(turn, await asyncio.to_thread(draw_pay_code, code), words.CODE_FILE)
    url = address_to_pay(requisites, owed.number, owed.to_pay)
    sum_of = owed.to_pay if await allowed(turn, "balances") == "show" else None
    rows: Sequence[Sequence[Button]] = [[Button(label=words.PAY_ON_SITE, url=url)]] if url else ()
    await turn.say(words.how_to_pay(sum_of, page=bool(url)), rows, files=[file])


async def give_bill(turn: Turn, held: Held) -> None:
    if not await may_show(turn, held, "bills"):
        return
    try:
        month, file = await turn.work.money.bill(turn.viewer, held.account_id)
    except NotFound:
        await turn.say(words.NO_BILL)
        return
    paper = Attachment(
        kind="document", channel=file.channel, handle=file.handle, title=words.bill_file(month),
        mime=file.mime, size=file.size,
    )  # fmt: skip
    await turn.say(words.bill_of(month), files=[paper])


async def look(turn: Turn, held: Held, at: str) -> Owed | None:
    """None after the person was told that nothing is known yet."""
    try:
        return await turn.work.money.look(turn.viewer, held.account_id, at)
    except NotFound:
        await turn.say(words.NOTHING_KNOWN)
        return None


async def keep(turn: Turn, picture: bytes, title: str) -> Attachment:
    """To be sent, and gone some days later."""
    relative, path = turn.work.attachments.new_place()
    await asyncio.to_thread(path.write_bytes, picture)
    return await turn.work.attachments.keep_made(
        relative, title, PICTURE, f"resident:{turn.viewer.resident_id}", kind="photo"
    )
