"""Prompt evolution: trajectories over generations, hostile rewrites, tasks without expected answers."""

import json
import random
from pathlib import Path

import pytest

from optimizer.config import Budget, OptimizeConfig, PromptEvolutionConfig
from optimizer.control import RunControl
from optimizer.errors import ConfigError, InputError
from optimizer.events import BeamSelected, CandidateRejected, CandidatesProposed, RungScored
from optimizer.examples.load import load_examples
from optimizer.examples.table import ExampleTable
from optimizer.model.settings import ModelSettings
from optimizer.prompts.prompt import parse_prompt
from optimizer.report import build_report
from optimizer.run import run_optimization
from optimizer.search.prompt_evolution.changes import changed_sections
from optimizer.search.prompt_evolution.costs import evolution_cost, generation_calls
from optimizer.search.prompt_evolution.events import SectionsChanged
from optimizer.search.prompt_evolution.halving import halving_calls, selection_budget
from optimizer.search.prompt_evolution.replies import read_rewrite
from optimizer.selection.successive_halving import rung_sizes
from optimizer.stored_events import event_from_dict, event_to_dict
from optimizer.task import build_task, warm_started
from sandbox.model.runner import RunningModel
from tests.optimizer import test_every_algorithm as runs

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "customer-replies"
TEXT = """# Role
A clerk.

# Safety (protected)
Say nothing of <labels>.

# Rules
Be right.

# Input
{text}
"""
CONFIG = OptimizeConfig(
    algorithm="evolve",
    preset="test",
    rounds=3,
    evaluations_per_candidate=16,
    evolve=PromptEvolutionConfig(variants=4, examples=24),
    seed=3,
)


def task(prompt=TEXT, rows=80):
    data = tuple({"text": f"row {i}", "label": "ab"[i % 2]} for i in range(rows))
    return build_task(prompt, ExampleTable("t.csv", ("text", "label"), data))


def blocks(user, tag):
    return user.split(f"<{tag}>\n")[1].split(f"\n</{tag}>")[0] if f"<{tag}>" in user else ""


def rewritten(request, old):
    """A rewrite with one more star among the rules, and its reason."""
    number = random.Random(f"{request.seed}/{old}").randrange(10**6)
    text = old.replace("Be right.", f"Be right. * v{number}")
    return {"prompts": [text], "changes": [{"heading": "# Rules", "why": f"A star for {number}."}]}


def skilled(request, attempt, rewrite=rewritten):
    system, user = request.messages[0].content, request.messages[-1].content
    if system.startswith("Job: critique"):
        return json.dumps({"reasons": [f"Reason {random.Random(f'{request.seed}/{user}').random()}."]})
    if system.startswith("Job: summarise"):
        return json.dumps({"summary": "More stars."})
    if system.startswith("Job: evolve-prompt"):
        return json.dumps(rewrite(request, blocks(user, "prompt")))
    number = int(user.rsplit("row ", 1)[1].split()[0])
    right = random.Random(number).random() < 0.4 + 0.15 * user.count("*")
    return "ab"[number % 2] if right else "ba"[number % 2]


async def run(script=skilled, config=CONFIG, on_task=None, **options):
    return await runs.run(script, config, on_task or task(), **options)


async def test_a_prompt_gains_over_generations_and_tells_why_each_section_changed():
    result, events, _ = await run()
    assert result.verdict == "better"
    assert result.final_prompt.count("*") >= 2
    (section,) = changed_sections(events)
    assert section.heading == "Rules"
    assert section.before == "Be right."
    assert len(section.reasons) == section.after.count("*")
    assert all(reason.startswith("A star for ") for reason in section.reasons)
    assert build_report(result, events)["sections"][0]["heading"] == "Rules"
    told = next(event for event in events if isinstance(event, SectionsChanged))
    assert event_from_dict(event_to_dict(told)) == told


async def test_the_analysis_sees_what_earlier_generations_answered():
    _, events, backend = await run()
    ids = {item.id for event in events if isinstance(event, CandidatesProposed) for item in event.proposals}
    earlier = [
        json.loads(line).get("earlier", [])
        for request in backend.log
        if request.messages[0].content.startswith("Job: critique")
        for line in blocks(request.messages[-1].content, "wrong").splitlines()
    ]
    assert [] in earlier
    deep = [stages for stages in earlier if len(stages) >= 2]
    assert deep
    assert all(stages[0]["prompt"] == "seed" for stages in deep)
    assert all({"prompt", "answer", "score"} == stage.keys() for stages in deep for stage in stages)
    assert {stage["prompt"] for stages in deep for stage in stages[1:]} <= ids


async def test_every_variant_has_an_analysis_and_a_rewrite_of_its_own_and_learns_what_worked():
    _, _, backend = await run(config=CONFIG.with_changes(rounds=2))
    asked = [r for r in backend.log if r.messages[0].content.startswith("Job: evolve-prompt")]
    analysed = [r for r in backend.log if r.messages[0].content.startswith("Job: critique")]
    assert len(asked) == len(analysed) == 8
    assert len({blocks(r.messages[-1].content, "wrong") for r in analysed[:4]}) == 4
    assert len({r.seed for r in asked}) == 8
    headings = [json.loads(line) for line in blocks(asked[0].messages[-1].content, "headings").splitlines()]
    assert [item["may_change"] for item in headings] == [True, False, True, True]
    later = [r.messages[-1].content for r in asked[4:]]
    assert any("(gained" in blocks(text, "worked") for text in later)
    assert any("(no gain)" in blocks(text, "failed") for text in later)
    assert blocks(later[0], "keep") == "{text}"


HOSTILE = {
    "lost the section": lambda old: old.replace("# Role\n", ""),
    "added the section": lambda old: f"{old}\n# More\nx",
    "changed the order": lambda old: "\n".join(reversed(old.split("\n\n"))).replace("\n#", "\n\n#"),
    "protected section": lambda old: old.replace("Say nothing", "Say all"),
    "lost the placeholder": lambda old: old.replace("{text}", "the text"),
    "unknown placeholder": lambda old: old.replace("Be right.", "Be {how}."),
    "emptied the section": lambda old: old.replace("A clerk.", ""),
    "the cap is": lambda old: old.replace("Be right.", "Be right. " * 400),
    "copies an example": lambda old: old.replace("Be right.", "The long row 1 of all the rows in this file."),
}


@pytest.mark.parametrize("says", HOSTILE)
async def test_a_hostile_rewrite_is_rejected_told_and_never_raced(says):
    def hostile(request, attempt):
        return skilled(request, attempt, lambda _, old: {"prompts": [HOSTILE[says](old)]})

    rows = tuple({"text": f"row {i}", "label": "ab"[i % 2]} for i in range(79))
    long = {"text": "The long row 1 of all the rows in this file.", "label": "a"}
    table = ExampleTable("t.csv", ("text", "label"), (*rows, *[long] * 30))
    result, events, _ = await run(hostile, CONFIG.with_changes(rounds=1), build_task(TEXT, table))
    rejected = [event.why for event in events if isinstance(event, CandidateRejected)]
    assert rejected
    assert all(says in why for why in rejected)
    assert result.candidate_prompt == TEXT
    assert all(len(event.arms) == 1 for event in events if isinstance(event, RungScored))


async def test_growth_counts_from_the_first_prompt_so_that_no_generation_runs_away():
    def greedy(request, old):
        return {"prompts": [old.replace("Be right.", f"Be right. * {'more words ' * 30}{request.seed}", 1)]}

    evolve = PromptEvolutionConfig(variants=2, examples=24, growth=8, least_room=0)
    config = CONFIG.with_changes(rounds=8, evolve=evolve)
    result, events, _ = await run(lambda r, n: skilled(r, n, greedy), config)
    assert len(result.candidate_prompt) <= 8 * len(TEXT)
    assert len(result.candidate_prompt) > 4 * len(TEXT)
    assert any("the cap is" in event.why for event in events if isinstance(event, CandidateRejected))


async def test_only_the_sections_that_were_named_change():
    config = CONFIG.with_changes(rounds=1, evolve=PromptEvolutionConfig(sections=("Role",), examples=24))
    result, events, _ = await run(config=config)
    assert result.candidate_prompt == TEXT
    assert all("'# Rules'" in event.why for event in events if isinstance(event, CandidateRejected))
    with pytest.raises(InputError, match="no section 'Tone'"):
        await run(config=CONFIG.with_changes(evolve=PromptEvolutionConfig(sections=("Tone",))))


async def test_a_perfect_prompt_still_follows_a_persons_words():
    control = RunControl()
    control.add_feedback("Add a star.", "U1")

    def perfect(request, attempt):
        user = request.messages[-1].content
        asked = request.messages[0].content.startswith("Job: ")
        return skilled(request, attempt) if asked else "ab"[int(user.rsplit("row ", 1)[1].split()[0]) % 2]

    result, _, backend = await run(perfect, control=control)
    jobs = [r.messages[0].content.splitlines()[0] for r in backend.log if r.purpose != "task"]
    assert jobs == ["Job: evolve-prompt"]
    assert result.stopped_because == "perfect"


async def test_a_given_start_with_the_same_sections_leads_and_one_with_others_is_told():
    better, other = TEXT.replace("Be right.", "Be right. ***"), TEXT.replace("# Rules", "# Laws")
    started = warm_started(task(), starts=[better, other], lessons=["Stars help."])
    _, events, backend = await run(on_task=started, config=CONFIG.with_changes(rounds=1))
    first = next(event for event in events if isinstance(event, BeamSelected))
    assert first.best_text.count("*") >= 3
    rejected = next(event for event in events if isinstance(event, CandidateRejected))
    assert (rejected.round, rejected.origin) == (0, "start")
    assert "lost the section '# Rules'" in rejected.why
    assert any("Stars help." in blocks(r.messages[-1].content, "analysis") for r in backend.log)


async def test_incumbents_are_not_asked_again():
    _, events, backend = await run()
    asked = [r.messages for r in backend.log if not r.messages[0].content.startswith("Job: ")]
    assert len(asked) == len(set(asked))
    final = [event for event in events if isinstance(event, BeamSelected)][-1]
    assert all(arm.n == 24 for arm in final.beam)


@pytest.mark.parametrize(("variants", "depth", "eta"), [(1, 2, 2), (4, 24, 3), (5, 64, 3), (12, 150, 2)])
def test_halving_stays_within_what_it_says(variants, depth, eta):
    arms = variants + 1
    budget, sizes = selection_budget(arms, depth, eta), rung_sizes(arms, eta, 1)
    deepest = sum(budget // (size * len(sizes)) for size in sizes)
    assert 0.5 * depth <= deepest <= depth + len(sizes)
    assert variants <= halving_calls(variants, depth, eta) <= variants * depth


def test_the_forecast_is_an_upper_bound_of_its_generations():
    config = CONFIG.with_changes(rounds=2)
    told = evolution_cost(config, 40)
    once = generation_calls(config, 4, 0, 24, 1)
    assert told.task_calls + told.critic_calls >= 24 + 2 * once
    assert told.round_trips >= 2 * 4


@pytest.mark.parametrize(
    ("reply", "text", "why"),
    [
        ('{"prompts": ["a"], "changes": [{"heading": "## Rules ", "why": " b\\n c "}]}', "a", "b c"),
        ('```json\n{"changes": [{"heading": "RULES", "why": "b"}], "prompts": "a"}\n```', "a", "b"),
        ('{"prompts": ["a"], "changes": "none"}', "a", ""),
        ('{"prompts": ["a"], "changes": [1, {"heading": 2, "why": "b"}, {"heading": "Rules"}]}', "a", ""),
        ('{"prompts": ["a", "b"], "chan', "a", ""),
    ],
)
def test_a_reply_is_read_as_far_as_it_is_in_form(reply, text, why):
    rewrite = read_rewrite(reply)
    assert (rewrite.text, rewrite.why("Rules")) == (text, why)


@pytest.mark.parametrize("reply", ["", "no", '{"changes": []}', '{"prompts": []}', '{"prompts": [{"a": 1}]}'])
def test_a_reply_without_a_prompt_is_none(reply):
    assert read_rewrite(reply) is None


@pytest.mark.parametrize(
    "change", [{"variants": 0}, {"kept": 0}, {"kept": 1.5}, {"growth": 0.5}, {"history": -1}]
)
def test_settings_out_of_range_are_named(change):
    with pytest.raises(ConfigError, match=f"evolve.{next(iter(change))}"):
        PromptEvolutionConfig(**change)


async def test_a_task_without_expected_answers_ends_with_a_held_out_verdict_over_http():
    criteria = (EXAMPLE / "criteria.txt").read_text()
    table = load_examples("mails.csv", (EXAMPLE / "mails.csv").read_bytes())
    prompt = (EXAMPLE / "prompt.txt").read_text()
    replies = build_task(prompt, table, criteria=criteria)
    assert replies.roles.target == ""
    events = []
    config = CONFIG.with_changes(seed=0, budget=Budget(calls=600))
    with RunningModel() as model:
        settings = ModelSettings(
            task_model="simulated-s", optimizer_model="simulated-l", base_url=model.url, concurrency=16
        )
        result = await run_optimization(replies, config, settings, on_event=events.append)
        stats = model.stats()
    assert stats["answered"] == result.calls <= 600
    assert stats["answered_by_kind"]["evolve-prompt"] >= 4
    assert result.verdict == "better"
    first, last = parse_prompt(prompt), parse_prompt(result.final_prompt)
    assert [s.heading for s in last.sections] == [s.heading for s in first.sections]
    assert last.placeholders == first.placeholders
    kept = prompt.split("# Legal notice (protected)\n")[1].split("#")[0]
    assert kept in result.final_prompt
    assert {section.heading for section in changed_sections(events)} <= {
        "Role",
        "Skills",
        "Constraints",
        "Workflow",
        "Output",
    }
