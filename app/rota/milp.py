"""A whole-number programme put to HiGHS: columns, rows, one cost after the other. Knows nothing of rotas.

HiGHS is imported at the first solve: it brings numpy, which the start of the program does not wait for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Event, Thread
from time import perf_counter
from typing import TYPE_CHECKING

from app.common.errors import Cancelled
from app.common.progress import CancelToken

if TYPE_CHECKING:
    from highspy import Highs, HighsCallbackEvent

INF = math.inf
Terms = Iterable[tuple[int, int]]
"""(column, coefficient) pairs, each column once."""

_WHOLE = 0.999
"""Every cost and column is whole: a bound less than one away from a solution proves it."""

_NEARLY = 1e-4
_POLL, _GRACE = 0.02, 0.1
"""Seconds between two looks at the token; how long a cancelled solve is waited for."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`values` of each column; `bound`: nothing is cheaper than that."""

    values: Sequence[float]
    bound: int


@dataclass(slots=True)
class Programme:
    """Columns and rows with whole coefficients. Minimise as often as needed: the rows may grow in between."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[bool] = field(default_factory=list)
    row_lower: list[float] = field(default_factory=list)
    row_upper: list[float] = field(default_factory=list)
    starts: list[int] = field(default_factory=lambda: [0])
    index: list[int] = field(default_factory=list)
    value: list[float] = field(default_factory=list)

    def column(self, lower: float = 0, upper: float = 1, *, whole: bool = True) -> int:
        """`whole=False` for a column that is whole by itself wherever the others are."""
        self.lower.append(lower)
        self.upper.append(upper)
        self.whole.append(whole)
        return len(self.lower) - 1

    def row(self, lower: float, terms: Terms, upper: float) -> None:
        for column, coefficient in terms:
            self.index.append(column)
            self.value.append(coefficient)
        self.starts.append(len(self.index))
        self.row_lower.append(lower)
        self.row_upper.append(upper)

    def minimise(
        self, costs: Mapping[int, int], start: Sequence[float], until: float, cancel: CancelToken | None
    ) -> Answer:
        """`start`: a solution to begin with, the only one if no column is whole. `until`: the perf_counter() at which
        the best found so far must do. Raises Cancelled soon after the token is set."""
        if not any(self.whole) or not any(costs.values()):
            return Answer(start, round(sum(start[column] * cost for column, cost in costs.items())))
        highs = _solver(cancel)
        highs.setOptionValue("time_limit", max(0.0, until - perf_counter()))
        self._pass(highs, costs)
        self._begin(highs, start)
        _run(highs, cancel)
        return self._answer(highs, costs, start)

    def _pass(self, highs: Highs, costs: Mapping[int, int]) -> None:
        import highspy
        import numpy as np

        lp = highspy.HighsLp()
        lp.num_col_, lp.num_row_ = len(self.lower), len(self.row_lower)
        lp.col_cost_ = np.array([costs.get(column, 0) for column in range(lp.num_col_)], dtype=np.float64)
        lp.col_lower_ = np.array(self.lower, dtype=np.float64)
        lp.col_upper_ = np.array(self.upper, dtype=np.float64)
        lp.row_lower_ = np.array(self.row_lower, dtype=np.float64)
        lp.row_upper_ = np.array(self.row_upper, dtype=np.float64)
        lp.integrality_ = [
            highspy.HighsVarType.kInteger if whole else highspy.HighsVarType.kContinuous for whole in self.whole
        ]
        lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
        lp.a_matrix_.start_ = np.array(self.starts, dtype=np.int32)
        lp.a_matrix_.index_ = np.array(self.index, dtype=np.int32)
        lp.a_matrix_.value_ = np.array(self.value, dtype=np.float64)
        highs.passModel(lp)

    def _answer(self, highs: Highs, costs: Mapping[int, int], start: Sequence[float]) -> Answer:
        import highspy

        info = highs.getInfo()
        if highs.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            raise AssertionError("an empty rota is always a solution")
        known = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
        values = highs.getSolution().col_value if known else start
        bound = info.mip_dual_bound
        if not math.isfinite(bound):
            bound = sum(cost * (self.lower[c] if cost > 0 else self.upper[c]) for c, cost in costs.items())
        return Answer(values, math.ceil(bound - _NEARLY))

    def _begin(self, highs: Highs, start: Sequence[float]) -> None:
        import highspy

        solution = highspy.HighsSolution()
        solution.col_value = list(start)
        highs.setSolution(solution)


def _solver(cancel: CancelToken | None) -> Highs:
    """One thread and one seed: the best rota that is found depends on both where several are equally good."""
    import highspy

    class Quiet(highspy.Highs):
        """Without this it greets on standard output, where the command line answers in JSON."""

        def enableCallbacks(self) -> None:
            self.setOptionValue("output_flag", False)
            super().enableCallbacks()  # type: ignore[no-untyped-call]

    highs = Quiet()  # type: ignore[no-untyped-call]
    for option, value in (
        ("threads", 1),
        ("parallel", "off"),
        ("random_seed", 0),
        ("mip_rel_gap", 0.0),
        ("mip_abs_gap", _WHOLE),
    ):
        highs.setOptionValue(option, value)
    if cancel is not None:

        def stop(event: HighsCallbackEvent) -> None:
            if cancel.cancelled:
                event.interrupt()

        for callback in (highs.cbMipInterrupt, highs.cbSimplexInterrupt):
            callback.subscribe(stop)
    return highs


def _run(highs: Highs, cancel: CancelToken | None) -> None:
    """HiGHS hears of a cancellation between two steps, of which one may take a second: it is not waited for."""
    if cancel is None:
        highs.run()
        return
    ended = Event()

    def run() -> None:
        highs.run()
        ended.set()

    Thread(target=run, name="rota-solver").start()
    while not ended.wait(_POLL):
        if cancel.cancelled and not ended.wait(_GRACE):
            raise Cancelled
    cancel.check()
