"""A letter written, consented, released; what the desk may know before, and what no draft leaves in the file."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, timedelta

import pypdf
import pytest
from sqlalchemy import select, text

from app.bootstrap import Office
from app.cases.consent import ConsentService
from app.cases.consent_rules import ALL_SCOPES, Party, Scope
from app.cases.keys import NoCaseKey
from app.common.errors import UserError
from app.referrals.content import LetterAltered
from app.referrals.rules import Status, Urgency
from app.referrals.views import Ground, Override, ReferralDraft
from app.referrals.writing import DRAFT
from app.security.permissions import May
from db.models import AuditEntry, ConsentEvent, ReleasedLetter
from tests.services.conftest import Bench
from tests.services.referral_case import MEASURES, NAME, OBSERVED, Student, agree, draft_for, open_student, withdraw


@pytest.fixture
def psych(bench: Bench) -> Office:
    return bench.sign("psych")


@pytest.fixture
def student(psych: Office) -> Student:
    return open_student(psych)


def pdf_text(data: bytes) -> str:
    pages = pypdf.PdfReader(io.BytesIO(data)).pages
    return "".join(page.extract_text() for page in pages).replace("\n", "")


def code_of(error: pytest.ExceptionInfo[UserError]) -> str:
    return error.value.code


def test_the_form_computes_what_nobody_should_type(psych: Office, student: Student) -> None:
    form = psych.services.letters.form(student.case_id)
    assert (form.client_name, form.age, form.school, form.grade) == (NAME, 13, "第三中学", "初二年级")
    assert (form.period_from, form.sessions) == (date(2026, 9, 14), 2)
    assert [total.total for total in form.totals] == ["15", "18"]
    assert form.risk_at is not None
    assert [place.clinic for place in form.places] == ["抑郁症门诊", "儿童精神科病房", "青少年心理咨询门诊"]


def test_a_released_letter_says_what_the_form_said(psych: Office, student: Student) -> None:
    agree(psych, student)
    card = psych.services.letters.release(student.case_id, draft_for(psych, student)).value
    assert card.number.startswith("LSA-2026-0001-") and card.status is Status.WAITING
    said = pdf_text(psych.services.referrals.letter_pdf(card.id))
    for word in (
        NAME,
        "抑郁症门诊",
        "尽快",
        "接受心理咨询共 2 次",
        "2026 年 9 月 14 日",
        "重点关注",
        card.number,
        "单明霞",
    ):
        assert word in said, word
    assert OBSERVED[:10] in said and MEASURES[:8] in said
    assert "监护人于 2026 年 11 月 23 日书面同意" in said
    assert "0635-8311095" in said
    assert "诊断" not in said.replace("不作为诊断依据", "")


def test_without_consent_it_is_refused_and_says_who_is_missing(psych: Office, student: Student) -> None:
    draft = draft_for(psych, student)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "consent-missing"
    assert error.value.params["who"] and "聊城市第四人民医院" in error.value.text()


def test_from_14_to_17_guardian_and_child_must_both_sign(psych: Office) -> None:
    student = open_student(psych, birth=date(2011, 3, 5))
    draft = draft_for(psych, student)
    agree(psych, student, Party.GUARDIAN)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "consent-missing"
    agree(psych, student, Party.CHILD)
    assert psych.services.letters.release(student.case_id, draft).value.status is Status.WAITING


def test_consent_for_one_recipient_is_none_for_another(psych: Office, student: Student) -> None:
    agree(psych, student)
    with psych.ctx.write(May.WRITE_REFERRALS, "test.school") as act:
        from db.models import Client, School

        school = School(stream="org", name="第三中学")
        act.tx.add(school)
        act.tx.flush()
        act.tx.get_one(Client, student.client_id).school_id = school.id
    draft = replace(draft_for(psych, student), destination_id=school.id)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "consent-missing"


def test_what_the_consent_does_not_cover_is_named(psych: Office, student: Student) -> None:
    agree(psych, student, scope=ALL_SCOPES - {Scope.SCALES})
    draft = draft_for(psych, student)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "consent-scope" and error.value.params["items"]
    card = psych.services.letters.release(student.case_id, replace(draft, totals=())).value
    assert card.status is Status.WAITING


def test_an_override_is_a_signed_event_and_serves_one_letter(bench: Bench, psych: Office, student: Student) -> None:
    draft = draft_for(psych, student)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft, override=Override(Ground.EMERGENCY, "  "))
    assert code_of(error) == "override-reason"
    override = Override(Ground.EMERGENCY, "当天有自伤风险，监护人联系不上")
    card = psych.services.letters.release(student.case_id, draft, override=override).value
    assert "紧急情况下" in pdf_text(psych.services.referrals.letter_pdf(card.id))
    history = ConsentService(psych.ctx).history(student.client_id)
    assert [(one.by, one.reason) for one in history] == [("emergency", override.reason)]
    bench.clock.at += timedelta(days=1)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "consent-exception-old"


def test_a_withdrawn_consent_stops_release_and_printing(psych: Office, bench: Bench, student: Student) -> None:
    agree(psych, student)
    draft = draft_for(psych, student)
    card = psych.services.letters.release(student.case_id, draft).value
    bench.clock.at += timedelta(minutes=5)
    withdraw(psych, student)
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "consent-withdrawn"
    desk = bench.sign("desk").services.referrals
    with pytest.raises(UserError) as error:
        desk.printed(card.id)
    assert code_of(error) == "consent-withdrawn"
    with pytest.raises(UserError):
        desk.letter_pdf(card.id, "letter.saved")
    assert desk.board().card(card.id) is not None


def test_what_is_missing_is_named_before_anything_is_written(psych: Office, student: Student) -> None:
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, ReferralDraft())
    assert code_of(error) == "referral-incomplete"


def test_a_character_that_paper_cannot_show_is_named_before_release(psych: Office, student: Student) -> None:
    agree(psych, student)
    draft = replace(draft_for(psych, student), observed="她写道：\U0001f600")
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft)
    assert code_of(error) == "missing-glyph" and "U+1F600" in error.value.text()
    assert psych.services.referrals.board().count(Status.WAITING) == 0


def test_release_drops_the_draft_and_cannot_happen_twice(psych: Office, student: Student) -> None:
    agree(psych, student)
    draft = draft_for(psych, student)
    kept = psych.services.drafts.save(DRAFT, student.case_id, draft.to_dict())
    assert ReferralDraft.from_dict(kept.content) == draft
    assert psych.services.letters.cases()[0].has_draft
    psych.services.letters.release(student.case_id, draft, draft_id=kept.id)
    assert psych.services.drafts.list(DRAFT) == []
    with pytest.raises(UserError) as error:
        psych.services.letters.release(student.case_id, draft, draft_id=kept.id)
    assert code_of(error) == "already-released"
    assert psych.services.referrals.board().count(Status.WAITING) == 1


def test_a_refused_release_keeps_draft_and_writes_nothing(psych: Office, student: Student) -> None:
    draft = draft_for(psych, student)
    kept = psych.services.drafts.save(DRAFT, student.case_id, draft.to_dict())
    with pytest.raises(UserError):
        psych.services.letters.release(student.case_id, draft, draft_id=kept.id)
    assert psych.services.drafts.get(kept.id) is not None
    with psych.ctx.db.read() as tx:
        assert tx.execute(select(ReleasedLetter)).first() is None
        assert tx.execute(select(ConsentEvent)).first() is None


def test_a_kept_letter_is_read_by_the_cases_supervisor_and_nobody_else(bench: Bench, psych: Office) -> None:
    student = open_student(psych)
    draft = draft_for(psych, student)
    first = psych.services.letters.keep(student.case_id, draft).value
    psych.services.letters.keep(student.case_id, replace(draft, advice="建议评估睡眠。"), first)
    seen = bench.sign("supervisor").services.letters.written(student.case_id)
    assert seen is not None and seen.draft.advice == "建议评估睡眠。"
    with pytest.raises(NoCaseKey):
        bench.sign("psych2").services.letters.written(student.case_id)
    assert bench.sign("psych2").services.letters.cases() == []
    agree(psych, student)
    psych.services.letters.release(student.case_id, draft, written_id=seen.document_id)
    assert psych.services.letters.written(student.case_id) is None


SECRETS = (OBSERVED, MEASURES, "儿童精神科病房", "抑郁症门诊")


def _words_at_rest(office: Office) -> str:
    """Every column of every table but the directory of destinations, as one text; so too what waits to be sent."""
    found: list[str] = []
    with office.ctx.db.read() as tx:
        tables = tx.execute(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).scalars().all()
        for table in tables:
            if table == "destination":
                continue
            rows = f'SELECT * FROM "{table}"' + (" WHERE table_name <> 'destination'" if table == "outbox" else "")
            for row in tx.execute(text(rows)):
                found += [v.decode("utf-8", "replace") if isinstance(v, bytes) else str(v) for v in row]
    return "\n".join(found)


def test_before_release_the_desk_learns_nothing(bench: Bench, psych: Office, student: Student) -> None:
    draft = draft_for(psych, student, urgency=Urgency.URGENT, place=1)
    psych.services.drafts.save(DRAFT, student.case_id, draft.to_dict())
    psych.services.letters.keep(student.case_id, draft)
    psych.services.letters.preview_pdf(student.case_id, draft)
    desk = bench.sign("desk")
    services = desk.services
    assert all(not column.cards for column in services.referrals.board().columns)
    assert services.referrals.unanswered() == [] and services.referrals.unprinted() == []
    assert services.referrals.missed() == [] and services.drafts.list(DRAFT) == []
    for refused in (
        lambda: services.letters.cases(),
        lambda: services.letters.form(student.case_id),
        lambda: services.letters.written(student.case_id),
        lambda: services.letters.consent(student.case_id, draft),
        lambda: services.letters.preview_pdf(student.case_id, draft),
        lambda: services.letters.release(student.case_id, draft),
    ):
        with pytest.raises(UserError) as error:
            refused()
        assert code_of(error) == "not-allowed"
    everything = _words_at_rest(desk)
    assert NAME in everything
    for secret in (*SECRETS, student.places[1], "destination", "urgency", "referral"):
        assert secret not in everything, secret
    with desk.ctx.db.read() as tx:
        acts = set(tx.execute(select(AuditEntry.act)).scalars())
    acts -= {"letter.missed-shown"}  # the desk's own look
    assert not {act for act in acts if "letter" in act or "referral" in act}


def test_the_desk_without_the_permission_check_still_opens_nothing(
    bench: Bench, psych: Office, student: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    psych.services.letters.keep(student.case_id, draft_for(psych, student))
    desk = bench.sign("desk")
    monkeypatch.setattr(type(desk.ctx), "require", lambda *_: None)
    with pytest.raises(NoCaseKey):
        desk.services.letters.written(student.case_id)
    with pytest.raises(NoCaseKey):
        desk.services.letters.form(student.case_id)


def test_no_plain_text_below_the_workspace(bench: Bench, psych: Office, student: Student) -> None:
    agree(psych, student)
    draft = draft_for(psych, student)
    psych.services.drafts.save(DRAFT, student.case_id, draft.to_dict())
    psych.services.letters.keep(student.case_id, draft)
    psych.services.letters.release(student.case_id, draft)
    for path in bench.folder.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            for secret in (*SECRETS, NAME):
                for encoding in ("utf-8", "utf-16-le", "gb18030"):
                    assert secret.encode(encoding) not in data, path.name


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE released_letter SET content = json_set(content, '$.risk_level', '无')",
        "UPDATE released_letter SET urgency = 'urgent'",
        "UPDATE released_letter SET clinic = '内科'",
        "UPDATE released_letter SET expires_on = '2099-01-01'",
        "UPDATE released_letter SET number = 'LSA-2026-0009-9'",
    ],
)
def test_an_altered_letter_is_neither_shown_nor_printed(
    bench: Bench, psych: Office, student: Student, change: str
) -> None:
    agree(psych, student)
    card = psych.services.letters.release(student.case_id, draft_for(psych, student)).value
    with psych.ctx.db.write() as tx:
        tx.execute(text(change))
    desk = bench.sign("desk").services.referrals
    for act in (lambda: desk.letter_pdf(card.id), lambda: desk.letter(card.id), lambda: desk.printed(card.id)):
        with pytest.raises(LetterAltered):
            act()
    shown = desk.board().card(card.id)
    assert shown is not None and shown.altered and shown.clinic == ""


def test_a_letter_signed_by_the_desk_is_not_believed(bench: Bench, psych: Office, student: Student) -> None:
    agree(psych, student)
    card = psych.services.letters.release(student.case_id, draft_for(psych, student)).value
    desk = bench.sign("desk")
    from app.referrals.content import statement

    with desk.ctx.db.write() as tx:
        row = tx.get_one(ReleasedLetter, card.id)
        row.released_by = desk.who.user_id
        row.signature = desk.who.keys.sign(statement(row, desk.who.organisation_id))
    with pytest.raises(LetterAltered):
        desk.services.referrals.letter_pdf(card.id)
