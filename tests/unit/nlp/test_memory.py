import threading

from nlp.memory import LONGEST, Memory


def test_a_full_memory_forgets_and_still_answers():
    numbers = Memory(int, most=10)
    assert [numbers[str(n)] for n in range(100)] == [*range(100)]
    assert len(numbers) <= 10


def test_a_word_that_is_too_long_is_answered_and_not_kept():
    lengths = Memory(len)
    assert lengths["词" * LONGEST] == LONGEST
    assert lengths["词" * (LONGEST + 1)] == LONGEST + 1
    assert len(lengths) == 1


def test_what_is_remembered_is_not_computed_again():
    asked = []
    lengths = Memory(lambda word: asked.append(word) or len(word))
    assert [lengths["矩阵"] for _ in range(3)] == [2, 2, 2]
    assert asked == ["矩阵"]


def test_threads_that_overflow_a_memory_get_right_answers():
    numbers, wrong = Memory(int, most=7), []

    def ask(start):
        wrong.extend(n for n in range(start, start + 2000) if numbers[str(n % 50)] != n % 50)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
