"""The documents against the code: commands, settings, links, manifests, the README's Python."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot.cli.main import COMMANDS
from bot.cli.manual import manual

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    *(ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "deploy" / "README.md"),
    *sorted((ROOT / "docs").glob("*.md")),
]
SETTING = (
    r"(?:OPENAI|SLACK|PROMPTBEAM|BUDGET|MAX|BOT|ADMIN|ALLOWED|CHROMA|RETENTION|REVOKED|DATABASE|WORKER)_[A-Z_]+"
    r"|PORT"
)
VARIABLE = re.compile(f'"({SETTING})"')
NOT_SETTINGS = {"MAX_RECOVERY_ATTEMPTS_EXCEEDED", "MAX_TOKENS"}
"""Names that look like settings: the queue's and a provider's words."""


def test_the_page_of_commands_is_made_from_the_commands():
    assert (ROOT / "docs" / "commands.md").read_text() == manual(), "run: make docs"
    assert all(f"## promptbeam {name}" in manual() for name in COMMANDS)


def test_every_option_says_what_it_does():
    rows = [line for line in manual().splitlines() if line.startswith("| `-")]
    assert rows
    assert not [row for row in rows if re.match(r"\| [^|]+ \|\s*\|", row)]


def test_every_setting_that_the_code_reads_is_documented_and_the_other_way_round():
    code = set()
    for room in ("bot", "optimizer", "storage"):
        for path in (ROOT / room).rglob("*.py"):
            code |= set(VARIABLE.findall(path.read_text()))
    documented = set(
        re.findall(
            f"`({SETTING})`",
            (ROOT / "docs" / "settings.md").read_text(),
        )
    )
    assert code - documented - NOT_SETTINGS == set()
    assert documented - code == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_link_and_picture_leads_somewhere(page):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_every_file_that_is_named_exists(page):
    rooms = "optimizer|storage|bot|sandbox|deploy|examples|benchmarks|tests|docs"
    for name in re.findall(rf"`((?:{rooms})/[\w./-]*)`", page.read_text()):
        assert (ROOT / name).exists(), name


def test_the_readmes_python_runs_but_for_the_key(monkeypatch):
    import optimizer

    code = re.search(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)[1]
    seen = {}

    def instead(task, config, models):
        seen.update(task=task, config=config, models=models)
        return type("Result", (), {"verdict": "not shown", "final_prompt": task.prompt.text})

    monkeypatch.setattr(optimizer, "optimize", instead)
    monkeypatch.chdir(ROOT)
    exec(compile(code, "README.md", "exec"), {})
    assert len(seen["task"].examples) > 150


def test_no_machine_path_and_no_address_in_the_lock():
    assert "://" not in (ROOT / "requirements.lock").read_text()


def test_product_code_asserts_nothing_and_excepts_nothing_unnamed():
    for room in ("bot", "optimizer", "storage", "sandbox"):
        for path in (ROOT / room).rglob("*.py"):
            text = path.read_text()
            assert not re.search(r"^\s*assert ", text, re.MULTILINE), path
            assert not re.search(r"except:\s*$", text, re.MULTILINE), path


def test_the_librarys_page_runs_from_top_to_bottom():
    from optimizer.evolution.failures import RULES
    from optimizer.search.choose import ALGORITHMS
    from optimizer.selection.choose import SELECTORS
    from sandbox.model.runner import RunningModel

    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "library.md").read_text(), re.DOTALL)
    registries = ALGORITHMS, SELECTORS, RULES
    before = [dict(registry) for registry in registries]
    try:
        with RunningModel() as model:
            names: dict[str, object] = {"BASE_URL": model.url}
            for number, block in enumerate(blocks):
                exec(compile(block, f"docs/library.md, block {number + 1}", "exec"), names)
    finally:
        for registry, kept in zip(registries, before, strict=True):
            registry.clear()
            registry.update(kept)
    assert len(blocks) == 6


def test_the_page_of_failures_names_every_rule_in_the_order_in_which_they_are_asked():
    from optimizer.evolution.failures import RULES

    rows = re.findall(
        r"^\| `([\w-]+)` \| (yes|no) \|", (ROOT / "docs" / "failures.md").read_text(), re.MULTILINE
    )
    assert rows == [(name, "yes" if rule.needs_response else "no") for name, rule in RULES.items()]


def test_the_public_surface_is_at_most_a_dozen_names_and_each_says_what_it_is():
    import optimizer

    assert len(optimizer.__all__) <= 12
    assert optimizer.__all__ == sorted(optimizer.__all__)
    assert all(getattr(optimizer, name).__doc__ for name in optimizer.__all__)
