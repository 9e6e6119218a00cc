"""Pages travel compressed, attachments as they are."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from webapp.config.compression import CompressPagesMiddleware

LONG = "<p>村级代办员</p>" * 200


@pytest.mark.parametrize(
    ("accepted", "kind", "compressed"),
    [
        ("gzip, br", "text/html; charset=utf-8", True),
        ("identity", "text/html; charset=utf-8", False),
        ("gzip, br", "application/pdf", False),
    ],
)
def test_only_pages_are_compressed(accepted, kind, compressed):
    request = RequestFactory().get("/", headers={"accept-encoding": accepted})
    answer = CompressPagesMiddleware(lambda _: HttpResponse(LONG, content_type=kind))(request)
    assert ("Content-Encoding" in answer.headers) is compressed
    body = gzip.decompress(answer.content) if compressed else answer.content
    assert body.decode() == LONG
    assert not compressed or len(answer.content) < len(body) / 5
