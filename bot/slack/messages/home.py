"""The Home tab: what is under way, what came of earlier runs, the defaults, the help."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.config import MEGABYTE
from bot.slack.blocks import Block, actions, button, context, divider, fields, header, section
from bot.slack.board import Glance
from bot.slack.escaping import Markup, join, markup
from bot.slack.forms import FormFacts
from bot.slack.messages.figures import money
from bot.slack.messages.notices import HELP, NEW, NEW_EVOLUTION, RunLine, help_text, line_button, line_text
from optimizer.config import Budget
from optimizer.counted import counted

SEARCH_OPEN = "search.open"
RECENT = 5


@dataclass(frozen=True, slots=True)
class HomeFacts:
    """What the Home tab shows. ``running`` pairs each run with how it stands, None when nobody knows."""

    running: Sequence[tuple[RunLine, Glance | None]]
    recent: Sequence[RunLine]
    form: FormFacts
    budget: Budget
    command: str
    search_command: str
    evolve_command: str
    left_today: float | None = None
    """US dollars that the reader may still spend today; None when there is no daily limit."""


def draw_home(facts: HomeFacts) -> Block:
    """Draw the view."""
    blocks: list[Block] = [
        header("Prompts, improved with your own examples"),
        actions(
            "home.actions",
            button("New optimisation", NEW, "new", style="primary"),
            button("Evolve", NEW_EVOLUTION, "new"),
            button("Search past prompts", SEARCH_OPEN, "search"),
            button("Help", HELP, "help"),
        ),
        header("Under way"),
    ]
    if not facts.running:
        blocks.append(section(Markup("Nothing is under way.")))
    for line, glance in facts.running[:10]:
        blocks += [section(_running_text(line, glance, facts.budget), line_button(line)), divider()]
    blocks.append(header("Your last runs"))
    if not facts.recent:
        blocks.append(section(Markup("None yet. *New optimisation* starts the first one.")))
    for line in facts.recent[:RECENT]:
        blocks += [section(line_text(line), line_button(line)), divider()]
    blocks += [header("Defaults"), fields(_defaults(facts))]
    if facts.form.simulated:
        blocks.append(
            context(Markup("⚠️ A *simulated* model answers here: good for trying, not for real prompts."))
        )
    blocks += [header("Help"), *help_text(facts.command, facts.search_command, facts.evolve_command).blocks]
    return {"type": "home", "callback_id": "home", "blocks": blocks[:100]}


def _running_text(line: RunLine, glance: Glance | None, budget: Budget) -> Markup:
    parts = [line_text(line)]
    if glance is not None and glance.line.text:
        parts.append(glance.line)
    left = budget_left(budget, glance)
    if left:
        parts.append(markup("Budget left: {left}", left=left))
    return join(parts, "\n")


def budget_left(budget: Budget, glance: Glance | None) -> str:
    """What a run may still spend, in the units that are limited; empty when nothing is."""
    if glance is None:
        return ""
    left = []
    if budget.calls is not None:
        left.append(counted(max(budget.calls - glance.calls, 0), "call"))
    if budget.cost is not None and glance.cost is not None:
        left.append(money(max(budget.cost - glance.cost, 0.0)))
    return ", ".join(left)


def _defaults(facts: HomeFacts) -> list[Markup]:
    limits = []
    if facts.budget.calls is not None:
        limits.append(counted(facts.budget.calls, "call"))
    if facts.budget.tokens is not None:
        limits.append(counted(facts.budget.tokens, "token"))
    if facts.budget.cost is not None:
        limits.append(money(facts.budget.cost))
    today = "no daily limit" if facts.left_today is None else f"{money(facts.left_today)} left today"
    return [
        markup("*Models*\n{models} at {at}", models=facts.form.models, at=facts.form.endpoint),
        markup(
            "*Budget of a run*\n{limit}", limit=", ".join(limits) or "what its effort needs, no further limit"
        ),
        markup("*Budget of the day*\n{today}", today=today),
        markup("*Quick effort*\n{words}", words=facts.form.efforts.get("quick", "")),
        markup("*Largest file*\n{size} MB", size=facts.form.max_file_bytes // MEGABYTE),
    ]
