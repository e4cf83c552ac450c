"""What the bot asks Slack about people: little enough for a busy workspace, and never a wrong answer in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from sandbox.workspace.seed import Seed, SeedChannel, SeedUser
from tests.bot.office import PROMPT, TICKETS, Office, bot_at_work, settings_for, shown
from tests.bot.test_review import keep

CROWD = 25


@pytest.fixture(scope="module")
def crowded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A workspace with Slack's real rate limits, many people, and many private channels."""
    base = Seed()
    crowd = tuple(f"u{number}" for number in range(CROWD))
    prompts, *others = base.channels
    seed = replace(
        base,
        users=(*base.users, *(SeedUser(f"U00CROWD{n:03d}", name) for n, name in enumerate(crowd))),
        channels=(
            replace(prompts, members=(*prompts.members, *crowd)),
            *others,
            *(
                SeedChannel(f"C00QUIET{n:03d}", f"quiet-{n}", ("alice", "promptbeam"), True)
                for n in range(30)
            ),
        ),
    )
    folder: Path = tmp_path_factory.mktemp("crowded")
    with (
        RunningModel() as model,
        RunningWorkspace(Options(rate_limits=True, seed=seed)) as workspace,
        bot_at_work(settings_for(workspace, model, folder)) as (bot, store),
    ):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        keep(office, "pub")
        keep(office, "quiet", "quiet-3", "private")
        yield office


def answer_to(office: Office, user: str, command: str) -> dict[str, Any]:
    """What a command shows somebody in #prompts."""

    def seen() -> list[dict[str, Any]]:
        return [
            m
            for m in office.workspace.messages("prompts")
            if m["seen_only_by"] == office.workspace.user_id(user)
        ]

    before = len(seen())
    office.workspace.slash(user, "prompts", command)
    answer: dict[str, Any] = office.workspace.wait(lambda: seen()[before:])[-1]
    return answer


def test_everybody_of_a_crowd_finds_what_is_public_within_a_minute(crowded: Office):
    found = [shown(answer_to(crowded, f"u{number}", "/prompts routing")) for number in range(CROWD)]
    assert all("Routing pub" in text and "Routing quiet" not in text for text in found)


def test_a_person_costs_two_lookups_however_many_private_channels_there_are(crowded: Office):
    crowded.bot.desk.members.forget()
    before = len(crowded.workspace.calls())
    assert "Routing quiet" in shown(answer_to(crowded, "alice", "/prompts routing"))
    asked = Counter(call["method"] for call in crowded.workspace.calls()[before:])
    assert asked["users.info"] == asked["users.conversations"] == 1
    assert asked["conversations.members"] == 0


@pytest.mark.parametrize(
    "command", ["/prompts routing", "/prompts show p-pub", "/optimize history", "/optimize stop r-pub"]
)
def test_a_doubt_is_named_and_nothing_is_denied(crowded: Office, command: str):
    crowded.bot.desk.members.forget()
    crowded.workspace.fail_next("users.conversations", error="ratelimited", status=429, retry_after=1)
    if "show" in command:
        crowded.workspace.slash("carol", "prompts", command)
        text = crowded.workspace.wait(lambda: _window(crowded), 10, "the window")
    else:
        text = shown(answer_to(crowded, "carol", command))
    assert "did not tell me" in text
    assert "Nothing found" not in text
    assert "Routing" not in text


def _window(office: Office) -> str:
    text = shown(office.window("carol"))
    return text if "One moment" not in text else ""


def test_nothing_is_posted_for_somebody_in_a_public_channel_that_they_are_not_in(shared_office: Office):
    office = shared_office
    office.workspace.inspect(lambda w: w.state.channel("prompts").members.discard(w.state.person("carol").id))
    office.bot.desk.members.forget()
    place = office.workspace.channel_id("prompts")
    try:
        office.workspace.shortcut("carol", "optimize_global")
        office.window("carol")
        given = {"prompt": PROMPT, "examples": [("t.csv", TICKETS)], "post_to": place}
        answer = office.workspace.submit("carol", given)
    finally:
        office.workspace.close_view("carol")
        office.workspace.inspect(lambda w: w.state.channel("prompts").members.add(w.state.person("carol").id))
        office.bot.desk.members.forget()
    assert "not a member" in answer["errors"]["post_to"]
