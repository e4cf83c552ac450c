"""The simulated model's README names every option and every job."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from evolution_tasks import BARE, DATA, GUIDED, STEPS, alpaca, failures, gsm8k

from sandbox.model.answers import _JOB

ROOT = Path(__file__).parents[2]
README = (ROOT / "sandbox" / "model" / "README.md").read_text()


def test_every_job_is_in_the_readme_and_none_that_is_not_there():
    table = README.split("| job |")[1].split("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`([\w-]+)`", row.split("|")[1])}
    assert named == set(re.search(r"\(([\w|-]+)\)", _JOB.pattern)[1].split("|"))


def test_every_option_is_in_the_readme_and_none_that_is_not_there():
    helped = subprocess.run(
        [sys.executable, "-m", "sandbox.model", "--help"],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    ).stdout
    options = set(re.findall(r"--[a-z][a-z-]*", helped)) - {"--help"}
    assert set(re.findall(r"--[a-z][a-z-]*", README)) == options


@pytest.mark.shared_data
def test_the_failure_rates_in_the_readme_are_the_measured_ones():
    if not DATA.exists():
        pytest.skip("needs ../shared/data")
    told = re.findall(r"^\| `(\w+)`: [^|]+\| (\d+) % \| (\d+) % \|$", README, re.MULTILINE)
    measured = [
        (
            name,
            *(
                f"{failures(method, rows).total() / len(rows):.0%}".rstrip("%")
                for rows in (alpaca(), gsm8k())
            ),
        )
        for name, method in (("BARE", BARE), ("STEPS", STEPS), ("GUIDED", GUIDED))
    ]
    assert told == measured
