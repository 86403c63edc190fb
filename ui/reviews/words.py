"""What is said of a review: its kind, its line in the list, what to do about it."""

from __future__ import annotations

from datetime import datetime

from app.common.clock import local
from app.common.words import N_, tr
from app.sync.views import ReviewView, SideView
from ui.sync.words import age_words
from ui.widgets.row import Row

KINDS = {
    "edit": N_("Two versions"),
    "risk": N_("Risk level"),
    "booking": N_("Booked twice"),
    "orphan": N_("Deleted elsewhere"),
    "number": N_("One number twice"),
}
ICONS = {
    "edit": "columns-2",
    "risk": "shield-alert",
    "booking": "calendar-x",
    "orphan": "unlink",
    "number": "hash",
}
TONES = {"edit": "info", "risk": "urgent", "booking": "attention", "orphan": "attention", "number": "attention"}
STORIES = {
    "edit": N_("Two PCs changed this without knowing of each other. One version shows; choose the one that holds."),
    "risk": N_(
        "Two PCs wrote different risk levels. The higher one shows until a psychologist of the case records a new one."
    ),
    "booking": N_("Both are kept. Change one of them in Intake or Rota; or leave it so, if it may be so."),
    "orphan": N_("One PC deleted this while another added to it. What was added is kept either way."),
    "number": N_("Two records have one number. Choose the one that keeps it; the other gets a new number."),
}
CHOICES = {
    "edit": N_("This one holds"),
    "orphan": N_("Do so"),
    "number": N_("Keeps the number"),
}
"""What choosing a side means; the other kinds are decided elsewhere."""
LEAVE = "leave"


def review_row(view: ReviewView, now: datetime) -> Row:
    """One line: what about, what of it, since when."""
    kind, age = tr(KINDS.get(view.kind, "")), age_words(view.found_at, now)
    return Row(
        view.id,
        view.subject,
        "",
        second=f"{age} · {view.what}",
        badge=kind,
        tone=TONES.get(view.kind, "neutral"),
        badge_icon=ICONS.get(view.kind, ""),
        tip="\n".join((view.subject, view.what, tr("Found {age}", age=age))),
        spoken="，".join((view.subject, view.what, kind, tr("Found {age}", age=age))),
    )


def differing(view: ReviewView) -> frozenset[str]:
    """The names of the fields that are not the same on all sides."""
    said: dict[str, set[str]] = {}
    for side in view.sides:
        for name, value in side.fields:
            said.setdefault(name, set()).add(value)
    everywhere = [{name for name, _ in side.fields} for side in view.sides]
    missing = {name for name in said if not all(name in names for names in everywhere)}
    return frozenset({name for name, values in said.items() if len(values) > 1} | missing)


def written_words(side: SideView) -> str:
    """Who, and when by that PC's clock."""
    at = f"{local(side.at):%Y-%m-%d %H:%M}" if side.at is not None else ""
    return " · ".join(part for part in (side.written_by, at) if part)
