"""A page a name, marked 样张: whoever doubts that a rare character prints looks at it here, in the letter itself."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from app.common.errors import UserError
from app.common.progress import CancelToken, Progress, silent
from app.common.words import N_
from app.printing import fonts
from app.printing.letter import AssessmentTotal, LetterContent, draw_copy, letter_pages
from app.printing.pen import A4, Pen
from app.printing.words import HOTLINE, SPECIMEN, Copy

_STEP = 50  # pages between two reports of progress

SAMPLE = LetterContent(
    number="LSA-2026-0000-0",
    check="0000",
    date=dt.date(2026, 11, 23),
    destination="聊城市第四人民医院",
    clinic="抑郁症门诊",
    urgency="尽快",
    student="",
    sex="女",
    age=13,
    school="某中学",
    grade="初二年级",
    period_from=dt.date(2026, 9, 14),
    sessions_count=4,
    observed=("近一个月入睡困难，两周内三次未到校，谈及人际时情绪低落。来访时能配合谈话，言语清晰。",),
    assessments=(
        AssessmentTotal("PHQ-9", dt.date(2026, 9, 14), "18"),
        AssessmentTotal("PHQ-9", dt.date(2026, 10, 19), "15"),
    ),
    risk_level="重点关注",
    risk_at=dt.datetime(2026, 11, 23, 2, 40, tzinfo=dt.UTC),
    measures="已告知监护人陪伴，并约定 72 小时内回访。",
    consented_scope="咨询期间与次数、观察情况、测评总分、风险评估及已采取措施",
    consent_date=dt.date(2026, 11, 23),
    referrer="值班咨询师",
    centre_phone=HOTLINE,
    watermark=SPECIMEN,
)


def read_names(data: bytes) -> list[str]:
    """The names in a text file, one a line, in UTF-8 or GB18030, with or without a byte order mark."""
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return [name for line in text.splitlines() if (name := line.strip())]
    raise UserError(
        "names-unreadable", N_("The file is not a text file with one name a line. Please save it as UTF-8 or GB18030.")
    )


def render_specimen(
    names: Sequence[str],
    progress: Progress = silent,
    cancel: CancelToken | None = None,
    sample: LetterContent = SAMPLE,
) -> bytes:
    """The PDF: a whole letter for each name. UserError("missing-glyph") before the first if one cannot be printed."""
    if not names:
        raise UserError("no-names", N_("The file has no name in it."))
    fonts.check(names)
    pen = Pen(A4, title=f"{SPECIMEN} 转介单", author=sample.centre_name)
    for done, name in enumerate(names):
        if done % _STEP == 0:
            progress(done, len(names))
            if cancel is not None:
                cancel.check()
        content = replace(sample, student=name)
        draw_copy(pen, content, letter_pages(content), Copy.RECIPIENT)
    progress(len(names), len(names))
    return pen.finish()
