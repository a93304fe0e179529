"""Messages in the words of their recipients: whatever the template and the message, somebody is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leeway.core.alerting.policy import Severity
from leeway.engine.alerts import template as rendering
from leeway.engine.alerts.template import LARGEST, worded
from leeway.ports.channel import Event, Message
from leeway.ports.kit.channel_suite import PLAIN
from leeway.spec.documents import LONGEST_TEXT, Template
from leeway.spec.template import FILTERS, NAMES, flaw_in

ANY = st.text(st.characters(), max_size=80)  # surrogates and control characters too
HUGE = st.builds(lambda text, times: text * times, ANY, st.sampled_from([1, 1, 1, 100, 20_000]))
MESSAGES = st.builds(
    Message,
    key=ANY,
    event=st.sampled_from(Event),
    severity=st.sampled_from(Severity),
    title=HUGE,
    lines=st.lists(HUGE, max_size=60).map(tuple),
    slo=ANY,
    objective=ANY,
    service=ANY,
    policy=ANY,
    at=st.floats(),
    link=ANY,
    facts=st.dictionaries(ANY, HUGE, max_size=5),
)
PIECES = st.sampled_from(
    [
        *NAMES,
        *(f"|{name}" for name in FILTERS),
        *("{{ ", " }}", "{% for a in lines %}", "{% for a, b in facts|items %}", "{% endfor %}", "{% if ", " %}"),
        *("{% else %}", "{% endif %}", "a", "b", "'x'", "(3)", "('x')", "[0]", "[:3]", "[a]", ".x", "~", " in ", "=="),
        *(
            " and ",
            " not ",
            " is defined",
            "\n",
            "text",
            "{{ lines|join }}",
            "{{ facts|items|first|last }}",
            "__class__",
        ),
        *("range(9)", "*", "9", "-", "{% set a = ", "{% macro a() %}", "loop"),
    ]
)
WHOLE = st.sampled_from(
    [
        *(f"{{{{ {name} }}}}" for name in NAMES),
        "{{ title|upper|truncate(9) }}{{ lines[-9:9]|join(' | ') }}{{ lines[99] }}{{ facts|length ~ title }}",
        "{% for a in lines[2:] if 'x' in a %}{{ a ~ title|trim }}{% else %}{{ at|default('') }}{% endfor %}",
        "{% for a, b in facts|items %}{{ a|capitalize }}{{ b|lower }}{{ facts[a] == b }}{% endfor %}",
        "{% for a in facts %}{{ a|first }}{{ facts[a]|last }}{% endfor %}",
        "{{ 'x' in facts }}{{ facts|length|first }}{{ ''|first }}{{ facts|last }}{{ link|join|items }}",
        "{% if not slo and facts.region is defined %}{{ facts.region if facts }}{% elif event in title %}{% endif %}",
    ]
)
SOURCES = st.lists(PIECES, max_size=25).map("".join) | st.lists(WHOLE, max_size=8).map("".join) | ANY


@given(SOURCES, SOURCES, MESSAGES)
def test_rendering_ends_never_raises_and_stays_below_its_size(title, text, message):
    """Also with templates that nobody should have accepted: then it is the plain message."""
    told = worded(Template(title, text), message)
    assert replace(told, title=message.title, lines=message.lines) == message
    added = told.lines[len(message.lines) :]
    if added and told.lines[: len(message.lines)] == message.lines and "failed" in added[0]:
        assert told.title == message.title
    elif told.lines != message.lines:
        assert sum(len(line.encode(errors="surrogatepass")) for line in told.lines) <= LARGEST


@given(SOURCES)
def test_what_is_accepted_renders(source):
    """Judged before anybody waits for it: what fails then is its size, or that it looks for a list `in` a text."""
    if flaw_in(source, LONGEST_TEXT) is None:
        told = worded(Template("", source), PLAIN).lines[-1]
        assert "template of this recipient failed" not in told or any(
            why in told for why in ("bytes", "requires string", "unhashable")
        )


def test_a_message_is_told_in_the_words_of_the_template():
    """Lines of the text are lines of the message; what is empty stays plain."""
    text = "{% for line in lines %}\n- {{ line }}\n{% endfor %}\nSee {{ link }}, {{ facts.nowhere|default('?') }}"
    told = worded(Template("[{{ severity|upper }}] {{ slo }}", text), PLAIN)
    assert told.title == f"[{PLAIN.severity.value.upper()}] {PLAIN.slo}"
    assert told.lines == (*(f"- {line}" for line in PLAIN.lines), f"See {PLAIN.link}, ?")
    assert worded(Template("", "{% if event == 'resolved' %}over{% endif %}"), PLAIN) == PLAIN
    assert worded(None, PLAIN) is PLAIN


def test_lists_print_as_people_read_them():
    """Lines below each other, facts with their values."""
    told = worded(Template("", "{{ lines }}\n{{ facts }}"), PLAIN)
    assert told.lines == (*PLAIN.lines, *(f"{name}: {value}" for name, value in PLAIN.facts.items()))


def test_a_heartbeat_has_no_other_words():
    """It is for machines."""
    beat = replace(PLAIN, event=Event.HEARTBEAT)
    assert worded(Template("{{ slo }}"), beat) is beat


@pytest.mark.parametrize(
    "source",
    ["{{ lines|join }}" * 100, "{% for a in lines %}{% for b in lines %}{{ b }}{% endfor %}{% endfor %}", "{{ title"],
)
def test_a_template_that_fails_falls_back_to_the_plain_message_and_says_so(source):
    """Title and all lines as they were, and one more."""
    message = replace(PLAIN, lines=("x" * 400,) * 20)
    told = worded(Template("{{ slo }}", source), message)
    assert told.title == message.title
    assert told.lines[:-1] == message.lines
    assert told.lines[-1].startswith("The template of this recipient failed, so this is the plain message: ")


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ title['__class__'] }}",
        "{{ facts.items }}{{ facts['items'] }}{{ facts.__class__ }}",
        "{{ lines.__class__ }}{{ lines['count'] }}",
        "{{ title|attr('format') }}",
    ],
)
def test_the_sandbox_itself_knows_no_attributes(source, monkeypatch):
    """Even if the judge of templates let everything pass: nothing but parts of lists and tables is found."""
    monkeypatch.setattr(rendering, "flaw_in", lambda *_: None)
    rendering._compiled.cache_clear()
    try:
        told = worded(Template("", f"-{source}-"), PLAIN)
    finally:
        rendering._compiled.cache_clear()
    assert told.lines == ("--",) or "failed" in told.lines[-1]


def test_the_worst_that_is_accepted_does_little():
    """Values are cut before they are changed, so neither joins nor long chains of filters grow: counted in copies."""
    test = "~".join(["lines|join"] * 40)
    source = "{% for a in lines %}" + f"{{% if ({test}){'|upper' * 6} == '' %}}{{% endif %}}" * 3 + "{% endfor %}"
    assert flaw_in(source, LONGEST_TEXT) is None
    message = replace(PLAIN, lines=("ΐ" * 1_000_000,) * 50)
    assert worded(Template("", source), message) == message
