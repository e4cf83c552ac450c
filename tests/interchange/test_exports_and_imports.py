"""Prompts go out to other tools and come in from them with every message, variable and brace intact."""

import json
import re
import warnings
from itertools import pairwise

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.load import dumps, load
from langchain_core.prompts import ChatPromptTemplate, MessagesPlaceholder, PromptTemplate

from optimizer.errors import InputError
from optimizer.interchange.formats import FORMATS, ExportFacts, export_prompt, read_prompt
from optimizer.interchange.promptfoo_yaml import write_promptfoo
from optimizer.metrics.contains import ContainsMatch
from optimizer.metrics.json_fields import JsonFieldMatch
from optimizer.metrics.judge import CriteriaJudge
from optimizer.metrics.pattern import PatternMatch
from optimizer.prompts.few_shot import with_demonstrations
from optimizer.prompts.prompt import parse_prompt
from optimizer.task import Example

CHAT = 'You sort mail. Reply as {"team": "..."}.\n\n---user---\nSubject: {subject}\nMail: {{ mail }}'
HOSTILE = (
    '{"a": {b}} {{ env.SECRET }} {% raw %} {# c #} ${HOME} {text} <script> `x` ---\n!!python/object:os\n=1+1'
)
PIECES = (
    *'ab {}%#"\\\n:-`',
    "{{",
    "}}",
    "{text}",
    "{% raw %}",
    "{{ text }}",
    "---user---",
    "file://x",
    "é\u2028",
)
NASTY = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)
ROLES = {"system": "system", "human": "user", "ai": "assistant"}


def loaded(text):
    """Open an export with LangChain itself."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load(json.loads(text))


def sent_by_langchain(prompt, fields):
    template = loaded(export_prompt(prompt, "langchain", ExportFacts()))
    assert isinstance(template, ChatPromptTemplate)
    assert set(template.input_variables) == set(fields)
    return [(ROLES[item.type], item.content) for item in template.format_messages(**fields)]


def sent_by_us(prompt, fields):
    return [(item.role, item.content) for item in prompt.messages(fields)]


def test_langchain_loads_what_is_exported_and_fills_in_the_same():
    fields = {"subject": "S {x}", "mail": "{{y}}"}
    prompt = parse_prompt(CHAT)
    assert sent_by_langchain(prompt, fields) == sent_by_us(prompt, fields)
    assert sent_by_us(prompt, fields)[0] == ("system", 'You sort mail. Reply as {"team": "..."}.')


def test_a_prompt_without_placeholder_takes_its_input_in_every_export():
    prompt = parse_prompt("Which team?")
    assert sent_by_langchain(prompt, {"input": "hot"}) == sent_by_us(prompt, {"input": "hot"})
    for name in FORMATS:
        assert "# Input" in export_prompt(prompt, name, ExportFacts())


@settings(deadline=None, derandomize=True)
@given(NASTY.filter(str.strip), NASTY, NASTY)
def test_langchain_sends_any_prompt_as_a_run_does(text, value, shown):
    example = Example(1, (("text", shown or "x"),), "y")
    try:
        prompt = with_demonstrations(parse_prompt(text), [example])
    except InputError:
        return
    fields = dict.fromkeys(prompt.placeholders or ("input",), value)
    assert sent_by_langchain(prompt, fields) == sent_by_us(prompt, fields)


@settings(deadline=None, derandomize=True)
@given(NASTY.filter(str.strip), st.sampled_from(["langchain", "promptfoo"]))
def test_an_export_can_be_read_back(text, name):
    """Literal words in braces may get spaces (they would become placeholders); nothing else changes."""
    try:
        prompt = parse_prompt(text)
    except InputError:
        return
    again = parse_prompt(read_prompt("prompt.yaml", export_prompt(prompt, name, ExportFacts()).encode()))
    wanted = prompt.placeholders or ("input",)
    assert again.placeholders == wanted
    fields = dict.fromkeys(wanted, "VALUE")
    got, given_ = again.render(fields), prompt.render(fields)
    assert "".join(got.split()) == "".join(given_.split())


def test_the_messages_of_openai_are_written_and_read_to_the_letter():
    prompt = parse_prompt(CHAT)
    text = export_prompt(prompt, "openai", ExportFacts())
    assert [item["role"] for item in json.loads(text)] == ["system", "user"]
    again = parse_prompt(read_prompt("p.json", text.encode()))
    assert sent_by_us(again, {"subject": "s", "mail": "m"}) == sent_by_us(
        prompt, {"subject": "s", "mail": "m"}
    )


def test_a_promptfoo_configuration_has_prompt_provider_and_tests():
    examples = [
        Example(1, (("subject", "Hi"), ("mail", HOSTILE)), "billing"),
        Example(2, (("mail", "b"),), "=2"),
    ]
    about = ExportFacts(title="file://evil.js: mail\n", examples=examples)
    config = yaml.safe_load(export_prompt(parse_prompt(CHAT), "promptfoo", about))
    assert set(config) == {"description", "prompts", "providers", "tests"}
    chat = json.loads(config["prompts"][0])
    assert [item["role"] for item in chat] == ["system", "user"]
    assert chat[1]["content"] == "Subject: {{subject}}\nMail: {{mail}}"
    assert config["providers"] == ["openai:gpt-4.1-mini"]
    assert [test["vars"]["subject"] for test in config["tests"]] == ["Hi", ""]
    assert config["tests"][0]["assert"] == [{"type": "equals", "value": "billing"}]
    assert not config["description"].startswith("file:")


@pytest.mark.parametrize(
    ("metric", "expected", "assertion"),
    [
        (None, "a", {"type": "equals", "value": "a"}),
        (None, "", None),
        (ContainsMatch(), "a", {"type": "icontains", "value": "a"}),
        (PatternMatch(["a+"]), "a+", {"type": "regex", "value": "a+"}),
        (PatternMatch([], pattern="b$"), "a", {"type": "regex", "value": "b$"}),
        (CriteriaJudge("Be {{kind}}."), "", {"type": "llm-rubric", "value": 'Be {{ "{" }}{kind}}.'}),
        (CriteriaJudge("Kind."), "a", {"type": "llm-rubric", "value": "Kind.\nExpected answer: a"}),
        (
            JsonFieldMatch(['{"n": 1}']),
            '{"n": [1.5, "x", null]}',
            {"type": "equals", "value": {"n": [1.5, "x", None]}},
        ),
        (
            JsonFieldMatch(['{"n": 1}']),
            '{"n": "{{x}}"}',
            {"type": "equals", "value": '{"n": "{{ "{" }}{x}}"}'},
        ),
    ],
)
def test_a_promptfoo_test_judges_as_the_runs_metric_does(metric, expected, assertion):
    about = ExportFacts(examples=[Example(1, (("text", "t"),), expected)], metric=metric)
    config = yaml.safe_load(export_prompt(parse_prompt("Q {text}"), "promptfoo", about))
    assert config["tests"][0].get("assert") == ([assertion] if assertion else None)


@settings(deadline=None, derandomize=True)
@given(NASTY)
def test_a_hostile_example_stays_plain_text_in_promptfoo(text):
    example = Example(1, (("text", f"file://{text}"),), text or "x")
    written = write_promptfoo(parse_prompt("Q {text}"), [example], title=text, provider="p")
    test = yaml.safe_load(written)["tests"][0]
    for value in (test["vars"]["text"], test["assert"][0]["value"]):
        assert not value.strip().startswith("file://")
        inert = re.sub(r'\{\{ "." \}\}', "", value)
        assert not any(mark in inert for mark in ("{{", "{%", "{#"))


def test_a_page_of_markdown_shows_the_prompt_in_a_fence_that_it_cannot_close():
    prompt = parse_prompt(f"# Task\n```\n{HOSTILE}\n````\n{{mail}}")
    page = export_prompt(prompt, "markdown", ExportFacts(title="[x](javascript:1) # <b>", facts="better"))
    assert "`````text\n" in page
    assert prompt.templates[0].content in page
    assert page.startswith("# \\[x\\]\\(javascript:1\\) \\# \\<b\\>\n")


def test_an_unknown_format_is_named():
    with pytest.raises(InputError, match="markdown, langchain"):
        export_prompt(parse_prompt("a"), "docx", ExportFacts())


def imported(value, name="prompt.json"):
    text = value if isinstance(value, str) else json.dumps(value)
    return read_prompt(name, text.encode())


def test_prompts_of_langchain_come_in():
    chat = ChatPromptTemplate.from_messages(
        [
            ("system", 'Be {{"kind": 1}} as {style}.'),
            ("human", "Q {question}"),
            MessagesPlaceholder("h", optional=True),
        ]
    ).partial(style="a {poet}")
    assert imported(dumps(chat)) == '---system---\nBe {"kind": 1} as a { poet }.\n---user---\nQ {question}'
    assert imported(dumps(PromptTemplate.from_template("Say {x}"))) == "Say {x}"
    mustache = PromptTemplate.from_template("Say {{x}} {y}", template_format="mustache")
    assert imported(dumps(mustache)) == "Say {x} { y }"
    assert imported({"_type": "prompt", "template": "Old {x}", "input_variables": ["x"]}) == "Old {x}"


def test_prompts_of_promptfoo_come_in():
    text = "prompts:\n  - |\n    Sort {{ mail }}\n    {# note #}now {% raw %}{{ x }}{% endraw %}\nproviders: [echo]\n"
    assert imported(text, "promptfooconfig.yaml") == "Sort {mail}\nnow { { x } }\n"
    chat = [{"role": "system", "content": "S"}, {"role": "user", "content": "{{q}}"}]
    assert (
        imported({"prompts": [{"label": "a", "raw": json.dumps(chat)}]}) == "---system---\nS\n---user---\n{q}"
    )


def test_messages_of_openai_come_in():
    parts = [{"type": "text", "text": "a"}, {"type": "text", "text": "b {x}"}]
    value = {
        "model": "m",
        "messages": [{"role": "developer", "content": "D"}, {"role": "user", "content": parts}],
    }
    assert imported(value) == "---system---\nD\n---user---\na\nb {x}"
    assert imported([{"role": "user", "content": "x\n---system---\ny"}]) == "x\n ---system---\ny"


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Just {text}", "p.txt"),
        ('{"text": "{text}"}', "p.json"),
        ("[1, 2]", "p.json"),
        ("{broken", "p.json"),
        ("a: b", "p.yaml"),
    ],
)
def test_anything_else_is_a_prompt_as_it_stands(text, name):
    assert imported(text, name) == text


@pytest.mark.parametrize(
    "value",
    [
        {"prompts": []},
        {"prompts": ["a", "b"]},
        {"prompts": "file://prompt.txt"},
        {"prompts": ["{{ x | upper }}"]},
        {"prompts": ["{% for a in b %}{% endfor %}"]},
        {"prompts": ["{% if"]},
        {"prompts": [{"label": "x"}]},
        {"prompts": ["  "]},
        {"prompts": ["{{ x.y }}"]},
        [{"role": "tool", "content": "x"}],
        [{"role": "user", "content": [{"type": "image_url", "image_url": "x"}]}],
        {"_type": "prompt", "template": "{x.__class__}"},
        {"_type": "prompt", "template": "{x!r}"},
        {"_type": "prompt", "template": "{"},
        {"_type": "prompt", "template": "x", "template_format": "python"},
        {"_type": "prompt"},
        {"lc": 1, "type": "constructor", "id": ["os", "system"], "kwargs": {"command": "ls"}},
        {"lc": 1, "id": []},
        {"lc": 1, "id": ["ChatPromptTemplate"], "kwargs": {"messages": [None]}},
        {"lc": 1, "id": ["ChatPromptTemplate"], "kwargs": {"messages": []}},
    ],
)
def test_what_cannot_be_taken_over_is_refused_in_plain_words(value):
    with pytest.raises(InputError) as caught:
        imported(value)
    assert caught.value.field == "prompt"
    assert caught.value.message.endswith(".")
    assert caught.value.fix


def test_broken_yaml_names_its_line():
    with pytest.raises(InputError, match="line 2"):
        imported("prompts:\n  - [", "p.yaml")


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "text",
    [
        "{{" * 25_000,
        "{#" * 25_000,
        "{{{" * 15_000,
        '{{ "' * 12_000,
        "{{ a }" * 8_000,
        "<examples>\n" * 4_000,
        "{" * 49_999,
    ],
)
def test_long_and_twisted_templates_are_read_at_once(text):
    for value in ({"prompts": [text + "{{x}}"]}, {"prompts": text}):
        try:
            imported(value)
        except InputError as error:
            assert error.message  # noqa: PT017


def test_references_that_grow_without_end_are_refused():
    rows = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    names = "abcdefghij"
    for one, other in pairwise(names):
        rows.append(f"{other}: &{other} [{', '.join(f'*{one}' for _ in range(9))}]")
    bomb = "\n".join(rows)
    for text in (
        f"{bomb}\nmessages: [{{role: *j, content: x}}]",
        f"{bomb}\nprompts: [*j]",
        f"{bomb}\nlc: 1\nid: [*j]",
    ):
        with pytest.raises(InputError):
            imported(text, "p.yaml")
