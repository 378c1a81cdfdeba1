"""Files from outside: what a file is, is read from its bytes, never from its name.

Pictures are decoded and written anew, so nothing hidden in them survives; of a telephone's photo the original is kept,
too, with what tells of place, time and camera blanked. PDF and Office files are kept as they are and
only ever offered as downloads. Everything a browser could run (HTML, SVG, scripts) is refused whatever its name says.
"""

import hashlib
import io
import re
import struct
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from typing import IO, Any, Literal

import puremagic
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

try:
    import pi_heif
except ImportError:  # an optional wheel; without it the photographs of telephones are refused with a hint
    HEIC_READABLE = False
else:
    pi_heif.register_heif_opener(thumbnails=False)
    HEIC_READABLE = True

Kind = Literal["image", "pdf", "office", "csv"]
LONGEST_NAME = 120
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 2560
SMALL_SIDE = 320
MOST_UNZIPPED = 300 * 1024 * 1024
MOST_ENTRIES = 5_000
WORST_RATIO = 200

CONTENT_TYPES = {
    "jpg": "image/jpeg",
    "png": "image/png",
    "webp": "image/webp",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "csv": "text/csv",
}
PICTURES = {"jpg": "JPEG", "png": "PNG", "webp": "WEBP", "heic": "HEIF"}
PICTURE_NAMES = {"jpg", "jpeg", "jpe", "jfif", "png", "webp", "heic", "heif"}
OFFICE_PARTS = {"xlsx": "xl/workbook.xml", "docx": "word/document.xml", "pptx": "ppt/presentation.xml"}
ACTIVE = re.compile(rb"<\s*(script|html|svg|iframe|body|object)\b", re.IGNORECASE)
NO_EXIF = b"MM\x00*\x00\x00\x00\x08\x00\x00\x00\x00\x00\x00"
HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
# What Pillow and the codecs below it raise on damaged or hostile input.
DECODING_FAULTS = (
    OSError, SyntaxError, ValueError, EOFError, ArithmeticError, LookupError, TypeError, struct.error, zlib.error,
)  # fmt: skip


class UploadError(ValueError):
    """A file that is not taken. `message` is translated and says what to do; `code` is stable."""

    def __init__(self, message: str | Promise, code: str) -> None:
        super().__init__(message)
        self.message = message
        self.code = code

    def __str__(self) -> str:
        return str(self.message)


@dataclass(frozen=True)
class AcceptedFile:
    """A file that may be stored: `data` is what to store (pictures are re-encoded), `sha256` and `size` are of it."""

    name: str
    kind: Kind
    content_type: str
    data: bytes
    sha256: str
    size: int
    # Of a photo that had to be converted, the file as the telephone took it, but for place and camera; of every
    # picture, a small one for lists.
    original: bytes = b""
    thumbnail: bytes = b""


def accept_upload(file: IO[Any], *, allowed: frozenset[str] | set[str], max_bytes: int) -> AcceptedFile:
    """Check an uploaded file and return what to keep. `allowed` holds kinds: image, pdf, office, csv.

    Raises UploadError for an empty, too large, misnamed, damaged or dangerous file and for a kind that is not allowed.
    """
    given_name = str(getattr(file, "name", "") or "")
    data = _read(file, max_bytes)
    form = _sniff(data, given_name)
    kind = _kind(form)
    if kind not in allowed:
        raise UploadError(format_lazy(_("Files of this kind ({form}) are not accepted here."), form=form), "kind")
    _check_name(given_name, form)
    original = data if form == "heic" else b""
    thumbnail = b""
    if kind == "image":
        data, form = _redrawn(data, form)
        thumbnail = _thumbnail(data, form)
        original = _untraced(original)
    elif kind == "office":
        _check_archive(data)
    digest = hashlib.sha256(data).hexdigest()
    name = safe_name(given_name, form)
    return AcceptedFile(name, kind, CONTENT_TYPES[form], data, digest, len(data), original, thumbnail)


def _read(file: IO[Any], max_bytes: int) -> bytes:
    size = getattr(file, "size", None)
    file.seek(0)
    data: bytes = b"" if size and size > max_bytes else file.read(max_bytes + 1)
    if len(data) > max_bytes or (size and size > max_bytes):
        limit = max(1, max_bytes // (1024 * 1024))
        raise UploadError(
            format_lazy(_("The file is larger than {limit} MB. Send a smaller one."), limit=limit), "large"
        )
    if not data:
        raise UploadError(_("The file is empty. Choose it again, or check whether it was saved."), "empty")
    return data


def _sniff(data: bytes, name: str) -> str:
    """The true form of a file as its extension. Raises UploadError for forms that are never accepted."""
    if data.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if data[4:8] == b"ftyp" and {data[8:12], *(data[i : i + 4] for i in range(16, 32, 4))} & HEIC_BRANDS:
        return _heic()
    if data.startswith(b"%PDF-"):
        return _pdf(data)
    if data.startswith(b"PK\x03\x04"):
        return _office(data)
    if name.lower().endswith((".csv", ".txt")) and _is_plain_table(data):
        return "csv"
    raise _unknown(data)


def _heic() -> str:
    if not HEIC_READABLE:
        raise UploadError(_("HEIC photos cannot be read yet. Send the photo as JPEG."), "heic")
    return "heic"


def _pdf(data: bytes) -> str:
    """A PDF ends where it says; something behind its end is a second file in disguise."""
    end = data.rfind(b"%%EOF")
    if end < 0:
        raise UploadError(_("The PDF is not complete. Save or download it again."), "damaged")
    if data[end + 5 :].strip(b"\r\n\t \x00") or ACTIVE.search(data, 0, 1024):
        raise UploadError(
            _("The PDF contains something else besides. Print it to a new PDF and send that."), "polyglot"
        )
    return "pdf"


def _office(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, *DECODING_FAULTS):
        raise UploadError(_("The file is damaged. Save it again and send it once more."), "damaged") from None
    forms = [form for form, part in OFFICE_PARTS.items() if part in names]
    if len(forms) != 1 or "[Content_Types].xml" not in names:
        raise UploadError(_("Archives are not accepted. Send the files in it one by one."), "archive")
    return forms[0]


def _check_archive(data: bytes) -> None:
    """Refuse bombs, macros and archives with something before, behind or between."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        unzipped = sum(entry.file_size for entry in entries)
        if len(entries) > MOST_ENTRIES or unzipped > MOST_UNZIPPED or unzipped > WORST_RATIO * len(data):
            raise UploadError(
                _("Unpacked, the file would be far too large. Remove pictures or rows and save again."), "bomb"
            )
        if any("vbaproject" in entry.filename.lower() for entry in entries):
            raise UploadError(_("The file contains macros. Save it as .xlsx, .docx or .pptx and send that."), "macros")
        if archive.comment or min(entry.header_offset for entry in entries):
            raise UploadError(_("The file is not a plain Office file. Save it again with Office or WPS."), "polyglot")


def _is_plain_table(data: bytes) -> bool:
    if b"\x00" in data or re.match(rb"(\xef\xbb\xbf)?\s*(<|#!)", data) or ACTIVE.search(data):
        return False
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _unknown(data: bytes) -> UploadError:
    start = data[:2048].lstrip(b"\xef\xbb\xbf\x00 \t\r\n").lower()
    if start.startswith((b"<", b"#!")) or b"<svg" in start or b"<html" in start or b"<script" in start:
        text = _("Web pages, SVG drawings and scripts are not accepted. Send a JPEG or PNG picture of it instead.")
        return UploadError(text, "active")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        return UploadError(
            _("Old Office files are not accepted. Save it as .xlsx, .docx or .pptx and send that."), "old"
        )
    try:
        form = puremagic.from_string(data[:4096]).lstrip(".")[:12]
    except (puremagic.PureError, ValueError):
        form = "?"
    text = _("This kind of file ({form}) is not accepted. Send a picture (JPEG, PNG, WebP), a PDF or an Office file.")
    return UploadError(format_lazy(text, form=form), "kind")


def _kind(form: str) -> Kind:
    if form in PICTURES:
        return "image"
    if form in OFFICE_PARTS:
        return "office"
    return "pdf" if form == "pdf" else "csv"


def _check_name(name: str, form: str) -> None:
    """A picture may bear another picture's name (telephones do that); otherwise name and content must agree."""
    extension = _split(name)[1]
    agreeing = {"csv": {"csv", "txt"}}.get(form, PICTURE_NAMES if form in PICTURES else {form})
    if extension and extension not in agreeing:
        text = _("The file is named .{extension} but is really {form}. Rename it or choose the right file.")
        raise UploadError(format_lazy(text, extension=extension[:12], form=form.upper()), "misnamed")


def _redrawn(data: bytes, form: str) -> tuple[bytes, str]:
    """The picture decoded, turned upright, at most 2560 pixels long and written without anything else."""
    target = "jpg" if form == "heic" else form
    try:
        with Image.open(io.BytesIO(data), formats=[PICTURES[form]]) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise _too_many_pixels()
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
            upright = ImageOps.exif_transpose(picture)
            upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE), Image.Resampling.LANCZOS)
            return _written(upright, PICTURES[target]), target
    except UploadError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_many_pixels() from None
    except DECODING_FAULTS:
        raise UploadError(_("The picture is damaged or not a picture. Take or save it again."), "damaged") from None


def _untraced(heic: bytes) -> bytes:
    """The same file, but for what tells of place, time and camera; nothing where that is not found as it was read."""
    for block in _told(heic) if heic else ():
        if block not in heic:
            return b""
        heic = heic.replace(
            block, NO_EXIF.ljust(len(block), b"\x00") if block[:2] in {b"MM", b"II"} else bytes(len(block))
        )
    return heic


def _told(heic: bytes) -> list[bytes]:
    """The blocks of Exif, XMP and the like."""
    infos = [image.info for image in pi_heif.open_heif(io.BytesIO(heic))]
    blocks = [info.get(name) or b"" for info in infos for name in ("exif", "xmp")]
    blocks += [bytes(other["data"]) for info in infos for other in info.get("metadata") or ()]
    # The decoder may put the mark before a block that has none.
    return [block for block in (one.removeprefix(b"Exif\x00\x00") for one in blocks) if len(block) > len(NO_EXIF)]


def _thumbnail(data: bytes, form: str) -> bytes:
    """A small JPEG of a picture that was redrawn already."""
    with Image.open(io.BytesIO(data), formats=[PICTURES[form]]) as picture:
        picture.draft("RGB", (2 * SMALL_SIDE, 2 * SMALL_SIDE))
        picture.thumbnail((SMALL_SIDE, SMALL_SIDE), Image.Resampling.LANCZOS)
        return _written(picture, "JPEG")


def _too_many_pixels() -> UploadError:
    return UploadError(_("The picture has more than 40 million pixels. Send a smaller one."), "pixels")


def _written(picture: Image.Image, encoding: str) -> bytes:
    transparent = encoding != "JPEG" and picture.has_transparency_data
    plain = picture.convert("RGBA" if transparent else "RGB")
    plain.info.clear()
    out = io.BytesIO()
    options: dict[str, Any] = {"JPEG": {"quality": 86, "optimize": True}, "WEBP": {"quality": 86}}.get(encoding, {})
    plain.save(out, encoding, **options)
    return out.getvalue()


def _split(name: str) -> tuple[str, str]:
    stem, dot, extension = name.rpartition(".")
    return (stem, extension.lower()) if dot and 0 < len(extension) <= 12 else (name, "")


def safe_name(name: str, form: str) -> str:
    """A file name with its true extension and without folders, marks special to a system, or invisible characters."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    visible = "".join(one for one in last if unicodedata.category(one)[0] != "C" and one not in '<>:"|?*')
    stem = re.sub(r"\s+", " ", _split(visible)[0]).strip(" .")
    if not stem or re.fullmatch(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?", stem):
        stem = "file"
    return f"{stem[: LONGEST_NAME - len(form) - 1]}.{form}"
