"""Long lists that Slack gives page by page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from slack_sdk.web import SlackResponse

PAGE = 999
"""The most that Slack gives at once (users.conversations; conversations.list and users.list take 1,000)."""
MOST_PAGES = 20


def pages_of(ask: Callable[[str], SlackResponse], most: int = MOST_PAGES) -> Iterator[SlackResponse]:
    """Yield the answers of ``ask``, which takes a cursor, until there are no more or ``most`` were asked."""
    cursor = ""
    for _ in range(most):
        page = ask(cursor)
        yield page
        cursor = next_cursor(page)
        if not cursor:
            return


def next_cursor(page: SlackResponse) -> str:
    """Return where the next page begins; empty after the last one."""
    return str((page.get("response_metadata") or {}).get("next_cursor") or "")
