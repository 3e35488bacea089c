"""Sending to VK: leave to write, what its errors mean, intents, batches."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from bot.platforms.vk.channel import INTENTS
from services.messaging.port import (
    Ambiguous,
    Blocked,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
)
from services.messaging.types import Attachment, Happening, Kind, Outbound
from tests.platforms.vk_driver import VkDriver
from tests.support.vk import chats

# ── Leave to write, and errors ───────────────────────────────────────────────


@pytest.mark.parametrize("code", [900, 901, 902])
async def test_who_gives_no_leave_is_out_of_reach(vk: VkDriver, code: Any) -> None:
    maria = await vk.person()
    await maria.user.blocks(code)
    with pytest.raises(Blocked, match=str(code)):
        await vk.send(maria, Outbound(text="Вы тут?"))


async def test_leave_is_given_and_taken(vk: VkDriver) -> None:
    maria = await vk.person()
    await maria.user.denies()
    await maria.user.allows()
    happened = [inbound.happening for inbound in await vk.hears(2)]
    assert happened == [Happening.BLOCKED, Happening.UNBLOCKED]
    await vk.send(maria, Outbound(text="Снова вместе"))


async def test_after_a_day_of_silence_the_reason_is_told(vk: VkDriver) -> None:
    maria = await vk.person()
    maria.user.was_silent(25)
    with pytest.raises(Rejected, match="950"):
        await vk.send(maria, Outbound(text="Напоминание"))


@pytest.mark.parametrize(
    ("code", "failure", "everywhere"),
    [
        (6, Throttled, True),
        (9, Throttled, False),
        (29, Throttled, True),
        (14, Throttled, True),
        (10, Ambiguous, False),
        (5, NotSent, False),
        (945, Rejected, False),
    ],
)
async def test_what_an_error_means(
    vk: VkDriver, code: int, failure: type[SendFailed], everywhere: bool
) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="error", code=code)
    with pytest.raises(failure) as caught:
        await vk.send(maria, Outbound(text="Слова"))
    if isinstance(caught.value, Throttled):
        assert caught.value.everywhere == everywhere


async def test_a_captcha_pauses_with_words_for_admins(vk: VkDriver) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="error", code=14)
    with pytest.raises(Throttled, match="captcha") as caught:
        await vk.send(maria, Outbound(text="Слова"))
    assert caught.value.delay >= 60


@pytest.mark.parametrize(
    ("kind", "arrives"), [(Kind.REPLY, False), (Kind.RELAY, True), (Kind.NOTICE, True)]
)
async def test_after_a_day_of_silence_only_answers_and_ticket_news_are_taken(
    vk: VkDriver, kind: Kind, arrives: bool
) -> None:
    maria = await vk.person()
    maria.user.was_silent(25)
    what = Outbound(text="Мастер был у вас", kind=kind)
    if arrives:
        await vk.send(maria, what)
    else:
        with pytest.raises(Rejected, match="950"):
            await vk.send(maria, what)


def intents(driver: VkDriver) -> list[str]:
    sent = [call for call in driver.vk.calls if call.method == "messages.send"]
    return [str(call.params.get("intent", "")) for call in sent]


@pytest.mark.parametrize("kind", [Kind.RELAY, Kind.NOTICE])
async def test_an_intent_is_used_only_where_plain_words_are_refused(
    vk: VkDriver, kind: Kind, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A community that was given no intents still writes to whoever wrote within a day."""
    monkeypatch.setattr(chats, "SUPPORT_WINDOW", -1)
    monkeypatch.setattr(chats, "TRANSACTIONAL", frozenset())
    maria = await vk.person()
    await vk.send(maria, Outbound(text="Мастер едет", kind=kind))
    assert intents(vk) == [""]
    maria.user.was_silent(25)
    with pytest.raises(Rejected, match=r"житель давно не писал.*943"):
        await vk.send(maria, Outbound(text="Мастер был у вас", kind=kind))
    assert [each for each in intents(vk)[1:] if each] == [INTENTS[kind]]


async def test_an_intent_has_its_own_limit(vk: VkDriver) -> None:
    maria = await vk.person()
    maria.user.was_silent(25)
    vk.vk.faults.next("messages.send", kind="error", code=950)
    vk.vk.faults.next("messages.send", kind="error", code=944)
    with pytest.raises(Rejected, match=r"житель давно не писал.*944"):
        await vk.send(maria, Outbound(text="Мастер был у вас", kind=Kind.NOTICE))
    assert len(intents(vk)) == 2


async def test_the_silent_ones_of_a_batch_get_it_by_an_intent(vk: VkDriver) -> None:
    people = [await vk.person(f"Житель{number}") for number in range(12)]
    for number in (2, 5, 11):
        people[number].user.was_silent(25)
    news = Outbound(text="Заявка закрыта", kind=Kind.NOTICE)
    await asyncio.gather(*(vk.send(person, news) for person in people))
    for person in people:
        assert [shown.text for shown in await person.sees()] == ["Заявка закрыта"]
    assert vk.vk.stats.calls["execute"] >= 1
    assert sorted(filter(None, intents(vk))) == ["account_update"] * 3


async def test_silence_and_a_quote_that_is_gone_together(vk: VkDriver) -> None:
    maria = await vk.person()
    maria.user.was_silent(25)
    await vk.send(maria, Outbound(text="Мастер был", kind=Kind.RELAY, reply_to="98765"))
    assert [shown.text for shown in await maria.sees()] == ["Мастер был"]


async def test_access_denied_to_an_edit_pauses_nobody(vk: VkDriver) -> None:
    maria = await vk.person()
    [said] = await vk.send(maria, Outbound(text="Раз"))
    vk.vk.faults.next("messages.edit", kind="error", code=15)
    with pytest.raises(Rejected):
        await vk.send(maria, Outbound(text="Два", replaces=said))


async def test_what_vk_has_no_way_to_show_is_refused(vk: VkDriver) -> None:
    maria = await vk.person()
    [said] = await vk.send(maria, Outbound(text="Раз"))
    sticker = Attachment(kind="sticker", channel="telegram", handle="x")
    for replaces in (None, said):
        with pytest.raises(Rejected, match="nothing to send"):
            await vk.send(maria, Outbound(attachments=(sticker,), replaces=replaces))


async def test_an_edit_is_not_marked_as_repeated(vk: VkDriver) -> None:
    maria = await vk.person()
    [said] = await vk.send(maria, Outbound(text="Раз"))
    await vk.send(maria, Outbound(text="Два", replaces=said, repeated=True))
    assert [shown.text for shown in await maria.sees()] == ["Два"]


async def test_a_lost_answer_and_one_more_try_are_one_message(vk: VkDriver) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="reset_accepted")
    with pytest.raises(Ambiguous):
        await vk.send(maria, Outbound(text="Раз"), nonce=5)
    await vk.send(maria, Outbound(text="Раз"), nonce=5)
    assert [shown.text for shown in await maria.sees()] == ["Раз"]


# ── Batches ──────────────────────────────────────────────────────────────────


async def test_each_of_a_batch_has_its_own_outcome(vk: VkDriver) -> None:
    people = [await vk.person(f"Житель{number}") for number in range(60)]
    for number in (3, 20, 41):
        await people[number].user.blocks(902)
    outcomes = await asyncio.gather(
        *(vk.send(person, Outbound(text=f"№{n}")) for n, person in enumerate(people)),
        return_exceptions=True,
    )
    assert [n for n, one in enumerate(outcomes) if isinstance(one, Blocked)] == [3, 20, 41]
    for number, person in enumerate(people):
        seen = [shown.text for shown in await person.sees()]
        assert seen == ([] if number in (3, 20, 41) else [f"№{number}"])
    assert vk.vk.stats.calls["execute"] >= 2
