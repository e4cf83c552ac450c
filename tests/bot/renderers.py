"""Everything that draws for Slack, by name, each fed with one text in every place where foreign text can come."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

import bot.slack.messages as messages
from bot.background.evolve_request import EvolveRequest
from bot.background.request import FileRef, OptimizeRequest, Wish
from bot.background.trouble import Trouble
from bot.slack import evolve_form, forms
from bot.slack.blocks import Message, section
from bot.slack.board import Glance
from bot.slack.escaping import markup
from bot.slack.form_inputs import FormContext
from bot.slack.incoming.pieces import Pieces
from bot.slack.messages import (
    card,
    drafts,
    earlier,
    evolution_final,
    evolution_steps,
    final,
    held_out,
    home,
    lessons,
    library,
    notices,
    privacy,
    prompt_windows,
    review,
    run_bar,
    search,
    steps,
)
from optimizer.config import Budget
from optimizer.events import ArmScore, BaselineScored, BeamSelected, ErrorCase, RunFinished, RunStarted
from optimizer.evolution.events import (
    ApplicationFinished,
    DataMeasured,
    EvolutionFinished,
    EvolutionStarted,
    EvolvedSample,
    FailureCount,
    Measured,
    MethodScored,
    MethodSelected,
)
from optimizer.holdout_events import ChangedExample, ConfusionCount, HoldoutDetails, HoldoutTested
from storage.reviews import Review, Votes
from tests.bot.hostile import CHANNEL, OWNER, URL, record

Drawn = Any  # a message, a view, a block or several blocks


def _outcome(t: str, *, tested: bool) -> final.Outcome:
    finished = RunFinished(t, t + "!", t, "better", t, 1, 1, 1, 1, 1, 1.0, ((t, 1),) * 8)  # type: ignore[arg-type]
    actions = tuple(review.review_bar("p-1", "r-1", markup("{t}", t=t)))
    return final.Outcome("r-1", OWNER, finished, _test(t) if tested else None, 1, (t, t), actions=actions)


def _test(t: str) -> HoldoutTested:
    return HoldoutTested(88, 0.5, 0.7, 0.2, (0.1, 0.3), 0.01, 12, 2, 0, 0, 0.1, "better", t)


def _selected(t: str) -> BeamSelected:
    return BeamSelected(2, (ArmScore(t, 0.7, 32),), t, 0.7, t + "\nmore", t, t, True, 500)


def _round(t: str) -> steps.RoundNotes:
    case = ErrorCase(t, t, t)
    return steps.RoundNotes(2, 4, 0.5, _selected(t), t, (case,) * 4, (t,) * 3, 8, ((t, t), (OWNER, t)))


def _step(t: str) -> evolution_steps.StepNotes:
    selected = MethodSelected(2, t, t + "!", t, t + "!", 0.1, True, 300)
    samples = (EvolvedSample(7, t, t, t),) * 3
    return evolution_steps.StepNotes(3, 0.2, selected, t, (t,) * 4, samples, 5, 50, ((t, t),) * 3)


def _run_started(t: str) -> RunStarted:
    return RunStarted(
        "r-1", t, t, t, t, t, t + "2", 0, 100, 50, 50, (t, t), t, (t,) * 30, 800, None, 0.1, (t,) * 9
    )


def _evolution_started(t: str) -> EvolutionStarted:
    return EvolutionStarted(
        "r-1", t, t, t, 9, 9, 5, 5, 5, 3, 3, t, t, t, t + "simulated", 0, True, True, 9, 0.5, (t,) * 9
    )


def _evolved(t: str) -> evolution_final.EvolutionOutcome:
    measured = Measured(12.0, 0.9, 0.8, None)
    failures = (FailureCount(t, 1),) * 9
    return evolution_final.EvolutionOutcome(
        "r-1",
        OWNER,
        EvolutionFinished(t, t + "!", 0.3, 0.1, "better", t, 3, 10, 0, 5, 5, None, ((t, 3),) * 9),  # type: ignore[arg-type]
        _test(t),
        ApplicationFinished(9, 7, 1, 1, failures, (EvolvedSample(7, t, t, t),) * 5),
        DataMeasured(9, measured, measured),
        9.0,
        (t, t),
    )


def _details(t: str) -> HoldoutDetails:
    examples = tuple(ChangedExample(n, t, t, t, t, 1.0, 0.0, t) for n in range(6))
    return HoldoutDetails((ConfusionCount(t, t, 3, 4),) * 9, examples, 6)


def _card(t: str, **changes: Any) -> card.RunCard:
    shown = card.RunCard("r-1", OWNER, t, t, t, models=(t, t), metric=t, doing=t, stage="running", round=1)
    return replace(shown, **changes)


def _kept(t: str) -> Any:
    return replace(record(t, t), status="accepted", status_by=t, status_at=1.0, only_me=True)


def _line(t: str) -> notices.RunLine:
    return notices.RunLine(t, t, t, CHANNEL, URL, True, t, t, t, t)


def _facts(t: str) -> forms.FormFacts:
    return forms.FormFacts(t, t, True, 10 * 2**20, {"quick": t, "standard": t})


def _home(t: str) -> home.HomeFacts:
    lines = [(_line(t), Glance("running", markup("{t}", t=t), 5, 0.5)), (_line(t), None)]
    return home.HomeFacts(lines, [_line(t)] * 5, _facts(t), Budget(calls=10), t[:12], t[:12], t[:12])


def _source(t: str) -> lessons.Source:
    return lessons.Source(t, t, 0.2, URL)


def _request(t: str) -> OptimizeRequest:
    ref = FileRef("F1", t, 1, t)
    return OptimizeRequest(t, ref, (ref,) * 5, t[:3_000], target=t, goal=t, wishes=(Wish(t, t),) * 3)


def _hits(t: str) -> list[library.Hit]:
    return [library.Hit(_kept(t), URL, t)] * 5


def _remarks(t: str) -> prompt_windows.Remarks:
    return prompt_windows.Remarks(t, (Review(t, "request_changes", t, 1.0),) * 9, Votes(1, 2))


def _offer(t: str) -> lessons.Offer:
    return lessons.Offer(9, (_source(t),) * 3, alike=False)


_HERE, _ANYWHERE = FormContext("T1", CHANNEL), FormContext("T1", "")
_STAGES = ("queued", "reading", "running", "paused", "done", "cancelled", "failed")

RENDERERS: dict[str, Callable[[str], Drawn]] = {  # by module and name
    "card.draw_card": lambda t: [card.draw_card(_card(t, stage=stage, headline=t)) for stage in _STAGES],
    "card.stop_button": lambda t: section(markup("x"), card.stop_button(t, t)),
    "drafts.draw_draft": lambda t: [
        drafts.draw_draft("d-1", Pieces(request, (t,) * 3)) for request in (_request(t), OptimizeRequest(t))
    ],
    "drafts.draw_settled": lambda t: drafts.draw_settled(t),
    "earlier.earlier_steps": lambda t: earlier.earlier_steps(
        "r-1", "round", [earlier.Step(n, steps.round_line(_round(t))) for n in range(1, 60)]
    ),
    "earlier.step_window": lambda t: earlier.step_window("round", 2, steps.round_reply(_round(t))),
    "evolution_final.draw_evolution": lambda t: evolution_final.draw_evolution(_evolved(t)),
    "evolution_steps.data_understood": lambda t: evolution_steps.data_understood(_evolution_started(t)),
    "evolution_steps.first_rate": lambda t: evolution_steps.first_rate(
        MethodScored(0, t, 50, 10, 0.2, (FailureCount(t, 3),) * 9, True)
    ),
    "evolution_steps.step_reply": lambda t: evolution_steps.step_reply(_step(t)),
    "evolution_steps.sample_blocks": lambda t: evolution_steps.sample_blocks(
        (EvolvedSample(7, t, t, t),) * 5
    ),
    "final.draw_outcome": lambda t: [final.draw_outcome(_outcome(t, tested=one)) for one in (True, False)],
    "final.prompt_blocks": lambda t: final.prompt_blocks(t, t),
    "held_out.behind_the_verdict": lambda t: held_out.behind_the_verdict(_details(t)),
    "home.draw_home": lambda t: home.draw_home(_home(t)),
    "lessons.lessons_choice": lambda t: lessons.lessons_choice(_offer(t), ticked=True),
    "lessons.lessons_told": lambda t: lessons.lessons_told(
        [lessons.Told(t, _source(t))] * 3 + [lessons.Told(t, None)]
    ),
    "library.search_results": lambda t: [
        library.search_results(t, hits, t, page=1, more=True, unknown=(t, t)) for hits in ([], _hits(t))
    ],
    "library.similar_prompts": lambda t: library.similar_prompts(_hits(t)[:3]),
    "notices.failure": lambda t: notices.failure(Trouble(t, t, "ref", again=True), "r-1", charged=False),
    "notices.notice": lambda t: notices.notice(markup("Note: {t}", t=t)),
    "notices.not_told": lambda t: notices.not_told(),
    "notices.narrowed": lambda t: notices.narrowed(notices.notice(markup("{t}", t=t))),
    "notices.apology": lambda t: notices.apology(Trouble(t, t, "ref", again=True)),
    "notices.invite": lambda t: notices.invite(t, t),
    "notices.between_people": lambda t: notices.between_people(),
    "notices.unreachable": lambda t: notices.unreachable(t, t, t, t),
    "notices.not_answered": lambda t: notices.not_answered(t, t),
    "notices.moved_here": lambda t: notices.moved_here(t, t),
    "notices.not_allowed": lambda t: notices.not_allowed(t),
    "notices.not_steering": lambda t: notices.not_steering(t),
    "notices.changed_too_late": lambda t: notices.changed_too_late(deleted=True),
    "notices.unread_replies": lambda t: notices.unread_replies(len(t)),
    "notices.ended_unread": lambda t: notices.ended_unread(),
    "notices.kept_as_first_said": lambda t: notices.kept_as_first_said(t),
    "notices.help_text": lambda t: notices.help_text(t[:12], t[:12], t[:12]),
    "notices.evolve_help": lambda t: notices.evolve_help(t[:12], t[:12]),
    "notices.prompts_help": lambda t: notices.prompts_help(t[:12]),
    "notices.which_word": lambda t: notices.which_word(t),
    "notices.status_list": lambda t: notices.status_list([_line(t)] * 12, t),
    "notices.run_list": lambda t: notices.run_list(t, [_line(t)] * 12, t),
    "notices.line_button": lambda t: section(
        markup("x"), notices.line_button(replace(_line(t), running=False))
    ),
    "privacy.privacy_form": lambda t: [
        privacy.privacy_form(replace(_kept(t), only_me=one), mine=one) for one in (True, False)
    ],
    "privacy.privacy_changed": lambda t: privacy.privacy_changed(
        record(t, t, channel=t), only_me=True, mine=True
    ),
    "prompt_windows.prompt_window": lambda t: prompt_windows.prompt_window(_kept(t), _remarks(t), mine=True),
    "prompt_windows.window_buttons": lambda t: {
        "type": "actions",
        "elements": prompt_windows.window_buttons(_kept(t), mine=True),
    },
    "prompt_windows.versions_window": lambda t: prompt_windows.versions_window([_kept(t)] * 70),
    "prompt_windows.diff_window": lambda t: prompt_windows.diff_window(
        [_kept(t), replace(_kept(t), id="p-2", text=t[::-1])], "first", "p-2", "p-2"
    ),
    "prompt_windows.export_window": lambda t: prompt_windows.export_window(_kept(t)),
    "review.another_round_offer": lambda t: review.another_round_offer("d-1", t),
    "review.no_round_offer": lambda t: review.no_round_offer("d-1", t, "r-1"),
    "review.saved": lambda t: review.saved(markup("{t}", t=t).text),
    "review.review_bar": lambda t: review.review_bar("p-1", "r-1", library.standing(_kept(t))),
    "review.with_standing": lambda t: review.with_standing(
        review.review_bar("p-1", "r-1"), "p-1", library.standing(_kept(t))
    ),
    "review.decided": lambda t: review.decided(library.standing(_kept(t))),
    "review.changes_form": lambda t: review.changes_form("p-1", t),
    "review.share_form": lambda t: review.share_form("p-1", t, mine=False, hidden=True),
    "review.delete_form": lambda t: review.delete_form("r-1", t),
    "review.share_question": lambda t: review.share_question("d-1", t, t, t),
    "review.shared_prompt": lambda t: review.shared_prompt(t, t, t, t),
    "run_bar.run_bar": lambda t: run_bar.run_bar("r-1"),
    "run_bar.run_buttons": lambda t: {"type": "actions", "elements": run_bar.run_buttons("r-1")},
    "run_bar.vote_buttons": lambda t: run_bar.vote_buttons("b-1", "a-1", "p-1", t),
    "search.search_window": lambda t: search.search_window(
        t, library.search_results(t, _hits(t), "/prompts").blocks
    ),
    "steps.understood": lambda t: steps.understood(_run_started(t)),
    "steps.baseline": lambda t: steps.baseline(BaselineScored(0.5, 3, 1), t),
    "steps.round_reply": lambda t: steps.round_reply(_round(t)),
    "forms.optimize_form": lambda t: [
        forms.optimize_form(where, _facts(t), forms.Prefill(_request(t), markup("{t}", t=t), _offer(t)))
        for where in (_HERE, _ANYWHERE)
    ],
    "evolve_form.evolve_form": lambda t: [
        evolve_form.evolve_form(
            where,
            _facts(t),
            evolve_form.EvolveForm(
                t,
                EvolveRequest(FileRef("F1", t, 1, t), method_text=t, field=t, goal=t, criteria=t),
                markup("{t}", t=t),
            ),
        )
        for where in (_HERE, _ANYWHERE)
    ],
}


def drawing() -> Iterator[str]:
    """Name every public function that returns something to be shown."""
    found = [import_module(f"{messages.__name__}.{one.name}") for one in iter_modules(messages.__path__)]
    for module in (*found, forms, evolve_form):
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returned = str(function.__annotations__.get("return", ""))
            own = function.__module__ == module.__name__ and not name.startswith("_")
            if own and any(kind in returned for kind in ("Message", "Block")):
                yield f"{module.__name__.rpartition('.')[2]}.{name}"


def pieces(drawn: Drawn) -> Iterator[Message | dict[str, Any]]:
    """Take apart what was drawn: messages, views, and blocks as a message of their own."""
    several = drawn if isinstance(drawn, list) else [drawn] if drawn is not None else []
    if all(_stands_alone(one) for one in several):
        yield from several
    else:
        yield Message("x", tuple(several))


def _stands_alone(drawn: Any) -> bool:
    return isinstance(drawn, Message) or drawn["type"] in ("modal", "home")
