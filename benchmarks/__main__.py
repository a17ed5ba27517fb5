"""All benchmarks, one after the other: ``make bench``. Each says its data and machine."""

import os
import platform
import sys
from pathlib import Path

from benchmarks import analysis, http, svd, text


def main() -> None:
    print(f"# {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}\n")
    analysis.main()
    size = (20_000, 8_000, 1_000_000)
    svd.run(*size, 64)
    # many interactions an item: what grows with them is what is shown
    svd.plot(100_000, 5_000, 10_000_000, 64, Path("bench-svd.svg"))
    if "ZHIYING_DATA" in os.environ:
        text.main()
        http.main()
    else:
        print("text, http: skipped, ZHIYING_DATA names no folder of real data", file=sys.stderr)


main()
