"""What is accepted from outside, what it becomes, and what is refused with which hint."""

import base64
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook
from PIL import Image

from core import uploads
from core.uploads import AcceptedFile, UploadError, accept_upload, safe_name

EVERYTHING = frozenset({"image", "pdf", "office", "csv"})
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
HTML = b"<!doctype html><html><script>alert(1)</script></html>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'

# A red square as a telephone would send it; made for this test.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAUJtZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAAACJp"
    "bG9jAAAAAERAAAEAAQAAAAABZgABAAAAAAAAABgAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABodmMxAAAAAA5waXRtAAAAAAAB"
    "AAAAwmlwcnAAAACkaXBjbwAAAHhodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEA"
    "AQArQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbqSSmubgIaDAgAAAMAyAAAAwAIQGIAAQAHRAHBcrAiQAAAABRpc3BlAAAAAAAAAEAAAABA"
    "AAAAEHBpeGkAAAAAAwgICAAAABZpcG1hAAAAAAAAAAEAAQOBAgMAAAAgbWRhdAAAABQoAa8EGPx5OOv/+ZCPz8BcKsR0OA=="
)


def accept(data: bytes, name: str, allowed: frozenset[str] = EVERYTHING, limit: int = 5 * 1024 * 1024) -> AcceptedFile:
    return accept_upload(SimpleUploadedFile(name, data), allowed=allowed, max_bytes=limit)


def refused(data: bytes, name: str, allowed: frozenset[str] = EVERYTHING, limit: int = 5 * 1024 * 1024) -> str:
    with pytest.raises(UploadError) as raised:
        accept(data, name, allowed, limit)
    assert str(raised.value)
    return raised.value.code


def picture(encoding: str = "JPEG", size: tuple[int, int] = (40, 20), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size, 200 if mode == "L" else (200, 30, 30, 128)[: len(mode)]).save(out, encoding, **options)
    return out.getvalue()


def workbook(extra: dict[str, bytes] | None = None) -> bytes:
    out = io.BytesIO()
    book = Workbook()
    book.create_sheet("data").append(["a", 1])
    book.save(out)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (extra or {}).items():
            archive.writestr(name, data)
    return out.getvalue()


@pytest.mark.parametrize(("encoding", "name"), [("JPEG", "a.jpg"), ("PNG", "a.png"), ("WEBP", "a.webp")])
def test_a_picture_is_written_anew_in_its_own_form(encoding: str, name: str) -> None:
    accepted = accept(picture(encoding), name)
    assert accepted.kind == "image"
    assert accepted.name == name
    assert accepted.size == len(accepted.data)
    with Image.open(io.BytesIO(accepted.data)) as image:
        assert (image.format, image.size) == (encoding, (40, 20))


@pytest.mark.parametrize("mode", ["L", "P", "CMYK", "RGBA", "LA", "1", "I;16"])
def test_odd_colour_modes_are_accepted(mode: str) -> None:
    out = io.BytesIO()
    source = Image.new("RGB", (8, 8), (1, 2, 3)).convert("L" if mode == "I;16" else mode)
    (source.convert("I;16") if mode == "I;16" else source).save(out, "JPEG" if mode == "CMYK" else "PNG")
    assert accept(out.getvalue(), "a.jpg").kind == "image"


def test_orientation_is_applied_and_every_trace_of_place_and_camera_dropped() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by 90 degrees
    exif[0x010F] = "SecretCamera"
    accepted = accept(picture(size=(40, 20), exif=exif, comment=b"<script>hidden</script>"), "a.jpg")
    assert b"SecretCamera" not in accepted.data
    assert b"script" not in accepted.data
    with Image.open(io.BytesIO(accepted.data)) as image:
        assert image.size == (20, 40)
        assert not image.getexif()


def test_a_large_photo_is_made_smaller() -> None:
    with Image.open(io.BytesIO(accept(picture(size=(5200, 1300)), "a.jpg").data)) as image:
        assert image.size == (2560, 640)


def test_transparency_survives_where_the_form_has_it() -> None:
    with Image.open(io.BytesIO(accept(picture("PNG", mode="RGBA"), "a.png").data)) as image:
        assert image.mode == "RGBA"


def test_a_telephone_photo_under_another_pictures_name_gets_its_true_name() -> None:
    assert accept(picture("PNG"), "IMG_1.JPG").name == "IMG_1.png"


def test_what_hangs_behind_a_picture_is_cut_off() -> None:
    accepted = accept(picture() + b"<script>alert(1)</script>" + workbook(), "a.jpg")
    assert b"script" not in accepted.data
    assert b"PK\x03\x04" not in accepted.data


def test_a_heic_photo_becomes_a_jpeg() -> None:
    accepted = accept(HEIC, "IMG_0001.HEIC")
    assert accepted.original == HEIC
    assert accepted.thumbnail.startswith(b"\xff\xd8\xff")
    assert (accepted.name, accepted.content_type) == ("IMG_0001.jpg", "image/jpeg")
    with Image.open(io.BytesIO(accepted.data)) as image:
        pixel = image.convert("RGB").getpixel((32, 32))
        assert (image.format, image.size) == ("JPEG", (64, 64))
        assert isinstance(pixel, tuple)
        assert pixel[0] > 150 > 90 > pixel[1]


def boxes(data: bytes) -> dict[bytes, bytes]:
    """Of an ISO file, by their kinds."""
    found, at = {}, 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        found[data[at + 4 : at + 8]] = data[at + 8 : at + size]
        at += size
    return found


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body) + 8) + kind + body


def heic_that_tells(told: bytes) -> bytes:
    """The photo with Exif as a second item, as telephones write it."""
    top = boxes(HEIC)
    parts = boxes(top[b"meta"][4:])
    entry = box(b"infe", b"\x02\0\0\0" + struct.pack(">HH", 2, 0) + b"Exif\0")
    parts[b"iinf"] = parts[b"iinf"][:4] + struct.pack(">H", 2) + parts[b"iinf"][6:] + entry
    parts[b"iref"] = bytes(4) + box(b"cdsc", struct.pack(">HHH", 2, 1, 1))
    picture, told = top[b"mdat"], struct.pack(">I", 6) + told

    def meta(at: int) -> bytes:
        places = [(1, at, len(picture)), (2, at + len(picture), len(told))]
        items = b"".join(struct.pack(">HHHII", number, 0, 1, place, size) for number, place, size in places)
        parts[b"iloc"] = bytes(4) + b"\x44\0" + struct.pack(">H", 2) + items
        return box(b"meta", bytes(4) + b"".join(box(kind, body) for kind, body in parts.items()))

    head = box(b"ftyp", top[b"ftyp"])
    return head + meta(len(head) + len(meta(0)) + 8) + box(b"mdat", picture + told)


def test_the_kept_photo_of_a_telephone_does_not_tell_where_and_with_what_it_was_taken() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8825] = "SecretCamera", {1: "N", 2: (36.0, 39.0, 11.0)}
    taken = heic_that_tells(exif.tobytes())
    with Image.open(io.BytesIO(taken)) as image:
        assert image.getexif()[0x010F] == "SecretCamera"
    kept = accept(taken, "IMG_0002.HEIC").original
    assert len(kept) == len(taken)
    assert b"SecretCamera" not in kept
    with Image.open(io.BytesIO(kept)) as image:
        image.load()
        assert (image.size, dict(image.getexif())) == ((64, 64), {})


def test_broken_heic_is_refused_as_damaged() -> None:
    assert refused(HEIC[:200], "a.heic") == "damaged"


def test_without_the_decoder_heic_is_refused_with_a_hint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "HEIC_READABLE", False)
    assert refused(HEIC, "a.jpg") == "heic"


@pytest.mark.parametrize("data", [HTML, SVG, b"\xef\xbb\xbf  " + HTML, b"#!/bin/sh\nrm", b"GIF89a/*" + HTML])
@pytest.mark.parametrize("name", ["a.jpg", "a.svg", "a.html", "a.pdf", "a.csv", "a"])
def test_what_a_browser_could_run_is_refused_whatever_its_name(data: bytes, name: str) -> None:
    assert refused(data, name) in {"active", "kind"}


@pytest.mark.parametrize(
    ("make", "name", "code"),
    [
        (lambda: b"", "a.jpg", "empty"),
        (lambda: picture()[:60], "a.jpg", "damaged"),
        (lambda: b"\xff\xd8\xff" + HTML, "a.jpg", "damaged"),
        (lambda: b"\x89PNG\r\n\x1a\n" + SVG, "a.png", "damaged"),
        (lambda: PDF, "a.jpg", "misnamed"),
        (lambda: picture(), "a.pdf", "misnamed"),
        (lambda: workbook(), "a.docx", "misnamed"),
        (lambda: picture(), "a.exe", "misnamed"),
        (lambda: PDF + b"PK\x03\x04 and more", "a.pdf", "polyglot"),
        (lambda: PDF + HTML, "a.pdf", "polyglot"),
        (lambda: b"%PDF-1.4\n<script>alert(1)</script>\n%%EOF", "a.pdf", "polyglot"),
        (lambda: b"%PDF-1.4\nhalf", "a.pdf", "damaged"),
        (lambda: workbook({"xl/vbaProject.bin": b"x"}), "a.xlsx", "macros"),
        (lambda: workbook({"bomb.bin": b"\x00" * 30_000_000}), "a.xlsx", "bomb"),
        (lambda: workbook({"word/document.xml": b"<x/>"}), "a.xlsx", "archive"),
        (lambda: b"PK\x03\x04 no archive", "a.xlsx", "damaged"),
        (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "a.xls", "old"),
        (lambda: b"MZ\x90\x00" + b"\x00" * 200, "a.jpg", "kind"),
        (lambda: b"just text", "a.jpg", "kind"),
        (lambda: b"a,b\x00c", "a.csv", "kind"),
    ],
)
def test_a_wrong_file_is_refused_with_its_reason(make: Callable[[], bytes], name: str, code: str) -> None:
    assert refused(make(), name) == code


def test_an_archive_that_is_no_office_file_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("evil.html", HTML)
    assert refused(out.getvalue(), "a.zip") == "archive"


def test_an_office_file_with_something_in_front_is_refused() -> None:
    assert refused(b"PK\x03\x04" + b"\x00" * 30 + workbook(), "a.xlsx") == "polyglot"


def test_the_limit_is_a_limit() -> None:
    assert refused(PDF, "a.pdf", limit=len(PDF) - 1) == "large"
    assert accept(PDF, "a.pdf", limit=len(PDF)).size == len(PDF)


@pytest.mark.parametrize("size", [(9000, 5000), (12_000, 9_000), (60_000, 60_000)])
def test_a_picture_of_too_many_pixels_is_refused_before_it_is_decoded(size: tuple[int, int]) -> None:
    small = picture("PNG", mode="L")
    header = b"IHDR" + struct.pack(">II", *size) + small[24:29]
    huge = small[:12] + header + struct.pack(">I", zlib.crc32(header)) + small[33:]
    assert refused(huge, "a.png") == "pixels"


def test_only_the_kinds_asked_for_are_accepted() -> None:
    assert refused(PDF, "a.pdf", allowed=frozenset({"image"})) == "kind"


def test_documents_are_kept_as_they_are() -> None:
    assert accept(PDF, "合同.pdf").data == PDF
    book = workbook()
    accepted = accept(book, "报价.xlsx")
    assert (accepted.data, accepted.kind) == (book, "office")
    assert accept("名称,金额\n甲,1".encode("gb18030"), "表.csv").content_type == "text/csv"


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd.jpg"),
        ("C:\\temp\\照片 1.jpg", "照片 1.jpg"),
        ("a\u202egpj.exe", "agpj.jpg"),
        ("bad\r\nname\x00.jpg", "badname.jpg"),
        ('<b>"x"|?*.jpg', "bx.jpg"),
        (".jpg", "file.jpg"),
        ("...", "file.jpg"),
        ("CON.jpg", "file.jpg"),
        ("", "file.jpg"),
        ("长" * 300 + ".jpg", "长" * 116 + ".jpg"),
    ],
)
def test_names_are_made_safe(name: str, safe: str) -> None:
    assert safe_name(name, "jpg") == safe
