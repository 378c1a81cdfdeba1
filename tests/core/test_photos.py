"""A stored photo: the small one for lists, and the original of one that had to be converted, as a download."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from core.files import PHOTOS, store_attachment
from core.isolation import user_scope
from tests.core.test_uploads import HEIC
from tests.fixtures.cast import Cast

pytestmark = pytest.mark.django_db


def test_the_small_picture_is_shown_and_the_original_only_downloaded(cast: Cast, client: Client) -> None:
    with user_scope(cast.officer):
        photo = SimpleUploadedFile("IMG_0001.HEIC", HEIC)
        stored = store_attachment(park_id=cast.zone.pk, by=cast.officer, file=photo, allowed=PHOTOS)
    client.force_login(cast.officer)
    url = f"/files/{stored.uuid}/"
    assert client.get(url)["Content-Type"] == "image/jpeg"
    assert client.get(f"{url}?size=small")["Content-Type"] == "image/jpeg"
    original = client.get(f"{url}?original=1")
    assert original.content == HEIC
    assert original["Content-Type"] == "application/octet-stream"
    assert original["Content-Disposition"].startswith("attachment")


def test_a_file_without_them_is_answered_as_it_is(cast: Cast, client: Client) -> None:
    with user_scope(cast.officer):
        pdf = SimpleUploadedFile("a.pdf", b"%PDF-1.4\n%%EOF", "application/pdf")
        stored = store_attachment(park_id=cast.zone.pk, by=cast.officer, file=pdf)
    client.force_login(cast.officer)
    assert client.get(f"/files/{stored.uuid}/?size=small&original=1")["Content-Type"] == "application/pdf"


def test_a_stranger_gets_neither(cast: Cast, client: Client) -> None:
    with user_scope(cast.officer):
        photo = SimpleUploadedFile("IMG_0001.HEIC", HEIC)
        stored = store_attachment(park_id=cast.zone.pk, by=cast.officer, file=photo, allowed=PHOTOS)
    client.force_login(cast.stranger)
    for query in ("", "?size=small", "?original=1"):
        assert client.get(f"/files/{stored.uuid}/{query}").status_code == 404
