"""What a file really is, read from its bytes, and why it is not taken in.

A name and what a browser says about it are never believed. A refusal is a sentence that names the
file and what to do with it: whoever stands at the counter can mend it there and then. Nothing here
opens a file in the sense of running it; archives are only listed, streams of PDF files are
unpacked up to a limit.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import puremagic
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from webapp.core.errors import Invalid

MB = 1024 * 1024
LARGEST = 20 * MB
"""Bytes of the largest file of any kind; a scanned page is well below a megabyte."""

_OFFICE = "application/vnd.openxmlformats-officedocument."
ALLOWED: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp",),
    "image/tiff": (".tif", ".tiff"),
    _OFFICE + "wordprocessingml.document": (".docx",),
    _OFFICE + "spreadsheetml.sheet": (".xlsx",),
    "application/vnd.ofd": (".ofd",),
}
ACCEPT = ",".join(suffix for suffixes in ALLOWED.values() for suffix in suffixes)
"""For `accept` of a file input: what the chooser offers first."""
INLINE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/bmp"})
"""Shown in the browser; everything else is only offered for download."""
LIMITS = {
    "image/bmp": 10 * MB,
    "image/tiff": 20 * MB,
    _OFFICE + "wordprocessingml.document": 10 * MB,
    _OFFICE + "spreadsheetml.sheet": 10 * MB,
}
"""Bytes of one file of a kind, where less than LARGEST."""

_NAMES = "PDF、OFD、JPG、PNG、WEBP、BMP、TIFF、DOCX、XLSX"
_ALIASES = {"image/jpg": "image/jpeg", "image/x-ms-bmp": "image/bmp"}
_HEAD = 8192
_TAIL = 66_000
"""Bytes at the end in which the directory of a zip archive must stand (22 + 65,535)."""
_UNPACKED = 300 * MB
_ENTRIES = 5000
_STREAM = 4 * MB

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACROS = re.compile(
    r"(^|/)(vbaproject\.bin|vbadata\.xml|macrosheets/|activex/)", re.IGNORECASE
)
_OUTSIDE = re.compile(rb"attachedTemplate[^>]*TargetMode\s*=\s*[\"']External", re.IGNORECASE)
_ENCRYPTED = re.compile(rb"/Encrypt\s*(<<|\d+\s+\d+\s+R)")
_ACTIVE = re.compile(rb"/(JavaScript|Launch)\b")
_SPELLED = re.compile(rb"#([0-9A-Fa-f]{2})")
_PACKED = re.compile(rb"/ObjStm\b.{0,400}?stream\r?\n", re.DOTALL)
_PAGE = re.compile(rb"<(!doctype html|html|script|svg|\?php)\b", re.IGNORECASE)

_REFUSALS = {
    "empty": gettext_noop("“{name}”是空文件，请重新选择。"),
    "unknown": gettext_noop("“{name}”不是可以收的文件，只收{kinds}。"),
    "old_office": gettext_noop("“{name}”是旧版的Word或者Excel文件，请另存为DOCX、XLSX或者PDF再上传。"),
    "encrypted": gettext_noop("“{name}”加了密码，别人打不开。请去掉密码，或者打印成PDF再上传。"),
    "macros": gettext_noop("“{name}”里带有宏或者会自动运行的内容。请另存为不带宏的文件，或者打印成PDF再上传。"),
    "script": gettext_noop("“{name}”里带有脚本或者会自动运行的内容。请打印成普通的PDF再上传。"),
    "two_faces": gettext_noop("“{name}”同时又是另一种文件（{kind}），可能被人动过手脚。请重新扫描或者拍照再上传。"),
    "bomb": gettext_noop("“{name}”解压以后大得不合常理，不能收。请重新另存一份再上传。"),
    "suffix": gettext_noop("“{name}”的内容其实是{kind}，与扩展名不符。请核对是不是选错了文件，改名后再上传。"),
    "large": gettext_noop("“{name}”超过{size}MB，请压缩或者分开上传。"),
}  # fmt: skip


def refused(why: str, name: str, **words: object) -> Invalid:
    """The refusal of a file, in words."""
    return Invalid({"file": _(_REFUSALS[why]).format(name=name, kinds=_NAMES, **words)})


def checked_type(name: str, path: Path) -> str:
    """The media type of a file that may be taken in. Raises Invalid with a sentence."""
    size = path.stat().st_size
    if size == 0:
        raise refused("empty", name)
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(_OLD_OFFICE):
        raise refused("encrypted" if _is_sealed_office(path) else "old_office", name)
    media_type = type_of(path)
    if media_type is None:
        raise refused("macros" if _is_macro_office(path) else "unknown", name)
    if size > LIMITS.get(media_type, LARGEST):
        raise refused("large", name, size=LIMITS.get(media_type, LARGEST) // MB)
    if Path(name).suffix.lower() not in ALLOWED[media_type]:
        kind = ALLOWED[media_type][0].lstrip(".").upper()
        raise refused("suffix", name, kind=kind)
    _check_faces(name, path, head, media_type)
    if media_type == "application/pdf":
        _check_pdf(name, path)
    elif head.startswith(b"PK\x03\x04"):
        _check_archive(name, path)
    return media_type


def type_of(path: Path) -> str | None:
    """The media type by content, None when nothing known matches."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _archive_type(path)
    if head.lstrip()[:5] == b"%PDF-":
        return "application/pdf"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    names = [match.mime_type for match in found if match.mime_type in ALLOWED]
    return _ALIASES.get(names[0], names[0]) if names and found[0].confidence > 0 else None


def _archive_type(path: Path) -> str | None:
    """Office and OFD files are zip archives: told apart by what stands in them."""
    names = set(_listed(path))
    if "OFD.xml" in names:
        return "application/vnd.ofd"
    if any(_MACROS.search(name) for name in names):
        return None
    if "word/document.xml" in names:
        return _OFFICE + "wordprocessingml.document"
    if "xl/workbook.xml" in names:
        return _OFFICE + "spreadsheetml.sheet"
    return None


def _is_macro_office(path: Path) -> bool:
    return any(_MACROS.search(name) for name in _listed(path))


def _listed(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.namelist()[:_ENTRIES]
    except (zipfile.BadZipFile, OSError, ValueError):
        return []


def _is_sealed_office(path: Path) -> bool:
    """A DOCX or XLSX with a password lies in a compound file under this name (UTF-16)."""
    with path.open("rb") as file:
        return "EncryptedPackage".encode("utf-16-le") in file.read(LARGEST)


def _check_faces(name: str, path: Path, head: bytes, media_type: str) -> None:
    """A file that another program reads as something else (a polyglot)."""
    is_archive = head.startswith(b"PK\x03\x04")
    if media_type != "application/pdf" and b"%PDF-" in head[:1024]:
        raise refused("two_faces", name, kind="PDF")
    if not is_archive and _PAGE.search(head[:1024]):
        raise refused("two_faces", name, kind="HTML")
    if not is_archive and _ends_as_archive(path):
        raise refused("two_faces", name, kind="ZIP")


def _ends_as_archive(path: Path) -> bool:
    """Whether a zip directory ends exactly where the file ends."""
    with path.open("rb") as file:
        file.seek(0, 2)
        file.seek(max(0, file.tell() - _TAIL))
        tail = file.read()
    place = tail.rfind(b"PK\x05\x06")
    if place < 0 or len(tail) < place + 22:
        return False
    comment = int.from_bytes(tail[place + 20 : place + 22], "little")
    return place + 22 + comment == len(tail)


def _check_pdf(name: str, path: Path) -> None:
    """No password, nothing that runs: also not inside packed objects."""
    content = path.read_bytes()
    if _ENCRYPTED.search(content):
        raise refused("encrypted", name)
    if any(_runs(part) for part in (content, *_unpacked(content))):
        raise refused("script", name)


def _runs(part: bytes) -> bool:
    """Whether something there is started by the reader; names may be spelled `/J#61vaScript`."""
    plain = _SPELLED.sub(lambda code: bytes([int(code[1], 16)]), part)
    return bool(_ACTIVE.search(plain))


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Objects that a PDF keeps in compressed streams, each up to a limit."""
    whole = memoryview(content)
    for found in _PACKED.finditer(content):
        packed = whole[found.end() : found.end() + _STREAM]
        try:
            yield zlib.decompressobj().decompress(packed, _STREAM)
        except zlib.error:
            continue


def _check_archive(name: str, path: Path) -> None:
    """No password, no bomb, no template from outside, and readable to the end."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            whole = sum(entry.file_size for entry in entries)
            if len(entries) > _ENTRIES or whole > _UNPACKED:
                raise refused("bomb", name)
            if any(entry.flag_bits & 1 for entry in entries):
                raise refused("encrypted", name)
            for entry in entries:
                if entry.filename.endswith(".rels") and _reaches_out(archive, entry):
                    raise refused("macros", name)
    except (zipfile.BadZipFile, OSError, ValueError, zlib.error, NotImplementedError) as broken:
        raise refused("unknown", name) from broken


def _reaches_out(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    """Whether a document fetches its template, and with it macros, from elsewhere."""
    with archive.open(entry) as part:
        return bool(_OUTSIDE.search(part.read(_STREAM)))
