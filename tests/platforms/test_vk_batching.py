"""The line in which messages to VK wait: what becomes of each when a request fails as a whole, and
when the program ends."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.background import Background
from bot.platforms.vk import batching
from bot.platforms.vk.api import VkApi
from bot.platforms.vk.batching import Batching, outcome_of, read_executed
from services.db import Database
from services.messaging.port import Ambiguous, Blocked, NotSent, Rejected, Throttled
from services.messaging.types import Address, Kind, Outbound
from services.tables import Outgoing
from tests.support.patience import PATIENCE
from tests.support.running import running_app
from tests.support.vk import User, VkStandIn


@pytest.fixture
async def vk() -> AsyncIterator[VkStandIn]:
    async with VkStandIn(check_answers=True) as stand_in:
        yield stand_in
        assert stand_in.misshapen == []


@pytest.fixture
async def background() -> AsyncIterator[Background]:
    made = Background()
    yield made
    await made.end()


@pytest.fixture
async def line(vk: VkStandIn, background: Background) -> AsyncIterator[Batching]:
    api = VkApi(vk.token, vk.url, per_second=1000)
    made = Batching(api, background)
    yield made
    await made.end()
    await api.close()


def given(person: User, text: str = "Слова") -> dict[str, Any]:
    return {"peer_ids": str(person.id), "random_id": person.id, "message": text}


async def mail(line: Batching, *people: User) -> list[list[str] | BaseException]:
    """News, so that they leave together."""
    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(
            *(line.send(given(each), news=True) for each in people), return_exceptions=True
        )


def people(vk: VkStandIn, count: int) -> list[User]:
    return [vk.user(f"Житель{number}", started=True) for number in range(count)]


def kinds(outcomes: list[Any]) -> list[type]:
    return [type(each) for each in outcomes]


# ── The same words ───────────────────────────────────────────────────────────


async def mail_alike(line: Batching, crowd: list[User]) -> list[list[str] | BaseException]:
    """A notice to many: one `random_id`."""
    async with asyncio.timeout(PATIENCE):
        return await asyncio.gather(
            *(line.send({**given(each), "random_id": 77}, news=True) for each in crowd),
            return_exceptions=True,
        )


async def test_the_same_words_go_to_a_hundred_by_one_request(vk: VkStandIn, line: Batching) -> None:
    crowd = people(vk, 150)
    await crowd[3].blocks()
    outcomes = await mail_alike(line, crowd)
    assert kinds(outcomes) == [list] * 3 + [Blocked] + [list] * 146
    assert all(len(each.heard()) == 1 for each in crowd if each is not crowd[3])
    assert [len(call.params["peer_ids"].split(",")) for call in vk.calls if not call.inside] == [
        100,
        50,
    ]
    again = await mail_alike(line, crowd[:30])  # in another company
    assert again == outcomes[:3] + again[3:4] + outcomes[4:30]
    assert all(len(each.heard()) == 1 for each in crowd if each is not crowd[3])


async def test_the_same_words_denied_to_everybody_are_denied_to_the_community(
    vk: VkStandIn, line: Batching
) -> None:
    vk.community.messages = False
    assert kinds(await mail_alike(line, people(vk, 30))) == [Throttled] * 30
    vk.community.messages = True


# ── A request that fails as a whole ──────────────────────────────────────────


@pytest.mark.parametrize("code", [2, 15, 17, 20, 23])
@pytest.mark.parametrize("count", [1, 3])
async def test_what_is_denied_to_the_community_waits_and_admins_hear_why(
    vk: VkStandIn, line: Batching, code: int, count: int
) -> None:
    vk.faults.next("execute" if count > 1 else "messages.send", kind="error", code=code)
    outcomes = await mail(line, *people(vk, count))
    assert kinds(outcomes) == [Throttled] * count
    for each in outcomes:
        assert isinstance(each, Throttled)
        assert (each.everywhere, each.delay) == (True, 300)
        assert "ВК" in str(each)
        assert f"код {code}" in str(each)
        assert len(str(each)) <= 200  # admins are shown no more
    assert vk.sent == []


async def test_messages_switched_off_are_no_refusal_of_each(vk: VkStandIn, line: Batching) -> None:
    vk.community.messages = False
    assert kinds(await mail(line, *people(vk, 3))) == [Throttled] * 3
    vk.community.messages = True
    assert kinds(await mail(line, *people(vk, 3))) == [list] * 3


async def test_access_denied_to_one_of_a_batch_is_its_own(vk: VkStandIn, line: Batching) -> None:
    first, second, third = people(vk, 3)
    vk.faults.next("messages.send", kind="error", code=15, peer=second.id)
    assert kinds(await mail(line, first, second, third)) == [list, Rejected, list]


@pytest.mark.parametrize("code", [7, 8, 13, 18, 100, 911])
async def test_what_breaks_a_batch_is_found_one_by_one(
    vk: VkStandIn, line: Batching, code: int
) -> None:
    first, second, third = people(vk, 3)
    await second.blocks(902)
    vk.faults.next("execute", kind="error", code=code)
    assert kinds(await mail(line, first, second, third)) == [list, Blocked, list]
    assert (len(first.heard()), len(third.heard())) == (1, 1)


async def test_one_that_breaks_off_alone_leaves_nobody_waiting(
    vk: VkStandIn, line: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = line._api.call_now
    strange = iter([{"answer": "nonsense"}])

    async def call_now(method: str, **parameters: Any) -> dict[str, Any]:
        answer = await call(method, **parameters)
        return next(strange, answer) if method == "messages.send" else answer

    monkeypatch.setattr(line._api, "call_now", call_now)
    vk.faults.next("execute", kind="error", code=13)
    assert kinds(await mail(line, *people(vk, 3))) == [Ambiguous, list, list]


async def test_whoever_an_answer_does_not_name_is_unsure(
    vk: VkStandIn, line: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def call_now(method: str, **_: Any) -> dict[str, Any]:
        return {"response": [[{"conversation_message_id": 5}]]}

    monkeypatch.setattr(line._api, "call_now", call_now)
    first, second = people(vk, 2)
    assert kinds(await mail(line, first, second)) == [list, Ambiguous]


@pytest.mark.parametrize("answer", [None, 0, [], [{}], [{"message_id": None}], [[]]])
def test_an_answer_without_an_id_is_unsure(answer: Any) -> None:
    assert isinstance(outcome_of(answer), Ambiguous)


def test_an_id_is_taken_from_wherever_it_stands() -> None:
    assert outcome_of(7) == ["7"]
    assert outcome_of([{"message_id": 9, "conversation_message_id": 7}]) == ["7"]


def test_false_stands_for_the_next_error() -> None:
    """The last one is told once more, in the name of `execute`."""
    one = {"method": "messages.send", "error_code": 901, "error_msg": "no"}
    two = {"method": "messages.send", "error_code": 9, "error_msg": "flood"}
    sent = [{"peer_id": 1, "message_id": 5, "conversation_message_id": 7}]
    answer = {
        "response": [False, sent, False],
        "execute_errors": [one, two, two | {"method": "execute"}],
    }
    first, second, third = read_executed(answer)
    assert isinstance(first, Blocked)
    assert second == ["7"]
    assert isinstance(third, Throttled)


async def test_a_request_is_no_longer_than_vk_reads(
    vk: VkStandIn, line: Batching, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Attachments, quotes and buttons count, too."""
    monkeypatch.setattr(batching, "LONGEST", 1500)
    files = [vk.files.store("doc", b"x", owner=-vk.group_id, name="a.pdf") for _ in range(10)]
    names = ",".join(f"doc{file.owner_id}_{file.id}" for file in files)
    crowd = people(vk, 12)
    sending = (line.send(given(each) | {"attachment": names}, news=True) for each in crowd)
    await asyncio.gather(*sending)
    codes = [call.params["code"] for call in vk.calls if call.method == "execute"]
    assert len(codes) > 1
    assert all(len(code) <= 1500 + len("return [];") for code in codes)


# ── The end of the program ───────────────────────────────────────────────────


async def begin(
    vk: VkStandIn, background: Background, per_second: float = 1
) -> tuple[Batching, VkApi]:
    api = VkApi(vk.token, vk.url, per_second)
    return Batching(api, background), api


async def send_all(line: Batching, crowd: list[User]) -> list[asyncio.Future[list[str]]]:
    sending = [asyncio.ensure_future(line.send(given(each))) for each in crowd]
    await asyncio.sleep(0.1)
    return sending


@pytest.mark.parametrize("by", ["end", "background"])
async def test_at_the_end_what_is_in_flight_arrives_and_the_rest_goes_back(
    vk: VkStandIn, background: Background, by: str
) -> None:
    vk.delay = 0.4
    line, api = await begin(vk, background)
    crowd = people(vk, 60)
    sending = await send_all(line, crowd)
    await (line.end() if by == "end" else background.end())
    outcomes = await asyncio.gather(*sending, return_exceptions=True)
    assert Counter(kinds(outcomes)) == {list: len(vk.sent), NotSent: 60 - len(vk.sent)}
    assert 0 < len(vk.sent) <= 25
    await api.close()


async def test_an_answer_that_never_comes_does_not_hold_up_the_end(
    vk: VkStandIn, background: Background, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batching, "LAST_ANSWERS", 0.2)
    vk.faults.next("messages.send", kind="hang_accepted")
    vk.faults.next("execute", kind="hang_accepted")
    line, api = await begin(vk, background)
    sending = await send_all(line, people(vk, 1))
    async with asyncio.timeout(PATIENCE):
        await line.end()
        assert kinds(await asyncio.gather(*sending, return_exceptions=True)) == [Ambiguous]
    await api.close()


async def test_one_by_one_ends_as_well(vk: VkStandIn, background: Background) -> None:
    vk.faults.next("execute", kind="error", code=13)
    line, api = await begin(vk, background, per_second=2)
    sending = [asyncio.ensure_future(line.send(given(each), news=True)) for each in people(vk, 10)]
    await vk.wait(lambda: vk.sent)
    async with asyncio.timeout(PATIENCE):
        await line.end()
        outcomes = await asyncio.gather(*sending, return_exceptions=True)
    assert Counter(kinds(outcomes)) == {list: len(vk.sent), NotSent: 10 - len(vk.sent)}
    await api.close()


async def test_after_the_end_nothing_is_begun(vk: VkStandIn, background: Background) -> None:
    line, api = await begin(vk, background)
    await line.end()
    await line.end()
    with pytest.raises(NotSent):
        await line.send(given(people(vk, 1)[0]))
    await background.end()
    await api.close()
    assert vk.calls == []


async def test_a_stop_in_the_middle_of_a_mailing_leaves_nothing_in_doubt(
    database_url: str, tmp_path: Path
) -> None:
    async with VkStandIn() as vk:
        vk.delay = 1.0
        crowd = people(vk, 300)
        async with running_app(database_url, tmp_path, vk=vk, faster=0.1) as app:
            async with app.db.work() as work:
                for each in crowd:
                    to = Address(channel="vk", chat=str(each.id))
                    await work.outbox.say(to, Outbound(text="Воды не будет"), Kind.BULK)
            await vk.wait(lambda: vk.stats.calls["execute"] >= 2)
        db = Database(database_url)
        async with db.session() as session:
            states = Counter(await session.scalars(select(Outgoing.state)))
        await db.close()
        heard = sum(len(each.heard()) for each in crowd)
        assert states == {"sent": heard, "waiting": 300 - heard}
        assert heard >= 25
