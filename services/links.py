"""How people find us: for each messenger the link that opens the bot, at a house where a code of
the company file is given. The program writes it down where it learns it, so that what is printed
needs no network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from services.tables import ChannelState

if TYPE_CHECKING:
    from services.work import Work

ORDER = ("telegram", "vk", "max", "web")


@dataclass(frozen=True)
class Link:
    channel: str
    url: str


class Links:
    """`about` of a channel holds `page`, which opens the bot, and `link`, which a code follows;
    `wall`: we may write on the community's wall. Nothing of a channel that is off."""

    def __init__(self, work: Work) -> None:
        self._work = work

    async def introduce(self, channel: str, about: Mapping[str, Any]) -> None:
        """What that channel knows of itself now. It replaces what was known."""
        row = insert(ChannelState).values(name=channel, about=dict(about))
        await self._work.session.execute(
            row.on_conflict_do_update(
                index_elements=[ChannelState.name], set_={"about": dict(about)}
            )
        )

    async def about(self, channel: str) -> dict[str, Any]:
        """Empty where the channel is off."""
        found = await self._work.session.scalar(
            select(ChannelState.about).where(ChannelState.name == channel)
        )
        return dict(found or {})

    async def to(self, code: str = "") -> list[Link]:
        """For each messenger that is on and known; `code`: of a complex, house or entrance."""
        rows = await self._work.session.execute(select(ChannelState.name, ChannelState.about))
        known = {name: about for name, about in rows if about.get("page")}
        return [
            Link(name, f"{known[name]['link']}{code}" if code else str(known[name]["page"]))
            for name in ORDER
            if name in known
        ]

    async def in_channel(self, channel: str, code: str = "") -> str:
        """Empty where it is not known."""
        return next((each.url for each in await self.to(code) if each.channel == channel), "")
