"""`script/bench`: load, measure, print; `--json FILE` writes the rows for programs."""

import argparse
import json
import os
import sys
from dataclasses import asdict
from pathlib import Path

from ops import throwaway

TABLE = "{:<34} {:>9} {:>9} {:>9} {:>7} {:>7}  {}"


def main() -> int:
    """Measure at each size; exit code 0 even when a target is missed: times are reported, never a test."""
    parser = argparse.ArgumentParser(description="Luodi's pages as multiples of the floor in the same run.")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows to a file")
    parser.add_argument("--sizes", default="10000,100000", help="companies, comma separated")
    parser.add_argument("--repeat", type=int, default=40, help="requests per measurement")
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    throwaway.start()
    os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
    import django

    django.setup()
    from bench.run import growth, measure

    rows = [row for size in sizes for row in measure(size, options.repeat)]
    rows += growth(rows, sizes)
    sys.stdout.write(TABLE.format("what", "rows", "ours ms", "floor ms", "ratio", "target", "") + "\n")
    for row in rows:
        verdict = "" if row.ratio <= row.target else "over"
        line = (
            row.name,
            row.size,
            f"{row.ours_ms:.1f}",
            f"{row.floor_ms:.1f}",
            f"{row.ratio:.2f}",
            f"{row.target:.1f}",
        )
        sys.stdout.write(TABLE.format(*line, verdict) + "\n")
    if options.json:
        options.json.write_text(json.dumps([asdict(row) for row in rows], indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
