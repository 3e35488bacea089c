"""«Открыть обращения» under a surge's post, pressed by more than one."""

from __future__ import annotations

import pytest

from handlers import relay_texts
from tests.support.people import Member, Resident, both
from tests.support.world import World


@pytest.mark.only("telegram")
@pytest.mark.rooms("forum")
async def test_two_who_press_at_once_are_told_nothing_twice(
    resident: Resident, member: Member, world: World
) -> None:
    group = world.group
    assert group is not None
    people = [resident, *(world.resident(f"Сосед{number}") for number in range(5))]
    for number, each in enumerate(people):
        await each.settles_in(flat=str(number + 1), name=f"Житель{number}")
        await each.files(f"Лифт стоит, {number}")
    await world.settled()
    [post] = group.general.heard()
    olga = await world.member("olga")
    anna, olga = member.driver.user, olga.driver.user  # type: ignore[attr-defined]
    await both(anna.presses(post, "Открыть обращения"), olga.presses(post, "Открыть обращения"))
    await world.settled()
    assert len(group.topics) == 6
    assert group.general.heard() == [post]
    await world.waits(minutes=1)
    await anna.presses(post, "Открыть обращения")
    await world.settled()
    assert group.general.heard()[-1].text == relay_texts.ALL_OPEN
