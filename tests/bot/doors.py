"""The doors of the bot: every listener with how an outsider tries it, and the run that she must not find.

An outsider is carol: she is a member of #prompts, but not of #secret-lab, where the run was made, and
she is no admin. What she sends is forged where a click could not bring her there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

from sandbox.workspace.people.identities import interaction
from storage.drafts import Draft
from storage.prompts import PromptRecord
from storage.runs import Place, RunRecord
from tests.bot.office import PROMPT, Office, shown

TEAM = "T0SANDBOX1"
SECRET, RAW = "zanzibar", "a complaint that nobody has seen"
RUN, PROMPT_ID, DRAFT, WISH, SHARE = "r-hidden", "p-hidden", "d-hidden", "d-wish", "d-share"


def hide(office: Office) -> Office:
    """Store a run of alice in #secret-lab, still under way for the store, with a prompt and drafts."""
    if office.store.database.rows("SELECT 1 FROM runs WHERE id = ?", (RUN,)):
        return office
    alice, lab = office.workspace.user_id("alice"), office.workspace.channel_id("secret-lab")
    place = Place(TEAM, lab, "private", "1700000000.000100")
    rows = "\n".join(f"{RAW} {number},{'a' if number % 2 else 'b'}" for number in range(40))
    request = {"prompt_text": f"{SECRET} {{ticket}}", "pasted": f"ticket,team\n{rows}", "target": "team"}
    office.store.runs.create(RunRecord(RUN, "optimize", "failed", alice, place, request, time.time()))
    office.store.prompts.add(
        PromptRecord(
            PROMPT_ID,
            RUN,
            1,
            f"The {SECRET} prompt",
            f"{PROMPT} {SECRET}",
            PROMPT,
            alice,
            place,
            False,
            "better",
            0.5,
            0.75,
            88,
            "label",
            "racing",
            time.time(),
        )
    )
    for name, kind, body in (
        (DRAFT, "optimize", request),
        (WISH, "wish", {"run": RUN, "text": SECRET}),
        (SHARE, "share", {"prompt": PROMPT_ID}),
    ):
        office.store.drafts.put(Draft(name, kind, alice, TEAM, lab, "1700000000.000100", body))
    return office


def post(office: Office, payload: dict[str, Any], kind: str = "interactive") -> dict[str, Any]:
    """Deliver a forged payload of carol's."""
    gateway = office.workspace.workspace.gateway
    answer: dict[str, Any] = office.workspace.run(gateway.ask(kind, payload))  # type: ignore[arg-type]
    return answer


def click(office: Office, action_id: str, **fields: Any) -> dict[str, Any]:
    """Carol presses a button that was never shown to her, in a message and in a modal."""
    carol, channel = office.workspace.user_id("carol"), office.workspace.channel_id("prompts")
    ts = office.workspace.send("carol", "prompts", "a message to click in")
    trigger = office.workspace.inspect(lambda w: w.triggers.issue(carol, channel=channel))
    response = office.workspace.inspect(lambda w: _response_url(w, channel, carol))
    payload = office.workspace.inspect(lambda w: interaction(w.state, "block_actions", carol)) | {
        "container": {"type": "message", "message_ts": ts, "channel_id": channel, "is_ephemeral": True},
        "trigger_id": trigger,
        "channel": {"id": channel, "name": "prompts"},
        "message": {"ts": ts},
        "response_url": response,
        "actions": [{"type": "button", "action_id": action_id, "block_id": f"diff.{PROMPT_ID}", **fields}],
    }
    return post(office, payload)


def _response_url(workspace: Any, channel: str, user: str) -> str:
    from sandbox.workspace.people.answers import response_url

    return response_url(workspace, channel, user)


def submit(office: Office, callback_id: str, about: str, values: dict[str, Any]) -> dict[str, Any]:
    """Carol submits a form that was never opened for her."""
    carol = office.workspace.user_id("carol")
    payload = office.workspace.inspect(lambda w: interaction(w.state, "view_submission", carol)) | {
        "trigger_id": f"1.2.{time.time_ns()}",
        "view": {
            "id": f"V{time.time_ns()}",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": about,
            "blocks": [{"type": "input", "block_id": "wish"}],
            "state": {"values": values},
        },
        "response_urls": [],
    }
    return post(office, payload)


def option(value: str) -> dict[str, Any]:
    return {"selected_option": {"value": value, "text": {"type": "plain_text", "text": "x"}}}


def _view(office: Office, action_id: str, **fields: Any) -> dict[str, Any]:
    """Carol chooses something in a modal that was opened with somebody else's prompt."""
    carol = office.workspace.user_id("carol")
    payload = office.workspace.inspect(lambda w: interaction(w.state, "block_actions", carol)) | {
        "container": {"type": "view", "view_id": "V1"},
        "trigger_id": f"1.2.{time.time_ns()}",
        "view": {"id": "V1", "type": "modal", "blocks": [], "state": {"values": {}}},
        "actions": [
            {"type": "static_select", "action_id": action_id, "block_id": f"diff.{PROMPT_ID}", **fields}
        ],
    }
    return post(office, payload)


Door = Callable[[Office], Any]
LAB = {"post_to": {"value": {"selected_conversation": "C0SECRETLAB"}}}
FORM = json.dumps([TEAM, "C0SECRETLAB", "1700000000.000100", DRAFT])
DOORS: dict[str, Door] = {
    "command /optimize": lambda o: [
        o.workspace.slash("carol", "prompts", f"/optimize {text}")
        for text in (f"stop {RUN}", "status", "history", f"search {SECRET}", "stop")
    ],
    "command /prompts": lambda o: [
        o.workspace.slash("carol", "prompts", f"/prompts {text}")
        for text in (
            SECRET,
            f"show {PROMPT_ID}",
            f"show {RUN}",
            f"history {PROMPT_ID}",
            f"diff {PROMPT_ID}",
            f"diff {PROMPT_ID} {PROMPT_ID}",
            f"export {PROMPT_ID} openai",
            "export",
        )
    ],
    "command /evolve": lambda o: [
        o.workspace.slash("carol", "prompts", f"/evolve {text}")
        for text in (f"stop {RUN}", "status", "history", "stop", "help", "demo")
    ],
    "view optimize.form": lambda o: submit(o, "optimize.form", FORM, {}),
    "view evolve.form": lambda o: submit(o, "evolve.form", FORM, {"pasted": {"value": {"value": "Do it."}}}),
    "action prompt.evolve": lambda o: click(o, "prompt.evolve", value=PROMPT_ID),
    "action evolve.new": lambda o: click(o, "evolve.new", value="new"),
    "action evolve.one_prompt": lambda o: click(o, "evolve.one_prompt", value=DRAFT),
    "view review.changes.form": lambda o: submit(
        o, "review.changes.form", PROMPT_ID, {"wish": {"value": {"value": "x"}}}
    ),
    "view prompt.privacy.form": lambda o: [
        submit(o, "prompt.privacy.form", f"{what} {PROMPT_ID}", {}) for what in ("close", "open")
    ],
    "action prompt.privacy": lambda o: click(o, "prompt.privacy", value=PROMPT_ID),
    "view share.form": lambda o: submit(o, "share.form", PROMPT_ID, LAB),
    "view delete.form": lambda o: submit(o, "delete.form", RUN, {}),
    "view prompt.export.form": lambda o: submit(o, "prompt.export.form", PROMPT_ID, {}),
    "view search.form": lambda o: submit(
        o, "search.form", "", {"search": {"search.words": {"value": SECRET}}}
    ),
    "action opt.stop": lambda o: click(o, "opt.stop", value=RUN),
    "action opt.retry": lambda o: click(o, "opt.retry", value=RUN),
    "action steps.read": lambda o: click(o, "steps.read", **option(f"{RUN} 1")),
    "action prompts.show": lambda o: click(o, "prompts.show", value=PROMPT_ID),
    "action prompt.reuse": lambda o: click(o, "prompt.reuse", value=PROMPT_ID),
    "action prompt.diff": lambda o: click(o, "prompt.diff", value=PROMPT_ID),
    "action prompt.versions": lambda o: click(o, "prompt.versions", value=PROMPT_ID),
    "action prompt.export": lambda o: click(o, "prompt.export", value=PROMPT_ID),
    "action diff.before": lambda o: _view(o, "diff.before", **option(PROMPT_ID)),
    "action diff.after": lambda o: _view(o, "diff.after", **option(PROMPT_ID)),
    "action prompts.on": lambda o: click(o, "prompts.on", value=f"0 {SECRET}"),
    "action prompts.back": lambda o: click(o, "prompts.back", value=f"0 {SECRET}"),
    "action search.open": lambda o: click(o, "search.open", value="search"),
    "action search.words": lambda o: _view(o, "search.words", value=SECRET),
    "action draft.start": lambda o: click(o, "draft.start", value=DRAFT),
    "action draft.change": lambda o: click(o, "draft.change", value=DRAFT),
    "action draft.cancel": lambda o: click(o, "draft.cancel", value=DRAFT),
    "action wish.again": lambda o: click(o, "wish.again", value=WISH),
    "action wish.save": lambda o: click(o, "wish.save", value=WISH),
    "action share.yes": lambda o: click(o, "share.yes", value=SHARE),
    "action share.no": lambda o: click(o, "share.no", value=SHARE),
    "action review.accept": lambda o: click(o, "review.accept", value=PROMPT_ID),
    "action review.reject": lambda o: click(o, "review.reject", value=PROMPT_ID),
    "action review.changes": lambda o: click(o, "review.changes", value=PROMPT_ID),
    "action review.vote": lambda o: click(o, "review.vote", value=f"up {PROMPT_ID}"),
    "action review.more": lambda o: [
        click(o, "review.more", **option(f"{verb} {about}"))
        for verb, about in (
            ("again", RUN),
            ("reuse", PROMPT_ID),
            ("versions", PROMPT_ID),
            ("share", PROMPT_ID),
            ("privacy", PROMPT_ID),
            ("delete", RUN),
        )
    ],
    "action run.again": lambda o: click(o, "run.again", value=RUN),
    "action run.delete": lambda o: click(o, "run.delete", value=RUN),
    "action run.vote": lambda o: click(o, "run.vote", value=f"up {RUN}"),
    "action optimize.new": lambda o: click(o, "optimize.new", value=PROMPT_ID),
    "action optimize.help": lambda o: click(o, "optimize.help", value="help"),
    "action optimize.as_prompt": lambda o: click(o, "optimize.as_prompt", value="word"),
    "shortcut optimize_message": lambda o: o.workspace.shortcut(
        "carol", "optimize_message", "prompts", o.workspace.send("carol", "prompts", "mine")
    ),
    "shortcut optimize_global": lambda o: o.workspace.shortcut("carol", "optimize_global"),
    "event app_home_opened": lambda o: o.workspace.open_home("carol"),
    "event message": lambda o: [
        announce(o, {"type": "message", "text": "steer it", "channel_type": "group"}),
        announce(o, changed(o, "message_changed")),
        announce(o, changed(o, "message_deleted")),
    ],
    "event app_mention": lambda o: announce(o, {"type": "app_mention", "text": f"<@U0PROMPTBM1> stop {RUN}"}),
    "event reaction_added": lambda o: announce(
        o,
        {
            "type": "reaction_added",
            "reaction": "x",
            "item": {"channel": "C0SECRETLAB", "ts": "1700000000.000100"},
        },
    ),
    "event channel_shared": lambda o: announce(o, {"type": "channel_shared"}),
    "event channel_unshared": lambda o: announce(o, {"type": "channel_unshared"}),
    "event file_shared": lambda o: announce(o, {"type": "file_shared"}),
    "event member_joined_channel": lambda o: announce(o, {"type": "member_joined_channel"}),
    "event member_left_channel": lambda o: announce(o, {"type": "member_left_channel"}),
    "event channel_archive": lambda o: announce(o, {"type": "channel_archive"}),
}
"""Every listener, and how an outsider tries it."""


def changed(office: Office, subtype: str) -> dict[str, Any]:
    """Carol changes or deletes a reply that was never heard, or claims to."""
    carol, ts = office.workspace.user_id("carol"), f"{time.time():.6f}"
    reply = {
        "user": carol,
        "ts": ts,
        "thread_ts": "1700000000.000100",
        "text": "steer it",
        "edited": {"user": carol, "ts": ts},
    }
    return {
        "type": "message",
        "subtype": subtype,
        "event_ts": ts,
        "message": reply,
        "previous_message": reply,
    }


def announce(office: Office, event: dict[str, Any]) -> None:
    """An event in #secret-lab's thread that names carol, as if she had got in for a moment."""
    base = {
        "user": office.workspace.user_id("carol"),
        "channel": "C0SECRETLAB",
        "ts": f"{time.time():.6f}",
        "thread_ts": "1700000000.000100",
    }
    payload = office.workspace.inspect(lambda w: w.gateway._wrap({**base, **event}))
    office.workspace.run(office.workspace.workspace.gateway._deliver_event(payload, None))


def registered(office: Office) -> Iterator[str]:
    """Name every listener that the app has, as Bolt keeps them."""
    from bot.slack import app as app_module

    names: list[str] = []

    class Recording:
        """Takes the registrations of the real modules instead of Bolt."""

        def _note(self, kind: str, what: Any) -> Callable[[Any], Any]:
            names.append(f"{kind} {what['callback_id'] if isinstance(what, dict) else what}")
            return lambda listener: listener

        def command(self, what: Any) -> Any:
            return self._note("command", what)

        def action(self, what: Any) -> Any:
            return self._note("action", what)

        def view(self, what: Any) -> Any:
            return self._note("view", what)

        def shortcut(self, what: Any) -> Any:
            return self._note("shortcut", what)

        def event(self, what: Any) -> Any:
            return self._note("event", what)

        def error(self, listener: Any) -> Any:
            return listener

    reception = type("R", (), {"settings": office.bot._settings, "store": office.store})()
    for module in app_module.LISTENERS:
        module.register(Recording(), reception)  # type: ignore[arg-type]
    app_module.home.register(Recording(), None)  # type: ignore[arg-type]
    yield from names


def seen_by_carol(office: Office) -> str:
    """Everything that carol can read anywhere: messages, modals, her Home tab, her files."""
    texts = [
        shown(m)
        for channel in ("prompts", "general", "@carol")
        for m in office.workspace.messages(channel, user="carol")
    ]
    texts += [shown(view) + json.dumps(view) for view in office.workspace.views("carol")]
    home = office.workspace.inspect(
        lambda w: w.modals.home(office.workspace.workspace.state.person("carol").id)
    )
    texts.append(json.dumps(home.content) if home else "")
    for message in office.workspace.messages("@carol"):
        for file in message.get("files", ()):
            texts.append(office.workspace.file_bytes(file["id"]).decode("utf-8", "replace"))
    return "\n".join(texts).replace(f"“{SECRET}”", "").replace(f'"initial_value": "{SECRET}"', "")
