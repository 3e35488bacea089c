"""«Мои данные» on paper: what `services.my_data` found, in words."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from handlers import wording
from handlers.papers import fonts
from handlers.resident import holding_texts, linking_texts
from handlers.resident import my_data_texts as words

Section = tuple[str, list[str]]
Data = dict[str, Any]


async def write_file(path: Path, data: Data, zone: str) -> None:
    """A PDF, its moments by the clock of `zone`."""
    await asyncio.to_thread(
        print_paper, path, f"{words.TITLE} · {data['company']}", sections(data, zone)
    )


def write_json(path: Path, data: Data) -> None:
    path.write_text(json.dumps(data, ensure_ascii=False, indent=2), encoding="utf-8")


def print_paper(path: Path, title: str, parts: Sequence[Section]) -> None:
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate

    fonts.register()
    plain = ParagraphStyle("plain", fontName=fonts.PLAIN, fontSize=10, leading=14, spaceAfter=3)
    head = ParagraphStyle("head", fontName=fonts.BOLD, fontSize=13, leading=18, spaceBefore=10)
    large = ParagraphStyle("large", parent=head, fontSize=17, leading=22, spaceAfter=6)
    story = [Paragraph(fonts.escape(title), large)]
    for name, lines in parts:
        if name:
            story.append(Paragraph(fonts.escape(name), head))
        story += [Paragraph(fonts.escape(line), plain) for line in lines]
    margin = 18 * mm
    SimpleDocTemplate(
        str(path), pagesize=A4, title=title, leftMargin=margin, rightMargin=margin,
        topMargin=margin, bottomMargin=margin,
    ).build(story)  # fmt: skip


def sections(data: Data, zone: str) -> list[Section]:
    tell = Told(ZoneInfo(zone))
    made = [f"Составлено {tell.moment(data['made_at'])}.", words.NOT_HERE]
    found: list[Section] = [("", made)]
    for key, head in words.HEADS.items():
        lines = getattr(tell, key)(data[key]) if data[key] else [words.NOTHING]
        found.append((head, lines))
    return found


class Told:
    """Each part of the data in words, by its name there."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def moment(self, value: str | None) -> str:
        return (
            f"{datetime.fromisoformat(value).astimezone(self._zone):%d.%m.%Y %H:%M}"
            if value
            else "—"
        )

    def span(self, entry: Data) -> str:
        until = f" по {self.moment(entry['until'])}" if entry["until"] else ""
        return f"с {self.moment(entry['since'])}{until}"

    def person(self, it: Data) -> list[str]:
        phone = wording.name_phone(it["phone"]) if it["phone"] else "не указан"
        quiet = (
            f"с {it['quiet_from']} до {it['quiet_until']}" if it["quiet_from"] else words.NOTHING
        )
        first = linking_texts.name(it["prefers"]) if it["prefers"] else words.ANYWHERE.lower()
        return [
            f"Имя: {it['name'] or 'не указано'}",
            f"Телефон: {phone}",
            f"Номер вашей карточки: {it['id']}",
            f"Впервые написали: {self.moment(it['created_at'])}",
            f"Зарегистрировались: {self.moment(it['registered_at'])}",
            f"Куда писать сначала: {first}",
            f"Тихие часы: {quiet}",
        ]

    def messengers(self, rows: list[Data]) -> list[str]:
        return [
            f"{words.label(row['channel'])}, ваш номер там {row['user_id']}: "
            f"с {self.moment(row['created_at'])}, "
            f"последнее сообщение {self.moment(row['last_heard_at'])}"
            + (f", пришли по ссылке {row['came_by']}" if row["came_by"] else "")
            for row in rows
        ]

    def consents(self, rows: list[Data]) -> list[str]:
        return [
            f"{self.moment(row['at'])} — {'дали' if row['given'] else 'не дали или отозвали'}, "
            f"текст от {row['version']}"
            for row in rows
        ]

    def homes(self, rows: list[Data]) -> list[str]:
        return [
            f"{row['address']}"
            + (f", {wording.name_number(row['flat'])}" if row["flat"] else "")
            + f": {self.span(row)}"
            for row in rows
        ]

    def elder_of(self, rows: list[Data]) -> list[str]:
        return [f"{row['address']}: {self.span(row)}" for row in rows]

    def accounts(self, rows: list[Data]) -> list[str]:
        lines = []
        for row in rows:
            role = holding_texts.ROLES.get(row["role"], row["role"])
            how = f"{role}, {words.PROVED.get(row['proved_by'], '')}, {self.span(row)}"
            if row["until"]:
                lines.append(f"Лицевой счёт, который был вашим: {how}")
                continue
            number = f"№ {row['number']}" if "number" in row else words.SUMS_ELSEWHERE
            lines.append(f"{row['place']}, {number}: {how}")
            if money := row.get("money"):
                lines.append(
                    f"На конец {month(money['month'])}: к оплате {roubles(money['debt'])}, "
                    f"просрочено {roubles(money['overdue'])}, пени {roubles(money['penalties'])}"
                )
                lines += [
                    f"{month(each['month'])}: начислено {roubles(each['billed'])}, оплачено "
                    f"{roubles(each['paid'])}"
                    for each in money["months"]
                ]
        return lines

    def account_proofs(self, rows: list[Data]) -> list[str]:
        return [
            f"{self.moment(row['at'])} — {words.PROVED.get(row['way'], row['way'])}: "
            f"{'подошло' if row['right'] else 'не подошло'}"
            for row in rows
        ]

    def readings(self, rows: list[Data]) -> list[str]:
        return [
            f"{month(row['month'])}, {words.RESOURCES.get(row['resource'], row['resource'])}"
            + (f" ({row['title']})" if row["title"] else "")
            + f": {', '.join(figure(each) for each in row['figures'])}, {self.moment(row['at'])}"
            for row in rows
        ]

    def reminders(self, rows: list[Data]) -> list[str]:
        return [
            f"{self.moment(row['at'])}, открыли: {self.moment(row['opened_at'])}, ответ: "
            f"{words.TOLD.get(row['answer'], row['answer'])}"
            for row in rows
        ]

    def wishes(self, rows: list[Data]) -> list[str]:
        return [
            f"{words.WISHES.get(row['kind'], row['kind'])}: {'да' if row['wanted'] else 'нет'}, "
            f"{self.moment(row['at'])}"
            for row in rows
        ]

    def conversations(self, rows: list[Data]) -> list[str]:
        lines: list[str] = []
        for row in rows:
            request = row["request"]
            if request:
                status = wording.STATUSES.get(request["status"], request["status"])
                lines.append(f"Заявка №{request['number']} «{request['what']}», {request['place']}")
                lines.append(
                    f"Подана {self.moment(request['created_at'])}, "
                    f"срок {self.moment(request['due_at'])}, "
                    f"{status} {self.moment(request['closed_at'])}"
                )
                lines += [request["text"]] if request["text"] else []
                lines += [f"{asked}: {answer}" for asked, answer in request["answers"]]
                lines += (
                    [f"Отклонена: {request['declined_why']}"] if request["declined_why"] else []
                )
                lines += [
                    f"Оценка {each['stars']} из 5, {self.moment(each['at'])} {each['comment']}"
                    for each in request["ratings"]
                ]
                lines += [f"Визит: {self.moment(each['begins_at'])}" for each in request["visits"]]
            else:
                lines.append(f"Разговор, начат {self.moment(row['opened_at'])}")
            for said in row["messages"]:
                who = "Вы" if said["by"] == "resident" else said["author"]
                files = f" [{', '.join(said['files'])}]" if said["files"] else ""
                before = "".join(f" (было: {old})" for old in said["earlier_texts"])
                lines.append(f"{self.moment(said['at'])} {who}: {said['text']}{before}{files}")
            lines.append("")
        return lines

    def questions(self, rows: list[Data]) -> list[str]:
        return [f"{self.moment(row['at'])} {row['text'] or 'открыли статью'}" for row in rows]

    def outage_answers(self, rows: list[Data]) -> list[str]:
        return [
            f"{self.moment(row['at'])} — {words.ANSWERS.get(row['answer'], row['answer'])}"
            for row in rows
        ]

    def bans(self, rows: list[Data]) -> list[str]:
        return [
            f"с {self.moment(row['since'])} по {self.moment(row['lifted_at'] or row['until'])}"
            for row in rows
        ]

    def erasure(self, it: Data) -> list[str]:
        return [f"Попросили {self.moment(it['asked_at'])}, удалим до {self.moment(it['due_at'])}"]


def month(value: str) -> str:
    return f"{date.fromisoformat(value):%m.%Y}"


def roubles(kopecks: int | None) -> str:
    if kopecks is None:
        return "—"
    sign = "−" if kopecks < 0 else ""
    whole, rest = divmod(abs(kopecks), 100)
    return f"{sign}{whole:,}".replace(",", " ") + f",{rest:02} ₽"


def figure(thousandths: int) -> str:
    whole, rest = divmod(int(thousandths), 1000)
    return f"{whole},{rest:03}".rstrip("0").rstrip(",")
