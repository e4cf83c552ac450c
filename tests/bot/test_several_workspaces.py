"""Several workspaces: installs, runs side by side, uninstalls, revoked and rotated tokens."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.background.request import OptimizeRequest
from bot.oauth_settings import SCOPES
from sandbox.workspace.delivery import DeliveryFailed
from storage.visibility import Viewer
from tests.bot.office import TICKETS, Office, run_id_of, shown
from tests.bot.several import FIRST, ORGANISATION, SECOND, Several, seed_of, several


@pytest.fixture
def two(tmp_path: Path) -> Iterator[Several]:
    with several(tmp_path) as running:
        yield running


def finished(office: Office) -> str:
    """Run the tickets in #prompts to the end and return the run's id."""
    office = office.from_now()
    office.ask(preset_or_algorithm="quick")
    parent = office.find(lambda message: "Run r-" in shown(message))
    run_id = run_id_of(parent)
    assert office.ended(run_id) == "done"
    office.workspace.wait(
        lambda: any("Saved as" in shown(one) or one.get("files") for one in office.thread(parent)),
        30,
        "the result",
    )
    return run_id


def rows_of(several: Several, team: str) -> dict[str, int]:
    """How many rows each table holds of a workspace."""
    sql = {
        "runs": "SELECT count(*) FROM runs WHERE team = ?",
        "prompts": "SELECT count(*) FROM prompts WHERE team = ?",
        "lessons": "SELECT count(*) FROM lessons WHERE team = ?",
        "drafts": "SELECT count(*) FROM drafts WHERE team = ?",
        "uploads": "SELECT count(*) FROM uploads WHERE team = ?",
        "calls": "SELECT count(*) FROM calls WHERE run_id IN (SELECT id FROM runs WHERE team = ?)",
        "tokens": "SELECT count(*) FROM slack_installations WHERE key = ?",
    }
    return {name: several.store.database.rows(one, (team,))[0][0] for name, one in sql.items()}


def test_two_workspaces_install_and_run_and_nothing_crosses(two: Several, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    for team in (FIRST, SECOND):
        assert "Installed" in two.install(team).text
    runs = {team: finished(two.offices[team]) for team in (FIRST, SECOND)}
    assert runs[FIRST] != runs[SECOND]
    tokens = {team: two.token(team) for team in (FIRST, SECOND)}
    for team, other in ((FIRST, SECOND), (SECOND, FIRST)):
        assert {token for at, _, token in two.slack.calls if at == team} == {tokens[team]}
        office = two.offices[team]
        everything = "\n".join(shown(one) for one in office.workspace.messages("prompts"))
        assert runs[team] in everything
        assert runs[other] not in everything
        viewer = two.bot.desk.members.viewer("U000ALICE01", team)
        assert [run.id for run in two.store.runs.recent(viewer)] == [runs[team]]
        assert {found.record.place.team for found in two.store.prompts.search("ticket", viewer, 20)} == {team}
    spent = {team: two.store.journal.spending(run).calls for team, run in runs.items()}
    assert spent[FIRST] == spent[SECOND] > 0, "an answer that another workspace paid is not known"
    written = caplog.text + "".join(map(str, two.store.database.rows("SELECT body FROM events")))
    assert not any(token in written for token in tokens.values())


def test_a_workspace_that_did_not_install_is_turned_away_politely(two: Several):
    two.install(FIRST)
    two.offices[SECOND].workspace.slash("alice", "prompts", "/optimize status")
    two.wait(
        lambda: any(
            "no longer installed" in shown(one)
            for one in two.offices[SECOND].workspace.messages("prompts", user="alice")
        ),
        "the answer",
    )
    assert not [call for call in two.slack.calls if call[0] == SECOND]


def test_a_state_is_good_once_in_the_browser_that_began_and_for_ten_minutes(two: Several):
    url, cookie = two.begin()
    back = two.agree(url, FIRST)
    for wrong in ("", "slack-app-oauth-state=stolen"):
        refused = two.come_back(back, wrong)
        assert refused.status_code == 400
        assert "this browser" in refused.text
    forged = str(httpx.URL(back).copy_set_param("state", "forged"))
    assert two.come_back(forged, "slack-app-oauth-state=forged").status_code == 401
    assert two.store.workspaces.all() == []
    assert two.come_back(back, cookie).status_code == 200
    again = two.come_back(back, cookie)
    assert again.status_code == 401
    assert "used already" in again.text

    url, cookie = two.begin()
    back = two.agree(url, SECOND)
    two.store.oauth_states._clock = lambda: time.time() + 601
    assert two.come_back(back, cookie).status_code == 401
    assert two.store.workspaces.get(SECOND) is None


def test_a_page_says_what_went_wrong_and_never_shows_what_it_was_given(two: Several):
    cancelled = two.come_back(f"{two.base}/slack/oauth_redirect?error=access_denied", "")
    assert "cancelled" in cancelled.text
    hostile = two.come_back(f"{two.base}/slack/oauth_redirect?error=%3Cscript%3Ealert(1)%3C/script%3E", "")
    assert "<script" not in hostile.text
    url, cookie = two.begin()
    back = two.agree(url, FIRST)
    wrong = two.come_back(str(httpx.URL(back).copy_set_param("code", "guessed")), cookie)
    assert wrong.status_code == 401
    assert "code" in wrong.text
    assert set(httpx.URL(url).params["scope"].split(",")) == set(SCOPES)


def test_an_uninstall_stops_runs_and_purges_while_the_other_workspace_goes_on(two: Several):
    for team in (FIRST, SECOND):
        two.install(team)
    kept, gone = finished(two.offices[FIRST]), finished(two.offices[SECOND])
    viewer = two.bot.desk.members.viewer("U000ALICE01", SECOND)
    accepted = two.store.prompts.of_run(gone, viewer)[-1]
    two.store.prompts.review(accepted.id, "accept", viewer)
    before = rows_of(two, FIRST)
    assert rows_of(two, SECOND)["prompts"]
    second = two.offices[SECOND].from_now()
    second.ask()
    parent = second.find(lambda message: "Run r-" in shown(message))
    assert run_id_of(parent) != gone

    two.slack.uninstall(SECOND)
    two.wait(lambda: set(rows_of(two, SECOND).values()) == {0}, "the purge", 60)
    assert rows_of(two, FIRST) == before
    assert two.store.prompts.search("ticket", Viewer("U000ALICE01", SECOND), 5) == []
    assert two.store.database.rows("SELECT 1 FROM runs WHERE id = ?", (gone,)) == []
    assert two.store.runs.get(kept).status == "done"
    assert finished(two.offices[FIRST])

    two.install(SECOND)
    assert finished(two.offices[SECOND])
    assert rows_of(two, SECOND)["runs"] == 1


def test_revoked_tokens_go_at_once_and_the_data_waits_for_another_install(two: Several):
    two.install(SECOND)
    run = finished(two.offices[SECOND])
    two.slack.revoke(SECOND)
    two.wait(lambda: two.store.workspaces.get(SECOND) is None, "the token to go")
    [left] = two.store.workspaces.departures()
    assert (left.reason, left.teams, left.purged_at) == ("revoked", (SECOND,), None)
    assert 29 < (left.purge_at - time.time()) / 86_400 < 31
    two.bot.housekeeping.tidy()
    assert two.store.runs.get(run).status == "done"

    two.install(SECOND)
    assert two.store.workspaces.departures() == []
    two.slack.revoke(SECOND)
    two.wait(lambda: two.store.workspaces.departures(), "the news")
    assert two.store.workspaces.purge_now(SECOND)
    two.bot.housekeeping.wake()
    two.wait(lambda: set(rows_of(two, SECOND).values()) == {0}, "the purge")


def test_news_of_an_uninstall_that_comes_late_does_not_end_a_newer_install(two: Several):
    two.install(FIRST)
    gateway = two.offices[FIRST].workspace.workspace.gateway
    old = two.offices[FIRST].workspace.do(gateway._wrap, {"type": "app_uninstalled"})
    two.offices[FIRST].workspace.run(
        gateway._deliver_event({**old, "event_time": int(time.time()) - 60}, None)
    )
    time.sleep(0.3)
    assert two.token(FIRST)


def test_a_token_that_slack_stopped_taking_fails_the_run_and_nothing_else(two: Several):
    for team in (FIRST, SECOND):
        two.install(team)
    two.slack.revoke(SECOND, tell=False)
    with contextlib.suppress(DeliveryFailed, TimeoutError):
        two.offices[SECOND].workspace.slash("alice", "prompts", "/optimize status")
    assert finished(two.offices[FIRST])


def test_a_token_that_is_replaced_while_a_run_is_under_way_is_used_at_once(tmp_path: Path):
    with several(tmp_path, rotation=True) as running:
        for team in (FIRST, SECOND):
            running.install(team)
        first = running.token(FIRST)
        assert first.startswith("xoxe.xoxb-")
        edits: list[str] = []

        def run_out(method: str, team: str) -> None:
            if method == "chat.update" and team == FIRST and not edits:
                edits.append(method)
                running.slack.grants.expire(FIRST)

        running.slack.before = run_out
        finished(running.offices[FIRST])
        assert edits
        used = [token for at, _, token in running.slack.calls if at == FIRST]
        assert set(used) == {first, running.token(FIRST)}
        assert used[-1] == running.token(FIRST) != first
        assert finished(running.offices[SECOND])


def test_a_file_is_fetched_with_a_new_token_when_the_old_one_has_run_out(tmp_path: Path):
    with several(tmp_path, rotation=True) as running:
        running.install(FIRST)
        office = running.offices[FIRST]
        run = office.store.runs.get(finished(office))
        asked = OptimizeRequest.from_dict(run.request)
        before = running.token(FIRST)
        running.slack.grants.expire(FIRST)
        assert running.bot.desk.fetch(FIRST, asked.example_files[0]) == TICKETS
        assert running.token(FIRST) != before


def test_a_token_is_renewed_before_it_ends_once_and_by_one(tmp_path: Path):
    with several(tmp_path, rotation=True) as running:
        running.install(FIRST)
        before = running.token(FIRST)
        clients = running.bot.workspaces.clients
        assert clients.of(FIRST).token == before
        now = time.time
        clients._clock = lambda: now() + 10.5 * 3_600  # type: ignore[attr-defined]
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(8) as many:
            tokens = {client.token for client in many.map(clients.of, [FIRST] * 24)}
        assert tokens == {running.token(FIRST)}
        assert before not in tokens


def test_an_organisation_installs_once_for_all_of_its_workspaces(tmp_path: Path):
    one, two_ = "T0ORGONE001", "T0ORGTWO001"
    seeds = (
        seed_of(FIRST),
        seed_of(one, enterprise_id=ORGANISATION),
        replace(
            seed_of(two_, enterprise_id=ORGANISATION),
            channels=tuple(replace(channel, id=channel.id[:-2] + "22") for channel in seed_of(two_).channels),
            users=tuple(replace(user, id=user.id[:-2] + "22") for user in seed_of(two_).users),
        ),
    )
    with several(tmp_path, *seeds) as running:
        running.install(ORGANISATION)
        running.install(FIRST)
        assert [found.key for found in running.store.workspaces.all()] == [ORGANISATION, FIRST]
        runs = [finished(running.offices[team]) for team in (one, two_, FIRST)]
        assert [running.store.runs.get(run).place.team for run in runs] == [one, two_, FIRST]
        taken = {"type": "team_access_revoked", "team_ids": [two_]}
        running.slack.announce(ORGANISATION, taken)
        running.wait(lambda: not rows_of(running, two_)["runs"], "the purge of one")
        assert rows_of(running, one)["runs"] == 1
        running.slack.uninstall(ORGANISATION)
        running.wait(lambda: not rows_of(running, one)["runs"], "the purge of all")
        assert [found.key for found in running.store.workspaces.all()] == [FIRST]
        assert rows_of(running, FIRST)["runs"] == 1


def test_a_backup_holds_no_token_and_a_restore_keeps_those_of_now(two: Several, tmp_path: Path):
    from storage.restore import restore

    for team in (FIRST, SECOND):
        two.install(team)
    run = finished(two.offices[SECOND])
    tokens = [two.token(FIRST), two.token(SECOND)]
    made = two.store.back_up(tmp_path / "copy.sqlite")
    content = made.path.read_bytes()
    assert not any(token.encode() in content for token in tokens)
    two.slack.uninstall(SECOND)
    two.wait(lambda: not rows_of(two, SECOND)["runs"], "the purge", 60)
    for file in tmp_path.glob("promptbeam.sqlite*"):
        assert tokens[1].encode() not in file.read_bytes(), file.name
        assert file.stat().st_mode & 0o077 == 0, f"{file.name} is for its owner alone"

    restore(made.path, tmp_path, force=True)
    assert two.token(FIRST) == tokens[0]
    assert two.token(SECOND) == ""
    two.bot.housekeeping.tidy()
    assert two.store.database.rows("SELECT 1 FROM runs WHERE id = ?", (run,)) == []
