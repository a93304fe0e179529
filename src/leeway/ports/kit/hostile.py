"""Messages as they should be, and as people's names and descriptions can make them."""

from __future__ import annotations

from dataclasses import replace

from leeway.core.alerting.policy import Severity
from leeway.ports.channel import Event, Message

KEY = "shop/checkout/main:fast-burn:1790000040"

PLAIN = Message(
    key=KEY,
    event=Event.FIRED,
    severity=Severity.PAGE,
    title="Checkout fails for one guest in ten since 11:38",
    lines=("6 % of the budget is gone.", "At this pace the rest is gone at 14:20.", "Acknowledge: leeway ack 17"),
    slo="checkout",
    objective="main",
    service="shop",
    policy="fast-burn",
    at=1_790_000_040.0,
    link="https://leeway.example/slo/checkout?objective=main&at=1790000040",
    facts={"burn rate": "16.7", "budget left": "94 %"},
)

VISIBLE = {
    "emoji": "🔥 guests :fire: 👩‍👩‍👧",
    "html": "<script>alert(1)</script> & <img src=x onerror=y> \"quoted\" 'so' <a href='http://evil.example'>x</a>",
    "markup": "*b* _i_ ~s~ `c` [x](http://evil.example) <http://evil.example|x> <!channel> <@U1> @everyone # x",
    "entities": "&lt;!here&gt; &amp; &#x3c;",
    "template": "{{ .Secret }} ${jndi:ldap://x} %s {0} $(id) `id`",
    "addresses": "a@example.org, b@example.org; <c@example.org>",
    "language": "Überweisung 決済 الدفع",
}
"""What people may rightly have written, and want to read as they wrote it; nothing of it is to be acted upon."""

MEANT_FOR_MACHINES = {
    "line ends": "a\r\nBcc: everyone@example.org\r\n\r\n.\r\nhello\u2028x\x85y\x0bz",
    "boundary": "x\n--=_leeway\nContent-Type: text/html\n\n<b>",
    "control": "\x00\x07\x1b[31mred\x7f",
    "direction": "\u202egnp.exe\u2066 x",
    "surrogate": "\ud800 half",
    "long": "long " * 20_000,
    "long emoji": "🔥&" * 20_000,
}
"""What no title needs. It may be left out, replaced or cut."""

HOSTILE = {**VISIBLE, **MEANT_FOR_MACHINES, "empty": "", "blank": " \t "}

FIELDS = ("title", "lines", "slo", "objective", "service", "policy", "link", "fact's name", "fact's value")


def with_text(field: str, text: str, message: Message = PLAIN) -> Message:
    """The message with this text in one of `FIELDS`."""
    match field:
        case "lines":
            return replace(message, lines=(message.lines[0], text, message.lines[2]))
        case "fact's name":
            return replace(message, facts={**message.facts, text: "1"})
        case "fact's value":
            return replace(message, facts={**message.facts, "told": text})
    changed: Message = replace(message, **{field: text})  # type: ignore[arg-type]  # the other fields all hold text
    return changed
