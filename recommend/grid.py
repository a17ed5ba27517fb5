"""The grid of a search: values of each parameter that are worth trying."""

FACTORS = (8, 16, 32, 64, 128, 256, 512, 1024, 2048)
MANY_ITEMS = 6000
"""Above so many items, ranks over `MANY_FACTORS` cost more than a search may."""
MANY_FACTORS = 512
RIDGES = (0.1, 0.2, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 15.0, 20.0, 30.0, 50.0, 100.0, 200.0, 400.0)
SCALINGS = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 1.0)
USER_SCALINGS = (0.0, 0.5, 1.0)
OUTPUT_SCALINGS = (-0.5, -0.25, 0.0, 0.25, 0.5)
CONTENT_WEIGHTS = (0.0, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.5, 5.0, 10.0)
COLD_RIDGES = (0.03, 0.1, 0.3, 0.5, 1.0, 2.0, 4.0, 10.0)
BLOCK_WEIGHTS = (0.0, 1.0, 3.0)
PRIOR_WEIGHTS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0)
FILTER = {
    "ridge": RIDGES,
    "remove_diagonal": (False, True),
    "output_scaling": OUTPUT_SCALINGS,
    "prior_weight": PRIOR_WEIGHTS,
}


def ranks(n_items: int) -> tuple[int, ...]:
    """Ranks worth trying for so many items.

    Examples
    --------
    >>> ranks(3000)[-1], ranks(50)[-1], ranks(100_000)[-1]
    (2048, 64, 512)
    """
    largest = MANY_FACTORS if n_items > MANY_ITEMS else FACTORS[-1]
    return tuple(k for k in FACTORS if k <= largest and (k // 2 < n_items or k == FACTORS[0]))
