"""What differs between two versions, in sentences for the person who must approve it.

`compare` takes two bundles (`everything` makes one of a whole library). Changes of power come
first: who does a step, who is kept apart, the second person, clocks and results (design §11).
Layout, order of drawing, white space and merging gateways are not differences. The digests of
design §3½ are made where bundles are read: `workflows.sources.digests`.
"""

from __future__ import annotations

from workflows.versions.changes import Change
from workflows.versions.comparing import compare
from workflows.versions.gathering import everything
from workflows.versions.papers import paper_changes

__all__ = ["Change", "compare", "everything", "paper_changes"]
