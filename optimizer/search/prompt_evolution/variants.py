"""Making one variant: an analysis of trajectories of its own, and a rewrite that heeds it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from optimizer.control import Feedback
from optimizer.critique.replies import read_strings
from optimizer.prompts.structure import Structure
from optimizer.search.algorithm import SearchContext
from optimizer.search.prompt_evolution.method import EMPHASES
from optimizer.search.prompt_evolution.replies import Rewrite, read_rewrite
from optimizer.search.prompt_evolution.requests import Experience, analysis_messages, evolve_messages
from optimizer.search.prompt_evolution.trajectories import Trajectory, draw_wrong
from optimizer.search.racing.frontier import Standing
from optimizer.search.racing.reflection import anchors


@dataclass(frozen=True, slots=True)
class Parent:
    """A prompt to evolve: its standing, its trajectories, and what changes to it brought before."""

    standing: Standing
    trajectories: tuple[Trajectory, ...]
    experience: Experience


@dataclass(frozen=True, slots=True)
class Variant:
    """What one (analysis, rewrite) pair gave; ``rewrite`` is None when there was none to read."""

    parent: Parent
    emphasis: str
    wrong: tuple[Trajectory, ...]
    reasons: tuple[str, ...]
    rewrite: Rewrite | None


async def make_variant(
    context: SearchContext, structure: Structure, parent: Parent, emphasis: str, place: str
) -> Variant:
    """Analyse wrong cases drawn for this variant alone, then rewrite the whole prompt by what was found."""
    evolve, prompt = context.config.evolve, parent.standing.candidate.prompt
    wrong = draw_wrong(parent.trajectories, evolve.cases, context.config.seed, place)
    right = anchors([item.now for item in parent.trajectories], evolve.anchors, context.config.seed, place)
    found = await context.critic.ask(
        analysis_messages(context.task, prompt, wrong, right, evolve.reasons),
        lambda reply: read_strings(reply, "reasons"),
        key="reasons",
        purpose="critique",
        position=f"{place}/analysis",
    )
    reasons = (found or ())[: evolve.reasons]
    rewrite = None
    if reasons:
        rewrite = await _rewrite(context, structure, parent, reasons, wrong, EMPHASES[emphasis], place)
    return Variant(parent, emphasis, wrong, reasons, rewrite)


async def follow_words(
    context: SearchContext, structure: Structure, parent: Parent, words: Feedback, place: str
) -> Variant:
    """Rewrite the prompt by a person's words, as if an analysis had said them."""
    reasons = (words.text,)
    rewrite = await _rewrite(context, structure, parent, reasons, (), "", place)
    return Variant(parent, "feedback", (), reasons, rewrite)


async def _rewrite(
    context: SearchContext,
    structure: Structure,
    parent: Parent,
    reasons: Sequence[str],
    wrong: Sequence[Trajectory],
    emphasis: str,
    place: str,
) -> Rewrite | None:
    prompt = parent.standing.candidate.prompt
    return await context.critic.ask(
        evolve_messages(context.task, prompt, structure, reasons, wrong, parent.experience, emphasis),
        read_rewrite,
        key="prompts",
        purpose="evolve-prompt",
        position=f"{place}/rewrite",
    )
