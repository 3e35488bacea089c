"""The documents tell the truth: settings, commands, figures, links and pictures."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import unquote

import pytest
import yaml

from bot.cli import main
from bot.metrics import Metrics
from bot.settings import Settings
from handlers.staff.commands import COMMANDS as STAFF_COMMANDS
from handlers.table import COMMANDS as RESIDENT_COMMANDS

ROOT = Path(__file__).resolve().parent.parent
DOCUMENTS = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda path: path.as_posix()
)
README = (ROOT / "README.md").read_text()

LINK = re.compile(r"(!?)\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
OURS = ("alembic/", "bench/", "bot/", "docs/", "examples/", "handlers/", "services/", "tests/")

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: str(p.relative_to(ROOT)))


def section(text: str, title: str) -> str:
    found = re.search(rf"^## {title}\n(.*?)(?=^## |\Z)", text, re.DOTALL | re.MULTILINE)
    assert found, f"no section {title}"
    return found[1]


def rows(text: str) -> list[list[str]]:
    """The cells of a table, without its head."""
    lines = [line.strip() for line in text.splitlines() if line.startswith("|")]
    cells = [[c.strip() for c in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines]
    return [row for row in cells if not set("".join(row)) <= set("-: ")]


def example_settings() -> dict[str, str]:
    lines = (ROOT / ".env.example").read_text().splitlines()
    pairs = (line.partition("=") for line in lines if line and not line.startswith("#"))
    return {name: value for name, _, value in pairs}


def anchors(path: Path) -> set[str]:
    """As GitHub makes them of headings."""
    found = set()
    for heading in re.findall(r"^#+ (.+)$", FENCE.sub("", path.read_text()), re.MULTILINE):
        plain = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower())
        found.add(plain.replace(" ", "-"))
    return found


# ── Settings ─────────────────────────────────────────────────────────────────


def test_env_example_lists_every_setting() -> None:
    assert list(example_settings()) == [name.upper() for name in Settings.model_fields]


def test_env_example_shows_the_defaults(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in example_settings():
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=ROOT / ".env.example") == Settings(_env_file=None)


def test_readme_lists_every_setting_with_its_default() -> None:
    table = rows(section(README, "Settings"))[1:]
    shown = {
        cells[0].strip("`"): "" if cells[1] == "empty" else cells[1].strip("`") for cells in table
    }
    assert shown == example_settings()


# ── Commands ─────────────────────────────────────────────────────────────────


def parser_help(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--help"])
    assert ended.value.code == 0, arguments
    return capsys.readouterr().out


def test_commands_of_the_readme_exist(capsys: pytest.CaptureFixture[str]) -> None:
    """And the other way round: what the parser knows stands in the table."""
    table = {
        command: cells[1]
        for cells in rows(section(README, "Commands"))
        if len(cells) == 2
        for command in re.findall(r"python -m bot ([\w-]+)", cells[0])
    }
    known = re.search(r"\{([\w,-]+)\}", parser_help(capsys))
    assert known
    assert set(table) == set(known[1].split(","))
    for command, words in table.items():
        printed = parser_help(capsys, command)
        assert [option for option in re.findall(r"--[\w-]+", words) if option not in printed] == []


@each_document
def test_every_command_line_is_one(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    named = set(re.findall(r"python -m bot ([a-z][a-z-]*)", path.read_text()))
    known = re.search(r"\{([\w,-]+)\}", parser_help(capsys))
    assert known
    assert named <= set(known[1].split(","))


@each_document
def test_every_make_target_is_one(path: Path) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    code = [*INLINE.findall(path.read_text()), *FENCE.findall(path.read_text())]
    named = re.findall(r"(?:^|&& )make ([a-z]+)", "\n".join(code), re.MULTILINE)
    assert set(named) <= targets


@pytest.mark.parametrize("document", ["README.md", "docs/ru/dispatcher.md"])
def test_commands_of_the_chat_exist(document: str) -> None:
    text = (ROOT / document).read_text()
    if document == "README.md":
        text = section(text, "Commands")
    named = set(re.findall(r"`(/[a-z]+)", text))
    assert named <= {*STAFF_COMMANDS, *RESIDENT_COMMANDS}


# ── Figures, paths, links ────────────────────────────────────────────────────


def test_metrics_of_the_guide_are_those_shown() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    shown = set(re.findall(r"^# TYPE (\w+)", Metrics().render().decode(), re.MULTILINE))
    shown = {figure for figure in shown if not figure.endswith("_created")}
    assert set(re.findall(r"\bdomovoy_[a-z_]+", text)) == shown


@each_document
def test_paths_exist(path: Path) -> None:
    """Paths in backticks; those with a placeholder stand for something yet to be written."""
    named = [word for word in INLINE.findall(path.read_text()) if word.startswith(OURS)]
    plain = [word for word in named if not re.search(r"[<*\s]|NNNN", word)]
    assert [word for word in plain if not (ROOT / word).exists()] == []


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    """Pictures among them."""
    dead = []
    for _, target in LINK.findall(FENCE.sub("", path.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, anchor = unquote(target).partition("#")
        file = (path.parent / place).resolve() if place else path
        if not file.exists() or (anchor and anchor not in anchors(file)):
            dead.append(target)
    assert dead == []


def test_pictures_are_pictures() -> None:
    for path in DOCUMENTS:
        for mark, target in LINK.findall(FENCE.sub("", path.read_text())):
            if mark and not re.match(r"[a-z]+:", target):
                assert (path.parent / target).read_bytes().startswith(b"\x89PNG"), target


def test_every_decision_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = [target for _, target in LINK.findall((folder / "README.md").read_text())]
    assert listed == sorted(path.name for path in folder.glob("0*.md"))


def test_every_guide_can_be_reached() -> None:
    """From the README, by links between documents."""
    reached, todo = set(), [ROOT / "README.md"]
    while todo:
        path = todo.pop()
        if path in reached:
            continue
        reached.add(path)
        for _, target in LINK.findall(path.read_text()):
            file = (path.parent / unquote(target).partition("#")[0]).resolve()
            file = file / "README.md" if file.is_dir() else file
            if file.suffix == ".md" and file.exists():
                todo.append(file)
    assert set(DOCUMENTS) - reached == set()


def test_alerts_of_the_example_ask_for_figures_that_are_shown() -> None:
    rules = yaml.safe_load((ROOT / "examples" / "deploy" / "alerts.yaml").read_text())
    shown = set(re.findall(r"^# TYPE (\w+)", Metrics().render().decode(), re.MULTILINE))
    every = [rule for group in rules["groups"] for rule in group["rules"]]
    assert len({rule["alert"] for rule in every}) == len(every) > 0
    for rule in every:
        asked = set(re.findall(r"\bdomovoy_[a-z_]+", rule["expr"]))
        assert {each.removesuffix("_bucket") for each in asked} <= shown
        assert asked or rule["expr"].startswith("up{")
        assert rule["annotations"]["summary"]


@pytest.mark.parametrize("name", ["nginx.conf", "Caddyfile"])
def test_the_figures_are_not_for_the_world(name: str) -> None:
    """A proxy of the examples shuts them, and lets whoever came through it be known as such."""
    text = (ROOT / "examples" / "deploy" / name).read_text()
    assert re.search(r"/metrics.*404", text)
    assert "X-Forwarded-For" in text
    assert "21m" in text.lower()
