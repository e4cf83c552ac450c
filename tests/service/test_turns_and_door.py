"""Who may start, in which order, and who is turned away with what words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.background.door import DailyBudget, Door
from bot.background.turns import Limits, Turns
from optimizer.errors import ConfigError, InputError
from optimizer.model.settings import ModelSettings
from sandbox.model.runner import RunningModel
from sandbox.workspace.runner import RunningWorkspace
from storage.deletion import Eraser
from storage.exchange import Exchange, local_exchange
from storage.runs import Place, RunRecord
from storage.store import Store
from storage.visibility import Viewer
from tests.bot.office import Office, bot_at_work, settings_for, shown


def _run(run_id: str, owner: str = "U1", team: str = "T1", status: str = "queued") -> RunRecord:
    return RunRecord(run_id, "optimize", status, owner, Place(team, "C1", "public"), {}, created_at=1.0)


def _all(turns: Turns) -> list[str]:
    """Start runs one after the other, each ending before the next begins."""
    order = []
    while (run_id := turns.start_next()) is not None:
        order.append(run_id)
        turns.leave(run_id)
    return order


def test_a_person_with_many_runs_does_not_starve_another():
    turns = Turns(Limits(service=1))
    for number in range(5):
        turns.join(f"a{number}", ("T1", "alice"))
    turns.join("b0", ("T1", "bob"))
    turns.join("c0", ("T2", "carol"))
    assert turns.ahead("a4") == 7
    assert _all(turns) == ["a0", "b0", "c0", "a1", "a2", "a3", "a4"]


def test_limits_per_person_and_per_workspace_leave_room_for_others():
    turns = Turns(Limits(service=5, per_person=1, per_workspace=2))
    for name, person in (
        ("a1", ("T1", "alice")),
        ("a2", ("T1", "alice")),
        ("b1", ("T1", "bob")),
        ("d1", ("T1", "dave")),
        ("c1", ("T2", "carol")),
    ):
        turns.join(name, person)
    started = [turns.start_next() for _ in range(4)]
    assert started == ["a1", "b1", "c1", None]
    turns.leave("a1")
    assert turns.start_next() == "d1"
    turns.leave("b1")
    assert turns.start_next() == "a2"


def test_runs_of_before_a_restart_count_and_go_on_whatever_the_limits():
    turns = Turns(Limits(service=1))
    for name in ("a", "b"):
        turns.go_on(name, ("T1", "alice"))
    turns.join("c", ("T1", "bob"))
    assert turns.start_next() is None
    turns.leave("a")
    assert turns.start_next() is None
    turns.leave("b")
    assert turns.start_next() == "c"


@given(
    st.lists(st.tuples(st.sampled_from("TU"), st.sampled_from("abcd")), max_size=30),
    st.integers(1, 5),
    st.one_of(st.none(), st.integers(1, 3)),
    st.one_of(st.none(), st.integers(1, 3)),
    st.randoms(use_true_random=False),
)
def test_limits_hold_at_every_moment_and_everybody_gets_a_turn(people, service, person, team, random):
    turns = Turns(Limits(service, team, person))
    owners = {str(number): who for number, who in enumerate(people)}
    for run_id, who in owners.items():
        turns.join(run_id, who)
    running: list[str] = []
    done: set[str] = set()
    while len(done) < len(owners):
        while (run_id := turns.start_next()) is not None:
            running.append(run_id)
        assert running
        assert len(running) <= service
        assert max(Counter(owners[r] for r in running).values()) <= (person or 99)
        assert max(Counter(owners[r][0] for r in running).values()) <= (team or 99)
        ended = running.pop(random.randrange(len(running)))
        turns.leave(ended)
        done.add(ended)
    assert turns.waiting == 0


@pytest.fixture
def exchange(tmp_path: Path) -> Iterator[Exchange]:
    with Store(tmp_path) as store:
        store.runs.create(_run("r-1"))
        store.runs.create(_run("r-2", "U2"))
        with store.database.write() as connection:
            connection.executemany(
                "INSERT INTO calls (key, run_id, model, answer, cost, at) VALUES (?, ?, 'm', '', ?, ?)",
                [
                    ("a", "r-1", 1.5, 86_400 * 10 + 50),
                    ("b", "r-2", 1.0, 86_400 * 10 + 60),
                    ("c", "r-1", 9, 5),
                ],
            )
        yield local_exchange(store)


def test_a_spent_budget_turns_people_away_until_midnight_and_says_when(exchange: Exchange):
    now = [86_400 * 10 + 3600 * 20.5]
    door = Door(exchange, Limits(), DailyBudget(person=1.2, workspace=99), clock=lambda: now[0])
    with pytest.raises(InputError) as told:
        door.admit(_run("r-3"), [])
    assert "$1.50 of $1.20" in told.value.message
    assert "4 h" in told.value.fix
    door.admit(_run("r-4", "U2"), [])
    now[0] += 86_400
    door.admit(_run("r-3"), [])
    crowd = Door(exchange, Limits(), DailyBudget(workspace=2.5), clock=lambda: 86_400 * 10 + 100)
    with pytest.raises(InputError) as told:
        crowd.admit(_run("r-5", "U9"), [])
    assert "This workspace" in told.value.message
    assert "BUDGET_WORKSPACE_USD_PER_DAY" in told.value.fix
    crowd.admit(_run("r-6", "U1", "T2"), [])


def test_deleting_a_run_gives_no_money_of_the_day_back(exchange: Exchange, tmp_path: Path):
    clock = lambda: 86_400 * 10 + 3600.0  # noqa: E731
    door = Door(exchange, Limits(), DailyBudget(person=1.2, workspace=99), clock=clock)
    with Store(tmp_path) as store:
        store.runs.set_status("r-1", "done")
        Eraser(store.database, store.result_files, clock).erase("r-1", Viewer("U1", "T1"))
        assert store.database.rows("SELECT key FROM calls") == [("b",)]
    with pytest.raises(InputError) as told:
        door.admit(_run("r-3"), [])
    assert "$1.50 of $1.20" in told.value.message
    exchange.forget_spending("T1")
    door.admit(_run("r-3"), [])


def test_a_full_queue_turns_people_away_and_names_the_setting(exchange: Exchange):
    door = Door(exchange, Limits(waiting=2), DailyBudget())
    waiting = [_run("r-7"), _run("r-8")]
    with pytest.raises(InputError) as told:
        door.admit(_run("r-9"), waiting)
    assert "2 runs wait" in told.value.message
    assert "MAX_WAITING_RUNS" in told.value.fix
    door.admit(_run("r-9"), [*waiting[:1], _run("r-8", status="running")])
    door.admit(waiting[0], waiting)


def test_a_daily_budget_needs_prices_and_limits_need_sense():
    with pytest.raises(ConfigError):
        DailyBudget(person=1).check_prices(ModelSettings(task_model="nobody-knows-it"))
    with pytest.raises(ConfigError):
        DailyBudget(person=1).check_prices(ModelSettings(answer_model="nobody-knows-it"))
    DailyBudget(person=1).check_prices(ModelSettings())
    DailyBudget().check_prices(ModelSettings(task_model="nobody-knows-it"))
    with pytest.raises(ConfigError):
        DailyBudget(workspace=0)
    with pytest.raises(ConfigError):
        Limits(per_person=0)


def test_the_form_says_why_a_run_is_not_taken(
    workspace: RunningWorkspace, model: RunningModel, tmp_path: Path
):
    model.control(hold_after=0)
    settings = settings_for(workspace, model, tmp_path, limits=Limits(service=1, waiting=1))
    with bot_at_work(settings) as (bot, store):
        workspace.wait_for_app()
        office = Office(workspace, model, bot, store)
        assert office.ask() == {}
        office.says("What I understood")
        assert office.ask("bob") == {}
        office.says("next in the queue")
        answer = office.ask("carol")
        assert "The queue is full" in shown({"text": str(answer)})
        assert len(store.runs.unfinished()) == 2
        model.control(hold_after=-1)


def test_a_persons_runs_start_in_the_order_they_were_asked_for_whichever_is_ready_first():
    turns = Turns(Limits(service=1))
    for name, asked in (("late", 3.0), ("early", 1.0), ("middle", 2.0)):
        turns.join(name, ("T", "A"), asked)
    order = []
    while (name := turns.start_next()) is not None:
        order.append(name)
        turns.leave(name)
    assert order == ["early", "middle", "late"]
