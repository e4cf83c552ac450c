"""PostgreSQL and the simulated model for the tests of the durable service."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from tests.service.postgres import binaries, fresh_database, running_server


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    if binaries() is None:
        pytest.skip("PostgreSQL is not installed (Debian: apt-get install postgresql)")
    with running_server() as url:
        yield url


@pytest.fixture
def postgres(postgres_server: str) -> str:
    """The address of a database of its own."""
    return fresh_database(postgres_server, f"t{uuid.uuid4().hex}")


@pytest.fixture
def model() -> Iterator[RunningModel]:
    with RunningModel() as running:
        yield running


@pytest.fixture
def workspace() -> Iterator[RunningWorkspace]:
    with RunningWorkspace(Options(rate_limits=False)) as running:
        yield running
