"""Files of a case: what they really are, and where their bytes are kept.

The type is decided by content, never by the name or the browser; a name that claims something
else is refused in words. Bytes lie under the attachment root by their SHA-256, outside the web
root, and never under the name that was given.
"""

from __future__ import annotations

import hashlib
import logging
import os
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import puremagic
from django.conf import settings
from django.utils.translation import gettext as _

from webapp.core.errors import Invalid

log = logging.getLogger(__name__)

LARGEST = 20 * 1024 * 1024
"""Bytes of one file; a scanned page is well below a megabyte."""

ALLOWED: dict[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/webp": (".webp",),
    "image/bmp": (".bmp",),
    "image/tiff": (".tif", ".tiff"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (".docx",),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": (".xlsx",),
    "application/vnd.ofd": (".ofd",),
}
INLINE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp", "image/bmp"})
"""Shown in the browser; everything else is only offered for download."""

_NAMES = "PDF、OFD、JPG、PNG、WEBP、BMP、TIFF、DOCX、XLSX"
_HEAD = 8192


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that has been checked and stored."""

    name: str
    media_type: str
    size: int
    sha256: str


def keep(name: str, chunks: Iterable[bytes]) -> Kept:
    """Check an upload and store it under its hash. Raises Invalid with a sentence.

    The bytes are on disk (fsync) before the row that names them is written. A disk that takes
    no more is a sentence too: the application itself is not lost by it.
    """
    shown = clean_name(name)
    try:
        return _keep(shown, chunks)
    except OSError as full:
        log.exception("an attachment could not be stored")
        words = _(
            "“{name}”没有收下：服务器现在存不下文件。请联系县政务办的系统管理员，稍后再上传。"
        ).format(name=shown)
        raise Invalid({"file": words}) from full


def _keep(shown: str, chunks: Iterable[bytes]) -> Kept:
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".in-", delete=False) as out:
        kept = Path(out.name)
        try:
            for chunk in chunks:
                size += len(chunk)
                if size > LARGEST:
                    raise Invalid(
                        {
                            "file": _("“{name}”超过{size}MB,请压缩或者分开上传。").format(
                                name=shown, size=LARGEST // 1024 // 1024
                            )
                        }
                    )
                digest.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
            media_type = _checked_type(shown, kept, size)
            target = path_of(digest.hexdigest())
            target.parent.mkdir(parents=True, exist_ok=True)
            kept.replace(target)
            _to_disk(target.parent)
        except BaseException:
            kept.unlink(missing_ok=True)
            raise
    return Kept(shown, media_type, size, digest.hexdigest())


def _to_disk(folder: Path) -> None:
    """The name in its folder must outlive a power cut, like the bytes."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def path_of(sha256: str) -> Path:
    """Where the bytes of a hash lie."""
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256


def clean_name(name: str) -> str:
    """A name fit to be shown: no folders, no control characters, at most 200 characters."""
    last = name.replace("\\", "/").rpartition("/")[2]
    shown = "".join(sign for sign in last if sign.isprintable()).strip()
    stem, dot, suffix = shown.rpartition(".")
    return f"{stem[:180]}{dot}{suffix[:10]}" if stem else (shown[:190] or "未命名")


def _checked_type(shown: str, path: Path, size: int) -> str:
    if size == 0:
        raise Invalid({"file": _("“{name}”是空文件，请重新选择。").format(name=shown)})
    media_type = type_of(path)
    if media_type is None or media_type not in ALLOWED:
        raise Invalid(
            {
                "file": _("“{name}”不是可以收的文件，只收{kinds}。").format(
                    name=shown, kinds=_NAMES
                )
            }
        )
    suffix = Path(shown).suffix.lower()
    if suffix not in ALLOWED[media_type]:
        real = ALLOWED[media_type][0].lstrip(".").upper()
        raise Invalid(
            {
                "file": _(
                    "“{name}”的内容其实是{kind}，与扩展名不符。请核对是不是选错了文件，改名后再上传。"
                ).format(name=shown, kind=real)
            }
        )
    return media_type


def type_of(path: Path) -> str | None:
    """The media type by content, None when nothing known matches."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(path)
    if head.lstrip()[:5] == b"%PDF-":
        return "application/pdf"
    try:
        found = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError):
        return None
    names = [match.mime_type for match in found if match.mime_type in ALLOWED]
    return _ALIASES.get(names[0], names[0]) if names and found[0].confidence > 0 else None


_ALIASES = {"image/jpg": "image/jpeg", "image/x-ms-bmp": "image/bmp"}


def _zip_type(path: Path) -> str | None:
    """Office and OFD files are zip archives: told apart by what stands in them."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist()[:2000])
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    if "OFD.xml" in names:
        return "application/vnd.ofd"
    base = "application/vnd.openxmlformats-officedocument."
    if "word/document.xml" in names and "word/vbaProject.bin" not in names:
        return base + "wordprocessingml.document"
    if "xl/workbook.xml" in names and "xl/vbaProject.bin" not in names:
        return base + "spreadsheetml.sheet"
    return None
