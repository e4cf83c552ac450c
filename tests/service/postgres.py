"""A real PostgreSQL server for tests: on loopback, as an ordinary user, gone with the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg


def binaries() -> Path | None:
    """The folder of the newest installed server's programs (Debian's package), None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


def _ordinary_user() -> str:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ""
    try:
        return pwd.getpwnam("postgres").pw_name
    except KeyError:
        return "nobody"


@contextmanager
def running_server() -> Iterator[str]:
    """The address of a fresh server, without a database name; ends with the block."""
    programs, user = binaries(), _ordinary_user()
    assert programs is not None
    prefix = ["runuser", "-u", user, "--"] if user else []
    folder = Path(tempfile.mkdtemp(prefix="promptbeam-pg-", dir="/tmp"))
    if user:
        shutil.chown(folder, user)
    data = folder / "data"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    made = [*prefix, str(programs / "initdb"), "-D", str(data), "-A", "trust", "-U", "tester", "--no-sync"]
    subprocess.run(made, check=True, capture_output=True, cwd="/")
    options = {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
        "fsync": "off",
        "max_connections": "100",
    }
    settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*prefix, str(programs / "postgres"), "-D", str(data), *settings],
            cwd="/",
            stdout=log,
            stderr=log,
        )
    url = f"postgresql://tester@127.0.0.1:{port}"
    try:
        _wait_until_up(f"{url}/postgres", server)
        yield url
    finally:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        os.kill(pid, 3)
        server.wait(timeout=30)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_up(url: str, server: subprocess.Popen[bytes]) -> None:
    import time

    deadline = time.monotonic() + 60
    while True:
        try:
            psycopg.connect(url, connect_timeout=5).close()
            return
        except psycopg.OperationalError:
            assert server.poll() is None, "the server did not start"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)


def fresh_database(url: str, name: str) -> str:
    """Make a database and return its address."""
    with psycopg.connect(f"{url}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
    return f"{url}/{name}"
