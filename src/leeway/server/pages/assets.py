"""What the browser gets besides pages: built before installation (tools/assets.py), never changed while we run."""

from __future__ import annotations

import json
import mimetypes
import re
from functools import cached_property
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

from leeway.errors import NotFound, Permanent

BUILT = Path(__file__).parent.parent / "assets"
AT = "/static/"
FOREVER = {"cache-control": "public, max-age=31536000, immutable", "vary": "accept-encoding"}
PACKED = (("br", ".br"), ("gzip", ".gz"))
FACE = re.compile(r"@font-face\s*\{[^}]*\}")
TYPES = {".js": "text/javascript", ".woff2": "font/woff2", ".txt": "text/plain"}


class Assets:
    """Addresses carry a digest of what lies there, so a browser keeps it for ever."""

    @cached_property
    def _names(self) -> dict[str, str]:
        try:
            return dict(json.loads((BUILT / "manifest.json").read_text("utf-8"))["files"])
        except FileNotFoundError:
            mend = "run `make install` in the checkout, or install the wheel"
            raise Permanent("the scripts and the style of the pages were not built", mend=mend) from None

    @cached_property
    def _files(self) -> dict[str, bytes]:
        """All of it, by name: a request chooses from these and never names a path."""
        return {one.name: one.read_bytes() for one in BUILT.iterdir() if one.is_file() and one.name != "manifest.json"}

    def at(self, name: str) -> str:
        """The address of what is called so in web/, as `main.ts`."""
        return AT + self._names[name]

    def font(self) -> str:
        """The address of the letters that nearly every page needs."""
        return AT + next(name for name in self._files if name.startswith("inter-latin-wght"))

    def style(self) -> str:
        """The style as text, without the letters that it would load: for a file that stands alone."""
        return FACE.sub("", self._files[self._names["main.css"]].decode())

    def answer(self, request: Request, name: str) -> Response:
        """One file, packed as the browser likes it. NotFound."""
        body = self._files.get(name)
        if body is None or name.endswith((".br", ".gz")):
            raise NotFound("there is no such file", mend="load the page again")
        suffix = Path(name).suffix
        kind = TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
        accepted = request.headers.get("accept-encoding", "")
        for encoding, ending in PACKED:
            if encoding in accepted and name + ending in self._files:
                packed = FOREVER | {"content-encoding": encoding}
                return Response(self._files[name + ending], 200, packed, kind)
        return Response(body, 200, FOREVER, kind)
