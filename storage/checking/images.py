"""Proves a picture by decoding it whole, after its declared size was checked, and makes its thumbnail.

Called by `parsers`, in the checking child.
"""

import io
import mmap
import warnings
from pathlib import Path
from typing import Final

import pillow_heif
from PIL import ExifTags, Image, UnidentifiedImageError

from criteria.files import IMAGE_FRAMES, IMAGE_PIXELS, THUMBNAIL_SIDE, FileFlag, FileKind, RefusalReason
from storage.checking.findings import Found, Rejected

pillow_heif.register_heif_opener(thumbnails=False, depth_images=False, aux_images=False, decode_threads=1)
Image.MAX_IMAGE_PIXELS = IMAGE_PIXELS
Image.init()

_FORMATS: Final = {"jpg": ("JPEG",), "png": ("PNG",), "heic": ("HEIF",)}
_TURNS: Final = {
    2: (Image.Transpose.FLIP_LEFT_RIGHT,),
    3: (Image.Transpose.ROTATE_180,),
    4: (Image.Transpose.FLIP_TOP_BOTTOM,),
    5: (Image.Transpose.TRANSPOSE,),
    6: (Image.Transpose.ROTATE_270,),
    7: (Image.Transpose.TRANSVERSE,),
    8: (Image.Transpose.ROTATE_90,),
}
_SWAPS_SIDES: Final = 5
_PNG_END: Final = b"IEND\xaeB`\x82"
# What the decoders raise on bytes that are not what they say they are; RuntimeError is libheif's.
_BROKEN: Final = (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError, RuntimeError)


def inspect(path: Path, kind: FileKind, thumbnail: Path | None) -> Found:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata that is a little off
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=_FORMATS[kind.code]) as image:
                _limit(image)
                orientation = _orientation(image)
                image.load()
                small = _shrink(image, orientation) if thumbnail else None
                width, height = image.size if orientation < _SWAPS_SIDES else image.size[::-1]
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise Rejected(RefusalReason.TOO_MANY_PIXELS) from None
    except _BROKEN:
        raise Rejected(RefusalReason.DAMAGED) from None
    flags = frozenset() if _whole(path, kind) else frozenset({FileFlag.POSSIBLY_DAMAGED})
    written = thumbnail is not None and small is not None and _write(thumbnail, small)
    return Found(kind, flags, width, height, thumbnail=written)


def _limit(image: Image.Image) -> None:
    pixels = image.width * image.height
    frames = getattr(image, "n_frames", 1)
    if pixels > IMAGE_PIXELS or frames > IMAGE_FRAMES:
        raise Rejected(RefusalReason.TOO_MANY_PIXELS)


def _orientation(image: Image.Image) -> int:
    """1 to 8; anything else in a file's metadata counts as upright. HEIC comes out already turned."""
    found = 1 if image.format == "HEIF" else image.getexif().get(ExifTags.Base.Orientation, 1)
    return found if found in _TURNS else 1


def _shrink(image: Image.Image, orientation: int) -> Image.Image:
    """Shrunk before anything else is done to it: at full size each further step would cost another copy."""
    times = max(1, max(image.size) // (2 * THUMBNAIL_SIDE))
    if image.mode in ("RGB", "L", "CMYK", "YCbCr"):
        small = image.reduce(times)
    else:  # averaging makes a full copy of these first
        small = image.resize((-(-image.width // times), -(-image.height // times)), Image.Resampling.NEAREST)
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE), Image.Resampling.BILINEAR)
    if small.mode in ("RGBA", "LA", "PA") or "transparency" in small.info:
        on_white = Image.new("RGBA", small.size, "white")
        on_white.alpha_composite(small.convert("RGBA"))
        small = on_white
    if small.mode.startswith("I"):
        small = small.point(lambda value: value / 256).convert("L")
    small = small.convert("RGB")
    for turn in _TURNS.get(orientation, ()):
        small = small.transpose(turn)
    return small


def _write(path: Path, small: Image.Image) -> bool:
    out = io.BytesIO()
    small.info.clear()
    small.save(out, "WEBP", quality=78, method=3, exif=b"", icc_profile=b"", xmp=b"")
    try:
        path.write_bytes(out.getvalue())
    except OSError:
        path.unlink(missing_ok=True)  # a picture without a thumbnail is still evidence
        return False
    return True


def _whole(path: Path, kind: FileKind) -> bool:
    """Decoders forgive a missing end mark; a file without one was probably cut."""
    if kind.code == "heic":
        return True
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        if kind.code == "png":
            return data.rfind(_PNG_END) > 0
        return data.rfind(b"\xff\xd9") > data.rfind(b"\xff\xda")
