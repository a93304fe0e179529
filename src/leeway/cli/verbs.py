"""What `leeway` can do: each verb is the module of the same name in this package, which exports `command`.

The line of help stands here so that `leeway --help` and completion import no verb.
"""

from __future__ import annotations

VERBS = {
    "ack": "Take an alert: others see who looks after it.",
    "alerts": "Show what burns, who was told, and what was kept from people.",
    "annotate": "Write on the charts of an SLO what happened.",
    "backtest": "Run alert policies over the past: what would they have paged, and when?",
    "backup": "Copy the data folder of a stopped server.",
    "apply": "Make the server's definitions equal to those of files.",
    "budget": "Compute error budgets from definitions and their past.",
    "check": "A gate for pipelines: pass only while there is error budget.",
    "completion": "Print the completion script for your shell.",
    "delete": "Delete one definition.",
    "demo": "Show Leeway at work: a bar that is really probed, and 90 days of history.",
    "diff": "Show line by line how definitions differ from the server's.",
    "doctor": "Look whether everything around Leeway is in order.",
    "explain": "Say in plain English what an SLO promises and how much it may fail.",
    "export": "Print the points that a server keeps, as CSV.",
    "fmt": "Mend what was copied wrongly: tabs, invisible characters, look-alike letters, line ends.",
    "get": "Show definitions, and what they were.",
    "hook": "Subscribe programs to what happens, by signed webhooks.",
    "lint": "Check OpenSLO definitions, to the character.",
    "plan": "Say what applying definitions would do.",
    "policies": "Say in plain English what alert policies fire on, and whom they tell.",
    "push": "Send points.",
    "replay": "Fetch history again and compute it anew.",
    "routes": "Show who would be told of what, and test whether it arrives.",
    "serve": "Run the server.",
    "simulate": "Try alert policies on made-up months: what would they page on?",
    "silence": "Keep alerts from people for a time, now or when work is planned.",
    "status": "Show the error budgets, now.",
    "suggest": "Draw a first SLO from history, with the evidence.",
    "restore": "Make a data folder from a backup.",
    "templates": "Show messages as recipients would read them.",
    "token": "Make tokens for programs, show them, end them.",
    "user": "Let people in, say what they may, take them out.",
    "version": "Tell the version of Leeway and of what it runs on.",
    "why": "Explain how a number came about.",
}
