"""The window of a past prompt, as one person sees it."""

from __future__ import annotations

from bot.background.method_keeping import lineage_line, methods_before
from bot.slack.blocks import Block
from bot.slack.doors import Asker
from bot.slack.messages.prompt_windows import Remarks, prompt_window
from bot.slack.reception import Reception
from storage.prompts import PromptRecord
from storage.wishes import wishes_for_prompt


def window_of(reception: Reception, asker: Asker, record: PromptRecord) -> Block:
    """Return the window; ``record`` must come from a door that ``asker`` passed."""
    store, viewer = reception.store, reception.doors.viewer(asker)
    remarks = Remarks(
        lineage=lineage_line(methods_before(store, record)),
        wishes=tuple(wishes_for_prompt(store, record, viewer)),
        votes=store.prompts.votes(record.id, viewer),
    )
    return prompt_window(record, remarks, mine=reception.doors.may_change(asker, record.owner))
