"""What axe (WCAG AA) finds on a page."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe


def violations(page) -> list[str]:
    """What axe finds on the page that is open."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']} ({one['impact']}): {node['html'][:160]}"
        for one in found
        for node in one["nodes"][:3]
    ]
