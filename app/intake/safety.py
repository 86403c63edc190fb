"""The safety questions of a visit while two PCs disagree: the graver answer shows until somebody decides."""

from __future__ import annotations

from collections.abc import Iterable

from app.intake import rules
from db.engine import Tx
from db.models import Visit
from db.replica.settling import open_sides


def answers(tx: Tx, visits: Iterable[Visit]) -> dict[str, tuple[str, str, str]]:
    """Visit id -> the answers to the three questions."""
    said = {visit.id: [(visit.asked_harm, visit.asked_plan, visit.asked_danger)] for visit in visits}
    for side in open_sides(tx, "visit", list(said)):
        if side.group == "safety":
            harm, plan, danger = (str(side.values.get(f"asked_{one}")) for one in ("harm", "plan", "danger"))
            said[side.row_id].append((harm, plan, danger))
    return {visit_id: rules.gravest(given) for visit_id, given in said.items()}
