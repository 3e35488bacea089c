"""The house keeps its own rules: who imports whom, who starts tasks, how long a file may be."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("bot", "handlers", "services")
MESSENGERS = {"aiogram", "aiohttp", "aiohttp_socks", "vkbottle"}
DATABASE = {"sqlalchemy", "asyncpg", "alembic"}

LONGEST = 350  # lines
LONGER = {
    "handlers/resident/texts.py",  # words, no code
    "handlers/table.py",  # a line a row
    "services/work.py",  # three lines a service
}


def sources(*packages: str) -> Iterator[Path]:
    for package in packages or PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def trees(*packages: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sources(*packages):
        yield name(path), ast.parse(path.read_text(), filename=str(path))


def imported(tree: ast.Module) -> set[str]:
    """Every imported module by its whole name, whether at the top or inside a function."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found.add(node.module)
    return found


def libraries(tree: ast.Module, among: set[str]) -> set[str]:
    return {module for module in imported(tree) if module.partition(".")[0] in among}


def callers(attribute: str) -> set[str]:
    """Files that speak of `asyncio.<attribute>`, under whatever spelling."""
    return {
        where
        for where, tree in trees()
        for node in ast.walk(tree)
        if (
            isinstance(node, ast.Attribute)
            and node.attr == attribute
            and isinstance(node.value, ast.Name)
            and node.value.id == "asyncio"
        )
        or (
            isinstance(node, ast.ImportFrom)
            and node.module == "asyncio"
            and any(alias.name == attribute for alias in node.names)
        )
    }


def loaded_by(statement: str) -> set[str]:
    """Top-level modules in a fresh Python after that statement."""
    code = f"import sys; {statement}; print(*{{m.partition('.')[0] for m in sys.modules}})"
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    return set(run.stdout.split())


def test_import_contracts_hold() -> None:
    lint = Path(sys.executable).parent / "lint-imports"
    run = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("package", ["handlers", "services"])
def test_messengers_libraries_stay_in_bot(package: str) -> None:
    strangers = {where: libraries(tree, MESSENGERS) for where, tree in trees(package)}
    assert {where: found for where, found in strangers.items() if found} == {}


def test_only_its_own_room_knows_telegram() -> None:
    knowing = {where for where, tree in trees("bot") if libraries(tree, {"aiogram"})}
    assert {where for where in knowing if not where.startswith("bot/platforms/telegram/")} == set()


def test_the_database_is_known_to_services() -> None:
    """Elsewhere only its errors are, and the driver to the launcher of the private server."""
    allowed = {"sqlalchemy.exc"}
    strangers = {
        where: libraries(tree, DATABASE) - allowed for where, tree in trees("bot", "handlers")
    }
    assert {where: found for where, found in strangers.items() if found} == {
        "bot/postgres.py": {"asyncpg"}
    }


def test_tasks_are_started_in_one_place() -> None:
    assert callers("create_task") == {"bot/background.py"}


def test_a_task_started_elsewhere_is_ended_there() -> None:
    """`ensure_future` is for one that lives no longer than what started it."""
    for where in callers("ensure_future"):
        assert re.search(r"\.cancel\(|asyncio\.wait\(", (ROOT / where).read_text()), where


def test_files_are_short() -> None:
    pages = (ROOT / "bot").rglob("static/*.[jc]s*")
    lengths = {
        name(path): len(path.read_text().splitlines()) for path in [*sources(), *sorted(pages)]
    }
    longer = {where: lines for where, lines in lengths.items() if lines > LONGEST}
    assert {where: lines for where, lines in longer.items() if where not in LONGER} == {}


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import handlers, services.work, services.messaging.delivery", MESSENGERS | {"alembic"}),
        ("import bot.app", {"aiogram", "aiohttp_socks", "vkbottle", "alembic"}),
        ("import bot.cli", {"aiogram", "aiohttp_socks", "vkbottle", "alembic"}),
    ],
)
def test_what_is_heavy_is_imported_late(statement: str, heavy: set[str]) -> None:
    assert loaded_by(statement) & heavy == set()


def test_alembic_is_the_library() -> None:
    """A folder with an `__init__.py` would shadow it."""
    assert not (ROOT / "alembic" / "__init__.py").exists()
