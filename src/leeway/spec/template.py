"""Templates of messages: what one may be made of, and what is wrong with one. Pure: parsed, never rendered here.

A small part of Jinja's language, chosen so that whatever is accepted ends soon with a text of bounded size: the names
of a message, joined, compared, cut and listed. Nothing can be named, called, counted or multiplied; a loop goes over
the lines or the facts of the message, which are few, and holds no other loop; no name is ever bound to more than the
message holds, so a text grows with the template alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

from jinja2 import Environment, TemplateError, nodes

NAMES = ("at", "event", "facts", "lines", "link", "objective", "policy", "service", "severity", "slo", "title")
"""What a template may say: what a message has, but for its key."""

FILTERS: dict[str, tuple[type, ...]] = {
    "capitalize": (),
    "default": (str,),
    "first": (),
    "items": (),
    "join": (str,),
    "last": (),
    "length": (),
    "lower": (),
    "trim": (),
    "truncate": (int,),
    "upper": (),
}
"""The filters, and the constant that one takes."""

_DEEPEST = 12
_LISTS = ("lines", "facts")
_LOOPS_OVER = "`lines`, `lines[:3]`, `facts` and `facts|items`"
_OPERATORS = {"eq": "==", "ne": "!=", "in": "in", "notin": "not in"}
_PLAIN = (nodes.Output, nodes.If, nodes.CondExpr, nodes.Concat, nodes.And, nodes.Or, nodes.Not, nodes.Operand)
_CALLED: tuple[tuple[type[nodes.Node], str], ...] = (
    (nodes.Call, "a call"),
    (nodes.Macro, "a macro"),
    (nodes.CallBlock, "a macro"),
    (nodes.Import, "an import"),
    (nodes.FromImport, "an import"),
    (nodes.Include, "an import"),
    (nodes.Extends, "an import"),
    (nodes.Assign, "`set`"),
    (nodes.AssignBlock, "`set`"),
    (nodes.BinExpr, "arithmetic"),
    (nodes.UnaryExpr, "arithmetic"),
    (nodes.Const, "a constant that is no text"),
)


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong, in which line of the template, and what to write instead."""

    line: int
    message: str
    hint: str = ""


def flaw_in(source: str, longest: int) -> Flaw | None:
    """The first thing in a template that is not accepted."""
    if len(source) > longest:
        return Flaw(1, f"it has {len(source):,} characters", f"at most {longest:,}")
    try:
        tree = Environment(autoescape=False).parse(source)  # noqa: S701 — nothing is rendered; channels escape
    except TemplateError as error:
        return Flaw(getattr(error, "lineno", None) or 1, f"it is no template: {error.message or type(error).__name__}")
    except RecursionError:
        return _deep(1)
    return next(chain.from_iterable(_flaws(node, frozenset(NAMES), 0) for node in tree.body), None)


def _flaws(node: nodes.Node, names: frozenset[str], depth: int) -> Iterator[Flaw]:
    flaw = _deep(node.lineno) if depth > _DEEPEST else _flaw(node, names)
    if flaw:
        yield flaw
        return
    if isinstance(node, nodes.For):
        names |= _bound(node.target)
    for child in () if isinstance(node, (nodes.Getattr, nodes.Getitem)) else node.iter_child_nodes(("target", "args")):
        yield from _flaws(child, names, depth + 1)


def _flaw(node: nodes.Node, names: frozenset[str]) -> Flaw | None:
    """What is wrong with the node itself. Whatever is not named here is refused."""
    match node:
        case nodes.Const(value=str()) | nodes.TemplateData():
            return None
        case nodes.Name(name=name):
            return None if name in names else _unknown(node, names)
        case nodes.Getattr() | nodes.Getitem():
            return _place(node, names)
        case nodes.For():
            return _loop(node)
        case nodes.Filter():
            return _filter(node)
        case nodes.Test(name="defined", args=[], kwargs=[], dyn_args=None, dyn_kwargs=None):
            return None
        case nodes.Test(name=name):
            return Flaw(node.lineno, f"there is no test `is {name}` like this", "`is defined` alone is")
        case nodes.Compare():
            return _compare(node)
        case nodes.Concat() if any(isinstance(one, nodes.Name) and one.name in _LISTS for one in node.nodes):
            return Flaw(node.lineno, "a list cannot be put beside a text", "join it first: `lines|join(', ')`")
        case _ if isinstance(node, _PLAIN):
            return None
    what = next((name for kind, name in _CALLED if isinstance(node, kind)), f"`{type(node).__name__.lower()}`")
    return Flaw(node.lineno, f"{what} cannot stand in the template of a message")


def _loop(node: nodes.For) -> Flaw | None:
    """Over what is short, and nothing within it goes round again."""
    if node.recursive or any(node.find_all(nodes.For)):
        return Flaw(node.lineno, "a loop cannot stand in a loop", f"one after the other, over {_LOOPS_OVER}")
    match node.iter:
        case nodes.Name(name="lines" | "facts") | nodes.Getitem(node=nodes.Name(name="lines"), arg=nodes.Slice()):
            pass
        case nodes.Filter(name="items", node=nodes.Name(name="facts")):
            pass
        case _:
            return Flaw(node.lineno, "this cannot be gone through", f"a loop goes over {_LOOPS_OVER}")
    bound = _bound(node.target)
    if not bound or bound & {*NAMES, "loop"} or not all(name.isascii() for name in bound):
        return Flaw(node.lineno, "a loop needs names of its own", "as in `for line in lines`")
    return None


def _bound(target: nodes.Node) -> frozenset[str]:
    named = [target] if isinstance(target, nodes.Name) else list(target.iter_child_nodes())
    names = [one.name for one in named if isinstance(one, nodes.Name)]
    return frozenset(names if len(names) == len(named) else ())


def _place(node: nodes.Getattr | nodes.Getitem, names: frozenset[str]) -> Flaw | None:
    """`facts.region`, `facts["region"]`, `facts[name]` in a loop, `lines[0]`, `lines[:3]`; nothing else has parts."""
    match node:
        case nodes.Getattr(node=nodes.Name(name=name)) | nodes.Getitem(node=nodes.Name(name=name)) if name not in names:
            return _unknown(node.node, names)
        case nodes.Getattr(node=nodes.Name(name="facts")):
            return None
        case nodes.Getitem(node=nodes.Name(name="facts"), arg=nodes.Const(value=str())):
            return None
        case nodes.Getitem(node=nodes.Name(name="facts"), arg=nodes.Name(name=name)) if name in names:
            return None
        case nodes.Getitem(node=nodes.Name(name="lines"), arg=nodes.Slice(start=start, stop=stop, step=None)):
            if _whole(start) and _whole(stop):
                return None
        case nodes.Getitem(node=nodes.Name(name="lines"), arg=number) if _whole(number):
            return None
    return Flaw(
        node.lineno, "only `facts` and `lines` have parts", 'as in `facts.region`, `facts["region"]`, `lines[0]`'
    )


def _whole(node: nodes.Node | None) -> bool:
    """A number that says a place, or none."""
    match node:
        case None | nodes.Const(value=int()) | nodes.Neg(node=nodes.Const(value=int())):
            return True
    return False


def _filter(node: nodes.Filter) -> Flaw | None:
    takes = FILTERS.get(node.name)
    if takes is None:
        return Flaw(node.lineno, f"there is no filter `{node.name}`", f"there are {', '.join(sorted(FILTERS))}")
    given = [type(one.value) if isinstance(one, nodes.Const) else None for one in node.args]
    few = node.name == "join" and not given
    if node.node is None or node.kwargs or node.dyn_args or node.dyn_kwargs or not (few or given == list(takes)):
        kinds = {str: "one text in quotes", int: "one number"}
        return Flaw(node.lineno, f"the filter `{node.name}` takes {kinds[takes[0]] if takes else 'nothing'}")
    return None


def _compare(node: nodes.Compare) -> Flaw | None:
    unknown = [one.op for one in node.ops if one.op not in _OPERATORS]
    known = ", ".join(_OPERATORS.values())
    return Flaw(node.lineno, f"texts are not compared by `{unknown[0]}`", f"but by {known}") if unknown else None


def _unknown(node: nodes.Expr, names: frozenset[str]) -> Flaw:
    name = node.name if isinstance(node, nodes.Name) else ""
    return Flaw(node.lineno, f"there is no `{name}` in a message", f"there are {', '.join(sorted(names))}")


def _deep(line: int) -> Flaw:
    return Flaw(line, "it is nested too deeply", "write it flat")
