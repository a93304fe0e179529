"""Which templates are accepted, and what is said of all others."""

from __future__ import annotations

import pytest

from leeway.spec.documents import LONGEST_TEXT
from leeway.spec.template import FILTERS, NAMES, flaw_in


@pytest.mark.parametrize(
    "source",
    [
        "",
        "words alone",
        *(f"{{{{ {name} }}}}" for name in NAMES),
        "{{ title|upper|truncate(80) }} {{ slo ~ '/' ~ objective }}",
        "{% for line in lines[:3] %}- {{ line }}\n{% else %}nothing{% endfor %}",
        "{% for name, value in facts|items if name != 'condition' %}{{ name }}: {{ value }}\n{% endfor %}",
        "{% for name in facts %}{{ facts[name] }}{% endfor %}{% for one in lines %}{{ one }}{% endfor %}",
        "{{ facts.region|default('nowhere') }} {{ facts['fired_at'] }} {{ lines[0] }} {{ lines[-1] }}",
        "{% if severity == 'page' and not (event in 'resolved') %}!{% elif facts.x is defined %}?{% endif %}",
        "{{ 'page' if severity == 'page' else 'ticket' }}{# a note #}{% raw %}{{ {% endraw %}",
        "{{ lines|join(', ') }}{{ lines|join }}{{ lines|first }}{{ lines|last }}{{ lines|length }}",
    ],
)
def test_what_a_message_needs_is_accepted(source):
    """Names, filters, conditions, one loop after the other."""
    assert flaw_in(source, LONGEST_TEXT) is None


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("{{ title", "is no template"),
        ("{% for %}", "is no template"),
        ("{{ key }}", "no `key`"),
        ("{{ self }}", "no `self`"),
        ("{{ linse[0] }}", "no `linse`"),
        ("{% for line in lines %}{{ loop }}{% endfor %}", "no `loop`"),
        ("{% for line in lines %}{% endfor %}{{ line }}", "no `line`"),
        ("{{ title|escape }}", "no filter `escape`"),
        ("{{ '%s'|format(title) }}", "no filter `format`"),
        ("{{ title|attr('__class__') }}", "no filter `attr`"),
        ("{{ lines|map(attribute='__class__') }}", "no filter `map`"),
        ("{{ title|replace('', title) }}", "no filter `replace`"),
        ("{{ title|center(1000000000) }}", "no filter `center`"),
        ("{{ lines|join(title) }}", "`join` takes one text in quotes"),
        ("{{ title|truncate('9') }}", "`truncate` takes one number"),
        ("{{ title|upper(1) }}", "`upper` takes nothing"),
        ("{{ title|default(default='x') }}", "`default` takes"),
        ("{{ ''.__class__ }}", "have parts"),
        ("{{ facts.__class__.__mro__ }}", "have parts"),
        ("{{ ''['__class__'] }}", "have parts"),
        ("{{ lines['__class__'] }}", "have parts"),
        ("{{ lines[::0] }}", "have parts"),
        ("{{ facts[''.x] }}", "have parts"),
        ("{{ '{0.__class__}'.format(title) }}", "a call"),
        ("{{ range(1000000000) }}", "a call"),
        ("{{ cycler }}", "no `cycler`"),
        ("{{ 'x' * 1000000000 }}", "arithmetic"),
        ("{{ 9 ** 999999999 }}", "arithmetic"),
        ("{{ 'a' + 'b' }}", "arithmetic"),
        ("{{ -1 }}", "arithmetic"),
        ("{{ 'a' ~ lines }}", "a list"),
        ("{{ 1.5 }}", "no text"),
        ("{{ 3 in title }}", "no text"),
        ("{{ none }}", "no text"),
        ("{{ [title] }}", "`list`"),
        ("{{ {'a': title} }}", "`dict`"),
        ("{{ title < slo }}", "compared by `lt`"),
        ("{{ title is string }}", "no test"),
        ("{{ title is defined(''.__class__) }}", "no test"),
        ("{{ title is defined ''.__class__ }}", "no test"),
        ("{% set a = title ~ title %}", "`set`"),
        ("{% macro a() %}{{ a() }}{% endmacro %}", "a macro"),
        ("{% include 'x' %}", "an import"),
        ("{% import 'x' as x %}", "an import"),
        ("{% extends 'x' %}", "an import"),
        ("{% block x %}{% endblock %}", "`block`"),
        ("{% filter upper %}x{% endfilter %}", "`filterblock`"),
        ("{% with a = title %}{% endwith %}", "`with`"),
        ("{% for i in range(10) %}{% for j in range(10) %}{% endfor %}{% endfor %}", "a loop cannot stand in a loop"),
        ("{% for a in lines %}{% if a %}{% for b in lines %}{% endfor %}{% endif %}{% endfor %}", "in a loop"),
        ("{% for a in lines recursive %}{{ loop(a) }}{% endfor %}", "in a loop"),
        ("{% for a in title %}{% endfor %}", "cannot be gone through"),
        ("{% for a in 'abc' %}{% endfor %}", "cannot be gone through"),
        ("{% for lines in lines %}{% endfor %}", "names of its own"),
        ("{{ " + "(" * 900 + "title" + ")" * 900 + " }}", "too deeply"),
        ("{{ " + "not " * 200 + "title }}", "too deeply"),
        ("{% if title %}" * 40 + "{% endif %}" * 40, "too deeply"),
        ("x" * (LONGEST_TEXT + 1), "2,001 characters"),
    ],
)
def test_what_could_reach_further_or_run_long_is_refused(source, says):
    """Attributes, calls, arithmetic, bindings, loops in loops, whatever Jinja has beside what messages need."""
    flaw = flaw_in(source, LONGEST_TEXT)
    assert flaw is not None
    assert says in flaw.message


def test_a_flaw_says_its_line_and_what_there_is():
    """The first one in the text."""
    flaw = flaw_in("{{ title }}\n\n{{ titel }}{{ 1 + 1 }}", LONGEST_TEXT)
    assert flaw is not None
    assert (flaw.line, flaw.message) == (3, "there is no `titel` in a message")
    assert all(name in flaw.hint for name in NAMES)
    assert sorted(FILTERS) == list(FILTERS)
