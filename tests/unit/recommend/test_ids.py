import pytest

from recommend import DuplicateIdError, IdMap


def test_rows_follow_the_order_given():
    ids = IdMap(["b", "a/1", "用户 1", ""])
    assert ids.rows(["用户 1", "b", "", "nobody"]).tolist() == [2, 0, 3, -1]
    assert ids.row("a/1") == 1
    assert ids.row("nobody") is None


def test_ids_and_rows_are_inverse():
    ids = IdMap(str(n) for n in range(100))
    assert ids.rows(ids.ids).tolist() == list(range(len(ids)))


def test_a_repeated_id_is_an_error_that_names_it():
    with pytest.raises(DuplicateIdError, match="'b'"):
        IdMap(["a", "b", "b"])


def test_extending_keeps_the_rows_there_were():
    ids = IdMap(["a", "b"])
    more = ids.extended(["c"])
    assert more.rows(["a", "b", "c"]).tolist() == [0, 1, 2]
    assert len(ids) == 2


def test_an_empty_map_knows_nobody():
    assert IdMap().rows(["a"]).tolist() == [-1]
    assert IdMap().rows([]).tolist() == []
