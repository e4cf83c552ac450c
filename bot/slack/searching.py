"""Searching the prompts that the asker may see, a page at a time."""

from __future__ import annotations

from dataclasses import dataclass

from bot.slack.blocks import Message
from bot.slack.doors import Asker
from bot.slack.incoming.search_words import read_search, with_here
from bot.slack.messages.library import Hit, search_results
from bot.slack.messages.notices import narrowed, not_told
from bot.slack.reception import Reception
from storage.prompts import Found

PAGE = 5
MOST_PAGES = 8
MOST_WORDS = 1_000


def first_page(reception: Reception, asker: Asker, asked: str, channel: str) -> Message:
    """The best hits; ``channel`` is where somebody asks."""
    return page_of_hits(reception, asker, with_here(asked, channel), 0)


def page_of_hits(reception: Reception, asker: Asker, asked: str, page: int) -> Message:
    """Page ``page`` (from 0) of the hits, as the rule of visibility has it now."""
    asked = asked.strip()[:MOST_WORDS]
    page = min(max(page, 0), MOST_PAGES - 1)
    viewer = reception.doors.viewer(asker)
    search = read_search(asked, asker.user, _NamesFor(reception, asker))
    found = reception.store.prompts.search(
        search.words, viewer, (page + 1) * PAGE + 1, filters=search.filters
    )
    shown = found[page * PAGE : (page + 1) * PAGE]
    if viewer.unsure and not shown:
        return not_told()
    results = search_results(
        asked,
        [hit_of(reception, one) for one in shown],
        reception.settings.prompts_command,
        page=page,
        unknown=search.unknown,
        more=len(found) > (page + 1) * PAGE and page + 1 < MOST_PAGES,
    )
    return narrowed(results) if viewer.unsure else results


def hit_of(reception: Reception, found: Found) -> Hit:
    """Add the address of its thread to a found prompt."""
    place = found.record.place
    return Hit(found.record, reception.links.of(place.team, place.channel, place.thread_ts), found.why)


@dataclass(frozen=True, slots=True)
class _NamesFor:
    """Names as one person may know them."""

    reception: Reception
    asker: Asker

    def person(self, name: str) -> str:
        return self.reception.names.person(self.asker.team, name)

    def channel(self, name: str) -> str:
        return self.reception.names.channel(self.asker.team, self.asker.user, name)
