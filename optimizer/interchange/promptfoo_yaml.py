"""promptfoo's configuration: a prompt, a provider and a few tests written as YAML; its prompt read back.

promptfoo runs every text through Nunjucks and opens texts that begin with ``file://``, those of the
examples too. So all that is not a placeholder of ours is written in a way that it stays plain text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from optimizer.errors import InputError
from optimizer.interchange.messages_text import INPUT, to_messages, variable_names
from optimizer.interchange.openai_json import is_openai, read_openai
from optimizer.interchange.templates import read_template
from optimizer.metrics.json_fields import expected_object
from optimizer.metrics.judged import AnyMetric, JudgedMetric
from optimizer.metrics.pattern import PatternMatch
from optimizer.model.protocol import Message
from optimizer.prompts.prompt import Prompt
from optimizer.task import Example

_SPECIAL = re.compile(r"\{(?=[{%#]|\Z)")
_OPENS = re.compile(r"\A(\s*)([A-Za-z])(?=[A-Za-z0-9+]*:)")
_UNPRINTABLE = re.compile("[\x7f-\x9f\ufeff\ufffe\uffff\ud800-\udfff\u2028\u2029]")


def write_promptfoo(
    prompt: Prompt,
    examples: Sequence[Example],
    *,
    title: str,
    provider: str,
    metric: AnyMetric | None = None,
) -> str:
    """Return a configuration that ``promptfoo eval`` takes; each example becomes a test.

    A test asserts what comes closest to ``metric``: that the answer meets a judge's criteria, matches the
    pattern, contains the expected text, is the expected JSON object, or else equals the expected text.
    """
    messages = to_messages(prompt, _inert, lambda name: f"{{{{{name}}}}}")
    chat = json.dumps(
        [{"role": message.role, "content": message.content} for message in messages],
        ensure_ascii=False,
        indent=2,
    )
    lines = [f"description: {_quoted(_value(title))}", "prompts:", f"  - {_quoted(chat)}"]
    lines += ["providers:", f"  - {_quoted(provider)}"]
    if examples:
        lines.append("tests:")
    names = variable_names(prompt)
    for example in examples:
        lines += [
            "  - vars:",
            *(f"      {name}: {_quoted(_value(text))}" for name, text in _vars(names, example)),
        ]
        kind, value = _assertion(metric, example)
        if kind:
            lines += ["    assert:", f"      - type: {kind}", f"        value: {value}"]
    return "\n".join(lines) + "\n"


def is_promptfoo(value: Any) -> bool:
    """Tell whether a value is a promptfoo configuration."""
    return isinstance(value, Mapping) and "prompts" in value


def read_promptfoo(value: Mapping[str, Any]) -> tuple[Message, ...]:
    """Return the messages of the configuration's one prompt.

    Raises:
        InputError: no or several prompts, one in another file, or one that computes something.
    """
    prompts = value["prompts"]
    listed = prompts if isinstance(prompts, list) else [prompts]
    if len(listed) != 1:
        raise InputError(
            f"The promptfoo file has {len(listed)} prompts.",
            "Leave the one to improve in it.",
            field="prompt",
        )
    only = listed[0]
    text = only.get("raw") if isinstance(only, Mapping) else only
    if not isinstance(text, str) or (text.strip().startswith("file://") and "\n" not in text.strip()):
        raise InputError(
            "The promptfoo file keeps its prompt in another place.",
            "Give the file with the prompt's text instead.",
            field="prompt",
        )
    messages = _chat(text) or (Message("user", text),)
    return tuple(Message(item.role, read_template(item.content, "jinja2", {})) for item in messages)


def _chat(text: str) -> tuple[Message, ...] | None:
    """Return the messages of a prompt in chat form (JSON, or YAML with roles), None for plain text."""
    import yaml

    try:
        value = yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, ValueError):
        return None
    return read_openai(value) if is_openai(value) else None


def _vars(names: Mapping[str, str], example: Example) -> list[tuple[str, str]]:
    from optimizer.examples.roles import folded

    by_name = {folded(name): text for name, text in example.inputs}
    if list(names) == [INPUT] and folded(INPUT) not in by_name:
        return [(INPUT, example.shown)]
    return [(plain, by_name.get(folded(name), "")) for name, plain in names.items()]


def _assertion(metric: AnyMetric | None, example: Example) -> tuple[str, str]:
    """Return type and YAML value of the assertion on an answer; no type where nothing says what is right."""
    expected = example.expected
    if isinstance(metric, JudgedMetric):
        rubric = f"{metric.criteria}\nExpected answer: {expected}" if expected else metric.criteria
        return "llm-rubric", _quoted(_value(rubric))
    if not expected:
        return "", ""
    if isinstance(metric, PatternMatch):
        return "regex", _quoted(_value(metric.pattern_for(expected).pattern))
    if metric and metric.name == "contains":
        return "icontains", _quoted(_value(expected))
    if metric and metric.name == "json" and _inert(expected) == expected:
        return "equals", _quoted(expected_object(expected))
    return "equals", _quoted(_value(expected))


def _inert(text: str) -> str:
    """Return ``text`` so that Nunjucks prints it as it is."""
    return _SPECIAL.sub('{{ "{" }}', text)


def _value(text: str) -> str:
    """Return a whole value that is neither a template nor the address of a file."""
    return _OPENS.sub(r'\1{{ "\2" }}', _inert(text))


def _quoted(value: Any) -> str:
    """Return a value as YAML: JSON, its texts in double quotes, with what YAML does not print escaped."""
    return _UNPRINTABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
