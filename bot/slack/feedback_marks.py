"""Which reply in a thread a piece of feedback was, so that it can be marked when a round takes it."""

from __future__ import annotations

import hashlib

from optimizer.errors import InputError
from storage.runs import RunRecord, RunTable

_PREFIX = "said/"
_USED = "used"
_EDITED = "edited/"


def keep_said(runs: RunTable, run_id: str, ts: str, text: str, author: str) -> None:
    """Remember what the reply ``ts`` said that was passed on to the run."""
    runs.set_message(run_id, _PREFIX + ts, _digest(text, author))


def use_said(runs: RunTable, run_id: str, text: str, author: str) -> str:
    """Return the timestamp of the oldest reply that said this and is not marked yet, and count it as marked.

    Empty when there is none: the words came another way, or were marked before a restart.
    """
    try:
        known = runs.get(run_id).message_ts
    except InputError:
        return ""
    wanted = _digest(text, author)
    for name in sorted(known):
        if name.startswith(_PREFIX) and known[name] == wanted:
            runs.set_message(run_id, name, _USED)
            return name.removeprefix(_PREFIX)
    return ""


def was_said(run: RunRecord, ts: str) -> bool:
    """Whether the reply ``ts`` was passed on to the run."""
    return bool(run.message_ts.get(_PREFIX + ts))


def unread(runs: RunTable, run_id: str) -> int:
    """How many replies were passed on to the run that no round has taken."""
    known = runs.get(run_id).message_ts
    return sum(name.startswith(_PREFIX) and said not in ("", _USED) for name, said in known.items())


def was_used(run: RunRecord, ts: str) -> bool:
    """Whether the reply ``ts`` was marked as taken by a round."""
    return run.message_ts.get(_PREFIX + ts) == _USED


def forget_said(runs: RunTable, run_id: str, ts: str) -> None:
    """Forget a reply that was taken back."""
    runs.set_message(run_id, _PREFIX + ts, "")


def is_newer_edit(runs: RunTable, run: RunRecord, ts: str, edited: str) -> bool:
    """Note an edit (its time, as Slack writes it) of the reply ``ts``; False when a later one was noted."""
    if edited <= run.message_ts.get(_EDITED + ts, ""):
        return False
    runs.set_message(run.id, _EDITED + ts, edited)
    return True


def _digest(text: str, author: str) -> str:
    return hashlib.sha256(f"{author}\n{text}".encode("utf-8", "replace")).hexdigest()[:20]
