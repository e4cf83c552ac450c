"""A prompt of system and user message, with protection and demonstrations, through whole runs over HTTP."""

from pathlib import Path

import pytest

from optimizer.config import preset
from optimizer.events import CandidatesProposed
from optimizer.examples.load import load_examples
from optimizer.model.settings import ModelSettings
from optimizer.prompts.few_shot import with_demonstrations
from optimizer.prompts.prompt import parse_prompt
from optimizer.run import run_optimization
from optimizer.task import build_task
from sandbox.model.runner import RunningModel

TICKETS = Path(__file__).resolve().parents[2] / "examples" / "support-tickets" / "tickets.csv"
SYSTEM = "Which team should handle this ticket?\n\nTeams: billing, bug, account, shipping, feature"
CHAT = f"{SYSTEM}\n\n# Output (protected)\nAnswer with the team only.\n\n---user---\nTicket: {{ticket}}\n"


@pytest.mark.parametrize("algorithm", ["racing", "protegi"])
async def test_every_candidate_keeps_the_messages_and_what_is_protected(algorithm):
    task = build_task(CHAT, load_examples("tickets.csv", TICKETS.read_bytes()))
    events = []
    with RunningModel() as model:
        settings = ModelSettings("simulated-small", "simulated-large", base_url=model.url)
        config = preset("quick").with_changes(algorithm=algorithm)
        result = await run_optimization(task, config, settings, on_event=events.append)
    texts = {
        item.text for event in events if isinstance(event, CandidatesProposed) for item in event.proposals
    }
    assert len(texts) > 3
    for text in (*texts, result.candidate_prompt):
        prompt = parse_prompt(text)
        assert prompt.text == text
        system, user = prompt.messages({"ticket": "hot"})
        assert (system.role, user.role, user.content) == ("system", "user", "Ticket: hot")
        assert "# Output\nAnswer with the team only." in system.content
    assert result.candidate_prompt != CHAT


async def test_demonstrations_given_at_the_start_reach_the_model_and_stay():
    table = load_examples("tickets.csv", TICKETS.read_bytes())
    rows = build_task(CHAT, table).examples[:2]
    task = build_task(with_demonstrations(parse_prompt(CHAT), rows).text, table)
    assert task.prompt.demonstrations
    with RunningModel() as model:
        settings = ModelSettings("simulated-small", "simulated-large", base_url=model.url)
        config = preset("quick").with_changes(algorithm="protegi", rounds=1)
        result = await run_optimization(task, config, settings)
    assert parse_prompt(result.candidate_prompt).demonstrations == task.prompt.demonstrations
