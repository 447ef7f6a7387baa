"""Proves an mp4: its boxes fill the file, every packet is read, the first picture decodes. Called by `parsers`."""

import os
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Final

import av
import av.container
import av.error
import av.logging

from criteria.files import IMAGE_PIXELS, FileFlag, FileKind, RefusalReason
from storage.checking.findings import Found, Rejected

av.logging.set_level(av.logging.PANIC)

# Only this demuxer and only this file: a playlist or a data reference would reach for others. Edit lists are ignored,
# so that of a film trimmed in the phone every picture is still read.
_OPTIONS: Final = {"protocol_whitelist": "file", "enable_drefs": "0", "use_absolute_path": "0", "ignore_editlist": "1"}
_TRIES: Final = 60  # packets that may pass before the first picture
_SMALL_BOX, _LARGE_BOX = 8, 16


def inspect(path: Path, kind: FileKind) -> Found:
    flags = _boxes(path)
    try:
        with _open(path) as container:
            width, height = _first_picture(container)
        with _open(path) as container:
            flags |= _demux_all(container)
    except av.error.FFmpegError:
        raise Rejected(RefusalReason.DAMAGED) from None
    return Found(kind, flags, width, height)


def _open(path: Path) -> av.container.InputContainer:
    # A title in some old encoding is no damage.
    return av.open(f"file:{path}", mode="r", format="mp4", options=_OPTIONS, metadata_errors="replace")


def _boxes(path: Path) -> frozenset[FileFlag]:
    """Walks the outer boxes: a file cut anywhere ends inside one, or has lost its index."""
    size, at, seen = path.stat().st_size, 0, set[bytes]()
    with path.open("rb") as file:
        while at + _SMALL_BOX <= size:
            file.seek(at, os.SEEK_SET)
            header = file.read(_LARGE_BOX)
            length, name = int.from_bytes(header[:4]), header[4:8]
            if length == 1:
                length = int.from_bytes(header[8:16])
            length = length or size - at
            if not name.isascii() or length < _SMALL_BOX:
                break
            seen.add(name)
            at += length
    if at > size or not {b"moov", b"mdat"} <= seen:
        raise Rejected(RefusalReason.DAMAGED)
    return frozenset({FileFlag.TRAILING_DATA}) if at < size else frozenset()


def _first_picture(container: av.container.InputContainer) -> tuple[int, int]:
    if not container.streams.video:
        raise Rejected(RefusalReason.TYPE_MISMATCH)
    stream = container.streams.video[0]
    if stream.codec_context is None:
        raise Rejected(RefusalReason.DAMAGED)
    if stream.width * stream.height > IMAGE_PIXELS:
        raise Rejected(RefusalReason.TOO_MANY_PIXELS)
    stream.thread_type = "NONE"
    for packet in islice(container.demux(stream), _TRIES):
        for frame in _pictures(packet):
            return frame.width, frame.height
    raise Rejected(RefusalReason.DAMAGED)


def _pictures(packet: "av.Packet[av.VideoStream]") -> list[av.VideoFrame]:
    try:
        return packet.decode()
    except av.error.InvalidDataError:
        return []  # a film cut out of a longer one may begin between two key pictures


def _demux_all(container: av.container.InputContainer) -> frozenset[FileFlag]:
    read: Counter[int] = Counter()
    for packet in container.demux():
        if packet.is_corrupt:
            raise Rejected(RefusalReason.DAMAGED)
        read[packet.stream_index] += packet.size > 0
    missing = any(read[stream.index] < stream.frames for stream in container.streams.video)
    return frozenset({FileFlag.POSSIBLY_DAMAGED}) if missing else frozenset()
