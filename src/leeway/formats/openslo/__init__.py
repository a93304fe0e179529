"""OpenSLO: v1, v1alpha and v2alpha are read, v1 is written."""

from leeway.formats.openslo.read import Mode, Sheet, read
from leeway.formats.openslo.write import compose, laid_out, read_back, tree, write

__all__ = ["Mode", "Sheet", "compose", "laid_out", "read", "read_back", "tree", "write"]
