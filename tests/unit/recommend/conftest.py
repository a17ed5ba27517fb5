"""Small worlds whose right answers are known by eye."""

import numpy as np
import pytest
from scipy.sparse import csr_array


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def checkerboard():
    """Even users took the even items, odd users the odd ones; the diagonal is withheld."""

    def build(n: int) -> csr_array:
        user, item = np.indices((n, n))
        return csr_array(((user + item) % 2 == 0) & (user != item)).astype(float)

    return build


@pytest.fixture
def themes(rng):
    """Users who like one of three themes, and texts that say the theme and some noise."""

    def build(n_users: int = 60, n_items: int = 30, density: float = 0.4):
        user_theme, item_theme = np.arange(n_users) % 3, np.arange(n_items) % 3
        likes = user_theme[:, None] == item_theme
        r = csr_array((likes & (rng.random(likes.shape) < density)).astype(float))
        words = np.zeros((n_items, 3 + n_items))
        words[np.arange(n_items), item_theme] = 1.0
        words[np.arange(n_items), 3 + np.arange(n_items)] = 0.5
        words /= np.linalg.norm(words, axis=1, keepdims=True)
        return r, csr_array(words), user_theme, item_theme

    return build
