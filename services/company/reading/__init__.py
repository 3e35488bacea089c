"""The company's file, read: a `Declaration`, or every mistake in it at once.

The file is written by a person who knows houses, not YAML. So a mistake names its line, says
what is wrong in plain Russian and what to write instead.

Three passes over one tree of nodes, each adding to the same list of mistakes: the shape (keys,
lists, scalars: `shaping.py`), the values (pydantic, put into words: `wording.py`), and what must
agree across the file (`checks.py`). The later passes go on over what is left after the earlier
ones, so that one reading tells everything.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from services.company.declaration import Declaration
from services.company.reading.checks import check
from services.company.reading.filling import build_loosely, fill_in
from services.company.reading.mistakes import CompanyFileWrong, Mistake
from services.company.reading.nodes import read_nodes
from services.company.reading.shaping import shape_nodes
from services.company.reading.source import Loc, Source
from services.company.reading.wording import tell_wrong_values

__all__ = ["CompanyFileWrong", "Mistake", "read_declaration"]


def read_declaration(path: Path) -> Declaration:
    """Raises `CompanyFileWrong` with all that is wrong, in the order of the file."""
    source = Source()
    plain = shape_nodes(read_nodes(path), source)
    fill_in(plain)
    declaration: Declaration | None = None
    wrong: set[Loc] = set()
    try:
        declaration = Declaration.model_validate(plain)
    except ValidationError as error:
        wrong = tell_wrong_values(error, source)
    check(declaration or build_loosely(Declaration, plain, (), wrong), source, path.parent)
    if source.mistakes or declaration is None:
        raise CompanyFileWrong(sorted(source.mistakes, key=lambda mistake: mistake.line))
    return declaration
