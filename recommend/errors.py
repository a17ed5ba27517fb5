"""What can go wrong in `recommend`: one base class, one child per thing a caller treats apart."""

from collections.abc import Iterable


class RecommendError(Exception):
    """Base of every error this package raises on purpose."""


class RankError(RecommendError, ValueError):
    """The number of factors asked for does not fit the matrix."""

    def __init__(self, n_factors: int, shape: tuple[int, int]) -> None:
        super().__init__(
            f"n_factors={n_factors} does not fit a matrix of shape {shape}: "
            f"need 1 <= n_factors <= {min(shape)}"
        )
        self.n_factors, self.shape = n_factors, shape


class ShapeError(RecommendError, ValueError):
    """Two arrays that must agree in size do not."""

    def __init__(self, what: str, found: object, needed: object) -> None:
        super().__init__(f"{what} has shape {found}: need {needed}")
        self.what, self.found, self.needed = what, found, needed


class ConfigError(RecommendError, ValueError):
    """A setting of a model is outside its range."""

    def __init__(self, name: str, found: object, needed: str) -> None:
        super().__init__(f"{name}={found!r} is out of range: need {needed}")
        self.name, self.found, self.needed = name, found, needed


class WeightError(RecommendError, ValueError):
    """An interaction or content matrix holds a value that no weight can have."""

    def __init__(self, what: str, needed: str) -> None:
        super().__init__(f"{what} must hold {needed}")
        self.what, self.needed = what, needed


class UnknownEventError(RecommendError, ValueError):
    """An event type is not in the table of weights."""

    def __init__(self, found: object, known: Iterable[str]) -> None:
        self.found, self.known = found, tuple(known)
        super().__init__(f"event type {found!r} is not known: need one of {', '.join(self.known)}")


class UnknownItemError(RecommendError, IndexError):
    """An item row lies outside the model's items."""

    def __init__(self, item: int, n_items: int) -> None:
        super().__init__(f"item row {item} is not in the model: need 0 <= item < {n_items}")
        self.item, self.n_items = item, n_items


class DuplicateIdError(RecommendError, ValueError):
    """The same external id was given twice, so it cannot name one row."""

    def __init__(self, found: str) -> None:
        super().__init__(f"id {found!r} occurs more than once: need distinct ids")
        self.found = found


class UnknownModelError(RecommendError, ValueError):
    """No model goes by this name."""

    def __init__(self, found: str, known: Iterable[str]) -> None:
        self.found, self.known = found, tuple(known)
        super().__init__(f"model {found!r} is not known: need one of {', '.join(self.known)}")


class SplitError(RecommendError, ValueError):
    """The interactions cannot be divided as asked."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"cannot split the interactions: {reason}")
        self.reason = reason


class ModelFormatError(RecommendError, ValueError):
    """Stored arrays are not a model this version can read."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"these arrays are not a stored model: {reason}")
        self.reason = reason


class MissingRivalError(RecommendError, ImportError):
    """A rival's library is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"the library {package!r} is not installed: need pip install 'zhiying[{extra}]'"
        )
        self.package, self.extra = package, extra
