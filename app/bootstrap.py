"""Opens a workspace and composes the services: the only place that knows them all."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select

from app.cases.consent import ConsentService
from app.cases.risk import RiskService
from app.cases.service import CaseService
from app.common.clock import Clock, SystemClock, today
from app.common.errors import LongshanError, UserError
from app.common.words import N_
from app.intake.appointments import AppointmentService
from app.intake.queue import QueueService
from app.intake.service import IntakeService
from app.people.centres import CentreService
from app.people.defaults import add_centre_defaults, add_destinations, add_holidays
from app.people.importing import ImportService
from app.people.search import SearchService
from app.referrals.service import ReferralService
from app.referrals.writing import LetterService
from app.rota.calendar import CalendarService
from app.rota.experts import ExpertService
from app.rota.free import FreeService
from app.rota.history import History
from app.rota.holidays import HolidayService
from app.rota.leave import LeaveService
from app.rota.publication import PublicationService
from app.rota.service import RotaService
from app.rota.swaps import SwapService
from app.security import audit
from app.security.accounts import AccountService
from app.security.context import Context, environment_faults
from app.security.drafts import DraftService
from app.security.founding import Founded, FoundingSpec, found
from app.security.membership import load
from app.security.permissions import May
from app.security.signin import SignIn
from app.security.workspace import Unlocked, Workspace
from app.sessions.service import AssessmentService, NoteService
from app.sync.admitting import JoinService
from app.sync.reviews import ReviewService
from app.sync.service import SyncService
from app.today.service import TodayService
from app.upkeep.backup import BackupService
from app.upkeep.doctor import DoctorService
from db.crypto.pairs import PublicKeys
from db.engine import Database
from db.errors import FaultKind, StorageFault
from db.models import Account, Device, Organisation, Staff
from db.replica.incarnations import draw_if_needed
from db.replica.sealing import milliseconds
from db.replica.stamping import RowIds
from db.schema import upgrade

ROOT_ALTERED = N_(
    "The data file names another organisation root than the one your account believes in: it was altered. "
    "Do not work on this PC; call the director."
)


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a tab or a command may call, for one sign-in."""

    accounts: AccountService
    drafts: DraftService
    centre: CentreService
    imports: ImportService
    search: SearchService
    intake: IntakeService
    queue: QueueService
    appointments: AppointmentService
    rota: RotaService
    swaps: SwapService
    free: FreeService
    publication: PublicationService
    calendar: CalendarService
    holidays: HolidayService
    experts: ExpertService
    leave: LeaveService
    cases: CaseService
    consent: ConsentService
    risk: RiskService
    notes: NoteService
    assessments: AssessmentService
    letters: LetterService
    referrals: ReferralService
    today: TodayService
    reviews: ReviewService
    joining: JoinService
    backups: BackupService
    doctor: DoctorService
    sync: SyncService


def compose(ctx: Context, workspace: Workspace, database_key: bytes) -> Services:
    """Builds the services on one context."""
    history = History()
    return Services(
        accounts=AccountService(ctx, workspace, database_key),
        drafts=DraftService(ctx),
        centre=CentreService(ctx),
        imports=ImportService(ctx),
        search=SearchService(ctx),
        intake=IntakeService(ctx),
        queue=QueueService(ctx),
        appointments=AppointmentService(ctx),
        rota=RotaService(ctx, history),
        swaps=SwapService(ctx, history),
        free=FreeService(ctx),
        publication=PublicationService(ctx, history),
        calendar=CalendarService(ctx),
        holidays=HolidayService(ctx),
        experts=ExpertService(ctx),
        leave=LeaveService(ctx, history),
        cases=CaseService(ctx),
        consent=ConsentService(ctx),
        risk=RiskService(ctx),
        notes=NoteService(ctx),
        assessments=AssessmentService(ctx),
        letters=LetterService(ctx),
        referrals=ReferralService(ctx),
        today=TodayService(ctx),
        reviews=ReviewService(ctx),
        joining=JoinService(ctx, workspace),
        backups=BackupService(ctx, workspace, database_key),
        doctor=DoctorService(ctx, workspace, database_key),
        sync=SyncService(ctx, workspace, database_key),
    )


class Office:
    """An open workspace with somebody signed in. `close` it; or `lock` and `unlock` it in between."""

    def __init__(self, workspace: Workspace, ctx: Context, database_key: bytes) -> None:
        self.workspace = workspace
        self.ctx = ctx
        self.services = compose(ctx, workspace, database_key)

    @property
    def who(self) -> SignIn:
        return self.ctx.who

    def lock(self) -> None:
        """Forgets the user's private keys; the file stays open for what runs without them."""
        self._drain()
        self.services.notes.forget()
        self.who.forget_keys()

    def unlock(self, password: str) -> None:
        """Takes the same user's password; UserError if it is wrong."""
        self.who.remember_keys(self.workspace.unlock(self.who.login, password, self.who.user_id).keys)

    def close(self) -> None:
        """Forgets keys and lets go of the file."""
        self._drain()
        self.services.notes.forget()
        self.who.forget_keys()
        self.ctx.db.close()

    def _drain(self) -> None:
        """What fails here must not keep the screen from locking: what waits is safe in the file, and sealed later."""
        with suppress(LongshanError, OSError):
            self.services.sync.drain()


def create_organisation(folder: Path, spec: FoundingSpec, clock: Clock | None = None) -> Founded:
    """Founds an organisation and gives its first centre what every centre begins with."""
    now = clock or SystemClock()
    founded = found(folder, spec, now)
    first = founded.accounts[0]
    office = sign_in(Workspace(folder), first.entry.login, first.passphrase, now)
    try:
        with office.ctx.write(May.EDIT_CENTRE, "centre.furnished") as act:
            add_centre_defaults(act.tx, founded.centre_id)
            add_destinations(act.tx)
            add_holidays(act.tx, today(now).year - 1, today(now).year + 1)
            act.on(founded.centre_id)
    finally:
        office.close()
    return founded


def open_workspace(folder: Path) -> Workspace:
    """The folder's accounts; no database is read yet. EnvironmentFault in words if it is not one."""
    return Workspace(folder)


def sign_in(workspace: Workspace, login: str, password: str, clock: Clock | None = None) -> Office:
    """From a password to the services: wrong password, missing or damaged file, each in one sentence."""
    unlocked = workspace.unlock(login, password)
    return _open(workspace, unlocked, clock or SystemClock())


def _open(workspace: Workspace, unlocked: Unlocked, clock: Clock) -> Office:
    with environment_faults():
        database = Database.open(workspace.database_path, unlocked.database_key)
        database.wall_ms = lambda: milliseconds(clock.now())
        try:
            upgrade(database)
            database.stamps["row_ids"] = RowIds()
            who = _who(database, unlocked)
            with database.write() as tx:
                draw_if_needed(tx)
                audit.append(tx, clock.now(), who.user_id, "signed-in", [])
        except BaseException:
            database.close()
            raise
    return Office(workspace, Context(database, clock, who, unlocked.root), unlocked.database_key)


def _who(database: Database, unlocked: Unlocked) -> SignIn:
    with database.read() as tx:
        device = tx.execute(select(Device)).scalars().first()
        organisation = tx.get(Organisation, device.organisation_id) if device is not None else None
        if device is None or organisation is None:
            raise StorageFault(FaultKind.DAMAGED)
        named = PublicKeys(organisation.root_sign, organisation.root_box)
        if named != unlocked.root or device.root_sign != unlocked.root.sign:
            raise UserError("root-altered", ROOT_ALTERED)
        membership = load(tx, organisation.id, unlocked.root)
        member = membership.members.get(unlocked.entry.user_id)
        account = tx.get(Account, unlocked.entry.user_id)
        if member is None or account is None or not account.active or member.keys != unlocked.keys.public:
            raise UserError("not-a-member", N_("This account no longer belongs to the organisation. Ask the director."))
        staff = tx.get(Staff, account.staff_id)
        name = staff.name if staff else member.name
        who = SignIn(account.id, account.staff_id, account.login, name, member.roles, member.centre_id, organisation.id)
        who.remember_keys(unlocked.keys)
        return who
