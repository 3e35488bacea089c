"""Sending to VK: leave to write, what its errors mean, intents, batches."""

from __future__ import annotations

import asyncio
import re
from typing import Any

import pytest

from bot.platforms.vk.channel import INTENTS
from bot.platforms.vk.failures import read_error
from services.messaging.port import (
    Ambiguous,
    Blocked,
    NotSent,
    Rejected,
    SendFailed,
    Throttled,
)
from services.messaging.types import Attachment, Button, Happening, Keyboard, Kind, Outbound
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
    vk.vk.faults.next("messages.send", kind="error", code=code, times=3)
    with pytest.raises(failure) as caught:
        await vk.send(maria, Outbound(text="Слова"))
    if isinstance(caught.value, Throttled):
        assert caught.value.everywhere == everywhere


async def test_what_came_too_early_is_asked_again_and_holds_nobody_up(vk: VkDriver) -> None:
    maria = await vk.person()
    vk.vk.faults.next("messages.send", kind="error", code=6, times=2)
    await vk.send(maria, Outbound(text="Слова"))
    assert [message.text for message in maria.user.heard()] == ["Слова"]


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
        with pytest.raises(Rejected, match="показать нечем"):
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


# ── Words for staff ──────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (943, "больше недели"),
        (944, "попробуйте завтра"),
        (950, "больше суток"),
        (914, "длиннее"),
        (902, "закрыл личные сообщения"),
        (925, "не администратор"),
        (777, "не принял сообщение"),
    ],
)
def test_staff_read_plain_words(code: int, words: str) -> None:
    told = str(read_error(code, "Cannot use this intent"))
    assert words in told
    assert str(code) in told
    assert not re.search("[A-Za-z]", told)


async def test_a_refused_edit_is_told_in_plain_words(vk: VkDriver) -> None:
    maria = await vk.person()
    [said] = await vk.send(maria, Outbound(text="Раз"))
    vk.vk.faults.next("messages.edit", kind="error", code=15)
    with pytest.raises(Rejected, match=r"^ВК не даёт этого сделать"):
        await vk.send(maria, Outbound(text="Два", replaces=said))


async def test_a_file_that_vk_does_not_take_is_told_in_plain_words(vk: VkDriver) -> None:
    maria = await vk.person()
    program = await vk.stored("document", b"MZ", title="set.exe")
    with pytest.raises(Rejected, match="ВК не принимает файлы такого типа"):
        await vk.send(maria, Outbound(text="Вот", attachments=(program,)))


# ── Buttons that are off, a token that is refused ────────────────────────────

ROWS = Keyboard(rows=((Button(label="Да", action="yes"),),))


async def test_buttons_that_were_switched_off_are_switched_on(vk: VkDriver) -> None:
    people = [await vk.person(f"Житель{number}") for number in range(30)]
    vk.vk.community.bots = False
    before = vk.vk.stats.calls["groups.setSettings"]
    await asyncio.gather(*(vk.send(one, Outbound(text="Верно?", keyboard=ROWS)) for one in people))
    for person in people:
        assert [shown.buttons for shown in await person.sees()] == [[["Да"]]]
    assert vk.vk.community.bots
    assert vk.vk.stats.calls["groups.setSettings"] == before + 1


async def test_where_they_stay_off_the_words_arrive(vk: VkDriver) -> None:
    maria = await vk.person()
    vk.vk.community.bots = False
    vk.vk.community.permissions.discard("manage")
    await vk.send(maria, Outbound(text="Верно?", keyboard=ROWS))
    [shown] = await maria.sees()
    assert (shown.text, shown.buttons) == ("Верно?", [])


async def test_a_long_list_leaves_the_menu_where_it_is(vk: VkDriver) -> None:
    maria = await vk.person()
    menu = Keyboard(rows=((Button(label="Новая заявка", action="new"),),), standing=True)
    houses = [(Button(label=f"Дом {number}", action=f"h/{number}"),) for number in range(14)]
    await vk.send(maria, Outbound(text="Меню", keyboard=menu))
    await vk.send(maria, Outbound(text="Какой дом?", keyboard=Keyboard(rows=tuple(houses))))
    await maria.presses("Дом 13")
    await maria.presses("Дом 0")
    assert [heard.pressed for heard in await vk.hears(2)] == ["h/13", "h/0"]
    assert maria.standing() == [["Новая заявка"]]


async def test_a_revoked_token_is_an_outage_though_the_long_poll_goes_on(vk: VkDriver) -> None:
    maria = await vk.person()
    ups = vk.ups
    vk.vk.faults.revoke_token()
    with pytest.raises(NotSent):
        await vk.send(maria, Outbound(text="Раз"))
    await vk.vk.wait(lambda: len(vk.outages) > 1)  # again and again, while it is refused
    assert vk.outages[0].refused
    assert "VK_TOKEN" in str(vk.outages[0])
    vk.vk.faults.restore_token()
    await vk.vk.wait(lambda: vk.ups > ups)
    await maria.says("Вы тут?")
    [heard] = await vk.hears()
    assert heard.text == "Вы тут?"
