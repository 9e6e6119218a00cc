"""What goes wrong at a counter: people leave, keys come twice, a sweep meets a broken case."""

from __future__ import annotations

import errno
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.webapp.cases.desk import Desk
from tests.webapp.inboxes.conftest import posted
from webapp.accounts.models import Officer
from webapp.cases import actions, files, queries
from webapp.cases.actions.drafts import load_draft
from webapp.cases.models import Attachment, Case, CaseSnapshot, Draft, Timer, WorkItem
from webapp.cases.planning.words import fill
from webapp.config import backup
from webapp.core import db
from webapp.core.errors import AlreadyDone, Refused
from webapp.organisations.actions import between
from webapp.organisations.models import Absence, Holding
from webapp.organisations.queries import acting

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@pytest.fixture
def desk(county, at) -> Desk:
    """Registers and works cases through the real actions."""
    return Desk(county, at)


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def browser(officer) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(officer, backend="django.contrib.auth.backends.ModelBackend")
    return client


# -- keys -------------------------------------------------------------------------------------


def test_a_key_used_again_for_another_applicant_never_swallows_the_application(desk):
    """Back in the browser, another name typed, registered: the second is not the first."""
    first = desk.open("ZR01", key="same", applicant_name="王建国")
    with pytest.raises(AlreadyDone, match=first.number):
        desk.open("ZR01", key="same", applicant_name="李春梅")


def test_a_double_click_with_a_file_attaches_it_once(desk, county):
    client = browser(county.officer("xinan.centre", "township.window"))
    key = next(iter(desk.marks("ZR01")))
    pairs = posted(desk.answers("ZR01"))
    pairs |= {"reg-key": "once"}
    for _ in range(2):
        pairs[f"file-{key}"] = SimpleUploadedFile("申请.pdf", PDF)
        assert client.post("/register/ZR01/", pairs).status_code == 302
    case = Case.objects.get(opening_key__contains=":once")
    assert Attachment.objects.filter(case=case).count() == 1


# -- people -----------------------------------------------------------------------------------


def second(desk, item) -> Officer:
    """The B of the post in whose pool an item waits."""
    return Holding.objects.filter(post__pool=item.pool_id, cover="B").first().officer


def test_work_claimed_by_somebody_who_is_away_today_goes_on(desk):
    """She signed for it yesterday and is ill today: her B does it (DUTY-05)."""
    item = desk.item(desk.open("ZR01"))
    post = Holding.objects.filter(post__pool=item.pool_id, cover="B").first().post
    main = Holding.objects.get(post=post, cover="A").officer
    with db.pretended(desk.at):
        actions.claim(item.pk, acting(main.pk, desk.at))
    desk.go_to("2026-03-04")
    Absence.objects.create(
        officer=main, during=between(desk.at.date(), desk.at.date() + timedelta(days=2)),
        reason="病假", recorded_by=main, recorded_at=desk.at,
    )  # fmt: skip
    stand_in = acting(second(desk, item).pk, desk.at)
    assert stand_in.holds(item.pool_id)
    with db.pretended(desk.at):
        rows = queries.inbox(stand_in, "mine").rows
    assert item.pk in [row.item_id for row in rows]
    desk.complete(item, stand_in)
    item.refresh_from_db()
    assert item.state == "DONE"
    assert item.closed_by_id == stand_in.officer_id


def test_work_claimed_by_a_stand_in_goes_back_when_the_first_returns(desk):
    """B signed for it while A was ill; today A is here again and B's rights have ended."""
    item = desk.item(desk.open("ZR01"))
    post = Holding.objects.filter(post__pool=item.pool_id, cover="B").first().post
    main = Holding.objects.get(post=post, cover="A").officer
    away = Absence.objects.create(
        officer=main, during=between(desk.at.date(), desk.at.date()),
        reason="病假", recorded_by=main, recorded_at=desk.at,
    )  # fmt: skip
    stand_in = second(desk, item)
    with db.pretended(desk.at):
        actions.claim(item.pk, acting(stand_in.pk, desk.at))
    desk.go_to("2026-03-04")
    assert not acting(stand_in.pk, desk.at).holds(item.pool_id)
    with db.pretended(desk.at), pytest.raises(Refused):
        actions.release(item.pk, acting(stand_in.pk, desk.at))
    with db.pretended(desk.at):
        assert item.pk in [row.item_id for row in queries.inbox(acting(main.pk, desk.at)).rows]
    desk.complete(item, acting(main.pk, desk.at))
    item.refresh_from_db()
    assert item.closed_by_id == main.pk
    away.delete()


def test_work_claimed_by_somebody_who_lost_her_post_goes_on(desk):
    item = desk.item(desk.open("ZR01"))
    clerk = desk.window
    with db.pretended(desk.at):
        actions.claim(item.pk, clerk)
    Holding.objects.filter(officer=clerk.officer_id, cover="A").delete()
    colleague = next(
        person
        for one in Holding.objects.filter(post__pool=item.pool_id).exclude(
            officer=clerk.officer_id
        )
        if (person := acting(one.officer_id, desk.at)).holds(item.pool_id)
    )
    desk.complete(item, colleague)
    item.refresh_from_db()
    assert item.closed_by_id == colleague.officer_id


def test_work_claimed_by_a_colleague_who_is_here_stays_hers(desk):
    item = desk.item(desk.open("ZR01"))
    clerk = desk.window
    with db.pretended(desk.at):
        actions.claim(item.pk, clerk)
        mate = desk.mate
        with pytest.raises(AlreadyDone):
            actions.claim(item.pk, mate)
        with pytest.raises(AlreadyDone):
            actions.complete(item.pk, mate, {})


def test_work_that_nobody_can_do_today_is_shown_to_the_county_office(desk, county):
    item = desk.item(desk.open("ZR01"))
    office = browser(county.officer("county_service_office", "county.office"))
    assert "今天没有人办" not in office.get("/office/coverage/").content.decode()
    Holding.objects.filter(post__pool=item.pool_id).delete()
    page = office.get("/office/coverage/").content.decode()
    assert "今天没有人办" in page
    assert item.pool.unit.name in page


# -- drafts -----------------------------------------------------------------------------------


def test_a_draft_that_arrives_after_the_step_is_done_is_not_kept(desk):
    """The page saves by itself while the button is pressed; nothing private stays behind."""
    item = desk.item(desk.open("ZR01"))
    desk.complete(item, desk.window)
    with pytest.raises(Refused):
        actions.save_draft(desk.window, item.pk, {"pairs": {"opinion": ["私"]}})
    assert not Draft.objects.filter(item=item.pk).exists()
    assert load_draft(desk.window, item.pk) == {}


# -- words ------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["{phone}", "{nobody_knows}", "{{applicant}}", "a{b}c。"])
@pytest.mark.parametrize(
    "text", ["理由（{reason}）如下。", "因{reason}，不予受理。", "{reason}"]
)
def test_braces_that_somebody_typed_are_text(text, typed):
    said = fill(text, {"reason": typed, "phone": "88021234", "applicant": "王建国"})
    assert said == text.replace("{reason}", typed)


# -- sweeps -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["snapshot", "calendar"])
def test_one_broken_case_never_holds_up_the_timers_of_others(desk, how, monkeypatch):
    broken, whole = desk.open("ZR01"), desk.open("ZR01")
    Timer.objects.filter(case=broken, state="ARMED").update(fires_at=desk.at)
    Timer.objects.filter(case=whole, state="ARMED").update(fires_at=desk.at + timedelta(1))
    if how == "snapshot":
        CaseSnapshot.objects.filter(case=broken).update(state=b"\x01broken")
    else:
        broken.clocks.update(state="running")
        from webapp.cases.models import ClockEntry

        ClockEntry.objects.filter(case=broken).update(entry={"type": "started", "at": "never"})
    desk.go_to("2026-03-10")
    swept = desk.sweep("2026-03-10", 9)
    assert swept.failed == 1
    assert swept.fired >= 1
    assert Timer.objects.filter(case=whole, state="FIRED").exists()


# -- the end of the calendar ------------------------------------------------------------------


@pytest.mark.parametrize("when", ["2027-12-28", "2027-12-31", "2028-01-10"])
def test_at_the_end_of_the_calendar_everybody_can_still_read(desk, county, when):
    """Nobody published 2028: new limits are refused in words, but inboxes and cases open."""
    case = desk.open("ZR01")
    desk.run(case, until="Task_Propose")
    desk.go_to(when)
    item = desk.item(case)
    with db.pretended(desk.at):
        holder = desk.anybody(item.pool_id)
        client = browser(Officer.objects.get(pk=holder.officer_id))
        for path in ("/inbox/", "/done/", "/cases/", f"/items/{item.pk}/", f"/cases/{case.pk}/",
                     f"/cases/{case.pk}/clocks/"):  # fmt: skip
            assert client.get(path).status_code == 200, path
        actions.issue_cards()
        actions.fire_due_timers()
        try:
            desk.complete(item, holder)
        except Refused as refusal:
            refused = refusal.sentence
        else:
            refused = "日历"
        assert "日历" in refused
        office = browser(county.officer("county_service_office", "county.office"))
        assert office.get("/office/").status_code == 200


@pytest.mark.parametrize("when", ["2027-12-28", "2028-01-10"])
def test_at_the_end_of_the_calendar_registering_is_refused_in_words(desk, county, when):
    desk.go_to(when)
    with pytest.raises(Refused, match="日历"):
        desk.open("ZR01")
    with db.pretended(desk.at):
        client = browser(county.officer("xinan.centre", "township.window"))
        pairs = posted(desk.answers("ZR01"))
        assert client.post("/register/ZR01/", pairs).status_code == 409


# -- disk -------------------------------------------------------------------------------------


def test_a_full_disk_is_said_in_words_and_the_case_stands(desk, county, monkeypatch):
    client = browser(county.officer("xinan.centre", "township.window"))

    def full(_descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(files.os, "fsync", full)
    key = next(iter(desk.marks("ZR01")))
    pairs = posted(desk.answers("ZR01"))
    pairs |= {"reg-key": "full", f"file-{key}": SimpleUploadedFile("申请.pdf", PDF)}
    assert client.post("/register/ZR01/", pairs).status_code == 302
    case = Case.objects.get(opening_key__contains=":full")
    item = WorkItem.objects.get(case=case, state="OPEN")
    pairs = {f"file-{key}": SimpleUploadedFile("申请.pdf", PDF), "do": "materials"}
    answer = client.post(f"/items/{item.pk}/", pairs)
    assert answer.status_code == 422
    assert "存不下" in answer.content.decode()
    assert not list(files.Path(files.settings.MEDIA_ROOT).glob(".in-*"))


def test_a_backup_leaves_out_what_is_just_arriving(tmp_path, monkeypatch):
    monkeypatch.setenv("ATTACHMENTS", str(tmp_path))
    whole = files.path_of("ab" * 32)
    whole.parent.mkdir()
    whole.write_bytes(PDF)
    (tmp_path / ".in-arriving").write_bytes(b"half")
    assert backup.stored_files() == [whole]


def test_a_very_long_name_of_a_file_is_cut(desk, county):
    case = desk.open("ZR01")
    for name in ("字" * 10_000 + ".pdf", "../../etc/passwd\x00.pdf", "..\\..\\a.pdf"):
        upload = SimpleUploadedFile("x.pdf", PDF)
        upload._name = name
        number = actions.attach(case.pk, desk.window, None, upload)
        kept = Attachment.objects.get(pk=number)
        assert len(kept.name) <= 200
        assert "/" not in kept.name
        client = browser(county.officer("xinan.centre", "township.window"))
        assert client.get(f"/files/{number}/").status_code == 200
