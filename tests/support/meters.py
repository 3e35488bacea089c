"""Meters of an account, and what they showed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from services.tables import Meter, Reading
from services.work import Work


async def meter(
    work: Work, account_id: int, resource: str = "cold_water", number: str = "1", **more: Any
) -> int:
    row = Meter(account_id=account_id, resource=resource, number=number, **more)
    work.session.add(row)
    await work.session.flush()
    return row.id


async def showed(work: Work, meter_id: int, month: date, *figures: int) -> None:
    """In thousandths, as the accounting system brought it."""
    work.session.add(
        Reading(
            meter_id=meter_id, month=month, figures=list(figures), source="import",
            at=work.now - timedelta(days=1),
        )
    )  # fmt: skip
    await work.session.flush()
