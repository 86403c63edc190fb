"""Scales: PHQ-9 and GAD-7, both in the public domain, are scored here; all others are totals from paper.

The answers and the total are sealed; that a scale was taken, and when, is plain. Cut-offs screen, they do not
diagnose (Mental Health Law §23), so no word for an illness stands here.
Source: Kroenke, Spitzer, Williams 2001 (PHQ-9); Spitzer et al. 2006 (GAD-7).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.cases.documents import Document, write_document
from app.cases.views import AssessmentView
from app.common.errors import UserError
from app.common.words import N_
from app.security.context import Context
from app.security.membership import Membership
from db.engine import Tx
from db.models import Case, CaseDocument, ScaleDone

SCALE = "scale"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale scored item by item, each answer 0 to 3. `cuts`: totals from which the next band begins.

    `safety_item`: index of the item whose answer above 0 asks for the safety check.
    """

    code: str
    name: str
    items: tuple[str, ...]
    cuts: tuple[int, ...]
    safety_item: int | None = None

    @property
    def most(self) -> int:
        return 3 * len(self.items)


ANSWERS: tuple[str, ...] = (
    N_("Not at all"),
    N_("Several days"),
    N_("More than half the days"),
    N_("Nearly every day"),
)
BANDS: tuple[str, ...] = (
    N_("Minimal"),
    N_("Mild"),
    N_("Moderate"),
    N_("Moderately severe"),
    N_("Severe"),
)
PHQ9 = Scale(
    "phq-9",
    "PHQ-9",
    (
        N_("Little interest or pleasure in doing things"),
        N_("Feeling down, depressed, or hopeless"),
        N_("Trouble falling or staying asleep, or sleeping too much"),
        N_("Feeling tired or having little energy"),
        N_("Poor appetite or overeating"),
        N_("Feeling bad about yourself, or that you are a failure or have let yourself or your family down"),
        N_("Trouble concentrating on things, such as reading or watching television"),
        N_("Moving or speaking noticeably slowly, or being so restless that you move around more than usual"),
        N_("Thoughts that you would be better off dead, or of hurting yourself in some way"),
    ),
    (5, 10, 15, 20),
    safety_item=8,
)
GAD7 = Scale(
    "gad-7",
    "GAD-7",
    (
        N_("Feeling nervous, anxious, or on edge"),
        N_("Not being able to stop or control worrying"),
        N_("Worrying too much about different things"),
        N_("Trouble relaxing"),
        N_("Being so restless that it is hard to sit still"),
        N_("Becoming easily annoyed or irritable"),
        N_("Feeling afraid, as if something awful might happen"),
    ),
    (5, 10, 15),
)
SCALES: dict[str, Scale] = {scale.code: scale for scale in (PHQ9, GAD7)}


@dataclass(frozen=True, slots=True)
class NewAssessment:
    """A scale as filled in: `answers` for one that is scored here, otherwise `name` and `total` from paper."""

    scale: str
    day: date
    answers: tuple[int, ...] = ()
    name: str = ""
    total: int | None = None


def band(scale: Scale, total: int) -> str:
    """The msgid of the screening band; GAD-7 has no "moderately severe"."""
    names = BANDS if len(scale.cuts) == 4 else (*BANDS[:3], BANDS[4])
    return names[sum(total >= cut for cut in scale.cuts)]


def score(scale: Scale, answers: Sequence[int]) -> int:
    """The total; UserError unless every item is answered 0 to 3."""
    if len(answers) != len(scale.items) or any(answer not in (0, 1, 2, 3) for answer in answers):
        raise UserError("scale-incomplete", N_("Answer every item of {scale} first."), scale=scale.name)
    return sum(answers)


def flagged(scale: Scale, answers: Sequence[int]) -> bool:
    """Whether the safety check must follow: PHQ-9 item 9 above zero."""
    return scale.safety_item is not None and answers[scale.safety_item] > 0


def record_assessment(tx: Tx, ctx: Context, case: Case, new: NewAssessment, at: datetime) -> CaseDocument:
    """Seals answers and total under the case key, notes plainly that the scale was taken."""
    scale = SCALES.get(new.scale)
    if scale is not None:
        total, name, flag = score(scale, new.answers), scale.name, flagged(scale, new.answers)
    else:
        if not new.name.strip() or new.total is None:
            raise UserError("scale-total", N_("Name the scale and enter its total."))
        total, name, flag = new.total, new.name.strip(), False
    content = {
        "scale": new.scale,
        "name": name,
        "day": new.day.isoformat(),
        "answers": list(new.answers),
        "total": total,
        "flagged": flag,
    }
    row = write_document(tx, ctx, case, SCALE, content, at)
    tx.add(ScaleDone(case_id=case.id, document_id=row.id, scale=name, day=new.day, author=ctx.who.user_id))
    tx.flush()
    return row


def assessment_view(document: Document, membership: Membership) -> AssessmentView:
    """A sealed assessment opened."""
    content = document.content
    return AssessmentView(
        id=document.id,
        scale=content["scale"],
        name=content["name"],
        day=date.fromisoformat(content["day"]),
        total=content["total"],
        answers=tuple(content["answers"]),
        flagged=content["flagged"],
        author_name=membership.members[document.author].name,
    )
