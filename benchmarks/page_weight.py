"""Bytes of the first load of the inbox page: the HTML as it is sent, styles and scripts.

What the page names is taken from the built front end, compressed as the static server keeps
it (gzip). Prints one JSON object a line; lower is better.

    python benchmarks/page_weight.py
"""

from __future__ import annotations

import gzip
import re

from _county import AT, county, remark, report

_NAMED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


def main() -> None:
    """Fetch the page as a browser does and follow what it names."""
    with county():
        import _path
        from django.contrib.staticfiles import finders
        from django.test import Client

        from webapp.accounts.models import Officer
        from webapp.core import db

        with db.pretended(AT):
            for number in range(0, 250, 10):
                _path.register("promised", number)
            window = _path.people(_path.window(_path.centres()[0][0]))[0]
            client = Client(headers={"accept-encoding": "gzip"})
            officer = Officer.objects.get(pk=window.officer_id)
            client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
            page = client.get("/inbox/", secure=True)
        assert page.status_code == 200
        encoded = page.headers.get("Content-Encoding") == "gzip"
        html = gzip.decompress(page.content) if encoded else page.content
        total = len(page.content)
        remark(f"html {total} (gzip would be {len(gzip.compress(html, 6))})")
        for address in sorted(set(_NAMED.findall(html.decode()))):
            with open(str(finders.find(address.removeprefix("/static/"))), "rb") as file:
                size = len(gzip.compress(file.read(), 9))
            remark(f"{address} {size}")
            total += size
    report("first load of the inbox page, bytes", value=total, target=60_000)


if __name__ == "__main__":
    main()
