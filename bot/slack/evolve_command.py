"""``/evolve``: opens the form for instruction data or for one prompt, or answers the asker alone."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from slack_bolt import Respond

from bot.background.evolve_request import EvolveRequest
from bot.background.evolve_work import EvolveWork
from bot.background.request import OptimizeRequest
from bot.background.words import in_words
from bot.slack.counter import Counter, Rest
from bot.slack.doors import Asker, Refused, asker_of
from bot.slack.escaping import Markup, unescape
from bot.slack.evolve_form import (
    CALLBACK,
    DATA,
    ONE_PROMPT,
    EvolveForm,
    evolve_form,
    read_evolve_form,
    with_method,
)
from bot.slack.filled_form import FilledForm
from bot.slack.form_inputs import AUDIENCE, CHANNEL_CHOICE, MAX_TEXT, FormContext, Values
from bot.slack.forms import Prefill, optimize_form
from bot.slack.messages.notices import NEW_EVOLUTION, evolve_help, which_word
from bot.slack.messages.review import EVOLVE_FURTHER
from bot.slack.open_form import complete_form
from bot.slack.optimize_command import open_anywhere, open_with_prompt
from bot.slack.privately import tell
from bot.slack.reception import Reception
from bot.slack.review_buttons import reuse
from bot.slack.sample_task import SAMPLE_INSTRUCTIONS
from bot.slack.starting import chosen_place, start_run
from bot.slack.subcommands import answer_words, is_answered, is_one_word
from bot.slack.way_out import told_way_out
from bot.slack.windows import Window
from optimizer.errors import InputError
from storage.visibility import Place

EVOLVE = "evolve"
"""The search algorithm that evolves one prompt."""


def register(counter: Counter, reception: Reception) -> None:
    """Listen to the command, to the button that changes its form, and to the filled-in form."""

    @counter.command(reception.settings.evolve_command)
    def evolve(body: dict[str, Any], window: Window, respond: Respond) -> Rest:
        return _answer(reception, body, window, respond)

    @counter.action(NEW_EVOLUTION)
    def new(body: dict[str, Any], window: Window) -> None:
        window.open(evolve_form(FormContext(asker_of(body).team, ""), reception.form_facts))

    @counter.action(ONE_PROMPT)
    def one_prompt(body: dict[str, Any], window: Window, respond: Respond) -> Rest | None:
        view = body.get("view")
        if not view:
            return None  # the button stands in a form; a click from elsewhere is forged
        where = replace(FormContext.unpack(view["private_metadata"]), algorithm=EVOLVE)
        window.stay()
        window.show(optimize_form(where, reception.form_facts, Prefill()))
        return lambda: complete_form(reception, window, respond, asker_of(body), where, Prefill())

    @counter.action(EVOLVE_FURTHER)
    def further(body: dict[str, Any], action: dict[str, Any], window: Window) -> Rest:
        asker = asker_of(body)

        def wanted() -> OptimizeRequest:
            return replace(reuse(reception.doors.prompt(str(action["value"]), asker)), algorithm=EVOLVE)

        return open_anywhere(reception, window, asker, wanted)

    _register_form(counter, reception)


def _register_form(counter: Counter, reception: Reception) -> None:
    @counter.view(CALLBACK)
    def submitted(form: FilledForm, body: dict[str, Any], view: dict[str, Any]) -> None:
        asker = asker_of(body)
        where = FormContext.unpack(view["private_metadata"])
        values = view["state"]["values"]
        facts = reception.form_facts
        taken = read_evolve_form(values, facts.max_file_bytes, facts.data_folder)
        if isinstance(taken, dict):
            form.refuse(taken)
            return
        try:
            place = form.look_up(lambda: _place_for(reception, asker, values, where, taken.request))
            start_run(
                reception,
                EvolveWork.kind,
                taken.request.to_dict(),
                asker,
                place,
                cause=str(view["id"]),
                only_me=taken.only_me,
                files=taken.files,
            )
        except Refused as refused:
            form.refuse({AUDIENCE if where.channel else CHANNEL_CHOICE: refused.words})
        except InputError as error:
            form.refuse({DATA: in_words(error)})
        else:
            form.close()


def _place_for(
    reception: Reception, asker: Asker, values: Values, where: FormContext, request: EvolveRequest
) -> Place:
    """Return where the run is to be posted.

    Raises:
        Refused: not there. InputError: the data lies where only members of the workspace may read it.
    """
    if request.data_folder and reception.doors.viewer(asker).guest:
        raise InputError(
            f"Only members of the workspace may use what lies in {request.data_folder}.",
            "Attach your own file.",
        )
    return chosen_place(reception, asker, values, where)


def _answer(reception: Reception, body: dict[str, Any], window: Window, respond: Respond) -> Rest:
    asker, settings = asker_of(body), reception.settings
    text = unescape(str(body.get("text") or "")).strip()
    where = FormContext(asker.team, str(body["channel_id"]))
    if text.lower() == "help":
        return lambda: tell(respond, evolve_help(settings.evolve_command, settings.optimize_command))
    if text.lower() in ("", "demo"):
        filled = EvolveForm(pasted="\n".join(SAMPLE_INSTRUCTIONS) if text else "")
        return _open(reception, window, respond, asker, where, filled)
    if is_answered(text) or is_one_word(text):
        return lambda: tell(respond, answer_words(reception, asker, text, where.channel) or which_word(text))
    where = replace(where, algorithm=EVOLVE)
    return open_with_prompt(reception, window, respond, asker, where, OptimizeRequest(prompt_text=text))


def show_with_method(reception: Reception, window: Window, asker: Asker, method: str) -> None:
    """Show the form with a kept method as the first one; it asks where to post.

    A method that is too long for its field is to be given as a file, as its thread has it.
    """
    fits = len(method) <= MAX_TEXT
    warning = Markup("The method is too long for the form: attach `method.txt` from its thread instead.")
    filled = EvolveForm(
        given=with_method(method if fits else ""),
        warning=None if fits else warning,
    )
    window.show(evolve_form(FormContext(asker.team, ""), reception.form_facts, filled))


def _open(
    reception: Reception,
    window: Window,
    respond: Respond,
    asker: Asker,
    where: FormContext,
    filled: EvolveForm,
) -> Rest:
    window.open(evolve_form(where, reception.form_facts, filled))
    return lambda: warn_of_place(reception, window, respond, asker, where, filled)


def warn_of_place(
    reception: Reception,
    window: Window,
    respond: Respond,
    asker: Asker,
    where: FormContext,
    filled: EvolveForm,
) -> None:
    """Let an open form ask for another place, where the bot cannot post in this one."""
    way_out = told_way_out(reception, where, respond)
    if way_out is not None:
        filled = replace(filled, warning=way_out.warning)
        window.show(evolve_form(way_out.where, reception.form_facts, filled))
