"""The workspace's README names every option and every control."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from sandbox.workspace.options import Options
from sandbox.workspace.server import build_app
from sandbox.workspace.workspace import Workspace

ROOT = Path(__file__).parents[2]
README = (ROOT / "sandbox" / "workspace" / "README.md").read_text()


async def test_every_control_is_in_the_readme_and_none_that_is_not_there():
    routes = {route.resource.canonical for route in build_app(Workspace(Options())).router.routes()}
    acts = {path.removeprefix("/mock/") for path in routes if path.startswith("/mock/")}
    table = README.split("| act |")[1].split("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    named |= set(re.findall(r"/mock/(\w+)", README))
    assert named == acts


def test_every_option_is_in_the_readme_and_none_that_is_not_there():
    helped = subprocess.run(
        [sys.executable, "-m", "sandbox.workspace", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    options = set(re.findall(r"--[a-z-]+", helped)) - {"--help"}
    assert set(re.findall(r"`?(--[a-z][a-z-]*)", README)) == options
