"""Threads share work; BLAS has one thread while they do, and what it had afterwards."""

from threadpoolctl import threadpool_info, threadpool_limits

from recommend.threads import in_threads, one_blas_thread, usable_cores


def blas_threads() -> set[int]:
    return {pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_there_is_a_core():
    assert usable_cores() >= 1


def test_parts_are_answered_in_their_order():
    assert in_threads(str, range(20), n_threads=3) == [str(i) for i in range(20)]


def test_blas_has_one_thread_until_the_last_block_ends():
    with threadpool_limits(2, "blas"):
        before = blas_threads()
        first, second = one_blas_thread(), one_blas_thread()
        first.__enter__()
        second.__enter__()
        assert blas_threads() == {1}
        first.__exit__(None, None, None)
        assert blas_threads() == {1}
        second.__exit__(None, None, None)
        assert blas_threads() == before


def test_blas_gets_its_threads_back_after_an_error():
    with threadpool_limits(2, "blas"):
        before = blas_threads()
        try:
            with one_blas_thread():
                raise KeyError
        except KeyError:
            pass
        assert blas_threads() == before
