"""A small task of ours that people can try the bot with: a vague prompt and thirty support tickets."""

from __future__ import annotations

from bot.background.request import OptimizeRequest

PROMPT = "Which team should handle this support ticket: billing, shipping or technical?\n\nTicket: {ticket}"
_TICKETS = {
    "billing": (
        "I was charged twice this month",
        "Please send the invoice for March",
        "My refund has not arrived",
        "The card you have on file has expired",
        "Why did the price of my plan go up?",
        "Can I pay by bank transfer?",
        "The receipt shows the wrong VAT number",
        "Cancel my subscription and refund the rest",
        "My discount code was not applied",
        "I need a copy of last year's invoices",
    ),
    "shipping": (
        "Where is my parcel?",
        "The courier left the box at the wrong door",
        "Can you deliver to a pickup point?",
        "Tracking has not moved for a week",
        "The package arrived crushed",
        "I moved; please change the delivery address",
        "How long does delivery to Norway take?",
        "Only half of my order was in the box",
        "Customs is holding my shipment",
        "The driver never rang the bell",
    ),
    "technical": (
        "The app crashes when I open settings",
        "I cannot log in since the update",
        "The export button does nothing",
        "Error 500 when I upload a photo",
        "The page stays white in Firefox",
        "Sync between my phones stopped",
        "The password reset mail has a broken link",
        "Notifications arrive hours late",
        "The search finds nothing any more",
        "Dark mode makes the text unreadable",
    ),
}


def sample_request() -> OptimizeRequest:
    """The form's content for a first try."""
    rows = [
        f'"{ticket}",{team}'
        for tickets in zip(*_TICKETS.values(), strict=True)
        for team, ticket in zip(_TICKETS, tickets, strict=True)
    ]
    return OptimizeRequest(prompt_text=PROMPT, pasted="\n".join(["ticket,team", *rows]))
