import argparse

import benchmarks.path
from benchmarks.path.lists import lists
from benchmarks.path.near import near
from benchmarks.path.order import order
from benchmarks.path.sampled import sampled
from benchmarks.path.serving import serving
from benchmarks.path.study import FILES
from benchmarks.path.text import text


def main() -> None:
    parser = argparse.ArgumentParser(
        description=benchmarks.path.__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("part", choices=("order", "lists", "sample", "text", "near", "serving"))
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--items", type=int, default=10_000)
    asked = parser.parse_args()
    if asked.part == "order":
        for name in FILES:
            order(name, asked.seed)
    elif asked.part == "lists":
        lists(asked.seed)
    elif asked.part == "sample":
        sampled()
    elif asked.part == "text":
        text()
    elif asked.part == "near":
        near()
    else:
        serving(asked.items)


main()
