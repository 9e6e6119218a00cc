"""Files come in piece by piece, survive what happens on the way, and lie once in the store."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as site
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.webapp.cases.test_scanning import png
from tests.webapp.inboxes.test_register import application
from webapp.audit.models import Event
from webapp.cases import actions, files
from webapp.cases.actions import uploads
from webapp.cases.models import Attachment, Case, StoredFile, Upload
from webapp.core import db

pytestmark = pytest.mark.django_db
PHOTO = png(200, 100)
SIZE = len(PHOTO)
BYTES = "application/octet-stream"


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def begin(client, place, *, name="照片.png", size=SIZE, key="k1", material=""):
    body = {"place": place, "material": material, "key": key, "name": name, "size": size}
    return client.post("/uploads/", body)


def send(client, number, offset, piece):
    with db.pretended(client.desk.at):
        return client.client.post(
            f"/uploads/{number}/?offset={offset}", piece, content_type=BYTES
        )


def test_pieces_sent_twice_and_a_gap_leave_one_whole_file(window, desk):
    """A lost answer makes the browser send a piece again; a lost piece makes it jump."""
    case = desk.open("ZR01")
    key = case.materials.first().key
    number = begin(window, f"case:{case.pk}", material=key).json()["id"]
    assert begin(window, f"case:{case.pk}", material=key).json()["id"] == number
    assert send(window, number, 0, PHOTO[:50]).json()["received"] == 50
    assert send(window, number, 0, PHOTO[:50]).json()["received"] == 50
    assert send(window, number, 80, PHOTO[80:]).json()["received"] == 50
    assert window.get(f"/uploads/{number}/").json()["received"] == 50
    assert not Attachment.objects.exists()
    last = send(window, number, 50, PHOTO[50:]).json()
    assert (last["whole"], last["attached"]) == (True, True)
    assert send(window, number, 50, PHOTO[50:]).json()["attached"] is True
    one = Attachment.objects.get()
    assert (one.material.key, one.name) == (key, "照片.png")
    assert files.path_of(one.sha256).read_bytes() == PHOTO
    assert not list(Path(site.MEDIA_ROOT).glob(".part-*"))
    assert Event.objects.filter(subject_id=case.pk, kind="attached").count() == 1


def test_a_file_that_is_not_in_order_is_named_and_gone(window, desk):
    case = desk.open("ZR01")
    content = b"not a picture"
    number = begin(window, f"case:{case.pk}", size=len(content)).json()["id"]
    refused = send(window, number, 0, content)
    assert refused.status_code == 422
    assert "照片.png" in refused.json()["problem"]
    assert not Upload.objects.exists()
    assert not list(Path(site.MEDIA_ROOT).rglob("*.part*"))


@pytest.mark.parametrize(
    ("about", "word"),
    [
        ({"size": 21 * 1024 * 1024}, "20MB"),
        ({"name": "a.exe"}, "不是可以收的"),
        ({"size": 0}, "空"),
    ],
)
def test_what_would_be_refused_anyway_is_refused_before_it_is_sent(window, desk, about, word):
    case = desk.open("ZR01")
    refused = begin(window, f"case:{case.pk}", **about)
    assert refused.status_code == 422
    assert word in refused.json()["problem"]


def test_every_piece_asks_again_whose_it_is_and_whether_the_case_is_in_hand(
    window, agent, desk
):
    case = desk.open("ZR01")
    assert begin(agent, f"case:{case.pk}").status_code == 404
    assert begin(window, "case:999999").status_code == 404
    assert begin(window, f"case:{case.pk}", material="nothing").status_code == 404
    assert begin(window, "elsewhere").status_code == 404
    number = begin(window, f"case:{case.pk}").json()["id"]
    assert send(agent, number, 0, PHOTO[:50]).status_code == 404
    assert send(window, number, 0, PHOTO + b"more").status_code == 422
    assert send(window, number, 0, PHOTO[:50]).status_code == 200
    desk.run(case)
    refused = send(window, number, 50, PHOTO[50:])
    assert refused.status_code == 422
    assert "办结" in refused.json()["problem"]
    assert not Attachment.objects.exists()


def test_what_was_uploaded_before_registering_goes_to_the_case_once(window, desk):
    number = begin(window, "register:MZ01", material="household_register").json()["id"]
    assert send(window, number, 0, PHOTO).json() | {"attached": False, "whole": True}
    pairs = application(desk, "MZ01") | {"up-household_register": number}
    assert window.post("/register/MZ01/", pairs).status_code == 302
    window.post("/register/MZ01/", pairs)
    one = Attachment.objects.get()
    assert (one.case_id, one.material.key) == (Case.objects.get().pk, "household_register")
    assert window.post(f"/uploads/{number}/?drop=1", {}).status_code == 422


def test_files_of_a_form_that_has_to_be_mended_are_not_chosen_again(window, desk):
    """Without JavaScript the files come with the form: it keeps them like everything typed."""
    pairs = application(desk, "MZ01") | {
        "applicant_name": "",
        "file-household_register": SimpleUploadedFile("户口簿.png", PHOTO),
    }
    again = window.post("/register/MZ01/", pairs)
    assert again.status_code == 422
    number = Upload.objects.get().pk
    assert f'value="{number}" checked' in again.content.decode()
    assert "户口簿.png" in again.content.decode()
    pairs = application(desk, "MZ01") | {"up-household_register": str(number)}
    assert window.post("/register/MZ01/", pairs).status_code == 302
    assert Attachment.objects.get().name == "户口簿.png"


def test_nobody_fetches_the_uploads_of_somebody_else(window, agent, desk):
    number = begin(agent, "register:MZ01").json()["id"]
    send(agent, number, 0, PHOTO)
    pairs = application(desk, "MZ01") | {"up-household_register": number}
    window.post("/register/MZ01/", pairs)
    assert Case.objects.count() == 1
    assert not Attachment.objects.exists()
    assert window.post(f"/uploads/{number}/?drop=1", {}).status_code == 404
    assert agent.post(f"/uploads/{number}/?drop=1", {}).json() == {"dropped": True}


def test_bytes_go_when_nobody_names_them_and_not_before(window, desk):
    """The same bytes on a case stay, whatever becomes of an upload beside it."""
    case = desk.open("ZR01")
    kept, lone = png(30, 30), png(31, 31)
    with db.pretended(desk.at):
        actions.attach(case.pk, desk.window, None, SimpleUploadedFile("a.png", kept))
    for key, content in (("same", kept), ("lone", lone)):
        number = begin(window, "register:MZ01", key=key, size=len(content)).json()["id"]
        send(window, number, 0, content)
    half = begin(window, "register:MZ01", key="half").json()["id"]
    send(window, half, 0, PHOTO[:20])
    assert StoredFile.objects.count() == 2
    with db.pretended(desk.at):
        assert actions.sweep_uploads() == 0
    with db.pretended(desk.at + uploads.KEPT + timedelta(hours=1)):
        assert actions.sweep_uploads() > 0
    assert not Upload.objects.exists()
    assert not uploads.part_of(half).exists()
    one = StoredFile.objects.get()
    assert files.path_of(one.sha256).read_bytes() == kept
    assert len([p for p in Path(site.MEDIA_ROOT).rglob("*") if p.is_file()]) == 1
