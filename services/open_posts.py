"""What is told in the open: the same notice on the VK community's wall and in a Telegram channel.

Each post is a row of the outbox with its notice and without a person, in a queue of its place. What
it says is made by `handlers.open_posts`, which whoever tells something to many calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import case, func, select, update

from services.access import AsMember
from services.errors import AlreadySo
from services.messaging.outbox import About
from services.messaging.types import Address, Kind, Outbound
from services.tables import Complex, House, Mailing, Notice, Outage, OutagePlace, Outgoing

if TYPE_CHECKING:
    from services.work import Work

OpenKind = Literal["channel", "wall"]
KINDS: tuple[OpenKind, ...] = ("channel", "wall")
WALL = "wall"
"""The chat of VK that is no chat: the community's wall."""

STANDS = ("parked", "waiting", "sending", "sent", "unknown")


@dataclass(frozen=True)
class OpenPlace:
    """Where anybody may read it. `kind` is how `open_to` of an outage or a mailing names it."""

    kind: OpenKind
    address: Address


@dataclass(frozen=True)
class Posted:
    """What became of a post: its state in the outbox, and the messenger's word."""

    place: OpenPlace
    state: str
    why: str


class OpenPosts:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def places(self, houses: Iterable[int], kinds: Iterable[str] = KINDS) -> list[OpenPlace]:
        """Where a notice to these houses may stand, as far as it is set up: the channels of their
        complexes (the company's for a complex without one), and the wall."""
        kinds, found = set(kinds), []
        if "channel" in kinds and await self._work.links.about("telegram"):
            for chat in await self._channels(houses):
                address = Address(channel="telegram", chat=chat)
                found.append(OpenPlace("channel", address))
        if "wall" in kinds and (await self._work.links.about("vk")).get("wall"):
            found.append(OpenPlace("wall", Address(channel="vk", chat=WALL)))
        return found

    async def _channels(self, houses: Iterable[int]) -> list[str]:
        own = await self._work.session.scalars(
            select(Complex.telegram_channel)
            .join(House, House.complex_id == Complex.id)
            .where(House.id.in_(list(houses)))
            .group_by(Complex.id)
            .order_by(Complex.position, Complex.id)
        )
        common = (await self._work.company.profile()).telegram_channel
        named = [each or common for each in own]
        return list(dict.fromkeys(chat_of(each) for each in named if each))

    async def houses_of_outage(self, outage: Outage) -> list[int]:
        rows = await self._work.session.scalars(
            select(OutagePlace.house_id)
            .join(House, House.id == OutagePlace.house_id)
            .where(OutagePlace.outage_id == outage.id)
            .group_by(OutagePlace.house_id, House.position)
            .order_by(House.position, OutagePlace.house_id)
        )
        return list(rows)

    async def choose(self, viewer: AsMember, outage_id: int, *, openly: bool) -> Outage:
        """Whether it is told in the open, too. Raises `NotYours`, `AlreadySo` once it was told."""
        outage = await self._work.outages.get(viewer, outage_id, lock=True)
        if outage.state not in ("draft", "scheduled"):
            raise AlreadySo
        where = await self.places(await self.houses_of_outage(outage)) if openly else []
        outage.open_to = list(dict.fromkeys(place.kind for place in where))
        await self._work.session.flush()
        return outage

    # ── Telling ──────────────────────────────────────────────────────────────

    async def post(self, notice: Notice, where: OpenPlace, what: Outbound) -> None:
        """Leaves, waits and is stopped as the notice is."""
        row = await self._work.outbox.say(
            where.address, what, Kind.BULK, About(not_before=notice.not_before, apart="open")
        )
        await self._work.session.execute(
            update(Outgoing)
            .where(Outgoing.id == row)
            .values(notice_id=notice.id, priority=notice.priority, state="parked")
        )

    async def standing(self, outage_id: int, *, dropped_too: bool) -> list[OpenPlace]:
        """Where it was told. `dropped_too`: also where it was taken back before it left."""
        stands = Outgoing.state.in_(STANDS) & ~is_stopped()
        if dropped_too:
            stands = Outgoing.state.in_((*STANDS, "dropped"))
        rows = await self._work.session.execute(
            select(Outgoing.channel, Outgoing.chat)
            .join(Notice, Notice.id == Outgoing.notice_id)
            .where(Notice.outage_id == outage_id, *in_the_open(), stands)
            .group_by(Outgoing.channel, Outgoing.chat)
            .order_by(func.min(Outgoing.id))
        )
        return [place_at(channel, chat) for channel, chat in rows]

    # ── What became of it ────────────────────────────────────────────────────

    async def became(self, notices: Sequence[int]) -> dict[int, list[Posted]]:
        """By notice, those that were told in the open at all."""
        rows = await self._work.session.execute(
            select(
                Outgoing.notice_id,
                Outgoing.channel,
                Outgoing.chat,
                case((is_stopped(), "dropped"), else_=Outgoing.state),
                Outgoing.why,
            )
            .join(Notice, Notice.id == Outgoing.notice_id)
            .where(Outgoing.notice_id.in_(notices), *in_the_open())
            .order_by(Outgoing.id)
        )
        found: dict[int, list[Posted]] = {}
        for notice_id, channel, chat, state, why in rows:
            found.setdefault(notice_id or 0, []).append(
                Posted(place_at(channel, chat), state, why or "")
            )
        return found

    async def about(self, row_id: int) -> Outage | Mailing | None:
        """What the post of this row of the outbox tells of; None: it is none."""
        notice = await self._work.session.scalar(
            select(Notice)
            .join(Outgoing, Outgoing.notice_id == Notice.id)
            .where(Outgoing.id == row_id, *in_the_open())
        )
        if notice is None:
            return None
        if notice.outage_id is not None:
            return await self._work.session.get(Outage, notice.outage_id)
        if notice.mailing_id is not None:
            return await self._work.session.get(Mailing, notice.mailing_id)
        return None


def is_stopped() -> Any:
    """SQL: a chore has only not come to it yet."""
    return (Outgoing.state == "parked") & (Notice.state == "stopped")


def in_the_open() -> tuple[Any, ...]:
    """SQL: of rows of a notice, those that are no person's."""
    return (
        Outgoing.notice_id.is_not(None),
        Outgoing.contact_id.is_(None),  # as where the contact is forgotten, too
        Outgoing.room_id.is_(None),
        Outgoing.queue.endswith("|open"),
    )


def place_at(channel: str, chat: str) -> OpenPlace:
    kind: OpenKind = "wall" if chat == WALL else "channel"
    return OpenPlace(kind, Address(channel=channel, chat=chat))


def chat_of(named: str) -> str:
    """As Telegram takes it: the id of a channel, or its name with the sign before it."""
    return named if named.startswith("-") else f"@{named.removeprefix('@')}"
