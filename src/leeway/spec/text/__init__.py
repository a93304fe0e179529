"""Reading what people wrote: bytes to documents with places, and every fault named with its place and its cure."""

from leeway.spec.text.limits import Limits
from leeway.spec.text.lines import Lines, caret
from leeway.spec.text.mend import Change, Mended, mend
from leeway.spec.text.read import Text, read
from leeway.spec.text.tree import Entry, Mapping, Node, Scalar, Sequence

__all__ = [
    "Change",
    "Entry",
    "Limits",
    "Lines",
    "Mapping",
    "Mended",
    "Node",
    "Scalar",
    "Sequence",
    "Text",
    "caret",
    "mend",
    "read",
]
