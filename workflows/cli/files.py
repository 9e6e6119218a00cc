"""Files named on the command line: read with care, and placed in their library."""

from __future__ import annotations

from pathlib import Path

from workflows.errors import Unreadable
from workflows.sources.bundle import Library, read_library
from workflows.sources.xml import MAX_BYTES

_ROOMS = ("forms", "decisions", "catalogue", "shared")


def read_bytes(path: Path) -> bytes:
    """The bytes of an ordinary file of sane size. Raises `Unreadable`."""
    try:
        if not path.is_file():
            raise Unreadable(f"{path}：没有这个文件")
        with path.open("rb") as stream:
            data = stream.read(MAX_BYTES + 1)
    except OSError as wrong:
        raise Unreadable(f"{path}：读不了（{wrong.strerror}）") from wrong
    if len(data) > MAX_BYTES:
        raise Unreadable(f"{path}：文件太大，超过 {MAX_BYTES // 1_000_000} MB，不予读取")
    return data


def library_of(path: Path) -> tuple[Library, str]:
    """The library in which a diagram lies and its name there.

    A diagram that lies in no library is a library of its own.
    """
    data = read_bytes(path)
    folder = path.resolve().parent
    home = folder.parent if folder.name == "shared" else folder
    if path.suffix == ".bpmn" and any((home / room).is_dir() for room in _ROOMS):
        library = read_library(home)
        name = path.resolve().relative_to(home).as_posix()
        return library, name
    return Library({path.name if path.suffix == ".bpmn" else f"{path.name}.bpmn": data}), (
        path.name if path.suffix == ".bpmn" else f"{path.name}.bpmn"
    )
