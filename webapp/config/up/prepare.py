"""What must be true before the web server starts: tables, rights, translations, static files.

Run as the owner in a process of its own (`python -m webapp.config.up.prepare`), so that the
supervisor stays small and never holds the owner's connection.
"""

from __future__ import annotations

import hashlib
import io
import os
from pathlib import Path


def main() -> None:
    """Bring everything up to date; quick when nothing has changed."""
    os.environ["BIANMIN_DATABASE_ROLE"] = "owner"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.config.settings")
    import django

    from webapp.config.translations import compile_translations

    compile_translations()
    django.setup()

    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    call_command("grants", verbosity=0)
    collect_static()


def collect_static() -> None:
    """Gather, hash and compress static files when one of them is new or changed."""
    from django.conf import settings
    from django.contrib.staticfiles.finders import get_finders
    from django.core.management import call_command

    digest = hashlib.sha256()
    for finder in get_finders():
        for path, storage in sorted(finder.list(None), key=lambda found: found[0]):
            state = os.stat(storage.path(path))
            digest.update(f"{path}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    stamp = Path(settings.STATIC_ROOT) / ".sources"
    if stamp.exists() and stamp.read_text() == digest.hexdigest():
        return
    call_command(
        "collectstatic", interactive=False, verbosity=0, clear=True, stdout=io.StringIO()
    )
    stamp.write_text(digest.hexdigest())


if __name__ == "__main__":
    main()
