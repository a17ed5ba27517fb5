"""Zhiying as a service: every door of the project (HTTP, command line, disk, environment).

`nlp` turns text into values and `recommend` turns matrices into ranks; neither knows the other.
This package composes them. Start with :func:`service.app.create_app` or the ``zhiying`` command.
"""

from service.app import create_app
from service.config import Settings

__all__ = ["Settings", "create_app"]
