"""What every test may ask for. The databases are explained in `support/database.py`."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.support.database import Databases, Run, RunOwner
from tests.support.patience import count_lived_seconds

_owner = pytest.StashKey[RunOwner]()
_run = pytest.StashKey[Run]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-pair",
        action="store_true",
        help="tell each conversation in every messenger with every kind of staff room",
    )


def pytest_configure(config: pytest.Config) -> None:
    count_lived_seconds()
    given = getattr(config, "workerinput", None)
    if given is not None:
        config.stash[_run] = Run(**given["test_run"])
        return
    owner = RunOwner()
    config.stash[_owner] = owner
    config.stash[_run] = owner.run


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["test_run"] = node.config.stash[_run].as_input()


def pytest_unconfigure(config: pytest.Config) -> None:
    owner = config.stash.get(_owner, None)
    if owner is not None:
        owner.end()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def databases(pytestconfig: pytest.Config) -> AsyncIterator[Databases]:
    """A server with nothing in it yet."""
    async with Databases.of(pytestconfig.stash[_run]) as databases:
        yield databases


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def migrated_databases(databases: Databases) -> Databases:
    await databases.migrate_template()
    return databases


@pytest_asyncio.fixture(loop_scope="session")
async def database_url(migrated_databases: Databases) -> AsyncIterator[str]:
    """A migrated, empty database of the test's own."""
    async with migrated_databases.clone() as url:
        yield url


@pytest_asyncio.fixture(loop_scope="session")
async def empty_database_url(databases: Databases) -> AsyncIterator[str]:
    """A database without a single table, for tests of the migrations themselves."""
    async with databases.empty() as url:
        yield url
