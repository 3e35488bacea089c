"""«Показания» on the company's own page: all meters of an account at once, with what they showed
and boxes for what they show now. Months, marks and questions are those of the chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from handlers import readings_page_texts as words
from handlers.resident import readings_texts
from services.errors import AlreadySo, NotYours
from services.messaging.types import Attachment
from services.meters.figures import FigureWrong, read_figures, write_figure
from services.meters.meters import MeterSeen
from services.page_links import Opened
from services.tables import Contact
from services.work import Work

LONGEST = 40  # characters of a figure as typed


@dataclass(frozen=True)
class Box:
    """For one figure: `tariff` is empty where the meter has but one."""

    name: str
    tariff: str
    unit: str
    typed: str = ""
    wrong: bool = False


@dataclass(frozen=True)
class MeterPart:
    """`lines` tell what is known of it. `sent`: what was sent this month already; then the boxes
    are for a correction, and none are there where it is not this person's to correct. `seen` goes
    back with what is sent: what they were shown of it. `trouble` is told beside the boxes; with
    `sure` it is a question, and this value goes back with a yes; `agreed`: it was said already.
    `photo`: one that is kept until the rest is right."""

    id: int
    name: str
    lines: tuple[str, ...]
    sent: str
    boxes: tuple[Box, ...]
    seen: str
    trouble: str = ""
    sure: str = ""
    agreed: str = ""
    photo: str = ""


@dataclass(frozen=True)
class ReadingsPage:
    """`notes`: which month it is for. `trouble`: nothing was sent, and why."""

    place: str
    notes: tuple[str, ...]
    meters: tuple[MeterPart, ...]
    trouble: str = ""


@dataclass(frozen=True)
class Sent:
    """What came from the page: values by the names of its fields, and photos by their meter, or
    the words why a file is not taken."""

    values: Mapping[str, str] = field(default_factory=dict)
    photos: Mapping[int, Attachment | str] = field(default_factory=dict)

    def of(self, meter: MeterSeen) -> list[str]:
        names = names_of(meter)
        return [self.values.get(name, "").strip()[:LONGEST] for name in names]


@dataclass(frozen=True)
class Answer:
    """`figures`: to be taken, where `part` has no trouble; `new`: they do not hold already."""

    meter: MeterSeen
    part: MeterPart
    figures: list[int] | None = None
    photo: Attachment | None = None
    new: bool = True


async def compose(work: Work, opened: Opened) -> ReadingsPage:
    """Raises `NotYours` where the rights are gone since the link was made."""
    meters = await meters_of(work, opened)
    return await page_of(work, opened, meters, [blank(meter) for meter in meters])


async def take(work: Work, opened: Opened, sent: Sent) -> ReadingsPage | None:
    """All of what was sent, or nothing and the page with what is wrong; None: taken. Locks the
    meters. Raises `NotYours`."""
    found = await meters_of(work, opened)
    locked: dict[int, MeterSeen] = {}
    for ident in sorted(meter.id for meter in found):
        locked[ident] = await work.meters.get(opened.viewer, ident, lock=True)
    meters = [locked[meter.id] for meter in found]
    answers = [await hear(work, opened, meter, sent) for meter in meters]
    given = [answer for answer in answers if answer.figures is not None]
    if not given or any(answer.part.trouble for answer in answers):
        shown = await page_of(work, opened, meters, [answer.part for answer in answers])
        asked = any(answer.part.sure for answer in answers)
        wrong = any(answer.part.trouble and not answer.part.sure for answer in answers)
        told = words.WRONG if wrong else words.SURE_FIRST if asked else words.NOTHING_TYPED
        return replace(shown, trouble=told)
    for answer in sorted(given, key=lambda answer: answer.meter.id):
        if answer.figures is None or not (answer.new or answer.photo):
            continue
        try:
            await work.readings.take(opened.viewer, answer.meter.id, answer.figures, answer.photo)
        except AlreadySo:
            continue
    return None


async def meters_of(work: Work, opened: Opened) -> list[MeterSeen]:
    """What the company hides in the messenger that the person came from is not here either."""
    contact = await work.session.get_one(Contact, opened.viewer.contact_id)
    if await work.showing.allows(contact.channel, "readings") == "hide":
        raise NotYours
    return await work.meters.of_account(opened.viewer, account_of(opened))


def account_of(opened: Opened) -> int:
    if opened.what != "readings":
        raise NotYours
    return int(opened.about["account"])


async def page_of(
    work: Work, opened: Opened, meters: Sequence[MeterSeen], parts: Sequence[MeterPart]
) -> ReadingsPage:
    account = await work.meters.account(opened.viewer, account_of(opened))
    notes = tuple(dict.fromkeys(words.when(meter) for meter in meters))
    if len(notes) > 1:  # each resource has days of its own
        own = [
            replace(p, lines=(words.when(m), *p.lines)) for m, p in zip(meters, parts, strict=True)
        ]
        return ReadingsPage(account.place, (), tuple(own))
    return ReadingsPage(account.place, notes, tuple(parts))


def blank(meter: MeterSeen) -> MeterPart:
    lines = []
    if meter.last is not None:
        lines.append(words.last(meter.last, meter.resource))
    told = ""
    if meter.sent is not None:
        told = words.sent(meter.sent, meter.resource) if meter.open else words.SENT_BY_OTHER
    names = zip(names_of(meter), words.tariffs(meter), strict=True)
    boxes = [Box(name, tariff, words.unit(meter)) for name, tariff in names]
    may_write = meter.sent is None or meter.open
    return MeterPart(
        id=meter.id,
        name=readings_texts.name_meter(meter).replace("№ ", "№\u00a0"),
        lines=tuple(lines),
        sent=told,
        boxes=tuple(boxes) if may_write else (),
        seen=seen_of(meter) if may_write else "",
    )


async def hear(work: Work, opened: Opened, meter: MeterSeen, sent: Sent) -> Answer:
    part = blank(meter)
    typed = sent.of(meter)
    photo = await keep_photo(work, opened, meter, sent)
    refused = sent.photos.get(meter.id)
    if not part.boxes:
        return Answer(meter, replace(part, trouble=words.SENT_BY_OTHER if any(typed) else ""))
    boxes = [replace(box, typed=each) for box, each in zip(part.boxes, typed, strict=True)]
    part = replace(part, boxes=tuple(boxes), photo=photo.id if photo else "")
    if isinstance(refused, str):
        return Answer(meter, replace(part, trouble=refused))
    if not any(typed):
        alone = readings_texts.PHOTO_KEPT if meter.id in sent.photos else ""  # said once
        return Answer(meter, replace(part, trouble=alone))
    figures = []
    for number, box in enumerate(boxes):
        try:
            figures += read_figures(box.typed, 1)
        except FigureWrong as wrong:
            boxes[number] = replace(box, wrong=True)
            told = words.wrong(wrong, box.tariff)
            return Answer(meter, replace(part, boxes=tuple(boxes), trouble=told))
    new = meter.sent is None or list(meter.sent.figures) != figures
    trouble, sure, agreed = "", "", ""
    if new and sent.values.get(f"v{meter.id}", "") != part.seen:
        trouble = words.meanwhile(meter)
    elif new:
        doubts = (await work.readings.check(meter, figures)).doubts
        yes = ",".join(write_figure(each, ".") for each in figures)
        if doubts and sent.values.get(f"s{meter.id}", "") == yes:
            agreed = yes
        elif doubts:
            sure, trouble = yes, words.doubt(meter, figures, doubts)
    part = replace(part, trouble=trouble, sure=sure, agreed=agreed)
    return Answer(meter, part, figures, photo.attachment if photo else None, new)


@dataclass(frozen=True)
class Photo:
    id: str
    attachment: Attachment


async def keep_photo(work: Work, opened: Opened, meter: MeterSeen, sent: Sent) -> Photo | None:
    """The one that came now, else the one that came before and waits. Until a reading has it, it is
    one of those that go after a few days."""
    owner = f"resident:{opened.viewer.resident_id}"
    came = sent.photos.get(meter.id)
    if isinstance(came, Attachment):
        file = await work.attachments.keep(came, owner, came.handle)
        return Photo(file.id, came)
    kept = sent.values.get(f"k{meter.id}", "")
    found = await work.attachments.find(kept) if kept else None
    if found is None or found.owner != owner or found.kind != "photo":
        return None
    again = Attachment(
        kind="photo", channel=found.channel, handle=found.handle, title=found.title,
        mime=found.mime, size=found.size,
    )  # fmt: skip
    return Photo(found.id, again)


def names_of(meter: MeterSeen) -> list[str]:
    return [f"f{meter.id}-{number}" for number in range(meter.tariffs)]


def seen_of(meter: MeterSeen) -> str:
    """What whoever fills it in was shown: the month it is for, and what was sent for it."""
    figures = meter.sent.figures if meter.sent else ()
    return f"{meter.counts.month:%Y-%m} {' '.join(map(str, figures))}".strip()
