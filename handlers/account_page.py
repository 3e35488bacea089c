"""What the company's own page shows of an account to whom a one-time link let in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date

from handlers import account_page_texts as words
from handlers.papers.months import draw_months, name_short
from handlers.papers.pay_code import draw_pay_code
from handlers.resident import account_texts
from handlers.wording import name_sum
from services.accounts.paying import address_to_pay, payment_string
from services.company.account_rules import Private
from services.errors import NotFound, NotYours
from services.page_links import Opened
from services.tables import Contact, StoredFile
from services.work import Work


@dataclass(frozen=True)
class AccountPage:
    """`owed` are lines; a row of `months` is a month, what was billed, what was paid. Empty: there
    is no such part."""

    place: str
    owed: tuple[str, ...]
    months: tuple[tuple[str, str, str], ...] = ()
    steps: tuple[str, ...] = ()
    pay_url: str = ""
    bill: str = ""


async def compose(work: Work, opened: Opened) -> AccountPage:
    """Raises `NotYours` where the rights are gone since the link was made. What the company hides
    in the messenger that the person came from is not here either."""
    account_id = account_of(opened)
    sees = await parts_of(work, opened)
    bill = ""
    if "bills" in sees and await work.money.has_bill(opened.viewer, account_id):
        bill = words.BILL
    try:
        owed = await work.money.look(opened.viewer, account_id, "page")
    except NotFound:
        return AccountPage(place="", owed=(account_texts.NOTHING_KNOWN,), bill=bill)
    rules = (await work.company.profile()).accounts
    steps: tuple[str, ...] = ()
    url = ""
    if owed.to_pay and rules.requisites is not None and "qr" in sees:
        steps, url = words.STEPS, address_to_pay(rules.requisites, owed.number, owed.to_pay)
    lines: tuple[str, ...] = ()
    months: tuple[tuple[str, str, str], ...] = ()
    if "balances" in sees:
        lines = tuple(line for line in account_texts.balance(owed).split("\n") if line)
        months = tuple(
            (name_short(each.month), shown(each.billed), shown(each.paid))
            for each in reversed(owed.months)
            if each.billed is not None or each.paid is not None
        )
    return AccountPage(account_texts.name_account(owed), lines, months, steps, url, bill)


async def picture(work: Work, opened: Opened, name: str) -> bytes:
    """`months` or `code`, as PNG. Raises `NotYours`, also where there is none to show."""
    sees = await parts_of(work, opened)
    if {"months": "balances", "code": "qr"}.get(name) not in sees:
        raise NotYours
    try:
        owed = await work.money.look(opened.viewer, account_of(opened), f"page {name}")
    except NotFound:
        raise NotYours from None
    if name == "months":
        return await asyncio.to_thread(draw_months, owed.months)
    requisites = (await work.company.profile()).accounts.requisites
    if requisites is None or not owed.to_pay:
        raise NotYours
    code = payment_string(requisites, owed.number, owed.to_pay, owed.month)
    return await asyncio.to_thread(draw_pay_code, code)


async def bill(work: Work, opened: Opened) -> tuple[date, StoredFile]:
    """Raises `NotYours`, also where there is none."""
    if "bills" not in await parts_of(work, opened):
        raise NotYours
    try:
        return await work.money.bill(opened.viewer, account_of(opened))
    except NotFound:
        raise NotYours from None


async def parts_of(work: Work, opened: Opened) -> set[Private]:
    contact = await work.session.get_one(Contact, opened.viewer.contact_id)
    rules = await work.showing.of(contact.channel)
    every: tuple[Private, ...] = ("balances", "bills", "qr")
    return {part for part in every if getattr(rules, part) != "hide"}


def account_of(opened: Opened) -> int:
    if opened.what != "account":
        raise NotYours
    return int(opened.about["account"])


def shown(kopecks: int | None) -> str:
    """Without the sign of the rouble: the head of the table has it."""
    return "—" if kopecks is None else name_sum(kopecks).removesuffix("\u00a0₽")
