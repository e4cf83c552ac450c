"""The lease that keeps a second bot waiting: what happens when it cannot be prolonged."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest
from slack_sdk import WebClient

from bot.background.engine import postgres_url
from bot.background.only_bot import OnlyBot
from bot.slack.blocks import Message
from bot.slack.clients import OneClient
from bot.slack.poster import Poster, PosterClosed
from optimizer.errors import ConfigError
from sandbox.workspace.runner import RunningWorkspace
from storage.exchange import Exchange, exchange_over
from storage.postgres import PostgresDatabase
from storage.postgres_journal import PostgresJournal
from tests.bot.office import BRISK

LEASE = 1.5


@pytest.fixture
def exchange(postgres: str) -> Iterator[Exchange]:
    database = PostgresDatabase(postgres_url(postgres))
    journal = PostgresJournal(database)
    yield exchange_over(database, journal, shared=True)
    journal.close()
    database.close()


def _wait(condition: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "nothing happened"
        time.sleep(0.01)


def test_a_bot_that_cannot_prolong_its_lease_posts_nothing_more_when_another_may_have_it(
    exchange: Exchange, postgres: str, workspace: RunningWorkspace, tmp_path: Path
):
    client = WebClient(workspace.bot_token, base_url=workspace.api_url, retry_handlers=[])
    channel = workspace.channel_id("prompts")
    with OnlyBot(tmp_path, exchange, threading.Event(), seconds=LEASE) as alone:
        poster = Poster(OneClient(client), "T0SANDBOX1", BRISK, may=lambda: alone.holds)
        time.sleep(LEASE * 1.2)  # longer than one lease: it is prolonged
        poster.post(channel, Message("mine", ())).result(timeout=30)
        with psycopg.connect(postgres) as hanging:
            hanging.execute("LOCK TABLE promptbeam.leases")
            began = time.monotonic()
            assert alone.lost.wait(30), "a database that hangs said nothing"
            assert time.monotonic() - began < 2 * LEASE
            with pytest.raises(PosterClosed):
                poster.post(channel, Message("not mine", ())).result(timeout=30)
        poster.close()
    assert [message["text"] for message in workspace.messages("prompts")] == ["mine"]


def test_a_bot_whose_lease_went_to_another_notices_with_its_next_beat(exchange: Exchange, tmp_path: Path):
    with OnlyBot(tmp_path, exchange, threading.Event(), seconds=LEASE) as alone:
        assert alone.holds
        with exchange.database.write() as connection:
            connection.execute("UPDATE leases SET holder = 'another', until = until + 60")
        _wait(alone.lost.is_set)
        assert not alone.holds


def test_a_lost_connection_is_noticed_soon_unless_the_address_says_otherwise(postgres: str):
    shared = postgres_url(f"{postgres}?keepalives_idle=7&application_name=a%20b")
    with psycopg.connect(shared) as connection:
        told = connection.info.get_parameters()
    assert (told["keepalives_idle"], told["application_name"]) == ("7", "a b")
    assert (told["keepalives_count"], told["tcp_user_timeout"]) == ("3", "20000")
    assert postgres_url("postgres:///db?host=/run").startswith(
        "postgresql:///db?host=/run&keepalives_idle=10&"
    )
    with pytest.raises(ConfigError):
        postgres_url("mysql://nowhere/db")
