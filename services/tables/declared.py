"""What the company declares under keys of its own and may change in the chat."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from services.tables.base import Numbered


class Keyed(Numbered):
    """`content` is the entry of `declaration` that bears the class's name."""

    __abstract__ = True

    key: Mapped[str] = mapped_column(unique=True)
    content: Mapped[dict[str, Any]]
    position: Mapped[int] = mapped_column(Integer)
    withdrawn_at: Mapped[datetime | None]


class Category(Keyed):
    """A kind of request with its form."""

    __tablename__ = "categories"


class Article(Keyed):
    """A question of residents and its answer. `picture` is an attachment as JSON."""

    __tablename__ = "articles"

    picture: Mapped[dict[str, Any] | None]


class CannedAnswer(Keyed):
    """A draft for staff."""

    __tablename__ = "canned_answers"


class Organisation(Keyed):
    """Somebody else who is responsible."""

    __tablename__ = "organisations"
