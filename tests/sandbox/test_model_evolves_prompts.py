"""The simulated model's rewriting of structured prompts, and its replies that follow what a prompt asks for."""

import json

import pytest

from sandbox.model.answers import answer_chat, kind_of
from sandbox.model.chat_format import ChatMessage, ChatRequest
from sandbox.model.drafting import asks_for_reply, draft_reply
from sandbox.model.judging import judge_case

PROMPT = """# Role
You sort tickets.

# Rules
Teams: billing, bug

# Safety (protected)
Never guess.

# Output
The team.

# Input
{ticket}"""
HEADINGS = ("# Role", "# Rules", "# Safety (protected)", "# Output", "# Input")
MAILS = [
    f"My {thing} is {state}."
    for thing in ("bike", "lock", "bell", "tyre")
    for state in ("late", "gone", "hot")
]


def request(analysis, *, seed=0, prompt=PROMPT, headings=HEADINGS, more=""):
    shown = "\n".join(json.dumps({"heading": h, "may_change": "(protected)" not in h}) for h in headings)
    reasons = "\n".join(json.dumps(reason) for reason in analysis)
    user = (
        f"<prompt>\n{prompt}\n</prompt>\n\n<headings>\n{shown}\n</headings>\n\n"
        f"<analysis>\n{reasons}\n</analysis>\n\n{more}<keep>\n{{ticket}}\n</keep>"
    )
    messages = (ChatMessage("system", "Job: evolve-prompt\nRewrite."), ChatMessage("user", user))
    return ChatRequest("m", messages, 1.0, seed, None, 1, "hash")


def evolved(*arguments, **options):
    asked = request(*arguments, **options)
    assert kind_of(asked) == "evolve-prompt"
    text = answer_chat(asked, 0, 0).text
    return json.loads(text[text.index("{") : text.rindex("}") + 1])


HINT = (
    "Texts that mention 'refund' and 'invoice' belong to \"billing\", but the prompt gives no hint of that."
)
LABELS = '<labels>\n["billing", "bug"]\n</labels>\n\n'


def test_hints_go_into_the_rules_and_nothing_else_moves_but_for_a_careless_hand():
    kept = 0
    for seed in range(40):
        (text,) = evolved([HINT], seed=seed, more=LABELS)["prompts"]
        headings = tuple(line for line in text.splitlines() if line.startswith("# "))
        if headings != HEADINGS or "{ticket}" not in text:
            continue
        kept += 1
        assert "Never guess.\n\n# Output" in text
        rules = text.split("# Rules\n")[1].split("# Safety")[0]
        assert "refund" in rules or "invoice" in rules or "billing" in rules
    assert 30 <= kept < 40


def test_a_judges_criterion_becomes_a_demand_with_its_reason():
    why = "The prompt does not ask for it. The answer misses a criterion: it must say “case number”."
    replies = [evolved([why], seed=seed) for seed in range(12)]
    said = [reply for reply in replies if "The answer must say “case number”." in reply["prompts"][0]]
    assert len(said) >= 8
    assert all(reply["changes"][0]["heading"] == "# Output" for reply in said)


def test_a_prompt_without_headings_is_edited_as_one():
    text = "Which team?\n\nTeams: billing, bug\n\nTicket: {ticket}"
    (made,) = evolved([HINT], prompt=text, headings=("",), more=LABELS)["prompts"]
    assert made != text


@pytest.mark.parametrize("damage", ["", "<analysis>\nnot json\n</analysis>", "<headings>\n1\n</headings>"])
def test_damaged_requests_get_an_answer_too(damage):
    messages = (ChatMessage("system", "Job: evolve-prompt"), ChatMessage("user", damage))
    assert "prompts" in answer_chat(ChatRequest("m", messages, 1.0, 0, None, 1, "h"), 0, 0).text


@pytest.mark.parametrize(
    "criterion",
    [
        "Be polite.",
        "At most three sentences.",
        "It says “case number”.",
        "Do not hedge.",
        "Never say “unfortunately”.",
    ],
)
def test_a_reply_follows_what_the_prompt_asks_for_more_often_than_by_habit(criterion):
    def met(prompt):
        cases = [json.dumps({"input": mail, "answer": draft_reply(prompt, mail, 0)}) for mail in MAILS]
        request = "<criteria>\n{}\n</criteria>\n\n<case>\n{}\n</case>"
        return sum(judge_case(request.format(criterion, case))["score"] for case in cases)

    plain = "Write a reply to it."
    assert asks_for_reply(plain)
    assert met(f"{plain}\n{criterion}") > met(plain)


def test_replies_are_drafted_only_where_a_reply_is_asked_for():
    assert not asks_for_reply("Answer with one word. Reply with the label.")
    assert not asks_for_reply("Write the number.")
