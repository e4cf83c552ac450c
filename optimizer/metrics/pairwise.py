"""A model as judge between an answer and the first prompt's answer, asked in both orders."""

from __future__ import annotations

from optimizer.concurrently import both
from optimizer.metrics.judge_calls import Verdict, ask_judge, compare_messages, read_comparison
from optimizer.metrics.judged import JudgedCase
from optimizer.metrics.outcome import Outcome, failed, unparseable
from optimizer.model.protocol import Model
from optimizer.seeds import generator

TIE = 0.5


class PairwiseJudge:
    """1 when the answer beats the first prompt's one, 0 when it loses, 0.5 for neither.

    Judges prefer a position, so that each pair is judged in both orders and a preference that flips
    with the order counts as a tie. With ``both_orders`` off, a seeded draw decides the order of each
    row: half the calls, more noise. The first prompt itself scores 0.5 by definition and costs nothing.
    """

    name = "pairwise"
    graded = True

    def __init__(
        self, criteria: str, *, judge_model: str = "", both_orders: bool = True, seed: int = 0
    ) -> None:
        self.criteria = criteria
        self.judge_model = judge_model
        self._both_orders = both_orders
        self._seed = seed
        self.calls_per_answer = 3 if both_orders else 2
        """The first prompt's answer, and one or two judgements."""

    async def assess(self, case: JudgedCase, model: Model) -> Outcome:
        """See ``JudgedMetric.assess``."""
        given = case.answer.strip()
        if not given:
            return unparseable(case.answer, "an answer at all")
        first = given if case.is_first else (await case.first_answer()).strip()
        if given == first:
            return Outcome(TIE, "wrong", given[:500], "")
        verdict = await self._compare(case, first, given, model)
        if verdict is None:
            return failed("The judge gave no readable verdict.")
        return Outcome(
            verdict.score, "correct" if verdict.score == 1 else "wrong", given[:500], verdict.reason
        )

    async def _compare(self, case: JudgedCase, first: str, given: str, model: Model) -> Verdict | None:
        if not self._both_orders:
            ahead = generator(self._seed, "pairwise", case.row).random() < 0.5
            return await self._one_order(case, first, given, model, ahead=ahead)
        one, other = await both(
            self._one_order(case, first, given, model, ahead=True),
            self._one_order(case, first, given, model, ahead=False),
        )
        if one is None or other is None:
            return one or other
        if one.score == other.score:
            return one
        return Verdict(TIE, "The judge's preference depends on the order of the answers.")

    async def _one_order(
        self, case: JudgedCase, first: str, given: str, model: Model, *, ahead: bool
    ) -> Verdict | None:
        """Ask once; ``ahead`` puts the answer under test in the first place."""
        fields = {
            "input": case.shown,
            "expected": case.expected,
            "first": given if ahead else first,
            "second": first if ahead else given,
        }
        place = "ahead" if ahead else "behind"
        position = f"compare/{case.row}/{place}"
        verdict = await ask_judge(model, compare_messages(self.criteria, fields), position, read_comparison)
        if verdict is None:
            return None
        score = verdict.score if ahead else 1 - verdict.score
        names = {
            True: ("the new answer", "the earlier answer"),
            False: ("the earlier answer", "the new answer"),
        }
        now, then = names[ahead]
        told = f"(Here the first is {now}, the second {then}.)" if verdict.reason else ""
        return Verdict(score, f"{verdict.reason} {told}".strip())
