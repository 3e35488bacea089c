"""An answer to one person as an answer to anyone: without the greeting, the name, the flat, the
phone, the number of a request and what was promised for an hour; a question without whose it is.

Pure. It drafts; a person reads it before anybody else does.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from services.understanding.masking.mask import PLACEHOLDERS, mask
from services.understanding.words import fold, grammar, lemma, split_words

LONGEST_QUESTION = 200
LONGEST_PHRASE = 160

_SHORT = (
    "кв|ул|д|тел|г|руб|т|стр|п|корп|эт|каб|им|пр|просп|пер|ш|наб|обл|р|оф|пом|под|др|пр|см|ст|мин|ч"
)
_ENDING = re.compile(r"[.!?…]+(?=\s|$)|\n")
_ABBREVIATED = re.compile(rf"\b(?:{_SHORT})\.$", re.IGNORECASE)
_NAME = r"[А-ЯЁ][а-яё]+(?:\s+[А-ЯЁ][а-яё]+){0,2}"
_GREETING = re.compile(
    r"^\W*(?:здравствуйте|здравствуй|добр(?:ый|ого)\s+(?:день|дня|вечер|вечера)"
    r"|добр(?:ое|ого)\s+утр[оа]|доброго времени суток|приветствую|привет|уважаем\w+)\b[\s,!.…)]*",
    re.IGNORECASE,
)
_CALLED = re.compile(rf"^\W*({_NAME})\s*[,!]\s*")
_CALLED_LAST = re.compile(rf",\s*({_NAME})(?=\s*[.!?…]|$)")
_PLEASE = re.compile(
    r"^\W*(?:(?:и\s+)?(?:подскажите|скажите|не подскажете|подскажите-ка|объясните|помогите|извините"
    r"|простите|будьте добры|пожалуйста|хочу (?:узнать|спросить)"
    r"|хотел[аи]?(?: бы)? (?:узнать|спросить)"
    r"|можно (?:узнать|спросить)|такой вопрос|вопрос)\b[\s,.:!—-]*)+",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"^\W*(?:с уважением|хорошего (?:дня|вечера)|всего (?:доброго|хорошего)|до свидания|удачи"
    r"|спасибо(?: за (?:обращение|вопрос|ожидание|терпение|понимание)| что)?|благодар\w+"
    r"|обращайтесь|извините за|приносим извинения|рад[аы]? (?:был\w* )?помочь"
    r"|пожалуйста\W*$|ваша? (?:диспетчер|ук)\b"
    r"|диспетчер\b)",
    re.IGNORECASE,
)
_OF_ONE = (
    re.compile(r"\bзаявк\w*\s*(?:№|номер|n)?\s?\d{2,}|№\s?\d{3,}", re.IGNORECASE),
    re.compile(r"\b(?:кв|квартир\w*)\b\.?\s*(?:№|номер)?\s?\d+", re.IGNORECASE),
    re.compile(r"\b(?:лицев\w+ сч[её]т\w*|л/с)\D{0,12}\d{4,}", re.IGNORECASE),
    re.compile(r"(?<![\d+])(?:\+7|7|8)[\s(-]*9\d{2}[\s)-]*\d{3}[\s-]*\d{2}[\s-]*\d{2}(?!\d)"),
    re.compile(
        r"[\w.+-]+@(?:mail|yandex|ya|gmail|bk|inbox|list|rambler|icloud)\.\w+", re.IGNORECASE
    ),
)
_FOR_NOW = re.compile(
    r"\b(?:сегодня|завтра|послезавтра|сейчас|уже|скоро)\b.*"
    r"\b(?:мастер|сантехник|электрик|слесарь|лифт[её]р|бригада|дворник|специалист)\b"
    r"|\b(?:мастер|сантехник|электрик|слесарь|лифт[её]р|бригада|специалист)\b.*"
    r"\b(?:сегодня|завтра|послезавтра|выехал\w*|ед[еу]т|прид[её]т|приедет|подойд[её]т|позвонит)\b"
    r"|\b(?:я|мы)\s+(?:вам\s+)?(?:напиш|перезвон|позвон|уточн|сообщ|переда[лмд]|узна[юле])\w*"
    r"|^\W*(?:уточн|переда(?:л|ла|ли|м|ю)|перезвон|узна(?:ю|ем)|провер(?:ю|им))\w*",
    re.IGNORECASE,
)
_MASKED = "|".join(re.escape(each) for each in PLACEHOLDERS.values())
_MASK = re.compile(
    r"(?:\s*\b(?:в|во|на|по|с|со|у|из|для|от|до|к|за|про|номер|я|меня зовут|это|живу|кв|дом|д)"
    r"\b\.?)*"
    rf"[\s,(]*(?:{_MASKED})[)]?",
    re.IGNORECASE,
)
_ASKS = re.compile(
    r"\b(?:как|когда|где|куда|кто|что|почему|зачем|сколько|какой|какая|какие|можно ли|нужно ли|чей"
    r"|до какого|до скольки|во сколько|есть ли|кому|чем)\b",
    re.IGNORECASE,
)


def split_sentences(text: str) -> list[str]:
    """«кв. 12» is one, and «до 15.00» too."""
    sentences, begins = [], 0
    for end in _ENDING.finditer(text):
        piece = text[begins : end.end()]
        if end[0] == "." and _ABBREVIATED.search(piece):
            continue
        sentences.append(piece.strip())
        begins = end.end()
    sentences.append(text[begins:].strip())
    return [each for each in sentences if each]


# ── Answers ──────────────────────────────────────────────────────────────────


def clean_answer(
    text: str,
    *,
    known: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    promises: Callable[[str], bool] = lambda sentence: False,
) -> str:
    """`known`: who it was said by and to, as on record. `variables`: what an article fills in by
    itself, name → what it reads as here. `promises`: whether a sentence names an hour. Empty when
    nothing in it is for others."""
    names = {lemma(word) for each in known for word in split_words(each) if word.isalpha()}
    kept = []
    for paragraph in text.split("\n"):
        said = [_of_anyone(each, names, promises) for each in split_sentences(paragraph)]
        kept.append(" ".join(filter(None, said)))
    return _name_variables(re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip(), variables or {})


def _of_anyone(sentence: str, names: set[str], promises: Callable[[str], bool]) -> str:
    rest = _without_greeting(sentence, names)
    if not any(letter.isalnum() for letter in rest) or _FAREWELL.match(rest):
        return ""
    if any(shape.search(rest) for shape in _OF_ONE) or _FOR_NOW.search(rest) or promises(rest):
        return ""
    if any(lemma(fold(word)) in names for word in re.findall(r"\b[А-ЯЁ][а-яё]+", rest)):
        return ""
    return rest


def _without_greeting(sentence: str, names: set[str]) -> str:
    rest = _GREETING.sub("", sentence)
    greeted = rest != sentence
    called = _CALLED.match(rest) or (re.match(rf"^({_NAME})\W*$", rest) if greeted else None)
    if called and _is_name(called[1], names):
        rest = rest[called.end() :]
        rest = _GREETING.sub("", rest)
    rest = _CALLED_LAST.sub(lambda found: "" if _is_name(found[1], names) else found[0], rest)
    return capitalize(rest) if rest != sentence else sentence


def _is_name(words: str, names: set[str]) -> bool:
    """By the dictionary, or by who takes part."""
    for word in map(fold, words.split()):
        if lemma(word) in names:
            continue
        tags = [tags for tags, score in grammar(word) if score > 0.05]
        if not any({"Name", "Patr", "Surn"} & each for each in tags):
            return False
    return True


def _name_variables(text: str, variables: Mapping[str, str]) -> str:
    """«+7 495 000-00-01» becomes {phone}: it changes in one place."""
    for name, value in variables.items():
        digits = re.sub(r"\D", "", value)
        if len(digits) >= 10 and value.lstrip("+7 8(").startswith(tuple("0123456789")):
            spaced = r"[\s()-]*".join(digits[-10:])
            text = re.sub(rf"(?<!\d)(?:\+?7|8)?[\s(-]*{spaced}(?!\d)", _braces(name, text), text)
        elif len(value) > 5:
            text = text.replace(value, "{" + name + "}")
    return text


def _braces(name: str, text: str) -> Callable[[re.Match[str]], str]:
    def write(found: re.Match[str]) -> str:
        gap = " " if found[0][:1].isspace() else ""
        return gap + "{" + name + "}"

    return write


# ── Questions ────────────────────────────────────────────────────────────────


def clean_question(text: str, known: Sequence[str] = ()) -> str:
    """The question in what a resident wrote, without whose it is; of several sentences the first
    that asks."""
    said = [each for each in map(clean_words, split_sentences(mask(text, known))) if each]
    asked = [each for each in said if each.endswith("?") or _ASKS.search(each)]
    found = (asked or said or [""])[0]
    found = found[:LONGEST_QUESTION].rstrip(" .,!…")
    if found and not found.endswith("?") and (asked or _ASKS.match(found)):
        found += "?"
    return capitalize(found)


def clean_phrase(text: str, known: Sequence[str] = ()) -> str:
    """What a resident typed as an example of how the thing is asked for; empty for too long a
    story."""
    said = filter(None, map(clean_words, split_sentences(mask(text, known))))
    phrase = " ".join(said).strip(" .,!…")
    return phrase if len(phrase) <= LONGEST_PHRASE else ""


def clean_words(sentence: str) -> str:
    """Of a masked sentence: no greeting, no «подскажите, пожалуйста», no marks."""
    rest = _PLEASE.sub("", _GREETING.sub("", _MASK.sub("", _GREETING.sub("", sentence))))
    rest = re.sub(r"\s+([,.!?…])", r"\1", re.sub(r"\s{2,}", " ", rest)).strip(" ,;:—-")
    letters = [letter for letter in rest if letter.isalpha()]
    return rest if len(letters) > 2 and not _FAREWELL.match(rest) else ""


def capitalize(text: str) -> str:
    text = text.strip(" ,;:—-")
    return text[:1].upper() + text[1:]
