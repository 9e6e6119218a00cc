"""Static files under names that change with their content, so that browsers keep them."""

from __future__ import annotations

import re
from typing import Any

from whitenoise.storage import CompressedManifestStaticFilesStorage

_BY_VITE = re.compile(r"^assets/.+-[\w-]{8}\.\w+$")


class HashedFiles(CompressedManifestStaticFilesStorage):
    """Adds a digest to names, but for files that Vite has named by content already.

    Those import each other by these names: a second name would load a module twice.
    """

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        """The name to serve `name` under."""
        path = name.partition("?")[0]
        if _BY_VITE.match(path):
            return path
        hashed: str = super().hashed_name(name, content, filename)
        return hashed
