"""The portal's tests use the request of the inner park and its enterprise."""

from tests.services.conftest import desk

__all__ = ["desk"]
