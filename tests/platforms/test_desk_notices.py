"""Outages at the desk, over HTTP: the rules of `/outage`, and nobody's houses but one's own."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select, update

from bot.app import App
from services.tables import Member, Notice, Outage
from tests.platforms.test_desk_work import ANNA, FAR, IGOR, OLGA, ROOM, keep_to
from tests.support.browser import Dispatcher, Json, Visitor, dispatcher, until, visitor
from tests.support.path import settle_in, sign_in
from tests.support.running import SAMPLE, running_app, settled

MOSCOW = ZoneInfo("Europe/Moscow")
NOT_FOUND = (404, {"why": "Такого отключения нет."})


@pytest.fixture
async def app(database_url: str, tmp_path: Path) -> AsyncIterator[App]:
    """Of a company that never sleeps, whose first complex has a room of its own."""
    text = SAMPLE.read_text()
    text = text.replace(ROOM, f"{ROOM}  - code: bor\n    title: Бор\n", 1)
    text = text.replace("    room: main\n", "    room: bor\n", 1)
    text = text.replace(
        "company:\n", 'company:\n  quiet_from: "00:00"\n  quiet_until: "00:00"\n', 1
    )
    path = tmp_path / "company.yaml"
    path.write_text(text)
    async with running_app(database_url, tmp_path, company=path) as running:
        yield running


@pytest.fixture
async def olga(app: App) -> AsyncIterator[Dispatcher]:
    async with dispatcher(app.base_url) as one:
        await sign_in(one, app, OLGA)
        yield one


@pytest.fixture
async def anna(app: App) -> AsyncIterator[Dispatcher]:
    """Works in the room `bor` alone."""
    await keep_to(app, ANNA, "bor")
    async with dispatcher(app.base_url) as one:
        await sign_in(one, app, ANNA)
        yield one


@pytest.fixture
async def maria(app: App) -> AsyncIterator[Visitor]:
    async with visitor(app.base_url) as one:
        await settle_in(one, app)
        yield one


def at(hours: float) -> str:
    """So many hours on, as a field of the page has it."""
    return f"{datetime.now(MOSCOW) + timedelta(hours=hours):%Y-%m-%dT%H:%M}"


async def house(one: Dispatcher, address: str = "Заводская, 12") -> int:
    _, choices = await one.get("outages/form")
    houses = [house for complex_ in choices["complexes"] for house in complex_["houses"]]
    return int(next(house["id"] for house in houses if house["address"].endswith(address)))


async def filled(one: Dispatcher, **more: Any) -> Json:
    return {
        "key": str(uuid.uuid4()), "outage": None, "planned": False, "what": "cold_water",
        "houses": [await house(one)] if "houses" not in more else [], "until": at(4),
        "reason": "прорыв на вводе", **more,
    }  # fmt: skip


async def keeps(one: Dispatcher, **more: Any) -> Json:
    status, body = await one.post("outages", await filled(one, **more))
    assert status == 200, body
    preview: Json = body["preview"]
    return preview


async def does(one: Dispatcher, ident: int, what: str, **body: Any) -> tuple[int, Any]:
    return await one.post(f"outages/{ident}/{what}", body)


async def shown(one: Dispatcher, ident: int) -> Json:
    status, body = await one.get(f"outages/{ident}")
    assert status == 200, body
    outage: Json = body["outage"]
    return outage


async def count(app: App, what: type[Outage | Notice]) -> int:
    async with app.db.session() as session:
        return await session.scalar(select(func.count()).select_from(what)) or 0


# ── The door ─────────────────────────────────────────────────────────────────


async def test_it_asks_for_a_session_and_our_own_page(app: App, olga: Dispatcher) -> None:
    kept = await keeps(olga)
    async with dispatcher(app.base_url) as stranger:
        assert (await stranger.get("outages"))[0] == 401
        assert (await stranger.get(f"outages/{kept['id']}"))[0] == 401
        assert (await stranger.post("outages", await filled(olga)))[0] == 401
    status, _ = await olga.post(f"outages/{kept['id']}/send", {}, origin=FAR)
    assert status == 403
    assert await count(app, Notice) == 0


async def test_houses_of_others_are_not_there(
    app: App, olga: Dispatcher, anna: Dispatcher, maria: Visitor
) -> None:
    kept = await keeps(olga)
    theirs = await house(olga)
    assert (await does(olga, kept["id"], "send"))[0] == 200
    assert (await anna.get("outages"))[1]["outages"] == []
    _, choices = await anna.get("outages/form")
    assert [each["name"] for each in choices["complexes"]] == ["Сосновый бор"]
    for path in (f"outages/{kept['id']}", f"outages/{kept['id']}/form", f"outages/houses/{theirs}"):
        assert await anna.get(path) == NOT_FOUND
    for what in ("send", "prolong", "restore", "cancel"):
        assert await does(anna, kept["id"], what, told=True, open_end=True) == NOT_FOUND
    assert await anna.post("outages", await filled(anna, houses=[theirs])) == NOT_FOUND
    own = await filled(anna, houses=[await house(anna, "корп. 1")], outage=kept["id"])
    assert await anna.post("outages", own) == NOT_FOUND
    assert (await shown(olga, kept["id"]))["state"] == "announced"
    assert await count(app, Outage) == 1


async def test_a_draft_with_houses_of_others_is_not_taken_apart(
    app: App, olga: Dispatcher, anna: Dispatcher
) -> None:
    both = [await house(olga), await house(olga, "корп. 1")]
    kept = await keeps(olga, houses=both)
    mine = await filled(anna, houses=both[1:], outage=kept["id"])
    status, body = await anna.post("outages", mine)
    assert status == 422
    assert "не работаете" in body["fields"]["houses"]
    assert len((await shown(olga, kept["id"]))["places"]) == 2


async def test_an_executor_has_no_such_page_and_a_trainee_only_looks(
    app: App, olga: Dispatcher
) -> None:
    kept = await keeps(olga)
    async with dispatcher(app.base_url) as igor:
        await sign_in(igor, app, IGOR)
        assert (await igor.get("me"))[1]["may"]["announce"] is False
        assert await igor.get("outages") == NOT_FOUND
        assert await igor.get("outages/form") == NOT_FOUND
        assert await igor.get(f"outages/{kept['id']}") == NOT_FOUND
        assert await does(igor, kept["id"], "send") == NOT_FOUND
    await keep_to(app, ANNA, trainee=True)
    async with dispatcher(app.base_url) as anna:
        await sign_in(anna, app, ANNA)
        assert (await anna.get("me"))[1]["may"] == {
            "announce": True, "mail": False, "send": False, "count": False,
        }  # fmt: skip
        assert (await shown(anna, kept["id"]))["state"] == "draft"
        status, body = await does(anna, kept["id"], "send")
        assert (status, "стажёр" in body["why"]) == (422, True)
        assert (await anna.post("outages", await filled(anna)))[0] == 422
    assert await count(app, Notice) == 0


# ── The form ─────────────────────────────────────────────────────────────────


async def test_all_mistakes_are_told_at_once_each_at_its_field(app: App, olga: Dispatcher) -> None:
    status, body = await olga.post(
        "outages",
        {"key": str(uuid.uuid4()), "what": "other", "until": "", "reason": "о" * 301},
    )
    assert status == 422
    assert set(body["fields"]) == {"planned", "title", "houses", "until", "reason"}
    assert "Получилось 301 знак, а помещается 300." in body["fields"]["reason"]
    wrong = {
        "since": {"planned": True, "since": at(-1), "until": at(3)},
        "until": {"planned": True, "since": at(3), "until": at(2)},
        "flats": {"flats": "999"},
        "floors": {"floors": "вон те"},
        "entrances": {"entrances": ["17"]},
    }
    for name, values in wrong.items():
        status, body = await olga.post("outages", await filled(olga, **values))
        assert (status, list(body["fields"])) == (422, [name]), body
    begins_later = await filled(olga, since=at(2))
    assert "Плановые" in (await olga.post("outages", begins_later))[1]["fields"]["since"]
    assert await count(app, Outage) == 0


async def test_what_is_not_of_the_shape_is_refused(olga: Dispatcher) -> None:
    for more in ({"key": "1"}, {"houses": ["вот"]}, {"planned": "может"}, {"until": "1" * 50}):
        assert (await olga.post("outages", {**await filled(olga), **more}))[0] == 400
    strange = await filled(olga, until="2026-11-23T10:00+03:00")
    assert list((await olga.post("outages", strange))[1]["fields"]) == ["until"]
    assert (await olga.get("outages?which=past&skip=минус"))[0] == 400


async def test_the_same_key_is_one_draft_and_it_is_shown_as_residents_will_read_it(
    app: App, olga: Dispatcher, maria: Visitor
) -> None:
    form = await filled(olga, entrances=["1"], floors="1–9", flats="40")
    first = await olga.post("outages", form)
    again = await olga.post("outages", {**form, "reason": "меняем трубу"})
    assert first[1]["preview"]["id"] == again[1]["preview"]["id"]
    assert await count(app, Outage) == 1
    preview = again[1]["preview"]
    assert preview["header"] == "💧 Нет холодной воды"
    assert "подъезд 1, этажи 1–9; кв. 40" in preview["text"]
    assert "меняем трубу" in preview["text"]
    assert preview["buttons"] == ["У меня тоже", "Уже дали"]
    assert preview["receivers"]["people"] == [["чат на сайте", 1]]
    assert preview["receivers"]["flats"] == {"all": 37, "reached": 1}
    _, body = await olga.get(f"outages/{preview['id']}/form")
    assert body["whole"] is True
    for name in ("houses", "entrances", "floors", "flats", "until"):
        assert body["form"][name] == form[name]


async def test_a_draft_that_tells_of_an_incident_still_does(app: App, olga: Dispatcher) -> None:
    kept = await keeps(olga)
    async with app.db.session() as session:  # as «Сообщить дому» begins it
        outage = await session.get_one(Outage, kept["id"])
        outage.form = {**outage.form, "incident": 7}
        await session.commit()
    again = await keeps(olga, outage=kept["id"], reason="меняем трубу")
    assert again["id"] == kept["id"]
    async with app.db.session() as session:
        outage = await session.get_one(Outage, kept["id"])
        assert (outage.reason, outage.form.get("incident")) == ("меняем трубу", 7)


async def test_warned_of_a_late_and_long_one(olga: Dispatcher) -> None:
    preview = await keeps(olga, planned=True, since=at(24), until=at(34))
    told = " ".join(preview["warnings"])
    assert "предупреждают за 10 рабочих дней" in told
    assert "разрешено 4 ч" in told
    assert preview["prevents"] == []


# ── What is done ─────────────────────────────────────────────────────────────


async def test_sent_once_answered_and_restored(app: App, olga: Dispatcher, maria: Visitor) -> None:
    kept = await keeps(olga)
    status, body = await does(olga, kept["id"], "send")
    assert (status, "получит 1 человек" in body["told"]) == (200, True)
    status, body = await does(olga, kept["id"], "send")
    assert (status, "уже сделано" in body["why"]) == (422, True)
    await maria.reads("Нет холодной воды")
    await maria.presses("У меня тоже")
    await settled(app)
    outage = await shown(olga, kept["id"])
    assert outage["reach"]["delivered"] == outage["reach"]["everybody"] == 1
    assert [(each["label"], each["count"]) for each in outage["answers"]] == [("У меня тоже", 1)]
    assert outage["missed"][0]["count"] == outage["flats"]["all"] - 1
    assert outage["may"] == ["restore", "prolong", "cancel"]

    status, body = await does(olga, kept["id"], "prolong", until=at(-1))
    assert (status, list(body["fields"])) == (422, ["until"])
    assert (await does(olga, kept["id"], "prolong", until=at(6)))[0] == 200
    await maria.reads("Нужно другое время")
    assert (await does(olga, kept["id"], "restore"))[0] == 200
    await maria.reads("Холодная вода снова есть")
    assert (await does(olga, kept["id"], "restore"))[0] == 422
    _, body = await olga.get("outages?which=past")
    assert [each["id"] for each in body["outages"]] == [kept["id"]]
    assert (await olga.get("outages"))[1]["outages"] == []


async def test_an_old_page_calls_nothing_off(app: App, olga: Dispatcher, maria: Visitor) -> None:
    kept = await keeps(olga)
    assert (await does(olga, kept["id"], "send"))[0] == 200
    assert (await does(olga, kept["id"], "cancel"))[0] == 422  # it was a draft on that page
    assert (await does(olga, kept["id"], "cancel", told=True))[0] == 200
    await maria.reads("отключения не будет")


async def test_a_refused_change_leaves_what_is_scheduled_as_it_was(
    app: App, olga: Dispatcher
) -> None:
    form = await filled(olga, planned=True, since=at(30), until=at(33))
    _, body = await olga.post("outages", form)
    ident = body["preview"]["id"]
    status, body = await does(olga, ident, "schedule", at=at(31))
    assert (status, list(body["fields"])) == (422, ["at"])
    assert (await does(olga, ident, "schedule", at=at(2)))[0] == 200
    changed = {**form, "outage": ident, "reason": "другая"}
    status, body = await olga.post("outages?look", changed)
    assert "Причина: другая" in body["preview"]["text"]
    assert (await does(olga, ident, "schedule", at=at(31), form=changed))[0] == 422
    outage = await shown(olga, ident)
    assert outage["state"] == "scheduled"
    assert "прорыв" in outage["text"]
    assert (await does(olga, ident, "schedule", at=at(3), form=changed))[0] == 200
    assert "другая" in (await shown(olga, ident))["text"]
    accident = await keeps(olga)
    status, body = await does(olga, accident["id"], "schedule", at=at(1))
    assert (status, "Об аварии" in body["why"]) == (422, True)
    assert await count(app, Notice) == 0


async def test_pages_are_told_live_and_only_of_their_houses(
    app: App, olga: Dispatcher, anna: Dispatcher
) -> None:
    kept = await keeps(olga, houses=[await house(olga)])
    theirs = await keeps(olga, houses=[await house(olga, "корп. 1")])
    for one in (olga, anna):
        await one.watches()
    assert (await does(olga, kept["id"], "send"))[0] == 200
    assert (await does(olga, theirs["id"], "send"))[0] == 200
    frame = {"is": "outage", "id": theirs["id"]}
    await until(lambda: frame in anna.frames and frame in olga.frames)
    assert {"is": "outage", "id": kept["id"]} in olga.frames
    assert {"is": "outage", "id": kept["id"]} not in anna.frames


async def test_for_those_who_are_not_in_the_bot(app: App, olga: Dispatcher) -> None:
    kept = await keeps(olga, flats="12")
    _, body = await olga.get(f"outages/{kept['id']}/text")
    assert "Нет холодной воды" in body["text"]
    assert "кв." not in body["text"]  # anybody may read it there
    async with olga.http.get(f"{app.base_url}/desk/api/outages/{kept['id']}/paper") as paper:
        assert paper.status == 200
        assert (await paper.read()).startswith(b"%PDF")


# ── Mailings ─────────────────────────────────────────────────────────────────


async def written(one: Dispatcher, **more: Any) -> Json:
    return {
        "key": str(uuid.uuid4()), "mailing": None, "whom": "everybody", "kind": "news",
        "houses": [await house(one)] if "houses" not in more else [],
        "text": "В субботу красим лавочки.", **more,
    }  # fmt: skip


async def acts(one: Dispatcher, ident: int, what: str, **body: Any) -> tuple[int, Any]:
    return await one.post(f"mailings/{ident}/{what}", body)


async def test_a_mailing_is_sent_once_held_and_stopped(
    app: App, olga: Dispatcher, maria: Visitor
) -> None:
    form = await written(olga)
    for text in ("В субботу красим лавочки.", "В субботу красим лавочки, обходите."):
        status, body = await olga.post("mailings", {**form, "text": text})
        assert status == 200, body
    preview = body["preview"]
    assert preview["receivers"]["everybody"] == 1
    assert preview["buttons"] == ["Не присылать новости"]
    status, body = await acts(olga, preview["id"], "schedule", at=at(-1))
    assert (status, list(body["fields"])) == (422, ["at"])
    assert (await acts(olga, preview["id"], "schedule", at=at(5)))[0] == 200
    assert (await acts(olga, preview["id"], "send"))[0] == 200
    assert (await acts(olga, preview["id"], "send"))[0] == 422
    await maria.reads("обходите")
    await settled(app)
    _, body = await olga.get(f"mailings/{preview['id']}")
    assert body["mailing"]["reach"]["delivered"] == 1

    same = await written(olga, text="В субботу красим лавочки, обходите.")
    again = (await olga.post("mailings", same))[1]["preview"]["id"]
    status, body = await acts(olga, again, "send")
    assert (status, "Такая же рассылка" in body["why"]) == (422, True)

    # News are one an hour: this one waits, so it can be held and stopped.
    other = await written(olga, text="И песочницу.")
    ident = (await olga.post("mailings", other))[1]["preview"]["id"]
    assert (await acts(olga, ident, "send"))[0] == 200
    assert (await acts(olga, ident, "hold"))[0] == 200
    assert (await olga.get(f"mailings/{ident}"))[1]["mailing"]["may"] == ["go", "stop"]
    assert (await acts(olga, ident, "go"))[0] == 200
    assert (await acts(olga, ident, "stop"))[0] == 422  # the page did not know it was under way
    assert (await acts(olga, ident, "stop", begun=True))[0] == 200
    assert (await acts(olga, ident, "go"))[0] == 422
    status, body = await acts(olga, ident, "again")
    assert status == 200
    _, drafted = await olga.get(f"mailings/{body['id']}/form")
    assert drafted["form"]["text"] == "И песочницу."


async def test_mistakes_of_a_mailing_are_told_each_at_its_field(olga: Dispatcher) -> None:
    _, body = await olga.post("mailings", {"key": str(uuid.uuid4())})
    assert set(body["fields"]) == {"whom", "kind", "houses", "text"}
    _, body = await olga.post("mailings", await written(olga, text="а" * 3600))
    assert "3600 знаков" in body["fields"]["text"]
    _, body = await olga.post("mailings", await written(olga, files=["чужой"]))
    assert list(body["fields"]) == ["files"]
    _, body = await olga.post("mailings", {"key": str(uuid.uuid4()), "whom": "staff", "roles": "x"})
    assert set(body["fields"]) == {"roles", "text"}
    staff = {"key": str(uuid.uuid4()), "whom": "staff", "roles": None, "text": "В пять собрание."}
    status, body = await olga.post("mailings", staff)
    assert (status, body["fields"]) == (422, {"roles": "Выберите, каким сотрудникам."})


async def test_mailings_of_others_are_not_there(app: App, olga: Dispatcher) -> None:
    _, body = await olga.post("mailings", await written(olga))
    ident = body["preview"]["id"]
    await keep_to(app, ANNA, "bor")
    async with dispatcher(app.base_url) as anna:
        await sign_in(anna, app, ANNA)
        for path in ("mailings", "mailings/form", f"mailings/{ident}", f"mailings/{ident}/text"):
            assert await anna.get(path) == (404, {"why": "Такой рассылки нет."})
        assert (await anna.post("mailings", await written(olga)))[0] == 404
        async with app.db.session() as session:  # a manager, but of other houses
            await session.execute(update(Member).where(Member.code == ANNA).values(role="manager"))
        assert (await anna.get("mailings/form"))[0] == 200
        assert (await anna.get("mailings"))[1] == {"now": [], "past": []}
        for what in ("send", "hold", "stop", "again"):
            assert (await acts(anna, ident, what, begun=True))[0] == 404
        assert (await anna.post("mailings", await written(olga)))[0] == 404
    assert await count(app, Notice) == 0
