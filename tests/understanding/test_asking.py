"""`python -m bot ask` and `understand`: lines in, lines out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parent.parent.parent
FAQ = """
- id: lift
  question: Когда починят лифт?
  answer: Обычно за сутки.
- {id: 7, question: Где передать показания воды?, answer: В боте., phrases: [скинуть воду]}
- {id: gas, question: Кто проверяет газовое оборудование?, answer: Газовая служба., topic: Газ}
- {id: pests, question: Как вызвать обработку от тараканов?, answer: Оставьте заявку.}
"""


def run(
    *arguments: str, said: str | bytes = "", folder: Path = ROOT, **env: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        input=said if isinstance(said, bytes) else said.encode(),
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **env},
        check=False,
    )


@pytest.fixture
def faq(tmp_path: Path) -> str:
    path = tmp_path / "faq.yaml"
    path.write_text(FAQ, "utf-8")
    return str(path)


def read(done: subprocess.CompletedProcess[bytes]) -> list[Any]:
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.decode().splitlines()]


def test_a_line_of_json_for_every_line(faq: str) -> None:
    said = "куда скинуть воду\n\nujhzxfz djlf\r\nкак сварить борщ"
    found = read(run("ask", "--json", "--faq", faq, said=said))
    assert [each["query"] for each in found] == [
        "куда скинуть воду", "", "ujhzxfz djlf", "как сварить борщ",
    ]  # fmt: skip
    assert [each["decision"] for each in found][:2] == ["answer", "handoff"]
    assert found[0]["answers"][0]["id"] == "7"
    assert found[1]["answers"] == []
    assert found[3]["decision"] == "handoff"
    assert len(found[3]["answers"]) >= 3
    assert all(0 <= a["score"] <= 1 for each in found for a in each["answers"])


def test_without_json_a_person_can_read_it(faq: str) -> None:
    done = run("ask", "--faq", faq, said="вызвать обработку от тараканов\nпривет\n")
    words = done.stdout.decode()
    assert "отвечу:" in words
    assert "pests: Как вызвать обработку от тараканов?" in words
    assert "позову человека" in words


def test_odd_bytes_do_not_stop_it(faq: str) -> None:
    said = b"\xff\xfe\x00\xd0\n" + "когда лифт\u2028починят\n".encode() + b"\x00"
    assert len(read(run("ask", "--json", "--faq", faq, said=said))) == 3


def test_nothing_said_nothing_answered(faq: str) -> None:
    assert read(run("ask", "--json", "--faq", faq)) == []


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("- {id: a", "строка 2: это не YAML"),
        ("просто текст", "нужен список вопросов"),
        ("- id: a\n  question: Как?", "вопрос 1: answer"),
        ("- {id: a, question: [x], answer: b}", "вопрос 1: question"),
        (
            "- {id: a, question: b, answer: c}\n- {id: a, question: d, answer: e}",
            "вопрос 2: id «a»",
        ),
        ("- {id: a, question: b, answer: c, phrases: {x: y}}", "phrases"),
        ("- just", "вопрос 1: нужны id"),
    ],
)
def test_a_bad_file_is_one_clear_line(tmp_path: Path, text: str, complaint: str) -> None:
    path = tmp_path / "faq.yaml"
    path.write_text(text, "utf-8")
    done = run("ask", "--faq", str(path), said="лифт\n")
    assert (done.returncode, done.stdout) == (1, b"")
    said = done.stderr.decode()
    assert said.count("\n") == 1
    assert complaint in said


def test_a_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    done = run("ask", "--faq", str(tmp_path / "none.yaml"))
    assert done.returncode == 1
    assert "файл не открывается" in done.stderr.decode()


def test_the_companys_own_articles_without_any_database(tmp_path: Path) -> None:
    """The settings lead nowhere, and nothing notices."""
    done = run(
        "ask",
        "--json",
        said="как передать показания счётчиков\n",
        COMPANY_FILE=str(ROOT / "examples/company.yaml"),
        DATABASE_URL="postgresql://nobody@127.0.0.1:1/none",
        DATA_DIR=str(tmp_path),
    )
    assert read(done)[0]["answers"][0]["id"] == "readings"
    assert list(tmp_path.iterdir()) == []


def test_a_company_file_that_is_wrong_is_told(tmp_path: Path) -> None:
    path = tmp_path / "company.yaml"
    path.write_text("company: 5\n", "utf-8")
    done = run("ask", said="лифт\n", COMPANY_FILE=str(path))
    assert done.returncode == 1
    assert str(path) in done.stderr.decode()


def test_understanding_a_line_each() -> None:
    said = "Пахнет газом в подъезде!\nспасибо большое\n\n"
    first, second, third = read(run("understand", "--json", said=said))
    assert first["emergency"] is True
    assert set(first) == {"text", "emergency", "kind", "category", "sentiment"}
    assert (second["emergency"], second["kind"]) == (False, "gratitude")
    assert third["text"] == ""


def test_understanding_in_words() -> None:
    done = run("understand", said="В лифте застряли люди\n")
    assert done.returncode == 0
    assert "ОПАСНОСТЬ" in done.stdout.decode()


def test_both_commands_stand_in_the_help() -> None:
    words = run("--help").stdout.decode()
    assert "ask" in words
    assert "understand" in words


def test_they_load_nothing_of_the_program() -> None:
    code = (
        "import sys, io; sys.stdin = io.TextIOWrapper(io.BytesIO('лифт'.encode()));"
        f"from bot.asking import main; main(['ask', '--faq', {str(ROOT)!r} + "
        "'/tests/understanding/sets/known/articles.yaml']);"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    loaded = {name.partition(".")[0] for name in done.stderr.split()}
    assert loaded.isdisjoint({"aiogram", "aiohttp", "sqlalchemy", "vkbottle", "pydantic_settings"})
