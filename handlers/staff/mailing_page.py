"""Mailings on the desk's page: the form filled in at once, and what is shown of one. The rules and
the words are those of `/mailing`."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from handlers import mailing_staff_texts as words
from handlers import mailings, open_posts, open_texts, wording
from handlers.dialogue.steps import Wrong
from handlers.staff.mailing_form import audience_of, warn
from handlers.staff.mailing_steps import SENT, expect_short
from handlers.staff.outage_page import Json, name_channels, show_figures
from handlers.staff.outage_page_texts import too_long, too_many
from handlers.staff.place_filled import Mistakes, PlaceReading
from services.access import AsMember
from services.mailing_draft import MailingDraft
from services.messaging.types import Attachment
from services.tables import Mailing
from services.work import Work

WHOM = {key for key, _ in words.WHOM}
KINDS = {key for key, _ in words.KINDS}
ROLES = {",".join(value): value for value, _ in words.ROLES}


@dataclass(frozen=True)
class FilledMailing:
    """As the page has it; `roles` are joined by commas, None while
    none were chosen. `files` are ids of stored ones."""

    key: str
    whom: str = ""
    roles: str | None = ""
    kind: str = ""
    houses: tuple[int, ...] = ()
    entrances: tuple[str, ...] = ()
    risers: tuple[str, ...] = ()
    floors: str = ""
    flats: str = ""
    messenger: str = ""
    text: str = ""
    files: tuple[str, ...] = ()
    by_night: bool = False
    openly: bool = False


async def keep(
    work: Work,
    viewer: AsMember,
    filled: FilledMailing,
    attached: list[Attachment],
    mailing_id: int | None = None,
) -> Mailing:
    """The draft that the form makes, or makes of that mailing. Raises `Mistakes`, `NotYours`,
    `AlreadySo`."""
    if mailing_id is None and (begun := await work.mailing_lists.of_key(viewer, filled.key)):
        mailing_id = begun.id
    if mailing_id is not None:
        before = await work.mailings.get(viewer, mailing_id, lock=True)
        if not await work.mailings.covers(viewer, before):
            raise Mistakes({"houses": words.HOUSES_OF_OTHERS})
    draft, complex_id = await read(work, viewer, filled, attached)
    room = await work.rooms.of_complex(complex_id)
    mailing = await work.mailings.keep(viewer, room, "desk", draft, mailing_id)
    if filled.openly and mailings.may_be_open(mailing):
        houses = [house.id for house in await work.mailings.houses(mailing)]
        places = await work.open_posts.places(houses)
        await work.mailings.choose_openly(mailing, list(dict.fromkeys(p.kind for p in places)))
    else:
        await work.mailings.choose_openly(mailing, [])
    return mailing


async def read(
    work: Work, viewer: AsMember, filled: FilledMailing, attached: list[Attachment]
) -> tuple[MailingDraft, int | None]:
    reading = PlaceReading(work, filled)
    to_staff = filled.whom == "staff"
    if filled.whom not in WHOM:
        reading.note("whom", words.TO_WHOM)
    if not to_staff and filled.kind not in KINDS:
        reading.note("kind", words.WHICH_KIND)
    if to_staff and filled.roles not in ROLES:
        reading.note("roles", words.WHICH_ROLES)
    houses = [] if to_staff else await reading.houses(viewer, one_zone=False)
    parts = await reading.parts(houses)
    if not filled.text.strip():
        reading.note("text", words.NEED_TEXT)
    elif is_wrong(filled.text, 0):
        reading.note("text", too_long(words.units(filled.text)))
    if any(each.kind not in SENT for each in attached):
        reading.note("files", words.ONLY_PHOTOS)
    elif is_wrong("", len(attached)):
        reading.note("files", too_many(len(attached)))
    if reading.wrong:
        raise Mistakes(reading.wrong)
    photos = [each.model_dump(mode="json") for each in attached]
    answers: dict[str, Any] = {
        "whom": filled.whom,
        "roles": list(ROLES.get(filled.roles or "", ())),
        "kind": "important" if to_staff else filled.kind,
        "houses": [f"h{house.id}" for house in houses],
        "parts": parts,
        "messenger": "" if to_staff else filled.messenger,
        "body": {"words": filled.text, "attachments": photos, "ids": []},
    }
    draft = MailingDraft(
        kind=answers["kind"],
        text=filled.text.strip(),
        photos=tuple(photos),
        audience=await audience_of(work, viewer, answers),
        form={**answers, "key": filled.key, "page": asdict(filled)},
        by_night=filled.by_night and answers["kind"] == "important",
    )
    return draft, houses[0].complex_id if houses else None


def is_wrong(text: str, files: int) -> bool:
    try:
        expect_short(text, files)
    except Wrong:
        return True
    return False


# ── What is shown ────────────────────────────────────────────────────────────


async def show_line(work: Work, mailing: Mailing) -> Json:
    local, now = work.company.local, await work.company.local(work.now)
    moment = mailing.start_at if mailing.state == "scheduled" else mailing.started_at
    came = await work.mailings.progress(mailing)
    return {
        "id": mailing.id,
        "state": mailing.state,
        "title": words.title(mailing),
        "kind": dict(words.KINDS)[mailing.kind],
        "whom": await mailings.name_whom(work, mailing),
        "at": wording.name_moment(await local(moment), now) if moment else "",
        "reach": show_figures(came.states, came.reasons) if mailing.started_at else None,
        "may": list(may(mailing)),
    }


async def show_whole(work: Work, mailing: Mailing) -> Json:
    came = await work.mailings.progress(mailing)
    morning = await mailings.goes_on_at(work, mailing)
    return {
        **await show_line(work, mailing),
        **await show_sample(work, mailing),
        "chat": mailing.started_at is not None and mailing.audience["who"] != "staff",
        "words": words.progress(mailing, came, morning).split("\n")[1:]
        if mailing.started_at
        else [],
    }


async def show_sample(work: Work, mailing: Mailing) -> Json:
    what = mailings.compose(mailing, sample=True)
    rows = what.keyboard.rows if what.keyboard else ()
    return {
        "id": mailing.id,
        "header": what.header,
        "text": what.text,
        "buttons": [button.label for row in rows for button in row],
    }


async def show_preview(work: Work, mailing: Mailing) -> Json:
    """As residents will have it, and whom it reaches."""
    reach = await work.mailings.measure(mailing)
    houses = [house.id for house in await work.mailings.houses(mailing)]
    open_to = await work.open_posts.places(houses) if mailings.may_be_open(mailing) else []
    return {
        **await show_sample(work, mailing),
        "whom": await mailings.name_whom(work, mailing),
        "receivers": {
            "words": words.receivers(mailing, reach),
            "people": name_channels(reach.people),
            "everybody": reach.everybody,
            "flats": {"all": reach.flats, "reached": reach.flats - reach.missed},
        },
        "warnings": await warn(work, mailing, reach),
        "prevents": [],
        "night": mailing.kind == "important",
        "openly": open_texts.toggle(open_to, chosen=False) if open_to else "",
    }


def may(mailing: Mailing) -> tuple[str, ...]:
    """What the buttons of the page may do with it."""
    return {
        "draft": ("change", "stop"),
        "scheduled": ("change", "stop"),
        "running": ("hold", "stop"),
        "paused": ("go", "stop"),
        "stopped": ("again",),
    }.get(mailing.state, ())


async def chat_text(work: Work, mailing: Mailing) -> str:
    what = mailings.compose(mailing)
    houses = [house.id for house in await work.mailings.houses(mailing)]
    return await open_posts.chat_text(work, f"{what.header}\n{what.text}", houses)


def filled_of(mailing: Mailing, files: tuple[str, ...]) -> FilledMailing:
    """Of one made in the chat its parts stay as they are shown in `whom`: the fields begin with
    whole houses."""
    if page := mailing.form.get("page"):
        return FilledMailing(**{**page, "files": files})
    audience = mailing.audience
    return FilledMailing(
        key=f"mailing {mailing.id}",
        whom=audience["who"],
        roles=",".join(audience["roles"]),
        kind=mailing.kind,
        houses=tuple(dict.fromkeys(place["house_id"] for place in audience["places"])),
        messenger=next(iter(audience["messengers"]), ""),
        text=mailing.text,
        files=files,
        by_night=bool(mailing.form.get("by_night")),
        openly=bool(mailing.open_to),
    )
