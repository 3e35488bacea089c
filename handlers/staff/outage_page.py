"""What the desk's page shows of outages: the lists, one with all that was told of it, the preview.
Moments are said by the clocks of its houses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import product
from typing import Any

from handlers import open_texts, outage_texts, outages
from handlers import outage_staff_texts as words
from handlers.staff.outage_filled import Filled
from handlers.staff.outage_form import prevents, warn
from handlers.staff_texts import MESSENGERS
from handlers.wording import name_moment
from services.audience import Reach
from services.messaging.types import Outbound
from services.notices import Outcome
from services.outage_rules import is_night
from services.tables import Notice, Outage, OutagePlace
from services.work import Work
from services.zones import wall_of, zone_of_outage

Json = dict[str, Any]


async def show_line(work: Work, outage: Outage) -> Json:
    local, now = await wall_of(work, outage), work.now
    since, until = local(outage.since), local(outage.until) if outage.until else None
    when = (
        outage_texts.planned_when(since, until)
        if outage.planned
        else outage_texts.since_when(since, until, local(now))
    )
    told = await work.outage_answers.notices(outage)
    first = next((each for each in told if each[0].kind == "announced"), None)
    return {
        "id": outage.id,
        "state": outage.state,
        "stands": words.stands(
            outage, local(outage.announce_at) if outage.announce_at else None, local(now)
        ),
        "sign": outage_texts.thing(outage).sign,
        "name": outage_texts.name(outage),
        "planned": outage.planned,
        "places": await outages.name_places(work, outage),
        "when": when,
        "ended": name_moment(local(outage.ended_at), local(now)) if outage.ended_at else "",
        "late": outage.state == "announced" and (outage.until or outage.since) <= now
        and (outage.until is not None or bool(outage.asked_at)),
        "reach": show_reach(first[1]) if first else None,
        "flats": {"all": first[0].flats, "reached": first[0].flats_reached} if first else None,
        "answers": show_answers(await work.outage_answers.answers(outage)),
        "may": list(may(outage, now)),
    }  # fmt: skip


async def show_whole(work: Work, outage: Outage) -> Json:
    local, now = await wall_of(work, outage), work.now
    what = await outages.compose(work, outage, "announced")
    reach = await work.audience.measure(outage.id)
    return {
        **await show_line(work, outage),
        "zone": await zone_of_outage(work, outage),
        "header": what.header,
        "text": what.text,
        "buttons": labels_of(what),
        "notices": [
            show_notice(notice, local(notice.at), local(now), became)
            for notice, became in await work.outage_answers.notices(outage)
        ],
        "receivers": show_receivers(reach),
        "missed": show_missed(reach),
    }


async def show_preview(work: Work, outage: Outage) -> Json:
    """As residents will have it, and what is to be known before it is sent."""
    what = await outages.compose(work, outage, "announced")
    stops = await prevents(work, outage)
    places = await work.open_posts.places(await work.open_posts.houses_of_outage(outage))
    return {
        "id": outage.id,
        "header": what.header,
        "text": what.text,
        "buttons": labels_of(what),
        "receivers": show_receivers(await work.audience.measure(outage.id)),
        "warnings": [each for each in await warn(work, outage) if each not in stops],
        "prevents": stops,
        "openly": open_texts.toggle(places, chosen=False) if places else "",
        "night": not outage.planned and await is_night(work, outage),
    }


def labels_of(what: Outbound) -> list[str]:
    return [button.label for row in (what.keyboard.rows if what.keyboard else ()) for button in row]


def may(outage: Outage, now: datetime) -> Iterable[str]:
    """What the buttons of the page may do with it."""
    if outage.state == "announced":
        if outage.since <= now:
            yield from ("restore", "prolong")
        yield "cancel"
    elif outage.state in ("draft", "scheduled"):
        yield from ("send", "change", "cancel")


def show_notice(notice: Notice, at: datetime, now: datetime, became: Outcome) -> Json:
    return {
        "id": notice.id,
        "kind": notice.kind,
        "title": words.NOTICES[notice.kind],
        "at": name_moment(at, now),
        "text": notice.text,
        "people": name_channels(notice.people),
        "reach": show_reach(became),
        "words": words.outcome(notice, at, now, became),
    }


def show_reach(became: Outcome) -> Json:
    return show_figures(became.states, became.reasons)


def show_figures(by_state: Mapping[str, int], reasons: Mapping[str, int]) -> Json:
    """`left`: what is still on its way."""
    states = dict(by_state)
    everybody = sum(states.values())
    shown = {
        "delivered": states.pop("sent", 0),
        "refused": states.pop("refused", 0),
        "unknown": states.pop("unknown", 0),
        "dropped": states.pop("dropped", 0),
    }
    why = [[words.REASONS.get(each, each), n] for each, n in sorted(reasons.items())]
    return {"everybody": everybody, **shown, "left": sum(states.values()), "reasons": why}


def show_receivers(reach: Reach) -> Json:
    return {
        "words": words.receivers(reach),
        "people": name_channels(reach.people),
        "everybody": reach.everybody,
        "flats": {"all": reach.flats, "reached": reach.flats - len(reach.missed)},
    }


def show_missed(reach: Reach) -> list[Json]:
    """Flats of which nobody can be written to, house by house."""
    houses: dict[str, list[str]] = {}
    for address, number in reach.missed:
        houses.setdefault(address, []).append(number)
    return [
        {"address": address, "flats": outage_texts.ranges(numbers), "count": len(numbers)}
        for address, numbers in houses.items()
    ]


def show_answers(answers: Mapping[str, int]) -> list[Json]:
    labels = {
        "mine_too": outage_texts.MINE_TOO,
        "back": outage_texts.BACK,
        "still_none": outage_texts.STILL_NONE,
    }
    return [
        {"key": key, "label": label, "count": answers[key]}
        for key, label in labels.items()
        if answers.get(key)
    ]


def name_channels(people: Mapping[str, int]) -> list[list[Any]]:
    return [[MESSENGERS.get(channel, channel), count] for channel, count in people.items()]


# ── The form of an outage that is there ──────────────────────────────────────


async def filled_of(work: Work, outage: Outage) -> tuple[Filled, bool]:
    """As the page filled it in, or would have. False: its parts were said in the chat in a way
    that the fields cannot say."""
    if page := outage.form.get("page"):
        return Filled(**page), True
    local = await wall_of(work, outage)
    places = await work.outages.places(outage)
    parts, whole = await split(work, places)
    filled = Filled(
        key=f"outage {outage.id}",
        planned=outage.planned,
        what=outage.what,
        title=outage.title,
        houses=tuple(dict.fromkeys(place.house_id for place in places)),
        since=as_field(local(outage.since)),
        until=as_field(local(outage.until)) if outage.until else "",
        open_end=outage.until is None,
        reason=outage.reason,
        loud=outage.loud,
        openly=bool(outage.open_to),
        **parts,
    )
    return filled, whole


async def split(work: Work, places: Sequence[OutagePlace]) -> tuple[dict[str, Any], bool]:
    entrances: dict[int, str] = {}
    flats: list[str] = []
    for place in places:
        if place.entrance_id is not None:
            entrance = await work.places.entrance(place.entrance_id)
            entrances[place.entrance_id] = entrance.number if entrance else ""
        if place.flat_id is not None:
            flat = await work.places.flat(place.flat_id)
            flats.append(flat.number if flat else "")
    narrowed = [place for place in places if place.flat_id is None]
    seen = {(p.entrance_id, p.riser, p.floor_from, p.floor_to) for p in narrowed}
    spans = {each[2:]: None for each in seen}
    risers = {each[1]: None for each in seen}
    within = {each[0]: None for each in seen}
    floors = [str(a) if a == b else f"{a}–{b}" for a, b in spans if a is not None]
    parts = {
        "entrances": tuple(entrances.values()),
        "risers": tuple(riser for riser in risers if riser is not None),
        "floors": ", ".join(floors),
        "flats": ", ".join(flats),
    }
    same = seen == {(e, r, *f) for e, r, f in product(within, risers, spans)}
    return parts, same


def as_field(moment: datetime) -> str:
    """As a field of day and hour has it."""
    return f"{moment:%Y-%m-%dT%H:%M}"
