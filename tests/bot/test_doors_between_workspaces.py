"""Every door of the bot, tried from another workspace by somebody who has the owner's ids there.

In the second workspace the person called carol has the user id of the run's owner in the first, and is in
channels with the ids of those of the first: nothing but the workspace tells the two apart.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from sandbox.workspace.seed import SeedUser
from tests.bot.doors import DOORS, PROMPT_ID, RUN, SECRET, hide, seen_by_carol
from tests.bot.office import Office
from tests.bot.several import FIRST, SECOND, Several, seed_of, several

OWNER = "U000ALICE01"


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Several]:
    seed = seed_of(SECOND)
    double = replace(
        seed,
        users=(
            SeedUser(OWNER, "carol"),
            SeedUser("U0000BOB001", "bob"),
            SeedUser("U000CAROL01", "alice"),
        ),
        channels=tuple(replace(one, members=(*one.members, "carol")) for one in seed.channels),
    )
    with several(tmp_path_factory.mktemp("both"), seed_of(FIRST), double) as running:
        for team in (FIRST, SECOND):
            running.install(team)
        hide(running.offices[FIRST])
        yield running


def of_the_first(both: Several) -> str:
    """All that is stored of the first workspace and would change."""
    tables = ("runs", "prompts", "drafts")
    rows = [both.store.database.rows(f"SELECT * FROM {one} WHERE team = ?", (FIRST,)) for one in tables]
    rows.append(both.store.database.rows("SELECT * FROM prompt_reviews"))
    rows.append(both.store.database.rows("SELECT * FROM run_commands WHERE run_id = ?", (RUN,)))
    return json.dumps(rows, default=str)


def shown_in(office: Office) -> int:
    return len(office.workspace.messages("prompts")) + len(office.workspace.messages("secret-lab"))


@pytest.mark.parametrize("door", sorted(DOORS))
def test_from_another_workspace_nothing_is_seen_and_nothing_changed_at(both: Several, door: str):
    office, first = both.offices[SECOND], both.offices[FIRST]
    before, posted = of_the_first(both), shown_in(first)
    answer = DOORS[door](office)
    office.workspace.wait(lambda: _quiet(both), 20, "the bot to fall silent")
    told = json.dumps(answer, default=str, ensure_ascii=False)
    assert SECRET not in told.replace(f'"initial_value": "{SECRET}"', "").replace(f"“{SECRET}”", "")
    readable = seen_by_carol(office)
    assert f"The {SECRET}" not in readable
    assert f"{SECRET} {{ticket}}" not in readable
    assert of_the_first(both) == before
    assert shown_in(first) == posted
    while office.workspace.views("carol"):
        office.workspace.close_view("carol")


def test_the_owner_in_the_first_workspace_does_see_it(both: Several):
    viewer = both.bot.desk.members.viewer(OWNER, FIRST)
    assert both.store.prompts.get(PROMPT_ID, viewer).run_id == RUN


def _quiet(both: Several) -> bool:
    import time

    calls = len(both.slack.calls)
    time.sleep(0.15)
    return len(both.slack.calls) == calls
