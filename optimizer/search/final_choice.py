"""The last step of every search: its favourites and the first prompt, compared on shared examples."""

from __future__ import annotations

from collections.abc import Sequence

from optimizer.concurrently import together
from optimizer.prompts.few_shot import shows
from optimizer.search.algorithm import SearchContext
from optimizer.search.candidates import Candidate


async def choose_on_shared_examples(
    context: SearchContext, favourite: Candidate, others: Sequence[Candidate], *, examples: int | None = None
) -> Candidate:
    """Return the best of ``favourite`` and ``others`` on the same search examples.

    Scores seen during a search rest on few or unequal examples. Ties go to the earlier of ``others``,
    so put the first prompt first. Examples that one of the prompts demonstrates are left out. When the
    budget does not allow it, ``favourite`` stays. ``examples`` is how many there are at most, the
    configured ones without it.
    """
    arms = tuple(dict.fromkeys((*others, favourite)))
    fair = [item for item in context.pool if not any(shows(arm.prompt, item) for arm in arms)]
    pool = fair[: examples if examples is not None else context.config.final_choice_examples]
    calls = sum(context.evaluator.new_calls(item.prompt, pool) for item in arms)
    if len(arms) == 1 or not context.ledger.allows(calls):
        return favourite
    judged = await together(context.evaluator.evaluate(item.prompt, pool) for item in arms)
    scores = [context.evaluator.score(results) for results in judged]
    return arms[max(range(len(arms)), key=lambda index: (scores[index], -index))]
