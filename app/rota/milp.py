"""A whole-number programme put to HiGHS: columns, rows, one cost after the other. Knows nothing of rotas.

HiGHS is imported at the first solve: it brings numpy, which the start of the program does not wait for.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True)
class Answer:
    """`values`, rounded, of each column; `cost`; `bound`: nothing is cheaper than that; `proven`: so nothing is
    cheaper than `cost`."""

    values: tuple[int, ...]
    cost: int
    bound: int
    proven: bool


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
        """`start`: a solution to begin with; `until`: the perf_counter() at which the best found so far must do.
        Raises Cancelled soon after the token is set."""
        if not costs or all(not cost for cost in costs.values()):
            return Answer(tuple(map(round, start)), 0, 0, True)
        highs = _solver(cancel)
        highs.setOptionValue("time_limit", max(0.0, until - perf_counter()))
        self._pass(highs, costs)
        self._begin(highs, start)
        highs.run()
        if cancel is not None:
            cancel.check()
        return _read(highs, costs, start)

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


def _read(highs: Highs, costs: Mapping[int, int], start: Sequence[float]) -> Answer:
    import highspy

    status = highs.getModelStatus()
    info = highs.getInfo()
    if status == highspy.HighsModelStatus.kInterrupt:
        raise Cancelled
    if status == highspy.HighsModelStatus.kInfeasible:
        raise AssertionError("the standing rota is always a solution")
    values = start
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        values = highs.getSolution().col_value
    whole = tuple(round(value) for value in values)
    cost = sum(whole[column] * each for column, each in costs.items())
    bound = math.ceil(info.mip_dual_bound - 1e-4) if math.isfinite(info.mip_dual_bound) else 0
    bound = min(bound, cost)
    return Answer(whole, cost, bound, status == highspy.HighsModelStatus.kOptimal)
