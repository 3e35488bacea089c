"""News of a request's state on their way to its resident: the first at once, what follows within a
minute as one, the last state winning; at night none but of emergencies."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import update

from services.messaging.outbox import About
from services.messaging.types import Address, Kind, Outbound
from services.nights import after_quiet
from services.tables import Contact, Outgoing, Ticket

if TYPE_CHECKING:
    from services.work import Work

APART = timedelta(minutes=1)
MOST_FILES = 10


class News:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def tell(
        self,
        ticket: Ticket,
        contact: Contact,
        what: Outbound,
        *,
        message_id: int | None = None,
        by_night: bool = False,
    ) -> None:
        """Of a locked ticket, instead of what waits to be told of it; files that waited go along.
        `message_id`: the member's message whose files these are. `by_night`: it must not wait for
        the morning."""
        now = self._work.now
        due = now
        if ticket.news_at is not None:  # past the next minute: what was to wait for a morning
            due = max(now, min(ticket.news_at, now) + APART)
        also: tuple[int, ...] = ()
        waited = await self._take_out(ticket)
        if waited is not None:
            due = min(waited.not_before, now + APART)
            files = Outbound.model_validate(waited.body).attachments
            what = what.model_copy(update={"attachments": (*files, *what.attachments)[:MOST_FILES]})
            ids = [waited.message_id, *waited.also, message_id]
            message_id, *rest = [each for each in ids if each is not None] or [None]
            also = tuple(each for each in rest if each is not None)
        if not (by_night or ticket.emergency):
            zone = await self._work.company.zone_of_house(ticket.house_id)
            due = after_quiet(await self._work.company.profile(), due, zone)
            due = await self._work.preferences.after_quiet(ticket.resident_id, due, zone)
            due = after_quiet(await self._work.company.profile(), due, zone)
        ticket.news_at = due
        await self._work.outbox.say(
            Address(channel=contact.channel, chat=contact.chat),
            what,
            Kind.NOTICE,
            About(
                thread_id=ticket.thread_id,
                contact_id=contact.id,
                message_id=message_id,
                also=also,
                not_before=due,
                apart=queue_of(ticket),
            ),
        )

    async def drop(self, ticket: Ticket) -> None:
        """The resident knows better by now: what waits is not told."""
        await self._take_out(ticket)

    async def _take_out(self, ticket: Ticket) -> Outgoing | None:
        """The row that has not left yet leaves no more."""
        contacts = await self._work.people.contacts(ticket.resident_id)
        row: Outgoing | None = await self._work.session.scalar(
            update(Outgoing)
            .where(
                Outgoing.channel.in_({contact.channel for contact in contacts}),
                Outgoing.queue.in_([f"{contact.chat}||{queue_of(ticket)}" for contact in contacts]),
                Outgoing.state == "waiting",
                Outgoing.unsure == 0,  # else it may stand there already, as it is
            )
            .values(state="dropped", settled_at=self._work.now)
            .returning(Outgoing)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return row


def queue_of(ticket: Ticket) -> str:
    return f"news {ticket.id}"
