"""Giving a prompt demonstrations, and asking it for those it has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from optimizer.prompts.demonstrations import Demonstration, ShownExample, demonstrations_from
from optimizer.prompts.prompt import Prompt


def with_demonstrations(prompt: Prompt, examples: Sequence[ShownExample]) -> Prompt:
    """Return ``prompt`` showing exactly these solved examples (none: without the block).

    Take them from the search pool. Scores on an example that the prompt itself shows say nothing:
    see ``shows``.
    """
    return replace(prompt, demonstrations=demonstrations_from(examples))


def demonstrations_of(prompt: Prompt) -> tuple[Demonstration, ...]:
    """Return the demonstrations in the prompt, in order."""
    return prompt.demonstrations


def shows(prompt: Prompt, example: ShownExample) -> bool:
    """Tell whether the prompt gives away the answer to ``example`` by demonstrating it."""
    return any(item.input == example.shown.strip() for item in prompt.demonstrations)
