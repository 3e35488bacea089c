"""The published rate of VK holds under a mailing, through the whole program."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.messaging.types import Address, Kind, Outbound
from tests.support.running import running_app, settled
from tests.support.vk import PublishedLimits, VkStandIn

PEOPLE = 1000

pytestmark = [pytest.mark.slow, pytest.mark.timeout(200)]


async def test_a_thousand_messages_keep_to_the_rate(database_url: str, tmp_path: Path) -> None:
    async with VkStandIn(limits=PublishedLimits()) as vk:
        people = [vk.user(f"Житель{number}", started=True) for number in range(PEOPLE)]
        async with running_app(database_url, tmp_path, vk=vk, faster=1) as app:
            async with app.db.work() as work:
                for number, person in enumerate(people):
                    to = Address(channel="vk", chat=str(person.id))
                    await work.outbox.say(to, Outbound(text=f"№{number}"), Kind.BULK)
            await settled(app, 120)
        sent = [call for call in vk.calls if call.method == "messages.send"]
        seconds = max(c.at for c in sent) - min(c.at for c in sent)
        print(f"\n{PEOPLE} messages in {seconds:.1f} s: {PEOPLE / seconds:.0f} a second")
        assert vk.stats.too_many <= 3  # a machine that stalls bunches calls; the bench measures it
        assert vk.malformed == []
        for number, person in enumerate(people):
            assert [message.text for message in person.heard()] == [f"№{number}"]
