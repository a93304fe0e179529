"""An SLO that is none yet, tried on a past that was read for it alone."""

from leeway.lab.rehearsal.pasts import Heard, Pasts
from leeway.lab.rehearsal.preview import Preview, Remark, Row, preview
from leeway.lab.rehearsal.rehearsal import Rehearsal, Suggested, Verdict

__all__ = ["Heard", "Pasts", "Preview", "Rehearsal", "Remark", "Row", "Suggested", "Verdict", "preview"]
