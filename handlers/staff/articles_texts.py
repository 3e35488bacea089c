"""What staff read of articles: the list, one of them, drafts, questions without an answer."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.wording import plural
from services.company.declaration import ARTICLE_NAMES, Article
from services.editorial import LONGEST, Helped, Kept
from services.growth import Gap, Phrase
from services.tables import ArticleDraft

PUBLISH, DROP = "Опубликовать", "Удалить"
CHANGE = {
    "question": "Изменить вопрос",
    "answer": "Изменить ответ",
    "phrases": "Фразы",
    "topic": "Тема",
    "complexes": "Для каких ЖК",
}
PICTURE, NO_PICTURE = "Картинка", "Убрать картинку"
WITHDRAW, RESTORE = "Снять", "Вернуть"
WRITE = "Написать ответ"
CANCEL = "Не менять"
ADD_PHRASES, SKIP_PHRASES = "Добавить фразы", "Не добавлять"
LEARN = "В вопросы"
MORE, BACK, TO_ALL = "Дальше", "Назад", "Все темы"
NEW, WORST, GONE = "Новая статья", "Что помогает, а что нет", "Снятые"
EVERYWHERE, EVERYWHERE_SHORT = "Во всех ЖК", "во всех ЖК"
NO_TOPIC = "Без темы"

FIELDS = {
    "вопрос": "question", "question": "question", "ответ": "answer", "answer": "answer",
    "фразы": "phrases", "phrases": "phrases", "тема": "topic", "topic": "topic",
}  # fmt: skip
WHAT = {"question": "вопрос", "answer": "ответ", "phrases": "фразы", "topic": "тему"}
NAME = {"question": "вопрос", "answer": "ответ", "phrases": "фразы", "topic": "тема"}
VIEWS = {
    "вопросы": "gaps", "questions": "gaps", "черновики": "drafts", "drafts": "drafts",
    "снятые": "gone", "withdrawn": "gone", "польза": "worst", "worst": "worst",
}  # fmt: skip
NEW_WORDS = ("новая", "новый", "new", "+")

NOT_ALLOWED = (
    "Вопросы и ответы правит администратор. Хороший ответ можно отдать ему в один шаг: "
    "ответьте на него словами «В вопросы»."
)
HOW = (
    "Найти: /articles слово. Открыть: /articles и код. Что спрашивают, а ответа нет: "
    "/articles вопросы. Новая: /articles новая и сам вопрос."
)
NOTHING_FOUND = f"Ничего не нашлось. {HOW}"
GONE_ALREADY = "Этот черновик уже разобран."
ALREADY = "Уже так и есть."
SOMEBODY_BEGAN = "Этими вопросами уже занялись: посмотрите /articles черновики."
EMPTY = {
    "question": "Сначала нужен сам вопрос: нажмите «Изменить вопрос».",
    "answer": "Сначала нужен ответ: нажмите «Изменить ответ».",
    "phrases": "Фразы пришлите по одной в строке.",
}
ONE_OR_NOTHING = "Пришлите одну картинку фотографией."
CANCELLED = "Хорошо, ничего не поменял."
STILL_AWAITED = "Пришлите текст ещё раз, я жду."
NO_ANSWER_YET = "В этом разговоре жителю ещё никто не ответил: в статью положить нечего."
NOT_AN_ANSWER = "В статью можно положить ответ сотрудника, который ушёл жителю."
NO_GAPS = "Все вопросы жителей нашли ответ. Так держать!"
NO_DRAFTS = "Черновиков нет. Они появятся, когда кто-нибудь нажмёт «В вопросы» под ответом."
NOT_HERE = (
    "В этой теме всё уходит жителю. Откройте /articles в личном чате с ботом и пришлите "
    "картинку там."
)

_TO_TYPE = {
    "question": "Пришлите новый вопрос одним сообщением.",
    "answer": "Пришлите новый ответ одним сообщением.",
    "phrases": "Пришлите, как об этом ещё спрашивают: каждую фразу с новой строки. Ваш список "
    "встанет вместо прежнего.",
    "topic": "Пришлите тему, под которой показать этот вопрос: «Оплата», «Дом и двор».",
    "picture": "Пришлите одну картинку.",
    "new": "Пришлите вопрос, как его задал бы житель.",
}
_PUT_IN = "Подставятся сами: " + ", ".join(f"{{{name}}}" for name in ARTICLE_NAMES) + "."


def ask(field: str, now: str) -> str:
    hint = f" {_PUT_IN}" if field == "answer" else ""
    was = f"\n\nСейчас:\n{now}" if now and now != "—" else ""
    return f"{_TO_TYPE[field]}{hint}{was}"


def ask_with_command(field: str, handle: str) -> str:
    return (
        f"В этой теме слова уходят жителю, поэтому начните с команды:\n"
        f"/articles {NAME[field]} {handle} и дальше сам текст. Или откройте /articles в личном "
        "чате с ботом."
    )


def counted(count: int, one: str, few: str, many: str) -> str:
    return f"{count} {plural(count, one, few, many)}"


# ── Lists ────────────────────────────────────────────────────────────────────


def home(kept: Sequence[Kept], gaps: int, drafts: int) -> str:
    count = counted(len(kept), "вопрос с ответом", "вопроса с ответами", "вопросов с ответами")
    lines = [f"Вопросы и ответы: {count}."]
    if gaps:
        lines.append(f"Без ответа: {counted(gaps, 'тема', 'темы', 'тем')} от жителей.")
    if drafts:
        lines.append(f"Ждут вас: {counted(drafts, 'черновик', 'черновика', 'черновиков')}.")
    return "\n".join([*lines, "", HOW])


def gaps_button(count: int) -> str:
    return f"Без ответа: {count}"


def drafts_button(count: int) -> str:
    return f"Черновики: {count}"


def listed(title: str, kept: Sequence[Kept], first: int, of: int) -> str:
    lines = [
        f"{title}, {first + 1}–{first + len(kept)} из {of}:" if of > len(kept) else f"{title}:"
    ]
    for number, each in enumerate(kept, first + 1):
        lines.append(f"{number}. {each.article.question}\n   {figures(each.figures)}")
    return "\n".join(lines)


def found(words: str, kept: Sequence[Kept], of: int) -> str:
    more = " Показал первые, уточните слово." if of > len(kept) else ""
    return f"По слову «{words[:40]}»: {of}.{more}"


def figures(helped: Helped) -> str:
    if not helped.shown:
        return "за три месяца не показывали"
    times = counted(helped.shown, "показ", "показа", "показов")
    if not helped.helped + helped.not_helped:
        return f"{times}, оценок нет"
    return f"{times}: помогло {helped.helped}, не помогло {helped.not_helped}"


def short(question: str) -> str:
    return question if len(question) <= 45 else question[:44].rstrip() + "…"


# ── One of them ──────────────────────────────────────────────────────────────


def card(kept: Kept, answer: str, places: str, *, picture: bool) -> str:
    article = kept.article
    state = "Снята, жители её не видят.\n" if kept.withdrawn else ""
    return (
        f"{state}❓ {article.question}\n\n{answer}\n\n"
        f"{details(article, places)}{' · с картинкой' if picture else ''}\n"
        f"Код: {kept.row.key} · {figures(kept.figures)}"
    )


def details(article: Article, places: str) -> str:
    phrases = "; ".join(article.phrases) or "нет"
    topic = article.topic or NO_TOPIC.lower()
    return f"Тема: {topic} · Где: {places}\nКак ещё спрашивают: {phrases}"


def draft_header(draft: ArticleDraft) -> str:
    return f"Черновик {handle_of(draft)}"


def draft(article: Article, answer: str, source: str, places: str) -> str:
    return (
        f"{source}\n\nТак увидит житель:\n❓ {article.question}\n\n{answer}\n\n"
        f"{details(article, places)}"
    )


def handle_of(draft: ArticleDraft) -> str:
    return f"ч{draft.id}"


def from_answer(author: str) -> str:
    return f"Из ответа: {author}. Личное бот убрал, проверьте ещё раз."


def from_questions(count: int) -> str:
    asked = counted(count, "вопросу", "вопросам", "вопросам")
    return f"По {asked} жителей, на которые не было ответа."


FROM_NOTHING = "Новая статья."


def published(key: str) -> str:
    return f"Опубликовано, жители уже видят этот ответ. Поправить: /articles {key}"


DROPPED = "Черновик удалён. Из тех же вопросов новый сам не появится."
WITHDRAWN = "Снято: жителям больше не показываем. Вернуть можно здесь же."
RESTORED = "Снова показываем жителям."
CHANGED = "Поправил."


def drafted(draft: ArticleDraft, *, new: bool) -> str:
    if draft.ended_at is not None:
        return "Из этого ответа статью уже делали."
    state = "готов, администратор его посмотрит" if new else "уже есть, он ждёт администратора"
    return f"Черновик {handle_of(draft)} {state}. Жителю ничего не ушло."


def drafts(count: int) -> str:
    return f"{counted(count, 'черновик', 'черновика', 'черновиков')}:"


def choose_places(chosen: str) -> str:
    return f"Где показывать? Сейчас: {chosen}. Нажмите ЖК, чтобы добавить или убрать."


def too_long(field: str, most: int) -> str:
    if field == "phrases" and most != LONGEST["phrases"]:
        return f"Слишком много фраз: помещается {most}."
    what = {"question": "вопросе", "answer": "ответе", "phrases": "каждой фразе", "topic": "теме"}
    return f"Слишком длинно: в {what[field]} помещается {most} знаков."


def unknown_names(names: Sequence[str]) -> str:
    listed = ", ".join(f"{{{name}}}" for name in names)
    return f"Не знаю, что подставить вместо {listed}. {_PUT_IN}"


def overlaps(key: str) -> str:
    return f"Там уже есть другой ответ на этот вопрос: /articles {key}. Сначала поправьте его."


def no_such(handle: str) -> str:
    return f"Не нашёл «{handle[:40]}». {HOW}"


# ── What is without an answer ────────────────────────────────────────────────


def gaps(found: Sequence[Gap], more: int, names: dict[int, str]) -> str:
    lines = ["Спрашивают, а ответа нет:"]
    for number, gap in enumerate(found, 1):
        where = ", ".join(names[each] for each in gap.complexes[:2] if each in names)
        place = f" ({where})" if where else ""
        lines.append(
            f"{number}. {gap.text[:200]} — {counted(gap.count, 'раз', 'раза', 'раз')}{place}"
        )
        others = [q.text for q in gap.questions[1:] if q.text.casefold() != gap.text.casefold()]
        if others:
            lines.append(f"   ещё: {'; '.join(each[:80] for each in dict.fromkeys(others[:3]))}")
    if more:
        lines.append(f"И ещё {counted(more, 'тема', 'темы', 'тем')} поменьше.")
    return "\n".join(lines)


def write_button(number: int) -> str:
    return f"{WRITE}: {number}"


def phrases(found: Sequence[Phrase]) -> str:
    lines = ["Эти слова привели жителей к ответу, который помог. Добавить их к статьям?"]
    lines += [f"«{each.text}» → {each.question}" for each in found]
    return "\n".join(lines)


def phrases_added(count: int) -> str:
    added = counted(count, "фразу", "фразы", "фраз")
    return f"Добавил {added}: теперь бот узнает их сразу."


PHRASES_SKIPPED = "Хорошо, эти фразы больше не предложу."
PHRASES_GONE = "С этими фразами уже разобрались."
WEEK_HEADER = "Вопросы недели"
