"""``/optimize``: opens the form, or answers the asker alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Respond

from bot.background.request import OptimizeRequest
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, asker_of
from bot.slack.draft_buttons import KIND, new_draft_id
from bot.slack.escaping import unescape
from bot.slack.form_inputs import MAX_TEXT, FormContext
from bot.slack.forms import Prefill, optimize_form
from bot.slack.messages.notices import AS_PROMPT, HELP, NEW, help_text, which_word
from bot.slack.open_form import complete_form, with_lessons_offered
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.sample_task import sample_request
from bot.slack.subcommands import answer_words, is_answered, is_one_word
from bot.slack.windows import Window, answer_click, open_answer
from storage.drafts import Draft


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the command, and to the buttons that open its form."""

    @counter.command(reception.settings.optimize_command)
    def optimize(body: dict[str, Any], window: Window, respond: Respond) -> Rest:
        asker = asker_of(body)
        text = unescape(str(body.get("text") or "")).strip()
        where = FormContext(asker.team, str(body["channel_id"]))
        if text.lower() == "demo":
            return _open(reception, window, respond, asker, where, Prefill(sample_request()))
        if is_answered(text) or is_one_word(text):
            return lambda: tell(
                respond, answer_words(reception, asker, text, where.channel) or which_word(text)
            )
        return open_with_prompt(reception, window, respond, asker, where, OptimizeRequest(prompt_text=text))

    @counter.action(AS_PROMPT)
    def as_prompt(body: dict[str, Any], action: dict[str, Any], window: Window, respond: Respond) -> Rest:
        asker = asker_of(body)
        where = FormContext(asker.team, str(body["channel"]["id"]))
        request = OptimizeRequest(prompt_text=str(action["value"]))
        return open_with_prompt(reception, window, respond, asker, where, request)

    @counter.action(HELP)
    def help_(body: dict[str, Any], window: Window, respond: Respond) -> Rest:
        open_answer(window, body)
        settings = reception.settings
        told = help_text(settings.optimize_command, settings.prompts_command, settings.evolve_command)
        return lambda: answer_click(window, respond, told)

    @counter.action(NEW)
    def new(body: dict[str, Any], window: Window) -> Rest:
        return open_anywhere(reception, window, asker_of(body), OptimizeRequest)


def open_with_prompt(
    reception: Reception,
    window: Window,
    respond: Respond,
    asker: Asker,
    where: FormContext,
    request: OptimizeRequest,
) -> Rest:
    """Open the form in a channel; what does not fit into its fields is kept aside for it.

    Raises:
        InputError: the request holds something that looks like a secret.
    """
    where = kept_aside(reception, asker, where, request)
    return _open(reception, window, respond, asker, where, Prefill(request))


def show_with_prompt(
    reception: Reception,
    window: Window,
    respond: Respond,
    asker: Asker,
    where: FormContext,
    request: OptimizeRequest,
) -> None:
    """Fill a window that is open with the form in a channel.

    Raises:
        InputError: the request holds something that looks like a secret.
    """
    where = kept_aside(reception, asker, where, request)
    window.show(optimize_form(where, reception.form_facts, Prefill(request)))
    complete_form(reception, window, respond, asker, where, Prefill(request))


def open_anywhere(
    reception: Reception, window: Window, asker: Asker, wanted: Callable[[], OptimizeRequest]
) -> Rest:
    """Open the form that asks where to post.

    ``wanted`` returns its content, or raises ``Refused`` or ``InputError``; it may ask Slack.
    """
    window.wait("Improve a prompt")
    return lambda: show_anywhere(reception, window, asker, wanted())


def show_anywhere(reception: Reception, window: Window, asker: Asker, request: OptimizeRequest) -> None:
    """Show that form in a window that waits."""
    where = FormContext(asker.team, "", algorithm=request.algorithm)
    where = kept_aside(reception, asker, where, request)
    prefill = with_lessons_offered(reception, asker, where, Prefill(request))
    window.show(optimize_form(where, reception.form_facts, prefill))


def kept_aside(
    reception: Reception, asker: Asker, where: FormContext, request: OptimizeRequest
) -> FormContext:
    """Keep a request of which the form can show only a part; the result leads the form to it.

    Raises:
        InputError: the request holds something that looks like a secret.
    """
    shown = replace(OptimizeRequest(), prompt_text=request.prompt_text[:MAX_TEXT], pasted=request.pasted)
    if request == shown:
        return where
    body = request.to_dict()
    draft = Draft(
        new_draft_id(where.team, asker.user, repr(body)),
        KIND,
        asker.user,
        where.team,
        where.channel,
        "",
        body,
    )
    if not reception.store.drafts.put(draft):
        reception.store.drafts.put_anew(draft)
    return replace(where, draft=draft.id)


def _open(
    reception: Reception, window: Window, respond: Respond, asker: Asker, where: FormContext, prefill: Prefill
) -> Rest:
    window.open(optimize_form(where, reception.form_facts, prefill))
    return lambda: complete_form(reception, window, respond, asker, where, prefill)
