"""Small material of ours that people can try the bot with: a task of thirty tickets, thirty instructions."""

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


SAMPLE_INSTRUCTIONS = (
    "Write a reply to a customer whose parcel is two weeks late.",
    "Summarise the minutes of our Monday meeting in five sentences.",
    "Explain to a new colleague how our refund policy works.",
    "Give three ideas for the subject line of a newsletter about spring sales.",
    "Translate this sentence into German: The invoice is due on 30 June.",
    "List the risks of moving our database to another provider.",
    "Write a SQL query that counts the orders of each month of 2025.",
    "Draft a job advertisement for a junior data analyst in Lisbon.",
    "Rewrite this sentence politely: You must send the form today.",
    "Explain the difference between gross and net salary.",
    "Name five questions to ask a customer who wants to cancel.",
    "Write a short product description for a steel water bottle of 750 ml.",
    "A train leaves at 9:40 and arrives at 13:05. How long is the journey?",
    "Sort these tasks by urgency: fix the login, order pens, answer the press.",
    "Write a Python function that returns the median of a list of numbers.",
    "Explain what a service level agreement is, with one example.",
    "Suggest a polite way to refuse a discount of 20 percent.",
    "Write an agenda for a 45-minute meeting about hiring.",
    "Compare leasing and buying a delivery van.",
    "Turn these notes into an e-mail: meeting moved, Thursday, 14:00, room 3.",
    "Calculate the total of 3 licences at 49 euros and 2 at 129 euros.",
    "Describe how to reset a password in four steps.",
    "Write an apology for a two-hour outage of our web shop.",
    "Give two arguments for and two against a four-day week.",
    "Explain phishing to somebody who has never heard of it.",
    "Write a regular expression that finds dates such as 2026-11-26.",
    "Propose names for an internal tool that tracks invoices.",
    "Write a feedback note for a colleague who always answers too late.",
    "Explain why a backup should be tested.",
    "Write three survey questions about our new support chat.",
)
"""Thirty everyday instructions of ours to try an evolution with; together they fit into a form's field."""
