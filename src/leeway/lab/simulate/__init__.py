"""What would alert policies page on? Months of traffic that never happened, many times over."""

from leeway.lab.simulate.answer import Answer, Failure, Frequency, Summary
from leeway.lab.simulate.simulate import Asked, simulate
from leeway.lab.simulate.subject import Subject
from leeway.lab.simulate.world import Drawn, Resampled, World

__all__ = [
    "Answer",
    "Asked",
    "Drawn",
    "Failure",
    "Frequency",
    "Resampled",
    "Subject",
    "Summary",
    "World",
    "simulate",
]
