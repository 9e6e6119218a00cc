"""The pages that lead to parameters say each thing once, whoever reads them."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

OFFICE = "county_service_office"


@pytest.mark.parametrize("role", ["county.office", "county.publisher"])
def test_the_entry_page_lists_every_parameter_once(county, role):
    client = Client()
    client.force_login(
        county.officer(OFFICE, role), "django.contrib.auth.backends.ModelBackend"
    )
    page = client.get(reverse("office:parameters")).content.decode()
    assert page.count("还有这些") == 1
    assert page.index("<h1>") < page.index("还有这些")
    assert ("修改" in page.partition("还有这些")[0]) == (role == "county.office")
