"""A program of its own that writes drafts and notes until it is killed: one line for each thing committed.

python -m tests.e2e.writer FOLDER CASE            (saves without end)
python -m tests.e2e.writer FOLDER CASE TEXT       (writes TEXT everywhere it may go, then waits)
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from app.bootstrap import Office, open_workspace, sign_in
from app.cases.consent_rules import Party, Purpose
from app.cases.dropbox import write_drop
from app.common.clock import SetClock
from tests.services.casework import NOTE

PASSWORD = "a-long-enough-word-7"
NOON = datetime(2026, 11, 23, 2, 42, 7, tzinfo=UTC)


def say(*words: object) -> None:
    """One line that is out when this returns."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def save_without_end(office: Office, case_id: str) -> None:
    """Three drafts and a signature, over and over."""
    number = 0
    while True:
        session = office.services.notes.start(case_id).value
        for _ in range(3):
            number += 1
            office.services.notes.keep(session.id, {**NOTE, "presenting": f"第{number}稿"})
            say("draft", session.id, number)
        number += 1
        note = office.services.notes.sign(session.id, {**NOTE, "presenting": f"第{number}次"}).value
        say("signed", note.id, number)


def write_everywhere(office: Office, case_id: str, text: str) -> None:
    """As a draft, a signed note, an amendment under way, a drop, a rationale, the reason of a withdrawal."""
    services = office.services
    session = services.notes.start(case_id).value
    content = {**NOTE, "presenting": text, "risk": text, "plan": text}
    services.notes.keep(session.id, content)
    note = services.notes.sign(session.id, content).value
    services.notes.keep_amendment(note.id, {**content, "reason": text})
    services.notes.keep(services.notes.start(case_id).value.id, content)
    with office.ctx.db.write() as tx:
        write_drop(tx, office.ctx, "ab" * 12, {"reason": text}, office.ctx.clock.now())
    services.consent.withdraw(services.cases.view(case_id).client_id, Purpose.COUNSELLING, Party.GUARDIAN, reason="否")
    assert services.notes.search(text[:8])


def main() -> None:
    """Signs in as the psychologist and does what it was asked."""
    folder, case_id, *text = sys.argv[1:]
    office = sign_in(open_workspace(Path(folder)), "psych", PASSWORD, SetClock(NOON))
    if text:
        write_everywhere(office, case_id, text[0])
        say("written")
        sys.stdin.readline()
    else:
        save_without_end(office, case_id)


if __name__ == "__main__":
    main()
