"""A model as judge: 1 when an answer meets the person's own criteria, with the reason (GRAD-SUM)."""

from __future__ import annotations

from optimizer.metrics.judge_calls import ask_judge, judge_messages, read_judgement
from optimizer.metrics.judged import JudgedCase
from optimizer.metrics.outcome import Outcome, failed, unparseable
from optimizer.model.protocol import Model

AGREES = "The answer says the same as the expected answer; wording and format do not matter."
"""Criteria for a task with expected answers when a person gives none."""


class CriteriaJudge:
    """1 when the judging model finds that the answer meets all criteria, else 0 with its reason.

    One call per answer, two when the first reply is unreadable (the second is not forecast).
    """

    name = "judge"
    graded = False
    calls_per_answer = 1

    def __init__(self, criteria: str, *, judge_model: str = "") -> None:
        self.criteria = criteria
        self.judge_model = judge_model

    async def assess(self, case: JudgedCase, model: Model) -> Outcome:
        """See ``JudgedMetric.assess``."""
        given = case.answer.strip()
        if not given:
            return unparseable(case.answer, "an answer at all")
        fields = {"input": case.shown, "expected": case.expected, "answer": given}
        verdict = await ask_judge(
            model, judge_messages(self.criteria, fields), f"judge/{case.row}", read_judgement
        )
        if verdict is None:
            return failed("The judge gave no readable verdict.")
        return Outcome(verdict.score, "correct" if verdict.score else "wrong", given[:500], verdict.reason)
