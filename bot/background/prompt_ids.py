"""The ids of kept prompts, by the run that they come from."""

from __future__ import annotations


def prompt_id_of(run_id: str) -> str:
    """The id under which the final prompt of a run is kept."""
    return f"p-{run_id.removeprefix('r-')}"


def comes_from(prompt_id: str, run_id: str) -> bool:
    """Whether the kept prompt ``prompt_id`` (or none) is one of the run's versions."""
    first = prompt_id_of(run_id)
    return prompt_id == first or prompt_id.startswith(f"{first}-")
