"""The same notice where anybody may read it: the company's channel, the community's wall, and as
words for the house's own chat.

A mailing, or whatever else is told to many, calls `tell_openly` in the transaction in which its
notice is enqueued; `work.open_posts.places(houses)` lists what is set up, for a button in its
preview (`toggle_button` makes one). What is refused is told by `open_outcomes` to whoever made it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from handlers import open_texts as words
from handlers.outage_places import is_whole, name_places
from services.messaging.types import Button, Outbound
from services.open_posts import KINDS, OpenPlace
from services.outage_rules import moment_to_tell
from services.tables import Notice, Outage, OutagePlace
from services.work import Work
from services.zones import wall_of

# ── Telling ──────────────────────────────────────────────────────────────────


async def tell_openly(
    work: Work,
    notice: Notice,
    what: Outbound,
    *,
    open_to: Iterable[str] = KINDS,
    houses: Sequence[int],
) -> list[OpenPlace]:
    """Of a notice that is in the database. `open_to`: channel, wall or both, as was wished;
    `houses`: whom it is for, which finds their channels. `what` loses its buttons and gets a link
    to the bot; the wall takes its words alone, without files. It must name nobody's flat. Returns
    where it will stand: nowhere, where nothing of it is set up."""
    places = await work.open_posts.places(houses, open_to)
    for place in places:
        await post(work, notice, place, what, houses)
    return places


async def post(
    work: Work, notice: Notice, place: OpenPlace, what: Outbound, houses: Sequence[int]
) -> None:
    url = await work.links.in_channel(place.address.channel, await code_of(work, houses))
    text = "\n\n".join(filter(None, [what.text, words.write_to_us(url) if url else ""]))
    said = what.model_copy(update={"text": text, "keyboard": None})
    if place.kind == "wall":
        said = said.model_copy(update={"attachments": ()})
    await work.open_posts.post(notice, place, said)


async def code_of(work: Work, houses: Sequence[int]) -> str:
    """Of the house, where it is one: the link spares its residents the question."""
    house = await work.places.house(houses[0]) if len(houses) == 1 else None
    return house.code if house else ""


async def tell_of_outage(work: Work, outage: Outage, notice: Notice, told: Outbound) -> None:
    """With its announcement, where that was wished; with a change, where the announcement
    stands. `told`: what residents hear."""
    houses = await work.open_posts.houses_of_outage(outage)
    if notice.kind == "announced":
        places = await work.open_posts.places(houses, outage.open_to)
    else:
        anew = notice.kind == "prolonged"
        places = await work.open_posts.standing(outage.id, dropped_too=anew)
    if not places:
        return
    what = await compose(work, outage, notice.kind)
    what = what.model_copy(update={"silent": told.silent})
    for place in places:
        await post(work, notice, place, what, houses)


async def compose(work: Work, outage: Outage, kind: str) -> Outbound:
    """As residents are told it, but for buttons and flats."""
    local = await wall_of(work, outage)
    header, text = words.of_outage(
        outage, kind, await name_houses(work, outage), local(outage.since),
        local(outage.until) if outage.until else None,
        local(await moment_to_tell(work, outage)),
    )  # fmt: skip
    return Outbound(header=header, text=text)


async def name_houses(work: Work, outage: Outage) -> list[str]:
    """A line a house, with entrances; what is narrower is «часть квартир»."""
    return await name_places(work, outage, name_entrances)


async def name_part(work: Work, parts: Sequence[OutagePlace]) -> str:
    """Of one house, empty for all of it."""
    if not parts or any(is_whole(part) for part in parts):
        return ""
    return (await name_entrances(work, parts))[0]


async def name_entrances(work: Work, parts: Sequence[OutagePlace]) -> list[str]:
    numbers, others = [], False
    for part in parts:
        narrower = (part.riser, part.floor_from, part.flat_id)
        entrance = await work.places.entrance(part.entrance_id) if part.entrance_id else None
        if entrance is None or any(each is not None for each in narrower):
            others = True
        else:
            numbers.append(entrance.number)
    return [words.parts(list(dict.fromkeys(numbers)), others=others)]


async def chat_text(work: Work, text: str, houses: Sequence[int]) -> str:
    """«Текст для чата дома», of anything that names nobody's flat."""
    links = await work.links.to(await code_of(work, houses))
    return words.chat_text(text, links, (await work.company.profile()).phone)


async def chat_text_of_outage(work: Work, outage: Outage) -> str:
    """As it stands: announced, or what was told of it last."""
    what = await compose(work, outage, await last_kind(work, outage))
    houses = await work.open_posts.houses_of_outage(outage)
    return await chat_text(work, f"{what.header}\n{what.text}", houses)


async def last_kind(work: Work, outage: Outage) -> str:
    told = [notice.kind for notice, _ in await work.outage_answers.notices(outage)]
    changes = [kind for kind in told if kind not in ("announced", "reminder")]
    if not changes and outage.state == "cancelled":
        return "cancelled"
    return changes[-1] if changes else "announced"


# ── Its button ───────────────────────────────────────────────────────────────


async def toggle_button(
    work: Work, houses: Sequence[int], open_to: Sequence[str], action: str
) -> list[Button]:
    """One, or none where nothing is set up."""
    places = await work.open_posts.places(houses)
    if not places:
        return []
    return [Button(label=words.toggle(places, chosen=bool(open_to)), action=action)]
