"""The volume of a case: whole, in archive order, and proven by its last sheet."""

from __future__ import annotations

import hashlib
import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.webapp.cases.test_papers_of_people import PNG
from webapp.audit.actions import seal
from webapp.audit.models import Event
from webapp.cases import actions, files
from webapp.cases.models import Attachment, Document
from webapp.cases.queries import case_page, case_seen_by, prove
from webapp.cases.volume import CATALOGUE, PROOF, write_volume
from webapp.core import db, outbox

pytestmark = pytest.mark.django_db


def volume_of(desk, case) -> zipfile.ZipFile:
    found = case_seen_by(desk.window, case.pk)
    with write_volume(case_page(found, desk.at), prove(found), desk.at, "张敏") as made:
        return zipfile.ZipFile(io.BytesIO(made.read()))


@pytest.fixture
def case(desk):
    found = desk.open("MZ04", desk.window)
    with db.pretended(desk.at):
        actions.attach(found.pk, desk.window, None, SimpleUploadedFile("身份证.png", PNG))
    desk.run(found, "Task_Prelim")
    outbox.deliver()
    seal(desk.at)
    return found


def test_everything_is_in_it_in_archive_order(desk, case):
    names = volume_of(desk, case).namelist()
    assert (names[0], names[-1]) == (CATALOGUE, PROOF)
    assert len(names) == 3 + Document.objects.filter(case=case).count() + 1
    order = [name.partition("-")[2].partition(".")[0] for name in names]
    assert order.index("受理通知书") < order.index("申请内容") < order.index("身份证")
    assert order.index("身份证") < order.index("材料接收凭证")


def test_files_are_the_ones_that_were_stored(desk, case):
    inside = volume_of(desk, case)
    hashes = {hashlib.sha256(inside.read(name)).hexdigest() for name in inside.namelist()}
    assert set(Document.objects.filter(case=case).values_list("sha256", flat=True)) <= hashes
    assert set(Attachment.objects.filter(case=case).values_list("sha256", flat=True)) <= hashes


def test_no_sensitive_value_stands_in_what_we_write(desk, case):
    """The sheets that are made here name no identity number (design: sensitive values)."""
    found = case_page(case_seen_by(desk.window, case.pk), desk.at)
    form = next(one for one in found.forms if one.is_application)
    assert any(answer.field and not answer.text for answer in form.answers)


def test_a_missing_file_makes_no_volume(desk, case):
    one = Attachment.objects.get(case=case)
    path = files.path_of(one.sha256)
    kept = path.read_bytes()
    path.unlink()
    with pytest.raises(FileNotFoundError):
        volume_of(desk, case)
    path.write_bytes(kept)


def test_taking_it_out_is_on_record(desk, case):
    with db.pretended(desk.at):
        actions.export_volume(case.pk, desk.window)
    assert Event.objects.filter(subject_id=case.pk, kind="exported").count() == 1
