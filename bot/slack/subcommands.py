"""The words that answer at once, as sub-commands and in messages to the bot: help, status, stop, history."""

from __future__ import annotations

import re

from bot.slack.blocks import Message
from bot.slack.doors import Asker
from bot.slack.messages.notices import help_text, narrowed, not_told, run_list, status_list
from bot.slack.reception import Reception
from bot.slack.run_lists import ended_runs, own_runs
from bot.slack.searching import first_page
from bot.slack.stopping import stop_one

STOP = re.compile(r"(?:stop|cancel)(?:\s+(r-\w{1,40}))?", re.IGNORECASE)
_ONE_WORD = re.compile(r"[\w/-]{1,40}")
_SEARCH = re.compile(r"(?:search|find)\s+(\S.*)", re.IGNORECASE | re.DOTALL)


def is_answered(text: str) -> bool:
    """Tell whether ``answer_words`` answers a text."""
    words = text.strip()
    search = _SEARCH.fullmatch(words)
    return bool(
        STOP.fullmatch(words)
        or (search and "\n" not in words)
        or words.lower() in ("help", "status", "history")
    )


def is_one_word(text: str) -> bool:
    """Tell whether a text is hardly a prompt: a single word, perhaps a slip."""
    return bool(_ONE_WORD.fullmatch(text))


def answer_words(reception: Reception, asker: Asker, text: str, channel: str) -> Message | None:
    """Answer one of the known words for ``asker``, who said it in ``channel``; None for any other text."""
    settings = reception.settings
    words = text.strip()
    stop, search = STOP.fullmatch(words), _SEARCH.fullmatch(words)
    if stop is not None:
        return stop_one(reception, stop[1] and stop[1].lower(), asker)
    if search is not None and "\n" not in words:
        return first_page(reception, asker, search[1], channel)
    match words.lower():
        case "help":
            return help_text(settings.optimize_command, settings.prompts_command, settings.evolve_command)
        case "status":
            return status_list(own_runs(reception, asker), settings.optimize_command)
        case "history":
            ended = ended_runs(reception, asker)
            if not reception.doors.viewer(asker).unsure:
                return run_list("Runs that have ended", ended, settings.optimize_command)
            return (
                narrowed(run_list("Runs that have ended", ended, settings.optimize_command))
                if ended
                else not_told()
            )
    return None
