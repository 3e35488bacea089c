"""What laws and a company's own custom set as numbers, and what every entry of the file is."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Said = Annotated[str, Field(min_length=1)]
"""A text that must not be empty."""


class Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class PermittedHours(Entry):
    """How long an outage may last at once (Decree 354, app. 1); 0: no such bound. Electricity with
    two sources: 2."""

    cold_water: int = Field(default=4, ge=0)
    hot_water: int = Field(default=4, ge=0)
    heating: int = Field(default=16, ge=0)
    electricity: int = Field(default=24, ge=0)
    gas: int = Field(default=4, ge=0)
    elevator: int = Field(default=0, ge=0)
    intercom: int = Field(default=0, ge=0)
    other: int = Field(default=0, ge=0)


class PermittedHoursAMonth(Entry):
    """How long all outages of a month may last together (Decree 354, app. 1); 0: no such bound."""

    cold_water: int = Field(default=8, ge=0)
    hot_water: int = Field(default=8, ge=0)
    heating: int = Field(default=24, ge=0)
    electricity: int = Field(default=24, ge=0)
    gas: int = Field(default=4, ge=0)
    elevator: int = Field(default=0, ge=0)
    intercom: int = Field(default=0, ge=0)
    other: int = Field(default=0, ge=0)


class OutageRules(Entry):
    """`reduction_percent`: by how much of the month's fee each hour beyond the permitted ones is
    less. `announce_days`: working days by which planned works are announced ahead. `remind_at`:
    when residents are reminded, the evening before."""

    announce_days: int = Field(default=10, ge=0, le=250)
    remind_at: Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "18:00"
    permitted_hours: PermittedHours = PermittedHours()
    permitted_hours_a_month: PermittedHoursAMonth = PermittedHoursAMonth()
    reduction_percent: float = Field(default=0.15, ge=0, le=100)


class Keeping(Entry):
    """For how many days what is kept; what is older is cleared away by night. `appeals`: closed
    requests and conversations with all that was said (kept ~3 years by custom), outages, mailings,
    homes given up. `journal`: who did what. `queues`: the technical copies of what was heard and
    said. `notices`: whom a notice reached by name; the counts stay. `chats`: what a browser's chat
    shows. `questions`: what was asked of the articles. `strangers`: who never gave consent and
    left nothing, and where a dialogue stood."""

    appeals_days: int = Field(default=1100, ge=30)
    journal_days: int = Field(default=1100, ge=30)
    queues_days: int = Field(default=90, ge=7)
    notices_days: int = Field(default=400, ge=7)
    chats_days: int = Field(default=400, ge=7)
    questions_days: int = Field(default=400, ge=30)
    strangers_days: int = Field(default=180, ge=7)
