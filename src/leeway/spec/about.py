"""What an SLO says about itself that changes no number: by this people find it in a long list."""

from __future__ import annotations

from dataclasses import dataclass

from leeway.spec.annotations import OWNER, REVIEWED
from leeway.spec.documents import SLO, Metadata
from leeway.spec.projects import project_of

OWNERS = ("owner", "team")
"""Labels that say whose it is, where the annotation does not."""


@dataclass(frozen=True, slots=True)
class About:
    """`labels` are `key=value`, in order. `owner` and `reviewed` are as written, "" where nothing is."""

    description: str = ""
    project: str = ""
    owner: str = ""
    reviewed: str = ""
    labels: tuple[str, ...] = ()


def about(slo: SLO) -> About:
    """What the document of an SLO says."""
    said = slo.metadata
    labels = sorted(f"{key}={value}" for key, values in said.labels.items() for value in values)
    return About(
        slo.description, project_of(said), _owner(said), said.annotations.get(REVIEWED.key, "").strip(), tuple(labels)
    )


def _owner(said: Metadata) -> str:
    labelled = (value for key in OWNERS for value in said.labels.get(key, ()))
    return said.annotations.get(OWNER.key, "").strip() or next(filter(None, labelled), "")
