"""An article and a draft as an admin sees them: as the resident will read it, what belongs to it,
and what can be done with it."""

from __future__ import annotations

from collections.abc import Sequence

from handlers import article_words
from handlers.staff import articles_texts as words
from handlers.staff.turn import StaffTurn
from services.article_drafts import as_article
from services.company.declaration import Article
from services.editorial import Kept
from services.messaging.types import Button, Keyboard, Outbound
from services.tables import ArticleDraft
from services.work import Work

Rows = Sequence[Sequence[Button]]


def button(label: str, *path: object) -> Button:
    return Button(label=label, action="/".join(["staff", *map(str, path)]))


def keyboard(rows: Rows) -> Keyboard | None:
    return Keyboard(rows=tuple(tuple(row) for row in rows if row)) if any(rows) else None


def learning(message_id: int) -> Keyboard:
    """«В вопросы» under an answer at the desk."""
    return Keyboard(rows=((button(words.LEARN, "learn", message_id),),))


async def name_places(work: Work, codes: Sequence[str]) -> str:
    if not codes:
        return words.EVERYWHERE_SHORT
    names = {each.code: each.name for each in await work.places.complexes()}
    return ", ".join(names.get(code, code) for code in codes)


# ── An article ───────────────────────────────────────────────────────────────


async def show_article(turn: StaffTurn, kept: Kept, before: str = "") -> None:
    text = words.card(
        kept,
        await article_words.write_out(turn.work, kept.article),
        await name_places(turn.work, kept.article.complexes),
        picture=kept.row.picture is not None,
    )
    await turn.say("\n\n".join(filter(None, [before, text])), article_buttons(kept))


def article_buttons(kept: Kept) -> Keyboard | None:
    ident = kept.row.id
    fields = [button(label, "article", ident, field) for field, label in words.CHANGE.items()]
    if kept.row.picture is not None:
        picture = button(words.NO_PICTURE, "article", ident, "nopicture")
    else:
        picture = button(words.PICTURE, "article", ident, "picture")
    state = (
        button(words.RESTORE, "article", ident, "restore")
        if kept.withdrawn
        else button(words.WITHDRAW, "article", ident, "withdraw")
    )
    return keyboard([fields[:2], fields[2:4], [fields[4], picture], [state]])


# ── A draft ──────────────────────────────────────────────────────────────────


async def show_draft(turn: StaffTurn, draft: ArticleDraft, before: str = "") -> None:
    what = await draft_card(turn.work, draft)
    text = "\n".join(filter(None, [before, what.header, what.text]))
    await turn.say(text, what.keyboard)


async def draft_card(work: Work, draft: ArticleDraft) -> Outbound:
    """Its own header, so that it can stand in an admin's private chat by itself."""
    article = as_article(draft)
    message, questions = await work.article_drafts.source_of(draft)
    source = words.FROM_NOTHING
    if message is not None:
        source = words.from_answer(message.author)
    elif questions:
        source = words.from_questions(questions)
    text = words.draft(
        article,
        await article_words.write_out(work, article),
        source,
        await name_places(work, article.complexes),
    )
    buttons = None if draft.ended_at is not None else draft_buttons(draft, article)
    return Outbound(header=words.draft_header(draft), text=text, keyboard=buttons)


def draft_buttons(draft: ArticleDraft, article: Article) -> Keyboard | None:
    fields = [button(label, "draft", draft.id, field) for field, label in words.CHANGE.items()]
    ready = article.question != "—" and article.answer != "—"
    publish = [button(words.PUBLISH, "draft", draft.id, "publish")] if ready else []
    drop = button(words.DROP, "draft", draft.id, "drop")
    return keyboard([publish, fields[:2], fields[2:4], [fields[4], drop]])


# ── For which complexes ──────────────────────────────────────────────────────


async def show_places(turn: StaffTurn, kind: str, ident: int, chosen: Sequence[str]) -> None:
    """A press on a complex takes it in or out; on the last row, everywhere."""
    rows = [
        [button(("✓ " if each.code in chosen else "") + each.name, kind, ident, "place", each.id)]
        for each in await turn.work.places.complexes()
    ]
    rows.append([button(words.EVERYWHERE, kind, ident, "place", 0)])
    rows.append([button(words.BACK, kind, ident)])
    await turn.say(words.choose_places(await name_places(turn.work, chosen)), keyboard(rows))


async def toggled(work: Work, chosen: Sequence[str], complex_id: int) -> list[str]:
    """In the company's order; 0 is everywhere."""
    if not complex_id:
        return []
    codes = {each.id: each.code for each in await work.places.complexes()}
    pressed = codes.get(complex_id)
    return [code for code in codes.values() if (code in chosen) != (code == pressed)]
