"""Who may open the designer's pages; what may be done there is decided by `processes.policy`."""

from __future__ import annotations

from django.http import HttpRequest

from webapp.organisations.middleware import acting_of
from webapp.processes import policy


def may_read(request: HttpRequest) -> bool:
    """Designers, reviewers, the county office, and those who inspect it."""
    return policy.may_read(acting_of(request))


def may_design(request: HttpRequest) -> bool:
    """Designers (流程设计员)."""
    return policy.may_design(acting_of(request))


def may_publish(request: HttpRequest) -> bool:
    """Reviewers (流程复核发布员)."""
    return policy.may_publish(acting_of(request))


def may_work(request: HttpRequest) -> bool:
    """Designers and reviewers; the action decides which of the two."""
    return may_design(request) or may_publish(request)
