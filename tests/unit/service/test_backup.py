"""A backup is everything, checked, and comes back whole or not at all."""

import zipfile
from contextlib import closing

import numpy as np
import orjson
import pytest

from service.backup import BackupError, read_contents, write_backup
from service.config import Settings
from service.models import Manifest, ModelDirectory
from service.restore import restore_backup
from service.store import Store

from .test_store import EVENT, ITEM


@pytest.fixture
def full(settings: Settings):
    with closing(Store(settings.url)) as store:
        store.upgrade()
        store.items.put([ITEM])
        store.items.put([ITEM.__class__(**{**slots(ITEM), "id": "gone"})])
        store.items.delete("gone")
        rows = [EVENT.__class__(**{**slots(EVENT), "id": f"e{n}"}) for n in range(2500)]
        store.events.add(rows)
        models = ModelDirectory(settings.models)
        models.put(Manifest("v1", 0.0, "a", "f", 1, 2, 3, 4, {}), {"v": np.arange(6.0)})
        store.activate("v1")
        yield store, models


def slots(row) -> dict:
    return {name: getattr(row, name) for name in row.__slots__}


def contents_of(store: Store) -> tuple:
    with store.read() as connection:
        return list(store.items.everything(connection)), sorted(store.events.ids()), store.now()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "backup.zip"


def test_a_backup_comes_back_on_sqlite(full, path, tmp_path):
    store, models = full
    contents = write_backup(path, store, models)
    assert contents.rows["events"] == 2500
    assert contents.rows["items"] == 2  # the deleted one too: workers learn of it by its row
    assert path.stat().st_mode & 0o077 == 0
    home = Settings(home=tmp_path / "other")
    with closing(Store(home.url)) as other:
        restore_backup(path, other, ModelDirectory(home.models))
        assert contents_of(other) == contents_of(store)
        assert other.revision() == Store.head()
        _, arrays = ModelDirectory(home.models).get("v1")
        np.testing.assert_array_equal(arrays["v"], np.arange(6.0))
        other.events.add([EVENT.__class__(**{**slots(EVENT), "id": "new"})])  # it goes on


def test_a_backup_of_sqlite_fills_postgresql(settings, tmp_path, path):
    with (
        closing(Store(Settings(home=tmp_path / "a").url)) as store,
        closing(Store(settings.url)) as other,
    ):
        store.upgrade()
        store.items.put([ITEM])
        store.events.add([EVENT])
        write_backup(path, store, ModelDirectory(tmp_path / "none"))
        restore_backup(path, other, ModelDirectory(tmp_path / "b"))
        assert contents_of(other) == contents_of(store)


def test_what_is_written_meanwhile_is_whole_or_absent(full, path):
    store, models = full
    seen = []

    class Slow(ModelDirectory):  # writes between the tables and the models
        def versions(self):
            store.events.add([EVENT.__class__(**{**slots(EVENT), "id": "late"})])
            seen.append(1)
            return super().versions()

    contents = write_backup(path, store, Slow(models.path))
    assert seen
    assert contents.rows["events"] == 2500


def rewritten(path, change):
    """The archive with some entries changed, its own checksums right."""
    target = path.with_suffix(".changed")
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            data = change(name, old.read(name))
            if data is not None:
                new.writestr(name, data)
    return target


def other_manifest(**changed):
    def change(name, data):
        if name != "manifest.json":
            return data
        return orjson.dumps(orjson.loads(data) | changed)

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda n, d: d.replace(b'"e1"', b'"x1"'), "events.ndjson is damaged"),
        (lambda n, d: None if n.endswith("v.npy") else d, "no item named|v.npy"),
        (lambda n, d: None if n == "manifest.json" else d, "manifest.json"),
        (other_manifest(format=99), "another format"),
        (other_manifest(rows={"events": 1}), "rows"),
        (other_manifest(models=["../evil"]), "no folder's name"),
        (other_manifest(files={}), "has no file|have no file|lacks"),
    ],
)
def test_a_changed_backup_is_refused_before_anything_is_touched(
    full, path, tmp_path, change, message
):
    write_backup(path, *full)
    home = Settings(home=tmp_path / "other")
    with closing(Store(home.url)) as other, pytest.raises(BackupError, match=message):
        restore_backup(rewritten(path, change), other, ModelDirectory(home.models))
    assert not home.models.exists()
    assert not (tmp_path / "other").exists()


@pytest.mark.parametrize("cut", [0, 10, 0.5, -1])
def test_a_file_that_breaks_off_is_refused(full, path, cut):
    write_backup(path, *full)
    raw = path.read_bytes()
    path.write_bytes(raw[: int(len(raw) * cut) if isinstance(cut, float) else cut])
    with pytest.raises(BackupError):
        read_contents(path)


def test_a_service_that_holds_something_is_not_overwritten(full, path):
    store, models = full
    before = contents_of(store)
    write_backup(path, store, models)
    with pytest.raises(BackupError, match="needs an empty place"):
        restore_backup(path, store, models)
    with pytest.raises(BackupError, match="needs an empty one"):
        restore_backup(path, store, ModelDirectory(models.path / "none"))
    assert contents_of(store) == before


def test_a_backup_of_a_newer_program_is_refused(full, path, tmp_path):
    write_backup(path, *full)
    home = Settings(home=tmp_path / "other")
    newer = rewritten(path, other_manifest(revision="9999"))
    with closing(Store(home.url)) as other, pytest.raises(BackupError, match="knows none"):
        restore_backup(newer, other, ModelDirectory(home.models))


def test_a_restore_that_fails_on_the_way_leaves_nothing(full, path, tmp_path, monkeypatch):
    write_backup(path, *full)
    monkeypatch.setattr("service.restore._move_sequences", lambda *_: 1 / 0)
    home = Settings(home=tmp_path / "other")
    with closing(Store(home.url)) as other:
        with pytest.raises(ZeroDivisionError):
            restore_backup(path, other, ModelDirectory(home.models))
        assert other.events.count() == 0
    assert ModelDirectory(home.models).versions() == []


def test_a_backup_that_cannot_be_written_leaves_nothing(full, tmp_path):
    with pytest.raises(FileNotFoundError):
        write_backup(tmp_path / "no" / "folder.zip", *full)
    assert list(tmp_path.glob("**/*.partial")) == []
