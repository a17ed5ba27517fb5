import errno
import os

import pytest

from service.figure_files import FigureFile


@pytest.fixture
def full(monkeypatch):
    """The disk, which is full from the moment this is called."""

    def refuse(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    return lambda: monkeypatch.setattr(os, "posix_fallocate", refuse)


def fill(figures):
    for n in range(3000):
        figures.write_value(f"name {n}", float(n), 0.0)


def read(path):
    return {key: value for key, value, *_ in FigureFile.read_all_values_from_file(path)}


def test_figures_are_in_a_file_that_others_read_and_that_grows(tmp_path):
    path = str(tmp_path / "counter_1.db")
    figures = FigureFile(path)
    fill(figures)
    found = read(path)
    assert found == {f"name {n}": float(n) for n in range(3000)}
    assert os.stat(path).st_blocks * 512 >= os.stat(path).st_size  # no hole to fall into
    figures.close()
    again = FigureFile(path)
    assert again.read_value("name 7") == (7.0, 0.0)
    again.close()


def test_on_a_full_disk_figures_are_kept_in_memory_and_no_file_is_left(tmp_path, full):
    full()
    path = tmp_path / "counter_1.db"
    figures = FigureFile(str(path))
    fill(figures)
    assert figures.read_value("name 2999") == (2999.0, 0.0)
    assert not path.exists()
    figures.close()


@pytest.mark.parametrize("code", [errno.EOPNOTSUPP, errno.EINVAL, errno.EBADF])
def test_a_disk_that_reserves_nothing_is_not_a_full_one(tmp_path, monkeypatch, code):
    def refuse(*_):
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    path = str(tmp_path / "counter_1.db")
    figures = FigureFile(path)
    fill(figures)
    found = read(path)
    assert found == {f"name {n}": float(n) for n in range(3000)}
    figures.close()


def test_a_disk_that_fills_up_leaves_what_the_file_has(tmp_path, full):
    path = str(tmp_path / "counter_1.db")
    figures = FigureFile(path)
    figures.write_value("first", 1.0, 0.0)
    full()
    fill(figures)
    assert figures.read_value("first") == (1.0, 0.0)
    found = read(path)
    assert found["first"] == 1.0
    figures.close()
