"""What staff see of people who prove accounts: where, who, as what. Never a number or a sum."""

from __future__ import annotations

from handlers import holding_staff_texts as words
from handlers import notices, wording
from handlers.discretion import Discretion
from services.access import AsResident
from services.messaging.types import Button, Keyboard
from services.tables import Account, HoldingClaim, ProofTry, Room, Thread
from services.work import Work


async def post_claim(work: Work, viewer: AsResident, claim: HoldingClaim) -> None:
    """In a thread with `viewer`, in which staff can ask back."""
    account = await work.claims.account(claim)
    room, house, flat = await where(work, viewer, account)
    doubt = await work.claims.holding(claim) is not None
    shows = Discretion.of(room)
    place = shows.place(house, flat)
    thread = await work.threads.open(viewer, room, words.subject(place, doubt=doubt))
    await work.claims.stand_in(claim, thread)
    resident = await work.people.resident(viewer.resident_id)
    name = shows.name(resident.name or "")
    if doubt:
        text = words.doubted(claim.role, place, name)
    else:
        text = words.claimed(claim.role, place, name, known=account is not None)
    await notices.tell_staff(work, thread, text, buttons=await buttons_of(work, thread))


async def tell_locked(work: Work, viewer: AsResident, tried: ProofTry) -> None:
    account = await work.session.get(Account, tried.account_id) if tried.account_id else None
    room, house, flat = await where(work, viewer, account)
    shows = Discretion.of(room)
    place = shows.place(house, flat)
    thread = await work.threads.open(viewer, room, words.subject_of_lock(place))
    tried.thread_id = thread.id
    await work.session.flush()
    resident = await work.people.resident(viewer.resident_id)
    rules = (await work.company.profile()).accounts.proofs
    text = words.locked(
        rules.tries, rules.lock_hours, place, shows.name(resident.name or ""),
        known=account is not None,
    )  # fmt: skip
    await notices.tell_staff(work, thread, text, buttons=await buttons_of(work, thread))


async def buttons_of(work: Work, thread: Thread) -> Keyboard | None:
    """What a member may decide in this thread now."""
    claim = await work.claims.of_thread(thread.id)
    if claim is not None:
        doubt = await work.claims.holding(claim) is not None
        yes, no = words.DOUBT_BUTTONS if doubt else words.CLAIM_BUTTONS
        row = [Button(label=no, action=f"staff/holdno/{claim.id}")]
        if claim.account_id is not None:
            row.insert(0, Button(label=yes, action=f"staff/holdyes/{claim.id}"))
        return Keyboard(rows=(tuple(row),))
    tried = await work.proofs.lock_of_thread(thread.id)
    if tried is not None:
        unlock = Button(label=words.UNLOCK, action=f"staff/holdfree/{tried.id}")
        return Keyboard(rows=((unlock,),))
    decided = await work.claims.undoable(thread.id)
    if decided is not None:
        undo = Button(label=words.UNDO, action=f"staff/holdoff/{decided.id}")
        return Keyboard(rows=((undo,),))
    return None


async def where(work: Work, viewer: AsResident, account: Account | None) -> tuple[Room, str, str]:
    """The room of the account's house, its address and the flat; of an unknown one, those the
    resident named as their home."""
    if account is not None and account.house_id is not None:
        house = await work.places.house(account.house_id)
        flat = await work.places.flat(account.flat_id) if account.flat_id else None
        if house is not None:
            room = await work.rooms.of_complex(house.complex_id)
            return room, house.address, wording.name_number(flat.number) if flat else ""
    places = await work.people.places(viewer)
    if not places:
        return await work.rooms.of_complex(None), "", ""
    place = places[-1]
    flat_named = wording.name_number(place.flat) if place.flat else ""
    return await work.rooms.of_complex(place.complex_id), place.address, flat_named
