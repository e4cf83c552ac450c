"""Whatever instructions, methods and models say: every screen of an evolution stays valid and harmless."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.slack.evolve_form import EvolveForm, evolve_form
from bot.slack.form_inputs import FormContext
from bot.slack.forms import FormFacts
from bot.slack.messages.card import EVOLVING, RunCard, draw_card
from bot.slack.messages.evolution_final import EvolutionOutcome, draw_evolution
from bot.slack.messages.evolution_steps import StepNotes, data_understood, first_rate, step_reply
from bot.slack.messages.notices import evolve_help
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
from optimizer.holdout_events import HoldoutTested
from tests.bot.hostile import CHANNEL, OWNER, check_message, check_view, hostile, huge

many = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
texts = st.one_of(hostile, huge)


def sample(text: str) -> EvolvedSample:
    return EvolvedSample(7, text, text, text)


@many
@given(texts, texts, st.integers(0, 10**7))
def test_the_understanding_of_the_data_is_safe(name, warning, rows):
    event = EvolutionStarted(
        "r-abc", "auto-evol", name, name, rows, rows, 5, 5, 5, 3, 3, warning, name, warning, name + "simulated",
        0, True, True, rows, 0.5, (warning,) * 9,
    )  # fmt: skip
    check_message(data_understood(event))


@many
@given(texts, st.integers(0, 10**6))
def test_the_first_failure_rate_is_safe(rule, count):
    failures = tuple(FailureCount(f"{rule}{n}", count) for n in range(12))
    check_message(first_rate(MethodScored(0, "m0", 50, 10, 0.2, failures, True)))


@many
@given(texts, texts, st.booleans())
def test_a_step_is_safe(text, other, improved):
    selected = MethodSelected(2, text, other, text, text, 0.1, improved, 300)
    notes = StepNotes(
        3, 0.2, selected, text, (text,) * 4, (sample(text), sample(other)), 5, 50, ((other, text),) * 4
    )
    check_message(step_reply(notes))
    check_message(step_reply(replace(notes, summary="", before=None)))


@many
@given(texts, texts, st.sampled_from(["better", "not shown", "worse", None]), st.booleans(), st.booleans())
def test_the_last_post_is_safe(method, text, verdict, applied, changed):
    holdout = None
    if verdict:
        holdout = HoldoutTested(50, 0.7, 0.9, 0.2, (0.1, 0.3), 0.01, 12, 2, 0, 0, 0.1, verdict, text)
    measured = Measured(12.0, 0.9, 0.8, None)
    outcome = EvolutionOutcome(
        run_id="r-abc",
        owner=OWNER,
        finished=EvolutionFinished(
            method,
            method + " more" if changed else method,
            0.3,
            0.1,
            verdict or "not shown",
            "steps",
            3,
            10,
            0,
            5,
            5,
            None,
            ((text, 3),) * 9,
        ),
        holdout=holdout,
        applied=ApplicationFinished(9, 7, 1, 1, (FailureCount(text, 1),) * 9, (sample(text),) * 5)
        if applied
        else None,
        measured=DataMeasured(9, measured, measured) if applied else None,
        seconds=9.0,
        models=(text, method),
    )
    check_message(draw_evolution(outcome))


@many
@given(texts, texts)
def test_card_form_and_help_are_safe(title, text):
    card = RunCard("r-abc", OWNER, title, "quick", text, words=EVOLVING, stage="running", start=0.3, best=0.1)
    check_message(draw_card(card))
    facts = FormFacts(title, text, True, 10 * 2**20)
    check_view(evolve_form(FormContext("T1", CHANNEL), facts, EvolveForm(pasted=text)))
    check_view(evolve_form(FormContext("T1", ""), facts))
    check_message(evolve_help("/evolve", "/optimize"))
