"""Models on disk are whole, checked, and shared."""

import re
import subprocess
import sys

import numpy as np
import pytest

from service.errors import ModelFileError
from service.models import Manifest, ModelDirectory, new_version, pack, unpack


def manifest(version: str) -> Manifest:
    return Manifest(version, 0.0, "a", "f", 1, 2, 3, 4, {"n_factors": 2})


@pytest.fixture
def models(tmp_path) -> ModelDirectory:
    return ModelDirectory(tmp_path / "models")


def test_what_is_put_is_read_back_as_a_read_only_map(models):
    put = models.put(manifest("v1"), {"v": np.arange(6.0).reshape(2, 3)})
    found, arrays = models.get("v1")
    assert found == put
    np.testing.assert_array_equal(arrays["v"], np.arange(6.0).reshape(2, 3))
    assert isinstance(arrays["v"], np.memmap)
    assert not arrays["v"].flags.writeable


def test_a_damaged_file_is_refused(models):
    models.put(manifest("v1"), {"v": np.arange(6.0)})
    path = models.path / "v1" / "v.npy"
    raw = bytearray(path.read_bytes())
    raw[-1] ^= 1
    path.write_bytes(raw)
    with pytest.raises(ModelFileError, match=r"v\.npy is damaged"):
        models.get("v1")


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"version": "v1"}'])
def test_a_damaged_manifest_is_refused(models, content):
    models.put(manifest("v1"), {"v": np.arange(6.0)})
    (models.path / "v1" / "manifest.json").write_bytes(content)
    with pytest.raises(ModelFileError, match="manifest"):
        models.get("v1")


def test_a_missing_version_or_file_is_refused(models):
    with pytest.raises(ModelFileError):
        models.get("v1")
    models.put(manifest("v1"), {"v": np.arange(6.0)})
    (models.path / "v1" / "v.npy").unlink()
    with pytest.raises(ModelFileError):
        models.get("v1")


def test_a_model_that_cannot_be_written_leaves_nothing_behind(models):
    with pytest.raises(ValueError, match="Object arrays"):
        models.put(manifest("v1"), {"v": np.array([object()])})
    assert models.versions() == []
    assert list(models.path.iterdir()) == []


def test_prune_keeps_the_newest_and_the_active(models):
    for version in ("1", "2", "3", "4"):
        models.put(manifest(version), {"v": np.zeros(1)})
    models.prune(2, active="1")
    assert models.versions() == ["4", "3", "1"]


def test_texts_of_any_kind_survive_packing():
    texts = ["", "a", "微积分", "😀/ ", "x" * 1000]
    assert unpack(pack(texts)) == texts
    assert unpack(pack([])) == []


def test_a_draft_of_a_dead_writer_is_removed_and_one_being_written_stays(models, monkeypatch):
    monkeypatch.setattr("service.leftovers.GRACE_S", 0.0)
    models.path.mkdir()
    script = """
import fcntl, os, sys, time
from pathlib import Path
draft = Path(sys.argv[1]) / ".draft-x"
draft.mkdir()
(draft / "v.npy").write_bytes(b"half")
fcntl.flock(os.open(draft, os.O_RDONLY), fcntl.LOCK_EX)
print("ready", flush=True)
time.sleep(60)
"""
    writer = subprocess.Popen(
        [sys.executable, "-c", script, str(models.path)], stdout=subprocess.PIPE
    )
    with writer:
        writer.stdout.readline()
        assert models.sweep() == 0
        assert (models.path / ".draft-x").exists()
        writer.kill()
    assert models.sweep() == 1
    assert list(models.path.iterdir()) == []


def test_versions_sort_by_age_whatever_the_clock_did_between():
    names = ["v1", new_version(), new_version(new_version()), "20991231T235959999Z-ffffff"]
    for newest in names:
        later = new_version(newest)
        assert re.fullmatch(r"\d{8}T\d{9}Z-[0-9a-f]{6}", later)
        assert later > newest or newest == "v1"
    again = new_version(later)
    assert again[:19] == "21000101T000000001Z"
