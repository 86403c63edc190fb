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
    "booking": N_("Two PCs booked the same place or person for the same time. Both are kept: move one of them."),
    "orphan": N_("What this belongs to was deleted on another PC, while it was changed here. It is kept as it is."),
    "number": N_("Two PCs gave out one number. Both records are kept; look whether they are the same."),
}


def review_row(view: ReviewView, now: datetime) -> Row:
    """One line: what about, what of it, since when."""
    kind = tr(KINDS.get(view.kind, ""))
    return Row(
        view.id,
        view.subject,
        "",
        second=view.what,
        badge=kind,
        tone=TONES.get(view.kind, "neutral"),
        badge_icon=ICONS.get(view.kind, ""),
        tip=tr("Found {age}", age=age_words(view.found_at, now)),
        spoken="，".join((view.subject, view.what, kind, tr("Found {age}", age=age_words(view.found_at, now)))),
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
