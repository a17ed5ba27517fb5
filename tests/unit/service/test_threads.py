import socket
import struct
import threading
from concurrent.futures import wait

import pytest

from service.threads import PatientSocket, Threads


@pytest.fixture
def threads():
    threads = Threads(2, n_waiting=3)
    yield threads
    threads.shutdown()


def alive() -> int:
    return sum(t.name == "request" for t in threading.enumerate())


def test_those_that_wait_are_replaced_up_to_a_limit_and_the_others_end(threads):
    others, back = alive(), threading.Event()
    arrived = threading.Semaphore(0)

    def waits() -> None:
        with threads.waiting():
            arrived.release()
            back.wait(30)

    waiting = [threads.submit(waits) for _ in range(6)]
    for _ in range(5):  # two and three more; the sixth has no thread
        assert arrived.acquire(timeout=30)
    assert not arrived.acquire(timeout=0.05)
    assert alive() == others + 3
    back.set()
    wait(waiting, 30)
    for _ in range(20):  # who is one too many ends with what it does
        threads.submit(str).result(30)
    assert alive() <= others + 1
    assert [threads.submit(str.upper, "a").result(30) for _ in range(9)] == ["A"] * 9


def test_what_a_call_raises_is_told_and_its_thread_goes_on(threads):
    for _ in range(5):
        with pytest.raises(ValueError, match="invalid literal"):
            threads.submit(int, "x").result(30)


def test_who_waits_goes_on_where_the_system_has_no_thread_to_take_its_place(threads, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    def waits() -> int:
        with threads.waiting():
            return 1

    with monkeypatch.context() as full:
        full.setattr(threading.Thread, "start", refuse)
        assert [threads.submit(waits).result(30) for _ in range(9)] == [1] * 9
    assert threads.submit(lambda: threads.submit(waits).result(30)).result(30) == 1

    def asks() -> int:
        with threads.waiting():  # both threads wait: a third one answers
            return threads.submit(int).result(30)

    assert [one.result(30) for one in [threads.submit(asks) for _ in range(2)]] == [0, 0]


def test_all_threads_end_when_it_is_shut():
    others = set(threading.enumerate())
    threads = Threads(3)
    done = [threads.submit(str) for _ in range(5)]
    threads.shutdown()
    wait(done, 30)
    ours = set(threading.enumerate()) - others
    for thread in ours:
        thread.join(30)
    assert not any(thread.is_alive() for thread in ours)


@pytest.fixture
def entered(threads, monkeypatch):
    """A semaphore that is released each time somebody says that it waits."""
    entered, waiting = threading.Semaphore(0), threads.waiting

    def told():
        entered.release()
        return waiting()

    monkeypatch.setattr(threads, "waiting", told)
    return entered


@pytest.fixture
def pair(threads):
    ours, theirs = socket.socketpair()
    with PatientSocket.of(ours, threads) as patient, theirs:
        yield patient, theirs


@pytest.mark.parametrize("timeout", [None, 30])
def test_a_socket_that_need_not_wait_says_nothing(pair, entered, timeout):
    patient, theirs = pair
    patient.settimeout(timeout)
    theirs.sendall(b"abc")
    assert patient.recv(3) == b"abc"
    patient.sendall(b"short")
    assert not entered.acquire(timeout=0)
    patient.setblocking(False)
    with pytest.raises(BlockingIOError):
        patient.recv(1)
    assert not entered.acquire(timeout=0)


@pytest.mark.parametrize("timeout", [None, 30])
def test_a_socket_that_has_to_wait_says_so(pair, entered, threads, timeout):
    patient, theirs = pair
    patient.settimeout(timeout)
    read = threads.submit(patient.recv, 4)
    assert entered.acquire(timeout=30)
    theirs.sendall(b"late")
    assert read.result(30) == b"late"


def test_an_answer_that_nobody_takes_waits_and_comes_whole(pair, entered, threads):
    patient, theirs = pair
    answer = bytes(range(256)) * 20_000
    sent = threads.submit(patient.sendall, answer)
    assert entered.acquire(timeout=30)
    got = b""
    while len(got) < len(answer):
        got += theirs.recv(1 << 20)
    sent.result(30)
    assert got == answer


def test_a_client_that_takes_nothing_for_too_long_counts_as_gone(pair, threads):
    patient, _ = pair
    patient.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", 0, 50_000))
    with pytest.raises(BrokenPipeError):
        threads.submit(patient.sendall, bytes(5_000_000)).result(30)
