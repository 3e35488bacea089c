"""What cannot be said in one way is said in another, and nothing is said twice."""

from __future__ import annotations

import pytest

from services.messaging.port import (
    Ambiguous,
    Throttled,
)
from services.messaging.types import Outbound
from tests.platforms.telegram_driver import TelegramDriver


async def test_words_that_html_spoils_go_bare(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    telegram.tg.faults.next(
        "sendMessage", kind="error", description="Bad Request: can't parse entities: oh"
    )
    await telegram.send(maria, Outbound(header="Голова", text="тело <"))
    [shown] = await maria.sees()
    assert (shown.text, shown.header) == ("Голова\nтело <", "")


async def test_what_was_sent_of_a_long_text_is_not_sent_again(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    words = " ".join(f"слово{number}" for number in range(1500))
    telegram.tg.faults.next("sendMessage", kind="slow", delay=0)
    telegram.tg.faults.next("sendMessage", kind="429", retry_after=1)
    with pytest.raises(Throttled):
        await telegram.send(maria, Outbound(text=words, reply_to="1"), nonce=5)
    first = await maria.sees()
    assert len(first) == 1
    ids = await telegram.send(maria, Outbound(text=words, reply_to="1"), nonce=5)
    shown = await maria.sees()
    assert " ".join(one.text for one in shown).split() == words.split()
    assert [i for one in shown for i in one.ids] == ids


async def test_a_half_sent_text_marks_only_what_may_stand_there(telegram: TelegramDriver) -> None:
    maria = await telegram.person()
    words = " ".join(f"слово{number}" for number in range(600))
    telegram.tg.faults.next("sendMessage", kind="slow", delay=0)
    telegram.tg.faults.next("sendMessage", kind="reset_accepted")
    with pytest.raises(Ambiguous):
        await telegram.send(maria, Outbound(text=words), nonce=5)
    await telegram.send(maria, Outbound(text=words, repeated=True), nonce=5)
    first, second, again = (one.text for one in await maria.sees())
    assert not first.startswith("↻")
    assert again == "↻ " + second
