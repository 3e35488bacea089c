"""`python -m bot ask` and `understand`: lines in, what the bot makes of them out.

Neither needs the database or a messenger, so nothing that knows them is imported here: these
commands are answered before the rest of the program is loaded.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from services.understanding.faq.library import Entry, Found
    from services.understanding.reading.message import Reading
    from services.understanding.vocabulary import Vocabulary

COMMANDS = ("ask", "understand")
OUTCOMES = {
    "answer": "отвечу",
    "suggest": "предложу на выбор",
    "handoff": "позову человека; ближе всего",
}


class FaqWrong(Exception):
    """A file of articles cannot be used; the text is one line for whoever wrote it."""


def add_commands(commands: Any) -> None:
    ask = commands.add_parser("ask", help="a question a line → the articles the bot would offer")
    ask.add_argument("--json", action="store_true", help="a line of JSON for each")
    ask.add_argument("--faq", type=Path, metavar="FILE", help="articles from this YAML list")
    understand = commands.add_parser("understand", help="a message a line → how the bot reads it")
    understand.add_argument("--json", action="store_true", help="a line of JSON for each")


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m bot", description="Домовой")
    add_commands(parser.add_subparsers(dest="command", required=True))
    return run(parser.parse_args(arguments))


def run(given: argparse.Namespace) -> int:
    try:
        if given.command == "ask":
            return ask(given.faq, as_json=given.json)
        return understand(as_json=given.json)
    except FaqWrong as wrong:
        print(f"domovoy: {wrong}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        sys.stderr.close()  # whoever read us has gone; Python would complain on its way out
        return 0
    except KeyboardInterrupt:
        return 130


def ask(faq: Path | None, *, as_json: bool) -> int:
    from services.understanding.faq.library import Library

    entries, vocabulary = (read_faq(faq), None) if faq else read_company()
    library = Library(entries, vocabulary)
    questions = {entry.id: entry.question for entry in entries}
    for line in lines():
        found = library.ask(line)
        tell(dump(as_data(found)) if as_json else in_words(found, questions))
    return 0


def understand(*, as_json: bool) -> int:
    from services.understanding.reading.message import read

    for line in lines():
        reading = read(line)
        tell(dump(reading_data(line, reading)) if as_json else reading_words(line, reading))
    return 0


def lines() -> Iterator[str]:
    """Every line of stdin, empty ones too; bytes that are no UTF-8 do not stop it."""
    for raw in sys.stdin.buffer:
        yield raw.decode("utf-8", "replace").removeprefix("\ufeff").rstrip("\r\n")


_BREAKS = {ord(c): f"\\u{ord(c):04x}" for c in "\x85\u2028\u2029"}
"""What some readers take for the end of a line."""


def dump(data: dict[str, object]) -> str:
    return json.dumps(data, ensure_ascii=False).translate(_BREAKS)


def tell(words: str) -> None:
    sys.stdout.buffer.write(words.encode("utf-8", "replace") + b"\n")
    sys.stdout.buffer.flush()


def as_data(found: Found) -> dict[str, object]:
    return {
        "query": found.query,
        "answers": [{"id": each.id, "score": round(each.score, 4)} for each in found.answers],
        "decision": found.decision,
    }


def in_words(found: Found, questions: dict[str, str]) -> str:
    rows = [found.query, f"  {OUTCOMES[found.decision]}:"]
    rows += [f"    {a.score:.2f}  {a.id}: {questions[a.id]}" for a in found.answers[:3]]
    return "\n".join(rows)


def reading_data(text: str, reading: Reading) -> dict[str, object]:
    return {
        "text": text,
        "emergency": bool(reading.danger),
        "kind": reading.kind,
        "category": reading.category,
        "sentiment": reading.sentiment,
    }


def reading_words(text: str, reading: Reading) -> str:
    danger = f"ОПАСНОСТЬ ({reading.danger}), " if reading.danger else ""
    urgent = ", срочно" if reading.urgent else ""
    return f"{text}\n  {danger}{reading.kind}, {reading.category}, {reading.sentiment}{urgent}"


def read_company() -> tuple[list[Entry], Vocabulary]:
    """The articles that hold everywhere, and the trade's words with the company's own."""
    from bot.settings import SettingsWrong, load_settings
    from services.company.declaration import list_articles
    from services.company.reading import CompanyFileWrong, read_declaration
    from services.understanding.faq.library import Entry
    from services.understanding.vocabulary import load_trade

    try:
        file = load_settings().company_file
        declared = read_declaration(file)
    except SettingsWrong as wrong:
        raise FaqWrong(str(wrong)) from wrong
    except CompanyFileWrong as wrong:
        raise FaqWrong(f"{file}: {wrong.mistakes[0] if wrong.mistakes else wrong}") from wrong
    articles = list_articles(declared.articles, "")
    own = declared.vocabulary
    return (
        [Entry(a.id, a.question, a.answer, a.phrases, a.topic) for a in articles],
        load_trade().extend(own.synonyms, own.short),
    )


def read_faq(path: Path) -> list[Entry]:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        given = yaml.load(path.read_text("utf-8-sig"), Loader=loader)  # noqa: S506 (a safe one)
    except OSError as wrong:
        raise FaqWrong(f"{path}: файл не открывается ({wrong.strerror})") from wrong
    except UnicodeDecodeError as wrong:
        raise FaqWrong(f"{path}: сохраните файл в кодировке UTF-8") from wrong
    except yaml.YAMLError as wrong:
        mark = getattr(wrong, "problem_mark", None)
        where = f"строка {mark.line + 1}: " if mark else ""
        raise FaqWrong(f"{path}: {where}это не YAML, проверьте кавычки и отступы") from wrong
    if not isinstance(given, list):
        raise FaqWrong(f"{path}: нужен список вопросов: - {{id: …, question: …, answer: …}}")
    entries: dict[str, Entry] = {}
    for number, each in enumerate(given, 1):
        entry = _read_entry(each, f"{path}: вопрос {number}")
        if entry.id in entries:
            raise FaqWrong(f"{path}: вопрос {number}: id «{entry.id}» уже есть, нужен другой")
        entries[entry.id] = entry
    return list(entries.values())


def _read_entry(given: object, where: str) -> Entry:
    from services.understanding.faq.library import Entry

    if not isinstance(given, dict):
        raise FaqWrong(f"{where}: нужны id, question и answer")
    said = {}
    for key in ("id", "question", "answer", "topic"):
        value = given.get(key)
        if isinstance(value, dict | list) or (key != "topic" and str(value or "").strip() == ""):
            raise FaqWrong(f"{where}: {key} должен быть непустым текстом")
        said[key] = "" if value is None else str(value).strip()
    phrases = given.get("phrases") or ()
    if not isinstance(phrases, list | tuple) or any(isinstance(p, dict | list) for p in phrases):
        raise FaqWrong(f"{where}: phrases — это список примеров: [первый, второй]")
    return Entry(
        said["id"],
        said["question"],
        said["answer"],
        tuple(str(p) for p in phrases if str(p).strip()),
        said["topic"],
    )
