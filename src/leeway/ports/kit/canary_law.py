"""The law that no secret shows: a canary is put where the secret belongs, and looked for in every text."""

from __future__ import annotations

import base64
import traceback

from leeway.errors import LeewayError

CANARY = "canary-4f1d~s3cret/+"


def assert_hides_the_secret(error: LeewayError) -> None:
    """No spelling of the canary is in anything that a person or a log could see of this error."""
    shown = [str(error), repr(error), error.message, error.place, error.mend, *traceback.format_exception(error)]
    assert_hidden("\n".join(shown))


def assert_hidden(text: str) -> None:
    """No spelling of the canary is in this text."""
    assert not [spelling for spelling in spellings() if spelling in text]


def spellings() -> tuple[str, ...]:
    """The canary as it stands, and the part of Basic credentials that is the same for every user's name."""
    shifted = {base64.b64encode(b"x" * pad + CANARY.encode()).decode()[4:-4] for pad in range(3)}
    return (CANARY, *sorted(shifted))
