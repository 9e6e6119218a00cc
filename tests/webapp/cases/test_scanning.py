"""Files are scanned and drawn after they came in, by a scanner that may be away (IN-13)."""

from __future__ import annotations

import struct
import zlib

import pytest
import typst
from django.core.exceptions import ImproperlyConfigured
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command

from tests.webapp.cases import clamd
from webapp.audit.models import Event
from webapp.cases import actions, files, previews, scanner
from webapp.cases.models import Attachment, StoredFile
from webapp.cases.queries import prove
from webapp.core import outbox
from webapp.core.errors import Invalid
from webapp.core.models import OutboxMessage

State = StoredFile.State


def chunk(kind, data):
    return (
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    )


def png(width=60, height=40, *, said=b"ordinary"):
    row = b"\0" + b"\x80\x20\x10" * width
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", head) + chunk(b"tEXt", b"Comment\0" + said)
    body += chunk(b"IDAT", zlib.compress(row * height, 1)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@pytest.fixture(autouse=True)
def _folder(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.MEDIA_ROOT.mkdir()


def put(desk, case, content, name="照片.png"):
    file = SimpleUploadedFile(name, content)
    return Attachment.objects.get(pk=actions.attach(case.pk, desk.window, None, file))


@pytest.mark.parametrize("over", ["tcp", "unix"])
def test_the_scanner_is_sent_every_byte_and_its_word_is_taken(tmp_path, over):
    harmless, harmful = tmp_path / "a", tmp_path / "b"
    harmless.write_bytes(b"\0" * 200_000)
    harmful.write_bytes(b"x" * 70_000 + clamd.VIRUS)
    with clamd.running(tmp_path / "sock" if over == "unix" else None) as (address, sent):
        assert scanner.answers(address)
        assert scanner.scan(harmless, address) == ""
        assert scanner.scan(harmful, address) == "Test.Virus"
        assert sent == [harmless.read_bytes(), harmful.read_bytes()]
    assert not scanner.answers(address)
    with pytest.raises(scanner.ScannerAway):
        scanner.scan(harmless, address)


@pytest.mark.parametrize(
    "word", [b"INSTREAM size limit exceeded. ERROR\0", b"", b"hello\0", b"x" * 9000]
)
def test_an_answer_that_is_no_verdict_clears_nothing(tmp_path, word):
    path = tmp_path / "a"
    path.write_bytes(b"abc")
    with (
        clamd.running(verdict=lambda _content: word) as (address, _sent),
        pytest.raises(scanner.ScannerAway),
    ):
        scanner.scan(path, address)


@pytest.mark.parametrize("address", ["127.0.0.1:3310", "http://host", "tcp://", "tcp://h:port"])
def test_an_address_that_names_no_scanner_is_told_at_the_start(settings, address):
    with pytest.raises(ImproperlyConfigured):
        scanner.parsed(address)


def test_the_checks_say_that_nothing_is_scanned(settings, capsys):
    settings.CLAMAV = ""
    call_command("check", deploy=True, tags=["security"])
    assert "cases.I001" in capsys.readouterr().err


@pytest.mark.django_db
class TestOfACase:
    def test_a_file_stays_closed_until_the_scanner_has_answered(self, desk, settings):
        case = desk.open("ZR01")
        with clamd.running() as (address, _sent):
            settings.CLAMAV = address
        one = put(desk, case, png())
        stored = StoredFile.objects.get(pk=one.sha256)
        assert (stored.state, stored.may_be_opened) == (State.SCANNING, False)
        outbox.deliver()  # nobody listens: again later
        waiting = OutboxMessage.objects.get(channel="examine-file")
        assert (waiting.sent_at, waiting.dead_at) == (None, None)
        assert "ScannerAway" in waiting.last_error
        with clamd.running() as (settings.CLAMAV, _sent):
            OutboxMessage.objects.update(leased_until=None)
            outbox.deliver()
        stored.refresh_from_db()
        assert (stored.state, stored.pages) == (State.CLEAN, 1)
        assert stored.scanned_at is not None

    def test_an_infected_file_is_taken_out_of_reach_and_the_case_says_so(self, desk, settings):
        cases = [desk.open("ZR01"), desk.open("ZR01")]
        with clamd.running() as (settings.CLAMAV, sent):
            found = [put(desk, case, png(said=clamd.VIRUS)) for case in cases]
            outbox.deliver()
            assert len(sent) == 1  # the same bytes are stored, and scanned, once
            with pytest.raises(Invalid, match=r"查出病毒（Test.Virus）"):
                put(desk, cases[0], png(said=clamd.VIRUS), name="又来.png")
        sha256 = found[0].sha256
        assert not files.path_of(sha256).exists()
        assert files.quarantine_of(sha256).read_bytes() == png(said=clamd.VIRUS)
        assert set(Attachment.objects.values_list("removed_at", flat=True)) != {None}
        for case in cases:
            event = Event.objects.get(subject="case", subject_id=case.pk, kind="quarantined")
            assert event.payload["sha256"] == sha256
            told = OutboxMessage.objects.get(
                channel="notify", payload__case=case.pk, payload__template="file_infected"
            )
            assert told.payload["attachments"] == [found[cases.index(case)].pk]
            case.refresh_from_db()
            assert prove(case).wrong == ()
        assert actions.examine_file(sha256) == State.INFECTED  # twice: nothing more
        assert Event.objects.filter(kind="quarantined").count() == 2

    def test_without_a_scanner_files_open_at_once_and_are_drawn(self, desk):
        one = put(desk, desk.open("ZR01"), png())
        assert StoredFile.objects.get(pk=one.sha256).state == State.UNSCANNED
        outbox.deliver()
        stored = StoredFile.objects.get(pk=one.sha256)
        assert (stored.state, stored.pages) == (State.UNSCANNED, 1)
        drawn = files.page_of(one.sha256, 1).read_bytes()
        assert drawn.startswith(b"\x89PNG")
        assert b"ordinary" not in drawn  # drawn anew: nothing else comes along


class TestDrawing:
    def stored(self, content, name):
        return files.keep(name, [content])

    def test_the_first_three_pages_of_a_pdf(self):
        pages = b"eins #pagebreak() zwei #pagebreak() drei #pagebreak() vier"
        kept = self.stored(typst.compile(pages, format="pdf"), "四页.pdf")
        assert previews.draw(kept.sha256, kept.media_type) == 3
        assert files.page_of(kept.sha256, 3).is_file()
        assert not files.page_of(kept.sha256, 4).exists()

    def test_what_cannot_be_drawn_has_no_picture_and_does_no_harm(self, settings):
        broken = self.stored(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\n%%EOF\n", "坏.pdf")
        assert previews.draw(broken.sha256, broken.media_type) == 0
        bomb = self.stored(png(30_000, 20_000), "大.png")  # 1.8 GB when unpacked
        assert previews.draw(bomb.sha256, bomb.media_type) == 0
        assert list(settings.MEDIA_ROOT.glob(".draw-*")) == []

    def test_a_kind_that_nobody_draws(self):
        assert previews.draw("0" * 64, "application/vnd.ofd") == 0
