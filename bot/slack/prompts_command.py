"""``/prompts``: finds past prompts that the asker may see, shows, compares and exports them."""

from __future__ import annotations

import re
from typing import Any

from slack_bolt import Respond

from bot.slack.blocks import Block, Message
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, asker_of
from bot.slack.escaping import Markup, markup, unescape
from bot.slack.evolve_command import show_with_method
from bot.slack.exporting import export_file, export_table
from bot.slack.messages.notices import SHOW, notice, prompts_help
from bot.slack.messages.prompt_windows import FIRST, REUSE, diff_window, versions_window
from bot.slack.optimize_command import show_anywhere
from bot.slack.privately import tell
from bot.slack.prompt_view import window_of
from bot.slack.reception import Reception
from bot.slack.review_buttons import reuse
from bot.slack.searching import first_page
from bot.slack.sharing import send_file
from bot.slack.windows import Window
from optimizer.interchange.formats import FORMATS

_ID = r"([pr]-[\w-]{1,40})"
_ONE = re.compile(rf"(show|history|diff)\s+{_ID}", re.IGNORECASE)
_TWO = re.compile(rf"diff\s+{_ID}\s+{_ID}", re.IGNORECASE)
_NAME = re.compile(_ID, re.IGNORECASE)
_EXPORT = re.compile(r"export\b(.*)", re.IGNORECASE | re.DOTALL)
_SEARCH = re.compile(r"search\b\s*", re.IGNORECASE)


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the command and to the buttons of its results."""
    _register_command(counter, reception)

    @counter.action(SHOW)
    def show(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        window.wait()
        return lambda: _show(reception, window, asker_of(body), str(action["value"]))

    @counter.action(REUSE)
    def reused(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        asker = asker_of(body)
        window.wait("Use as a start")

        def fill() -> None:
            record = reception.doors.prompt(str(action["value"]), asker)
            if record.is_method:
                show_with_method(reception, window, asker, record.text)
            else:
                show_anywhere(reception, window, asker, reuse(record))

        return fill


def _register_command(counter: Counter, reception: Reception) -> None:
    @counter.command(reception.settings.prompts_command)
    def prompts(body: dict[str, Any], window: Window, respond: Respond) -> Rest:
        asker = asker_of(body)
        text = unescape(str(body.get("text") or "")).strip()
        one, two, export = _ONE.fullmatch(text), _TWO.fullmatch(text), _EXPORT.fullmatch(text)
        if text.lower() == "help":
            return lambda: tell(respond, prompts_help(reception.settings.prompts_command))
        if one is not None or two is not None:
            window.wait()
        if two is not None:
            return lambda: window.show(_compared(reception, asker, two[1], two[2]))
        if one is not None and one[1].lower() == "show":
            return lambda: _show(reception, window, asker, one[2])
        if one is not None and one[1].lower() == "history":
            return lambda: window.show(_versions(reception, asker, one[2]))
        if one is not None:
            return lambda: window.show(_compared(reception, asker, FIRST, one[2]))
        if export is not None:
            return lambda: tell(respond, _export(reception, asker, export[1].split()))
        asked, channel = _SEARCH.sub("", text, count=1), str(body.get("channel_id") or "")
        return lambda: tell(respond, first_page(reception, asker, asked, channel))


def _show(reception: Reception, window: Window, asker: Asker, name: str) -> None:
    record = reception.doors.prompt(_prompt_id(name), asker)
    window.show(window_of(reception, asker, record))


def _versions(reception: Reception, asker: Asker, name: str) -> Block:
    record = reception.doors.prompt(_prompt_id(name), asker)
    return versions_window(reception.store.prompts.versions(record.id, reception.doors.viewer(asker)))


def _compared(reception: Reception, asker: Asker, before: str, after: str) -> Block:
    record = reception.doors.prompt(_prompt_id(after), asker)
    viewer = reception.doors.viewer(asker)
    found = reception.store.prompts.versions(record.id, viewer)[-60:]
    if before != FIRST:
        other = reception.doors.prompt(_prompt_id(before), asker)
        if other.id not in {one.id for one in found}:
            found = [other, record]
        before = other.id
    if record.id not in {one.id for one in found}:
        found = [*found, record]
    return diff_window(found, before, record.id, record.id)


def _export(reception: Reception, asker: Asker, words: list[str]) -> Message:
    """Send what was asked for and say so; a slip sends nothing."""
    if not words:
        send_file(reception, asker, export_table(reception, asker))
        return notice(Markup("All prompts that you can see come to you as a table, as a direct message."))
    name, format_name = words[0], words[1].lower() if len(words) > 1 else "markdown"
    if len(words) > 2 or not _NAME.fullmatch(name):
        command = reception.settings.prompts_command
        return notice(
            markup(
                "I do not understand `export {words}`. `{command} export p-… {format}` sends one prompt to you, "
                "`{command} export` sends all of them as a table.",
                words=" ".join(words)[:100],
                command=command,
                format=next((word.lower() for word in words if word.lower() in FORMATS), "markdown"),
            )
        )
    record = reception.doors.prompt(_prompt_id(name), asker)
    send_file(reception, asker, export_file(reception, asker, record, format_name))
    return notice(markup("{title} comes to you as a direct message.", title=record.title))


def _prompt_id(name: str) -> str:
    """People copy the run's id as well, and write ids as they like."""
    name = name.lower()
    return f"p-{name[2:]}" if name.startswith("r-") else name
