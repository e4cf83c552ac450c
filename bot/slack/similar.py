"""Similar past prompts for a run's thread: only what each reader of that thread may see."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

from bot.slack.audience import Audience
from bot.slack.members import Members, Permalinks
from bot.slack.messages.library import Hit
from optimizer.errors import InputError, PromptbeamError
from storage.prompts import Found, PromptLibrary
from storage.runs import RunRecord
from storage.visibility import Viewer, may_see

logger = logging.getLogger(__name__)


class SimilarPrompts:
    """Finds them for the asker; what others in the channel may not see goes to the asker alone."""

    def __init__(
        self, library: PromptLibrary, members: Members, links: Permalinks, audience: Audience
    ) -> None:
        self._library = library
        self._members = members
        self._audience = audience
        self._links = links

    def find(self, run: RunRecord, prompt: str) -> tuple[Hit, ...]:
        """Return up to three similar prompts that the run's owner may see; none when search fails."""
        viewer = self._members.viewer(run.owner, run.place.team)
        try:
            found = self._library.similar(prompt, viewer, limit=3, exclude_run=run.id)
        except PromptbeamError as error:
            logger.warning("no similar prompts for run %s: %s", run.id, error.message)
            return ()
        parent = run.request.get("parent")  # whoever starts from a prompt knows it
        return tuple(self.hit(one) for one in found if one.record.id != parent)

    def hit(self, found: Found) -> Hit:
        """Add the address of its thread to a found prompt."""
        place = found.record.place
        return Hit(found.record, self._links.of(place.team, place.channel, place.thread_ts), found.why)

    def by_audience(self, run: RunRecord, hits: Sequence[Hit]) -> tuple[list[Hit], list[Hit]]:
        """Split into what every reader of the run's thread may see and what only the owner may.

        The run may have waited long since they were found: what its owner may not see any more is left out.
        """
        hits = self._seen_now(run, hits)
        if not hits:
            return [], []
        readers = self._audience.readers(run.owner, run.place)
        for_all = [hit for hit in hits if all(_may_see(reader, hit) for reader in readers)]
        return for_all, [hit for hit in hits if hit not in for_all]

    def _seen_now(self, run: RunRecord, hits: Sequence[Hit]) -> list[Hit]:
        viewer = self._members.viewer(run.owner, run.place.team)
        seen = []
        for hit in hits:
            with suppress(InputError):
                seen.append(replace(hit, record=self._library.get(hit.record.id, viewer)))
        return seen


def _may_see(reader: Viewer, hit: Hit) -> bool:
    record = hit.record
    return may_see(reader, record.owner, record.place, record.only_me)
