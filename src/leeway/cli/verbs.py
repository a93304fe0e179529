"""What `leeway` can do: each verb is the module of the same name in this package, which exports `command`.

The line of help stands here so that `leeway --help` and completion import no verb.
"""

from __future__ import annotations

VERBS = {
    "budget": "Compute error budgets from definitions and a CSV of points.",
    "completion": "Print the completion script for your shell.",
    "explain": "Say in plain English what an SLO promises and how much it may fail.",
    "fmt": "Mend what was copied wrongly: tabs, invisible characters, look-alike letters, line ends.",
    "lint": "Check OpenSLO definitions, to the character.",
    "version": "Tell the version of Leeway and of what it runs on.",
}
