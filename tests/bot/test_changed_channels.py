"""A channel that becomes private, or is shared with another organisation, takes along what was made in it."""

from __future__ import annotations

import pytest

from bot.background.housekeeping import Housekeeping
from tests.bot.office import Office, shown
from tests.bot.test_guests_and_shared_channels import finds
from tests.bot.test_review import TEAM, keep


@pytest.fixture
def kept(office: Office) -> Office:
    keep(office, "was")
    assert "Routing was" in finds(office, "carol", "@carol")
    return office


def kind_of(office: Office) -> str:
    return office.store.runs.get("r-was").place.kind


def follows(office: Office, kind: str) -> None:
    office.workspace.wait(lambda: kind_of(office) == kind, 10, f"the run to be {kind}")


def test_a_channel_that_becomes_private_is_followed_at_once_and_back(kept: Office):
    kept.workspace.convert("prompts", "private", leaving=["carol"])
    follows(kept, "private")
    assert "Routing was" not in finds(kept, "carol", "@carol")
    assert "Routing was" in finds(kept, "bob", "@bob")
    kept.workspace.convert("prompts", "public")
    follows(kept, "public")
    assert "Routing was" in finds(kept, "carol", "@carol")


def test_a_channel_that_another_organisation_enters_is_closed_and_opens_again(kept: Office):
    kept.workspace.inspect(lambda w: w.state.channel("prompts").members.discard(w.state.person("carol").id))
    kept.workspace.share("prompts")
    follows(kept, "private")
    assert "Routing was" not in finds(kept, "carol", "@carol")
    kept.workspace.share("prompts", shared=False)
    follows(kept, "public")


def unheard(office: Office) -> None:
    """The channel is private now, and the bot is not told: it was not running, or was put out of it."""

    def act(workspace) -> None:
        channel = workspace.state.channel("prompts")
        channel.kind = "private"
        channel.members -= {workspace.state.person("carol").id, workspace.state.bot.id}

    office.workspace.inspect(act)


def test_a_change_that_was_not_announced_is_found_before_anything_is_shown(kept: Office):
    unheard(kept)
    kept.bot.desk.members.forget()
    assert "Routing was" not in finds(kept, "carol", "@carol")
    assert kind_of(kept) == "private"


def test_a_change_that_nobody_asked_about_is_found_by_the_daily_round(kept: Office):
    unheard(kept)
    kept.bot.desk.places.forget()
    Housekeeping(kept.store, kept.bot.uploads, None, places=kept.bot.desk.places).tidy()
    assert kind_of(kept) == "private"


def test_while_slack_does_not_tell_what_is_public_only_ones_own_is_shown(kept: Office):
    kept.bot.desk.members.forget()
    kept.workspace.fail_next("conversations.list", error="ratelimited", status=429, retry_after=30)
    text = finds(kept, "carol", "@carol")
    assert "Routing was" not in text
    assert "did not tell me" in text
    kept.workspace.slash("alice", "@alice", "/prompts routing")
    assert "Routing was" in shown(kept.says("Routing was", "@alice"))


def test_what_a_run_made_is_kept_as_its_channel_is_at_its_end(office: Office):
    office.model.control(latency_ms=150)
    office.ask()
    office.says("What I understood")
    run = next(iter(office.store.runs.unfinished()))
    office.workspace.convert("prompts", "private", leaving=["carol"])
    office.model.control(latency_ms=0)
    assert office.ended(run.id) == "done"
    carol = office.bot.desk.members.viewer(office.workspace.user_id("carol"), TEAM)
    assert office.store.prompts.of_run(run.id, carol) == []
    assert office.store.database.rows("SELECT count(*) FROM lessons WHERE place_kind = 'public'") == [(0,)]
