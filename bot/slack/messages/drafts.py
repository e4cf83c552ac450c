"""The one message that asks before a run is started from what somebody posted."""

from __future__ import annotations

from bot.slack.blocks import (
    Block,
    Message,
    actions,
    bullets,
    button,
    context,
    fields,
    message,
    paragraph,
    preformatted,
    rich,
    section,
    words,
)
from bot.slack.escaping import Markup, markup
from bot.slack.form_inputs import shown_name
from bot.slack.incoming.pieces import Pieces
from optimizer.counted import counted

START, CHANGE, CANCEL = "draft.start", "draft.change", "draft.cancel"
_EXCERPT = 700


def draw_draft(draft_id: str, pieces: Pieces) -> Message:
    """What was understood, what is missing or in doubt, and the way on."""
    title = Markup("*Shall I improve this prompt?*" if pieces.complete else "*Almost ready*")
    blocks: list[Block] = [section(title), fields([_prompt_line(pieces), _examples_line(pieces)])]
    text = pieces.request.prompt_text
    if text:
        blocks.append(rich(preformatted(text, _EXCERPT)))
    if pieces.doubts:
        blocks.append(rich(paragraph(words("Is that right?", bold=True)), bullets(pieces.doubts)))
    missing = _missing(pieces)
    if missing.text:
        blocks.append(section(missing))
    buttons = [
        button("Change…" if pieces.complete else "Open the form…", CHANGE, draft_id),
        button("Cancel", CANCEL, draft_id),
    ]
    if pieces.complete:
        buttons.insert(0, button("Start", START, draft_id, style="primary"))
    blocks.append(actions(f"draft.{draft_id}", *buttons))
    return message(Markup(f"{title.text.strip('*')} {missing.text}".strip()), blocks)


def draw_settled(run_id: str) -> Message:
    """The same message when a run came of it, or nothing (an empty ``run_id``)."""
    text = (
        markup("▶️ Started as {run}; its progress is in this thread.", run=run_id)
        if run_id
        else Markup("Cancelled. Nothing was started.")
    )
    return message(text, [context(text)])


def _prompt_line(pieces: Pieces) -> Markup:
    if pieces.request.prompt_file is not None:
        return markup("*Prompt*\n✓ {name}", name=shown_name(pieces.request.prompt_file))
    if pieces.request.prompt_text.strip():
        return markup("*Prompt*\n✓ {size}", size=counted(len(pieces.request.prompt_text), "character"))
    return Markup("*Prompt*\n○ missing")


def _examples_line(pieces: Pieces) -> Markup:
    names = [shown_name(ref) for ref in pieces.request.example_files]
    if pieces.request.pasted:
        names.append("pasted rows")
    return (
        markup("*Examples*\n✓ {names}", names=", ".join(names)) if names else Markup("*Examples*\n○ missing")
    )


def _missing(pieces: Pieces) -> Markup:
    if not pieces.has_examples and not pieces.has_prompt:
        return Markup(
            "Post the prompt and a file with examples (CSV, TSV, JSON, JSONL or XLSX) here in this thread."
        )
    if not pieces.has_examples:
        return Markup(
            "Post the file with the examples (CSV, TSV, JSON, JSONL or XLSX, at least 20 rows with the right "
            "answer) here in this thread, and I start."
        )
    if not pieces.has_prompt:
        return Markup("Post the prompt here in this thread, as text or as a file, and I start.")
    return Markup("")
