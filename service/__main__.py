"""``python -m service`` is ``zhiying``."""

from service.cli import main

main(prog_name="zhiying")
