"""Pictures of the first pages of a file, made apart from the server (`drawing`).

A picture is drawn anew from what was decoded: whatever else lay in the file stays there. A file
that cannot be drawn has no picture; it can still be downloaded.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings

from webapp.cases import files

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[2]
"""Where `webapp` is found by the program that draws."""
SECONDS = 45
"""How long drawing one file may take on the wall clock."""
DRAWN = {
    "application/pdf": ".pdf",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
}
"""Media types that can be drawn."""
_PNG = b"\x89PNG\r\n\x1a\n"


def draw(sha256: str, media_type: str) -> int:
    """Draw the first pages of a stored file; gives how many pictures there are now.

    Done twice it replaces the same pictures.
    """
    suffix = DRAWN.get(media_type)
    if suffix is None:
        return 0
    media = Path(settings.MEDIA_ROOT)
    with tempfile.TemporaryDirectory(dir=media, prefix=".draw-") as folder:
        count = _run(files.path_of(sha256), suffix, folder)
        for number in range(1, count + 1):
            made = Path(folder) / f"{number}.png"
            if not made.is_file() or made.read_bytes()[:8] != _PNG:
                return number - 1
            target = files.page_of(sha256, number)
            target.parent.mkdir(parents=True, exist_ok=True)
            made.replace(target)
    return count


def _run(path: Path, suffix: str, folder: str) -> int:
    order = [sys.executable, "-m", "webapp.cases.drawing", str(path), suffix, folder]
    env = {"PYTHONPATH": str(ROOT), "TYPST_PACKAGE_PATH": folder}
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell
            order, cwd=ROOT, env=env, capture_output=True, timeout=SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        log.warning("drawing %s took too long", path.name)
        return 0
    answer = done.stdout.strip()
    if done.returncode or not answer.isdigit():
        log.warning("drawing %s ended with %s", path.name, done.returncode)
        return 0
    return int(answer)
