"""kill -9 at random moments. The full run, 20 kills in 200 conversations, is `python -m bench
kill`; this one is small enough for every day."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.killing import kill_during

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]


async def test_kill_9_loses_nothing_and_doubles_next_to_nothing(
    database_url: str, tmp_path: Path
) -> None:
    damage = await kill_during(database_url, tmp_path, conversations=30, kills=4)
    assert damage.kills == 4
    assert damage.lost == 0, damage
    assert damage.double_tickets == 0, damage
    assert damage.most_in_one <= 1, damage
    assert damage.orphan_topics <= damage.kills, damage


async def test_kill_9_doubles_nothing_where_the_messenger_knows_our_key(
    database_url: str, tmp_path: Path
) -> None:
    damage = await kill_during(database_url, tmp_path, vk=True, conversations=30, kills=4)
    assert damage.kills == 4
    assert (damage.lost, damage.double_tickets, damage.double_messages) == (0, 0, 0), damage
