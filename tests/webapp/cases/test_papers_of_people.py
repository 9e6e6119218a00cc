"""Files, drafts, unmasking: what belongs to people is checked, encrypted, and on record."""

from __future__ import annotations

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from webapp.audit.models import Event
from webapp.cases import actions, files
from webapp.cases.models import Attachment, Draft
from webapp.core.errors import AlreadyDone, Invalid, Refused, Unknown

pytestmark = pytest.mark.django_db

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d4944415478"
    "9c6360000002000001e221bc330000000049454e44ae426082"
)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb0043") + b"\x10" * 64


def office_file(*names):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in names:
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def put(desk, case, name, content, key=None, by=None):
    return actions.attach(case.pk, by or desk.window, key, SimpleUploadedFile(name, content))


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("身份证.png", PNG, "image/png"),
        ("申请表.PDF", PDF, "application/pdf"),
        ("照片.jpeg", JPEG, "image/jpeg"),
        ("表.docx", office_file("[Content_Types].xml", "word/document.xml"),
         "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("表.ofd", office_file("OFD.xml"), "application/vnd.ofd"),
    ],
    ids=["png", "pdf", "jpeg", "docx", "ofd"],
)  # fmt: skip
def test_a_file_is_kept_under_its_hash_with_the_type_of_its_content(
    desk, tmp_path, name, content, media_type
):
    case = desk.open("ZR01")
    key = case.materials.first().key
    number = put(desk, case, name, content, key)
    kept = Attachment.objects.get(pk=number)
    assert (kept.name, kept.media_type, kept.size) == (name, media_type, len(content))
    assert kept.material.key == key
    assert files.path_of(kept.sha256).read_bytes() == content
    assert kept.sha256 in str(files.path_of(kept.sha256))
    assert not list(tmp_path.glob(".in-*"))


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("身份证.png", PDF, "其实是PDF"),
        ("合同.pdf", b"MZ\x90\x00" + b"\x00" * 200, "不是可以收的文件"),
        ("页面.pdf", b"<html><script>alert(1)</script></html>", "不是可以收的文件"),
        ("图.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "不是可以收的文件"),
        ("空.pdf", b"", "空文件"),
        ("宏.docx", office_file("word/document.xml", "word/vbaProject.bin"), "宏"),
        ("包.zip", office_file("a.txt"), "不是可以收的"),
        ("坏.docx", b"PK\x03\x04broken", "不是可以收的"),
    ],
    ids=["pdf as png", "program", "page", "svg", "empty", "macros", "zip", "broken"],
)
def test_a_file_that_is_not_what_it_claims_is_refused_in_words(
    desk, tmp_path, name, content, word
):
    case = desk.open("ZR01")
    with pytest.raises(Invalid, match=word) as refused:
        put(desk, case, name, content)
    assert name in refused.value.errors["file"]
    assert not Attachment.objects.exists()
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_file_that_is_too_large_is_refused_before_it_is_read_whole(desk, monkeypatch):
    case = desk.open("ZR01")
    monkeypatch.setattr(files, "LARGEST", 100)
    with pytest.raises(Invalid, match="超过"):
        put(desk, case, "大.pdf", PDF + b"x" * 200)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("a\\b\\c.png", "c.png"),
        ("\x00\x01.pdf", ".pdf"),
    ],
)
def test_a_name_is_only_a_name(given, shown):
    assert files.clean_name(given) == shown


def test_who_may_attach_and_take_away(desk):
    case = desk.open("ZR01")
    number = put(desk, case, "a.png", PNG)
    stranger = desk.acting("xinchengpu.centre", "township.window")
    with pytest.raises(Unknown):
        put(desk, case, "a.png", PNG, by=stranger)
    with pytest.raises(Unknown):
        actions.remove_attachment(case.pk, stranger, number)
    with pytest.raises(Unknown):
        put(desk, case, "a.png", PNG, key="other")
    actions.remove_attachment(case.pk, desk.window, number)
    with pytest.raises(AlreadyDone):
        actions.remove_attachment(case.pk, desk.window, number)
    assert Attachment.objects.get(pk=number).removed_at is not None
    desk.run(case)
    with pytest.raises(Refused):
        put(desk, case, "a.png", PNG)


def test_a_draft_keeps_what_was_typed_for_its_owner_only(desk):
    case = desk.open("ZR01")
    item = desk.item(case)
    typed = {"outcome": "", "opinion": "13800000000 还没写完"}
    clerk, leader = desk.window, desk.acting("xinan.centre", "township.leader")
    actions.save_draft(clerk, item.pk, typed)
    actions.save_draft(clerk, item.pk, typed | {"opinion": "新的"})
    actions.save_draft(clerk, "register:MZ04", {"applicant_name": "王"})
    assert actions.load_draft(clerk, item.pk)["opinion"] == "新的"
    assert actions.load_draft(clerk, "register:MZ04") == {"applicant_name": "王"}
    assert Draft.objects.count() == 2
    assert b"138" not in b"".join(bytes(d.ciphertext) for d in Draft.objects.all())
    for act in (actions.save_draft, lambda by, place, _: actions.load_draft(by, place)):
        with pytest.raises(Unknown):
            act(leader, item.pk, {})
    desk.complete(item, clerk)
    assert not Draft.objects.filter(item=item.pk).exists()
    actions.drop_draft(clerk, "register:MZ04")
    assert actions.load_draft(clerk, "register:MZ04") == {}


def test_unmasking_is_for_the_work_in_hand_and_always_on_record(desk):
    """design §8: masked until asked for; every unmasking is an audit event."""
    case = desk.open("MZ04")
    phone = actions.reveal(case.pk, "application.applicant_phone", desk.window)
    assert phone.isdigit()
    event = Event.objects.filter(subject_id=case.pk).latest("seq")
    assert (event.kind, event.payload) == (
        "revealed",
        {"field": "application.applicant_phone"},
    )
    for stranger in (
        desk.acting("xinchengpu.centre", "township.window"),
        desk.acting("xinan.centre", "township.leader"),
    ):
        with pytest.raises(Unknown):
            actions.reveal(case.pk, "application.applicant_phone", stranger)
    with pytest.raises(Unknown):
        actions.reveal(case.pk, "application.nothing", desk.window)
    assert Event.objects.filter(subject_id=case.pk, kind="revealed").count() == 1
