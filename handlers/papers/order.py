"""The work order: one page of a request, to take along and to have signed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from handlers import wording
from handlers.papers import fonts, texts
from services.access import AsMember
from services.errors import NotFound, NotYours
from services.tables import Ticket
from services.work import Work

MOST_WORDS = 900  # of what happened: all of it must stay on one page
MOST_ANSWERS = 8


@dataclass(frozen=True)
class Order:
    """What is printed: pairs of what and which."""

    number: int
    company: str
    contacts: str
    title: str
    pairs: tuple[tuple[str, str], ...]
    words: str


async def write_order(work: Work, viewer: AsMember, thread_id: int, path: Path) -> int:
    """Returns the ticket's number. Raises `NotYours`, `NotFound` without a ticket."""
    order = await describe(work, viewer, thread_id)
    await asyncio.to_thread(print_order, path, order)
    work.audit.note(viewer.name, "printed", f"ticket:{order.number}")
    return order.number


async def describe(work: Work, viewer: AsMember, thread_id: int) -> Order:
    thread = await work.threads.get(viewer, thread_id)
    ticket = await work.threads.ticket(thread.id)
    if ticket is None:
        raise NotFound(f"ticket of thread {thread_id}")
    company, local = await work.company.profile(), work.company.local
    resident = await work.people.resident(thread.resident_id)
    entrance = await work.places.entrance(ticket.entrance_id) if ticket.entrance_id else None
    flat = await work.places.flat(ticket.flat_id) if ticket.flat_id else None
    place = texts.order_address(
        ticket.place, entrance.number if entrance else "", flat.floor if flat else None
    )
    pairs = [
        ("Адрес", place),
        ("Житель", resident.name or "имя не указано"),
        ("Телефон", texts.phone(resident.phone)),
        ("Вид заявки", f"{ticket.what} (авария)" if ticket.emergency else ticket.what),
        *(
            (str(question).strip().rstrip("?:."), str(answer))
            for question, answer in ticket.answers[:MOST_ANSWERS]
        ),
        ("Принята", texts.moment(await local(ticket.created_at))),
        ("Срок", texts.moment(await local(ticket.due_at))),
        ("Исполнитель", await executor_of(work, ticket)),
    ]
    visit = await work.visits.current(ticket)
    if visit is not None and visit.state == "agreed":
        window = texts.visit_window(await local(visit.begins_at), await local(visit.ends_at))
        pairs.append(("Когда прийти", window))
    words = ticket.text
    if not words:
        said = await work.threads.words_of_resident(thread, 3)
        words = "\n".join(message.text for message in said if message.text)
    if len(words) > MOST_WORDS:
        words = f"{words[:MOST_WORDS].rstrip()}…"
    return Order(
        ticket.number,
        company.name,
        f"Диспетчер {company.phone}, аварийная служба {company.emergency_phone}",
        texts.order_title(ticket.number),
        tuple(pairs),
        words,
    )


async def executor_of(work: Work, ticket: Ticket) -> str:
    if ticket.executor_id is not None:
        try:
            return wording.sign_member(await work.staff.get(ticket.executor_id))
        except NotYours:  # has left since
            return await work.staff.name_of(ticket.executor_id)
    outside = await work.organisations.of(ticket)
    return f"{outside.title}, {outside.phone}" if outside else texts.NOBODY


def print_order(path: Path, order: Order) -> None:
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import (
        KeepInFrame,
        Paragraph,
        SimpleDocTemplate,
        Spacer,
        Table,
        TableStyle,
    )

    fonts.register()
    plain = ParagraphStyle("plain", fontName=fonts.PLAIN, fontSize=10.5, leading=14)
    grey = ParagraphStyle("grey", parent=plain, fontSize=9, leading=12, textColor=colors.dimgrey)
    small = ParagraphStyle("small", parent=grey, fontSize=7.5, alignment=1)
    bold = ParagraphStyle("bold", parent=plain, fontName=fonts.BOLD)
    large = ParagraphStyle("large", parent=bold, fontSize=17, leading=24)
    width = A4[0] - 36 * mm - 12  # a frame keeps six points on each side

    def lined(title: str, lines: int) -> list[Any]:
        rule = TableStyle([("LINEBELOW", (0, 0), (-1, -1), 0.5, colors.grey)])
        empty = Table(
            [[""]] * lines,
            colWidths=[width],
            rowHeights=[8 * mm] * lines,
            style=rule,
            hAlign="LEFT",
        )
        return [Spacer(1, 4 * mm), Paragraph(title, bold), empty]

    facts = Table(
        [
            [Paragraph(fonts.escape(what), grey), Paragraph(fonts.escape(which), plain)]
            for what, which in order.pairs
        ],
        colWidths=[34 * mm, width - 34 * mm],
        hAlign="LEFT",
        style=TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
                ("TOPPADDING", (0, 0), (-1, -1), 2),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
                ("LINEBELOW", (0, 0), (-1, -1), 0.25, colors.lightgrey),
            ]
        ),
    )
    signs = Table(
        [
            [Paragraph(texts.EXECUTOR_SIGNS, bold), "", Paragraph(texts.RESIDENT_SIGNS, bold)],
            ["", "", ""],
            [Paragraph(texts.SIGNED, small), "", Paragraph(texts.SIGNED, small)],
        ],
        colWidths=[(width - 10 * mm) / 2, 10 * mm, (width - 10 * mm) / 2],
        rowHeights=[6 * mm, 10 * mm, 5 * mm],
        hAlign="LEFT",
        style=TableStyle(
            [
                ("LINEBELOW", (0, 1), (0, 1), 0.6, colors.black),
                ("LINEBELOW", (2, 1), (2, 1), 0.6, colors.black),
                ("LEFTPADDING", (0, 0), (-1, -1), 0),
            ]
        ),
    )
    story = [
        Paragraph(fonts.escape(order.company), bold),
        Paragraph(fonts.escape(order.contacts), grey),
        Spacer(1, 5 * mm),
        Paragraph(fonts.escape(order.title), large),
        Spacer(1, 2 * mm),
        facts,
        Spacer(1, 3 * mm),
        Paragraph("Что случилось", bold),
        Paragraph(fonts.escape(order.words) or "—", plain),
        *lined(texts.DONE_WORK, 4),
        *lined(texts.MATERIALS, 2),
        *lined(texts.ASSESSED, 1),
        Spacer(1, 4 * mm),
        Paragraph(f"{texts.DATE}: ____________________________", plain),
        Spacer(1, 6 * mm),
        signs,
    ]
    height = A4[1] - 30 * mm
    SimpleDocTemplate(
        str(path), pagesize=A4, title=order.title, author=order.company,
        leftMargin=18 * mm, rightMargin=18 * mm, topMargin=15 * mm, bottomMargin=15 * mm,
    ).build([KeepInFrame(width, height - 12, story, mode="shrink")])  # fmt: skip
