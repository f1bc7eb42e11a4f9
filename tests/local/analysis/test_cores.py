import threading

import pytest

from analysis.cores import Cores


def test_no_more_than_all_cores_are_in_use():
    cores = Cores(total=2)
    in_use, most, lock = 0, 0, threading.Lock()

    def compute():
        nonlocal in_use, most
        for _ in range(20):
            with cores.hold(1) as count:
                with lock:
                    in_use += count
                    most = max(most, in_use)
                with lock:
                    in_use -= count

    threads = [threading.Thread(target=compute) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (in_use, most <= 2) == (0, True)


def test_more_than_there_are_means_all():
    with Cores(total=2).hold(16) as count:
        assert count == 2


def test_a_failure_gives_the_cores_back():
    cores = Cores(total=1)
    with pytest.raises(RuntimeError), cores.hold():
        raise RuntimeError
    with cores.hold() as count:
        assert count == 1


def test_who_came_first_is_first():
    cores, order = Cores(total=2), []

    def want(count, name):
        with cores.hold(count):
            order.append(name)

    with cores.hold(1):
        # wants both, so that it waits; the second would find one, and waits behind it
        wide = threading.Thread(target=want, args=(2, "wide"))
        wide.start()
        while not cores._waiting:
            pass
        narrow = threading.Thread(target=want, args=(1, "narrow"))
        narrow.start()
        while len(cores._waiting) < 2:
            pass
    wide.join()
    narrow.join()
    assert order == ["wide", "narrow"]
