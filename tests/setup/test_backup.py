"""Backup and restore: the round trip, and every reason not to begin it."""

from __future__ import annotations

import shutil

import pytest

ADD = (
    "from webapp.accounts.models import Officer; from webapp.core.crypto import encrypt;"
    "Officer.objects.create_officer('{name}', '张敏', None)"
)
NAMES = (
    "from webapp.accounts.models import Officer;"
    "print(','.join(Officer.objects.order_by('username').values_list('username', flat=True)))"
)


@pytest.fixture(scope="module")
def filled(lasting_place):
    """A place with one officer and one attachment."""
    for arguments in (["migrate", "-v0"], ["shell", "-c", ADD.format(name="kept")]):
        done = lasting_place.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
    (lasting_place.var / "attachments" / "ab").mkdir(parents=True, exist_ok=True)
    (lasting_place.var / "attachments" / "ab" / "paper").write_bytes(b"\x00scan\xff")
    return lasting_place


def _names(place):
    return place.run("shell", "-v0", "-c", NAMES).stdout.strip().splitlines()[-1]


def test_the_round_trip_brings_back_rows_and_files(filled, tmp_path):
    backup = tmp_path / "county.tar"
    done = filled.run("backup", str(backup))
    assert done.returncode == 0, done.stdout + done.stderr
    assert backup.stat().st_mode & 0o077 == 0
    assert "secrets" in done.stdout

    filled.run("shell", "-c", ADD.format(name="later"))
    (filled.var / "attachments" / "ab" / "paper").unlink()
    (filled.var / "attachments" / "later").write_text("later")
    assert _names(filled) == "kept,later"

    done = filled.run("restore", str(backup), "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert _names(filled) == "kept"
    files = filled.var / "attachments"
    assert (files / "ab" / "paper").read_bytes() == b"\x00scan\xff"
    assert not (files / "later").exists()


def test_a_backup_moves_to_another_machine_with_its_keys(filled, place, tmp_path):
    backup = tmp_path / "county.tar"
    assert filled.run("backup", str(backup)).returncode == 0

    done = place.run("restore", str(backup))
    assert done.returncode == 1
    assert "密钥" in done.stderr

    shutil.rmtree(place.var / "secrets")
    shutil.copytree(filled.var / "secrets", place.var / "secrets")
    done = place.run("restore", str(backup))
    assert done.returncode == 0, done.stdout + done.stderr
    assert _names(place) == "kept"


def test_a_damaged_backup_changes_nothing(filled, tmp_path):
    backup = tmp_path / "county.tar"
    assert filled.run("backup", str(backup)).returncode == 0
    data = bytearray(backup.read_bytes())
    at = data.index(b"PGDMP") + 200
    data[at] ^= 0xFF
    backup.write_bytes(data)
    for spoilt in (backup, tmp_path / "cut.tar", tmp_path / "none.tar"):
        if spoilt.name == "cut.tar":
            spoilt.write_bytes(data[:5000])
        done = filled.run("restore", str(spoilt), "--yes")
        assert done.returncode == 1, spoilt
        assert "没有恢复任何东西" in done.stderr
        assert "Traceback" not in done.stderr
    assert _names(filled) == "kept"


def test_an_existing_file_is_not_overwritten(filled, tmp_path):
    taken = tmp_path / "taken"
    taken.write_text("mine")
    assert filled.run("backup", str(taken)).returncode == 1
    assert taken.read_text() == "mine"


def test_a_running_system_can_be_backed_up_but_not_restored(filled, up, tmp_path):
    running = up(filled).wait_until_running()
    backup = tmp_path / "running.tar"
    assert filled.run("backup", str(backup)).returncode == 0
    done = filled.run("restore", str(backup), "--yes")
    assert done.returncode == 1
    assert "正在运行" in done.stderr
    assert running.status() == 200
    assert running.end() == 0
