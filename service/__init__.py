"""Zhiying as a service: every door of the project (HTTP, command line, disk, environment).

`nlp` turns text into values and `recommend` turns matrices into ranks; neither knows the other.
This package composes them. Start with :func:`service.app.create_app` or the ``zhiying`` command.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from service.app import create_app
    from service.config import Settings

__all__ = ["Settings", "create_app"]


def __getattr__(name: str) -> Any:
    """Load the public names when they are asked for: ``zhiying --help`` needs neither."""
    if name == "create_app":
        from service.app import create_app

        return create_app
    if name == "Settings":
        from service.config import Settings

        return Settings
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
