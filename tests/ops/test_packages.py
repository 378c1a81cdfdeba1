"""The two lists of packages: what running needs is tested as it runs."""

import re

from ops.home import ROOT


def _pins(name: str) -> dict[str, str]:
    """Package and marker, with version and hashes; comments left out."""
    lines = (ROOT / name).read_text().splitlines(keepends=True)
    text = "".join(line for line in lines if not line.lstrip().startswith("#"))
    blocks = re.split(r"(?m)^(?=\w)", text)
    return {re.sub(r"==\S+", "", block.splitlines()[0]): block for block in blocks if block.strip()}


def test_every_package_of_the_product_is_tested_in_the_same_version() -> None:
    running, tested = _pins("requirements.txt"), _pins("requirements-test.txt")
    assert {name: pin for name, pin in running.items() if tested.get(name) != pin} == {}
    assert 50 < len(running) < len(tested)
