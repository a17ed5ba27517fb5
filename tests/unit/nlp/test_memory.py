import threading

from nlp.memory import Memory


def test_a_full_memory_forgets_and_still_answers():
    squares = Memory(lambda n: n * n, most=10)
    assert [squares[n] for n in range(100)] == [n * n for n in range(100)]
    assert len(squares) <= 10


def test_what_is_remembered_is_not_computed_again():
    asked = []
    lengths = Memory(lambda word: asked.append(word) or len(word))
    assert [lengths["矩阵"] for _ in range(3)] == [2, 2, 2]
    assert asked == ["矩阵"]


def test_threads_that_overflow_a_memory_get_right_answers():
    doubles, wrong = Memory(lambda n: 2 * n, most=7), []

    def ask(start):
        wrong.extend(n for n in range(start, start + 2000) if doubles[n % 50] != 2 * (n % 50))

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
