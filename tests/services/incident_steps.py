"""An incident on a bare database, for tests that are about something else."""

from __future__ import annotations

from sqlalchemy import select

from services.tables import House, Incident, Member
from services.work import Work


async def make_incident(
    work: Work, house: str, category: str, what: str, *, emergency: bool = False
) -> Incident:
    """Open, with nobody in it yet."""
    found = await work.session.scalar(select(House).where(House.code == house))
    member = await work.session.scalar(select(Member).order_by(Member.id))
    assert found is not None
    assert member is not None
    room = await work.rooms.of_complex(found.complex_id)
    incident = Incident(
        house_id=found.id, room_id=room.id, category=category, what=what, emergency=emergency,
        state="open", offered_at=work.now, opened_at=work.now, member_id=member.id,
    )  # fmt: skip
    work.session.add(incident)
    await work.session.flush()
    return incident
