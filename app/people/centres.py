"""The centre as its director keeps it: letterhead, rooms, destinations; and what forms offer."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.common.changes import Changes, Done, Topic
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Context
from app.security.permissions import May
from db.models import Centre, Destination, Organisation, Room, School
from db.replica.stamping import new_id


@dataclass(frozen=True, slots=True)
class CentreView:
    """Letterhead and policy of the signed-in user's centre."""

    id: str
    code: str
    name: str
    address: str
    hotline: str
    idle_minutes: dict[str, int]
    hours: dict[str, list[str]]
    organisation: str
    demo: bool


@dataclass(frozen=True, slots=True)
class RoomView:
    """咨询室."""

    id: str
    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class DestinationView:
    """Where a referral may go."""

    id: str
    institution: str
    clinic: str
    kind: str
    telephone: str | None
    active: bool


@dataclass(frozen=True, slots=True)
class SchoolView:
    """A school of the directory."""

    id: str
    name: str
    telephone: str | None


class CentreService:
    """Reads are for everyone; changes are the director's."""

    def __init__(self, ctx: Context) -> None:
        self.ctx = ctx

    def view(self) -> CentreView:
        """The user's own centre."""
        with self.ctx.read(May.OWN_SETTINGS) as tx:
            centre = tx.get_one(Centre, self.ctx.who.centre_id)
            organisation = tx.get_one(Organisation, self.ctx.who.organisation_id)
            return CentreView(
                centre.id,
                centre.code,
                centre.name,
                centre.address,
                centre.hotline,
                dict(centre.idle_minutes),
                dict(centre.hours),
                organisation.name,
                organisation.demo,
            )

    def set_letterhead(self, name: str, address: str, hotline: str) -> Done[None]:
        """What stands on every letter and slip."""
        if not name.strip():
            raise UserError("centre-name", N_("The centre needs a name."))
        with self.ctx.write(May.EDIT_CENTRE, "centre.letterhead") as act:
            centre = act.tx.get_one(Centre, self.ctx.who.centre_id)
            centre.name, centre.address, centre.hotline = name.strip(), address.strip(), hotline.strip()
            act.on(centre.id)
        return Done(None, Changes.of(Topic.SETTINGS))

    def set_idle_minutes(self, minutes: dict[str, int]) -> Done[None]:
        """Role -> minutes (1 to 60) until the screen locks by itself."""
        if any(not 1 <= value <= 60 for value in minutes.values()):
            raise UserError("idle-minutes", N_("Choose between 1 and 60 minutes."))
        with self.ctx.write(May.EDIT_CENTRE, "centre.idle-minutes") as act:
            centre = act.tx.get_one(Centre, self.ctx.who.centre_id)
            centre.idle_minutes = {**centre.idle_minutes, **minutes}
            act.on(centre.id)
        return Done(None, Changes.of(Topic.SETTINGS))

    def rooms(self, include_inactive: bool = False) -> list[RoomView]:
        """The centre's rooms in their order."""
        with self.ctx.read(May.OWN_SETTINGS) as tx:
            rows = tx.execute(select(Room).where(Room.centre_id == self.ctx.who.centre_id).order_by(Room.position))
            return [RoomView(r.id, r.name, r.active) for r in rows.scalars() if r.active or include_inactive]

    def save_room(self, name: str, room_id: str | None = None, active: bool = True) -> Done[str]:
        """Adds or changes a room; a room is never deleted, since sessions name it."""
        if not name.strip():
            raise UserError("room-name", N_("The room needs a name."))
        with self.ctx.write(May.EDIT_CENTRE, "centre.room") as act:
            row = act.tx.get(Room, room_id) if room_id else None
            if row is None:
                position = len(act.tx.execute(select(Room.id).where(Room.centre_id == self.ctx.who.centre_id)).all())
                row = Room(id=new_id(act.tx), stream="org", centre_id=self.ctx.who.centre_id, position=position + 1)
                act.tx.add(row)
            row.name, row.active = name.strip(), active
            act.on(row.id)
            saved = row.id
        return Done(saved, Changes.of(Topic.SETTINGS))

    def destinations(self, include_inactive: bool = False) -> list[DestinationView]:
        """Where referrals may go, in their order."""
        with self.ctx.read(May.OWN_SETTINGS) as tx:
            rows = tx.execute(select(Destination).order_by(Destination.position)).scalars()
            return [
                DestinationView(d.id, d.institution, d.clinic, d.kind, d.telephone, d.active)
                for d in rows
                if d.active or include_inactive
            ]

    def save_destination(
        self,
        institution: str,
        clinic: str,
        kind: str = "hospital",
        telephone: str | None = None,
        destination_id: str | None = None,
        active: bool = True,
    ) -> Done[str]:
        """Adds or changes a destination."""
        if not institution.strip() or not clinic.strip():
            raise UserError("destination-incomplete", N_("A destination needs an institution and a clinic."))
        with self.ctx.write(May.EDIT_CENTRE, "centre.destination") as act:
            row = act.tx.get(Destination, destination_id) if destination_id else None
            if row is None:
                position = len(act.tx.execute(select(Destination.id)).all()) + 1
                row = Destination(id=new_id(act.tx), stream="org", position=position)
                act.tx.add(row)
            row.institution, row.clinic, row.kind = institution.strip(), clinic.strip(), kind
            row.telephone, row.active = telephone, active
            act.on(row.id)
            saved = row.id
        return Done(saved, Changes.of(Topic.SETTINGS, Topic.REFERRALS))

    def schools(self) -> list[SchoolView]:
        """The directory, by name."""
        with self.ctx.read(May.OWN_SETTINGS) as tx:
            rows = tx.execute(select(School).order_by(School.name)).scalars()
            return [SchoolView(s.id, s.name, s.telephone) for s in rows]
