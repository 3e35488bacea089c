"""What may be shown where: the company's policy for each messenger, asked by whoever shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.company.account_rules import Private, Showing, Shown

if TYPE_CHECKING:
    from services.work import Work


class ShowingPolicy:
    def __init__(self, work: Work) -> None:
        self._work = work

    async def of(self, channel: str) -> Showing:
        """A messenger the policy does not know shows nothing but links."""
        rules = (await self._work.company.profile()).accounts.showing
        known = {"telegram": rules.telegram, "vk": rules.vk, "max": rules.max, "web": rules.web}
        return known.get(channel) or Showing(
            balances="link", bills="link", qr="link", readings="link"
        )

    async def allows(self, channel: str, what: Private) -> Shown:
        showing = await self.of(channel)
        allowed: Shown = getattr(showing, what)
        return allowed
