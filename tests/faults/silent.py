"""A site of one line behind the product's own worker, with less patience, for its test."""

from __future__ import annotations

from webapp.config.web_worker import ImpatientWorker


class HastyWorker(ImpatientWorker):
    """Gives up after a second."""

    patience = 1


def site(environ, start_response):
    """Read the whole request, then answer."""
    environ["wsgi.input"].read()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"here"]
