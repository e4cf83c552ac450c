"""``promptbeam doctor`` names what is wrong and how to mend it, against a real workspace and model."""

import pytest

from sandbox.model.runner import RunningModel
from sandbox.workspace.options import Options
from sandbox.workspace.runner import RunningWorkspace
from tests.cli.terminal import promptbeam


@pytest.fixture(scope="module")
def world():
    with RunningWorkspace(Options(rate_limits=False)) as workspace, RunningModel() as model:
        yield {
            "SLACK_API_URL": workspace.api_url,
            "SLACK_BOT_TOKEN": workspace.bot_token,
            "SLACK_APP_TOKEN": workspace.app_token,
            "OPENAI_BASE_URL": model.url,
            "OPENAI_MODEL": "simulated-small",
        }


def test_a_sound_installation_is_told_line_by_line(tmp_path, world):
    code, out, err = promptbeam(tmp_path, "doctor", **world)
    assert code == 0, out + err
    lines = out.splitlines()
    assert len(lines) == 5
    assert all(line.startswith("✓") for line in lines)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SLACK_BOT_TOKEN", "", "SLACK_BOT_TOKEN is missing"),
        ("SLACK_BOT_TOKEN", "xoxb-wrong", "invalid_auth"),
        ("SLACK_APP_TOKEN", "xapp-wrong", "invalid_auth"),
        ("OPENAI_BASE_URL", "http://127.0.0.1:9/v1", "cannot be reached"),
        ("PROMPTBEAM_EMBEDDER", "magic", "magic"),
    ],
)
def test_what_is_wrong_is_named_with_its_mending(tmp_path, world, name, value, says):
    code, out, err = promptbeam(tmp_path, "doctor", **{**world, name: value})
    assert code == 1, out + err
    wrong = [line for line in out.splitlines() if line.startswith("✗")]
    assert says in "\n".join(wrong)
    assert "    " in out
    assert "Traceback" not in err


def test_no_secret_is_printed(tmp_path, world):
    _, out, err = promptbeam(tmp_path, "doctor", **{**world, "OPENAI_API_KEY": "sk-very-secret"})
    for secret in (world["SLACK_BOT_TOKEN"], world["SLACK_APP_TOKEN"], "sk-very-secret"):
        assert secret not in out + err


def test_an_unknown_price_is_only_a_warning(tmp_path, world):
    code, out, _ = promptbeam(tmp_path, "doctor", **{**world, "OPENAI_MODEL": "my-own-model"})
    assert code == 0
    assert "its price is unknown" in out


def test_a_chroma_server_that_is_away_is_a_warning_and_a_wrong_address_a_fault(tmp_path, world):
    code, out, err = promptbeam(tmp_path, "doctor", "--skip-model", **world, CHROMA_URL="http://127.0.0.1:9")
    assert code == 0, out
    assert "! search index: the Chroma server is not in use" in out
    assert "Traceback" not in err
    code, out, _ = promptbeam(tmp_path, "doctor", "--skip-model", **world, CHROMA_URL="nowhere")
    assert code == 1
    assert "CHROMA_URL is 'nowhere'" in out
