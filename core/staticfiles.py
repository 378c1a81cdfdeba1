"""Front-end packages as static files: an explicit list, taken from node_modules as they are."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import BaseFinder
from django.contrib.staticfiles.utils import matches_patterns
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

PACKAGE_FILES = {
    "vendor/tabler.min.css": "@tabler/core/dist/css/tabler.min.css",
    "vendor/tabler.min.js": "@tabler/core/dist/js/tabler.min.js",
    "vendor/htmx.min.js": "htmx.org/dist/htmx.min.js",
    "vendor/sortable.min.js": "sortablejs/Sortable.min.js",
    "vendor/echarts.min.js": "echarts/dist/echarts.min.js",
}
SOURCE_MAP = re.compile(rb"(/\*|//)# sourceMappingURL=\S+?( \*/|\*/|\s*$)", re.MULTILINE)


class PackageStorage(FileSystemStorage):
    """Maps the public names to node_modules, without the pointers to source maps (megabytes nobody reads)."""

    def path(self, name: str) -> str:
        return super().path(PACKAGE_FILES.get(name, name))

    def _open(self, name: str, mode: str = "rb") -> File[bytes]:
        with open(self.path(name), "rb") as stream:  # noqa: PTH123 - the storage API speaks in names, not paths
            return ContentFile(SOURCE_MAP.sub(b"", stream.read()), name=name)


class PackageFinder(BaseFinder):
    """Finds the files of PACKAGE_FILES and nothing else, so that a package never publishes more than was meant."""

    def __init__(self, app_names: Iterable[str] | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.storage = PackageStorage(location=settings.BASE_DIR / "node_modules")

    def check(self, **kwargs: Any) -> list[Any]:
        return []

    def find(self, path: str, find_all: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002 - Django's signature
        found = [self.storage.path(path)] if path in PACKAGE_FILES and self.storage.exists(path) else []
        return found if find_all or kwargs.get("all") else (found[0] if found else None)

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterator[tuple[str, PackageStorage]]:
        for name in PACKAGE_FILES:
            if not matches_patterns(name, list_of(ignore_patterns)):
                yield name, self.storage


def list_of(patterns: Iterable[str] | None) -> list[str]:
    return [*(patterns or ())]


class HashedStorage(CompressedManifestStaticFilesStorage):
    """Hashes the names inside our own ES modules too, so that a page never mixes modules of two releases."""

    support_js_module_import_aggregation = True

    def url_converter(self, name: str, *args: Any, **kwargs: Any) -> Any:
        converter = super().url_converter(name, *args, **kwargs)
        # Other people's bundles contain text that only looks like an import.
        foreign = name.endswith(".js") and not name.startswith("luodi/")
        return (lambda match: match[0]) if foreign else converter
