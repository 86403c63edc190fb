"""Consent as recorded: signed, per recipient, withdrawn, excepted; changed events are seen."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import select

from app.bootstrap import Office
from app.cases.consent_rules import ALL_SCOPES, Party, Purpose, Scope, Standing
from app.cases.keys import SealedAltered
from app.common.errors import UserError
from app.people.defaults import add_destinations
from db.models import Client, Destination, School
from tests.services.casework import make_client
from tests.services.conftest import Bench


def _recipient(office: Office, client_id: str, name: str) -> str:
    meter = office.services.consent.meter(client_id)
    return next(line.recipient for line in meter.lines if line.name == name and line.recipient)


@pytest.fixture
def psych(bench: Bench) -> Office:
    office = bench.sign("psych")
    with office.ctx.db.write() as tx:
        if tx.execute(select(Destination.id)).first() is None:
            add_destinations(tx)
    return office


HOSPITAL = "聊城市第四人民医院"


def test_one_line_for_the_hospital_whatever_the_clinic(psych: Office) -> None:
    client_id = make_client(psych)
    meter = psych.services.consent.meter(client_id)
    assert [(line.purpose, line.name) for line in meter.lines] == [
        (Purpose.COUNSELLING, ""),
        (Purpose.SHARE, HOSPITAL),
        (Purpose.RECORDING, ""),
        (Purpose.SUPERVISION, ""),
    ]
    assert meter.needed == {Party.GUARDIAN}
    assert all(line.stand.standing is Standing.NOT_GIVEN for line in meter.lines)


def test_given_for_part_withdrawn_and_excepted(psych: Office) -> None:
    client_id = make_client(psych)
    consent, hospital = psych.services.consent, _recipient(psych, client_id, HOSPITAL)

    def stand() -> tuple[Standing, frozenset[Scope]]:
        line = consent.meter(client_id).line(Purpose.SHARE, hospital)
        assert line is not None
        return line.stand.standing, line.stand.scope

    with pytest.raises(UserError):
        consent.give(client_id, Purpose.SHARE, Party.GUARDIAN, recipient=hospital)
    consent.give(client_id, Purpose.SHARE, Party.GUARDIAN, recipient=hospital, scope=[Scope.SCALES], signer_name="王母")
    assert stand() == (Standing.PARTIAL, frozenset({Scope.SCALES}))
    consent.withdraw(client_id, Purpose.SHARE, Party.GUARDIAN, recipient=hospital)
    assert stand() == (Standing.WITHDRAWN, frozenset())
    with pytest.raises(UserError):
        consent.override(client_id, Purpose.SHARE, "emergency", " ", recipient=hospital)
    consent.override(client_id, Purpose.SHARE, "emergency", "今晚有明确计划", recipient=hospital)
    assert stand() == (Standing.EXCEPTION, ALL_SCOPES)
    history = consent.history(client_id)
    assert [record.act for record in history] == ["overridden", "withdrawn", "given"]
    assert [record.live for record in history] == [True, True, False]
    assert history[2].signer_name == "王母" and history[2].recipient_name == HOSPITAL


def test_the_school_of_the_client_is_a_recipient(psych: Office) -> None:
    client_id = make_client(psych, date(2010, 1, 1))
    with psych.ctx.db.write() as tx:
        school = School(stream="org", name="聊城第一中学", county="371502", telephone=None)
        tx.add(school)
        tx.flush()
        tx.get_one(Client, client_id).school_id = school.id
    recipient = _recipient(psych, client_id, "聊城第一中学")
    psych.services.consent.give(client_id, Purpose.SHARE, Party.BOTH, recipient=recipient, scope=[Scope.ATTENDANCE])
    line = psych.services.consent.meter(client_id).line(Purpose.SHARE, recipient)
    assert line is not None and line.stand.standing is Standing.PARTIAL


def test_the_desk_records_what_was_signed_but_overrides_nothing(bench: Bench, psych: Office) -> None:
    client_id = make_client(psych)
    desk = bench.sign("desk")
    desk.services.consent.give(client_id, Purpose.COUNSELLING, Party.GUARDIAN, signer_name="王母")
    line = psych.services.consent.meter(client_id).line(Purpose.COUNSELLING)
    assert line is not None and line.stand.allowed
    with pytest.raises(UserError) as refused:
        desk.services.consent.override(client_id, Purpose.COUNSELLING, "emergency", "理由")
    assert refused.value.code == "not-allowed"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE consent_event SET act = 'given' WHERE act = 'withdrawn'",
        "DELETE FROM consent_event WHERE act = 'withdrawn'",
        "UPDATE consent_event SET signer_name = 'x'",
    ],
)
def test_a_changed_or_missing_event_is_seen(psych: Office, change: str) -> None:
    client_id = make_client(psych)
    psych.services.consent.give(client_id, Purpose.RECORDING, Party.GUARDIAN)
    psych.services.consent.withdraw(client_id, Purpose.RECORDING, Party.GUARDIAN)
    with psych.ctx.db.write() as tx:
        tx.connection().exec_driver_sql(change)
    with pytest.raises(SealedAltered):
        psych.services.consent.meter(client_id)
