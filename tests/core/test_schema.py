"""The OpenAPI document: made without a warning, and true for every route."""

from io import StringIO

from django.core.management import call_command

from config.api import router


def test_the_document_is_made_without_a_warning_and_is_valid() -> None:
    out = StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=out)
    text = out.getvalue()
    assert [prefix for prefix, _viewset, _name in router.registry if f"/api/v1/{prefix}/" not in text] == []
