"""What tens of thousands of requests can do without."""

import pytest
from django.test import client


@pytest.fixture(autouse=True)
def _contexts_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test client copies the context of every template that is rendered; nothing here looks at one."""
    monkeypatch.setattr(client, "store_rendered_templates", lambda *_args, **_kwargs: None)
