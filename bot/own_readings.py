"""The meters on the company's own page: how they are drawn, and what a browser sends of them. A
plain form, which needs no script; what was typed stands in it again where something is wrong."""

from __future__ import annotations

import re
from html import escape

from aiohttp import BodyPartReader, web

from bot.media import Media
from bot.platforms.web.pace import Pace
from bot.platforms.web.uploads import (
    AN_HOUR,
    LARGEST,
    PICTURES,
    TOO_MANY,
    read_whole,
    recognise,
)
from handlers import readings_page_texts as words
from handlers.readings_page import MeterPart, ReadingsPage, Sent
from services.access import AsResident
from services.messaging.types import Attachment

MOST_PARTS = 200
LONGEST = 200  # characters of a value
PHOTO = re.compile(r"p(\d{1,18})")
TAKES = ",".join([*dict.fromkeys(PICTURES.values()), "image/webp"])


class SentReadings:
    def __init__(self, media: Media) -> None:
        self._media = media
        self._pace = Pace(AN_HOUR, 3600)

    async def read(self, request: web.Request, viewer: AsResident) -> Sent:
        """Photos are stored by then, each as it comes. What is no form is an empty one."""
        if not request.content_type.startswith("multipart/"):
            return Sent(await read_plain(request))
        values: dict[str, str] = {}
        size = 0
        photos: dict[int, Attachment | str] = {}
        try:
            reader = await request.multipart()
            for _ in range(MOST_PARTS):
                part = await reader.next()
                if part is None:
                    break
                if not isinstance(part, BodyPartReader) or not part.name:
                    continue
                meter = PHOTO.fullmatch(part.name)
                if part.filename is None:
                    data = await read_whole(part) or b""
                    values[part.name] = data.decode(errors="replace")[:LONGEST]
                elif meter and (photo := await self._keep(part, viewer, LARGEST - size)):
                    photos[int(meter[1])] = photo
                    size += photo.size or 0 if isinstance(photo, Attachment) else 0
        except ValueError:  # not the form it says it is
            return Sent()
        return Sent(values, photos)

    async def _keep(
        self, part: BodyPartReader, viewer: AsResident, most: int
    ) -> Attachment | str | None:
        """None where none was chosen, words where it is not taken. `most`: bytes; what stands
        before us passes no more at once."""
        data = await read_whole(part)
        if data is None or len(data) > most:
            return words.TOO_LARGE
        if not data:
            return None
        kind, mime = recognise(data[:16], "")
        if kind != "photo":
            return words.NO_PICTURE
        if not self._pace.allows(viewer.name):
            return TOO_MANY
        path = await self._media.store(data)
        return Attachment(kind="photo", channel="web", handle=path, mime=mime, size=len(data))


async def read_plain(request: web.Request) -> dict[str, str]:
    try:
        form = await request.post()
    except (ValueError, LookupError):
        return {}
    return {name: value[:LONGEST] for name, value in form.items() if isinstance(value, str)}


def draw_meters(token: str, shown: ReadingsPage, *, taken: bool) -> str:
    parts = []
    if shown.place:
        parts.append(f'<p class="place">{escape(shown.place)}</p>')
    if taken:
        parts.append(f'<p class="taken" role="status">{escape(words.TAKEN)}</p>')
    if shown.trouble:
        parts.append(f'<p class="trouble" role="alert">{escape(shown.trouble)}</p>')
    parts += [f"<p>{escape(note)}</p>" for note in shown.notes]
    if not shown.meters:
        return "".join([*parts, f"<p>{escape(words.NO_METERS)}</p>"])
    if asks(shown) and not shown.trouble:
        parts.append(f"<p>{escape(words.HOW)}</p>")
    first = next((meter.id for meter in shown.meters if meter.trouble), 0)
    drawn = "".join(draw_meter(meter, focus=meter.id == first) for meter in shown.meters)
    send = ""
    if asks(shown):
        send = f'<button class="do">{escape(words.SEND)}</button>'
    elif any(meter.boxes for meter in shown.meters):
        send = f'<button class="do plain">{escape(words.SEND_CORRECTED)}</button>'
    parts.append(
        f'<form method="post" action="/my/{token}/readings" enctype="multipart/form-data">'
        f"{drawn}{send}</form>"
    )
    return "".join(parts)


def asks(shown: ReadingsPage) -> bool:
    """Something was not sent yet."""
    return any(meter.boxes and not meter.sent for meter in shown.meters)


def draw_meter(meter: MeterPart, *, focus: bool) -> str:
    lines = "".join(f'<p class="dim">{escape(line)}</p>' for line in meter.lines)
    if meter.sent:
        lines += f'<p class="told">{escape(meter.sent)}</p>'
    boxes = draw_boxes(meter, focus=focus) if meter.boxes else ""
    if meter.sent and boxes:
        unfolded = " open" if meter.trouble or meter.photo else ""
        boxes = f"<details{unfolded}><summary>{escape(words.CORRECT)}</summary>{boxes}</details>"
    elif meter.trouble and not boxes:
        boxes = f'<p class="trouble" role="alert">{escape(meter.trouble)}</p>'
    return f'<section class="meter"><h2>{escape(meter.name)}</h2>{lines}{boxes}</section>'


def draw_boxes(meter: MeterPart, *, focus: bool) -> str:
    told = f' aria-describedby="t{meter.id}"' if meter.trouble else ""
    wrong = any(box.wrong for box in meter.boxes)
    boxes = []
    for number, box in enumerate(meter.boxes):
        bad = meter.trouble and (box.wrong or not wrong)
        here = focus and (box.wrong or (number == 0 and not wrong))
        boxes.append(
            f"<label>{escape(box.tariff or words.NOW)}, {escape(box.unit)}"
            f'<input name="{box.name}" value="{escape(box.typed)}" inputmode="decimal" '
            f'autocomplete="off" maxlength="40"{told}{" aria-invalid=true" if bad else ""}'
            f"{' autofocus' if here else ''}></label>"
        )
    parts = [
        f'<input type="hidden" name="v{meter.id}" value="{escape(meter.seen)}">',
        f'<div class="boxes">{"".join(boxes)}</div>',
    ]
    if meter.trouble:
        parts.append(
            f'<p class="trouble" id="t{meter.id}" role="alert">{escape(meter.trouble)}</p>'
        )
    if meter.sure:
        parts.append(
            f'<label class="sure"><input type="checkbox" name="s{meter.id}" '
            f'value="{escape(meter.sure)}"> {escape(words.YES)}</label>'
        )
    if meter.agreed:
        parts.append(f'<input type="hidden" name="s{meter.id}" value="{escape(meter.agreed)}">')
    if meter.photo:
        parts.append(
            f'<input type="hidden" name="k{meter.id}" value="{escape(meter.photo)}">'
            f'<p class="dim">{escape(words.PHOTO_KEPT)}</p>'
        )
    parts.append(
        f'<label class="photo">{escape(words.OTHER_PHOTO if meter.photo else words.PHOTO)}'
        f'<input type="file" name="p{meter.id}" accept="{TAKES}"></label>'
    )
    return "".join(parts)
