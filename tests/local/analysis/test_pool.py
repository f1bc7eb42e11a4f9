import threading

import pytest

from analysis.pool import Loadable, Pool


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def pool(clock):
    return Pool(megabytes=100, idle_seconds=60, clock=clock)


def model(name, megabytes=40, load=object):
    return Loadable(name, megabytes, load)


def test_a_model_is_loaded_once_and_shared(pool):
    loads = []
    one = model("a", load=lambda: loads.append(1) or object())
    with pool.use(one) as first, pool.use(one) as second:
        assert first is second
    with pool.use(one) as third:
        assert third is first
    assert loads == [1]


def test_many_threads_load_it_once(pool):
    loads, go = [], threading.Barrier(8)
    one = model("a", load=lambda: loads.append(1) or object())

    def use():
        go.wait()
        with pool.use(one):
            pass

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert loads == [1]


def test_the_least_recently_used_makes_room(pool, clock):
    for name in ("a", "b"):
        clock.now += 1
        with pool.use(model(name)):
            pass
    clock.now += 1
    with pool.use(model("a")):
        pass
    with pool.use(model("c")):
        assert pool.loaded() == {"a", "c"}
        assert pool.megabytes() <= 100


def test_who_needs_room_waits_for_those_who_fill_it(pool):
    entered, leave = threading.Event(), threading.Event()

    def hold():
        with pool.use(model("a", 80)):
            entered.set()
            leave.wait(30)

    holder = threading.Thread(target=hold)
    holder.start()
    assert entered.wait(30)
    order = []

    def want():
        with pool.use(model("b", 80)):
            order.append("b")

    waiting = threading.Thread(target=want)
    waiting.start()
    order.append("a leaves")
    leave.set()
    holder.join()
    waiting.join()
    assert order == ["a leaves", "b"]
    assert pool.loaded() == {"b"}


def test_who_uses_one_does_not_wait_for_itself(pool):
    with pool.use(model("a", 80)), pool.use(model("b", 80)):
        assert pool.loaded() == {"a", "b"}


def test_one_that_is_larger_than_all_room_is_loaded_alone(pool):
    with pool.use(model("a", 500)):
        assert pool.loaded() == {"a"}


def test_an_idle_model_is_dropped_and_one_in_use_is_not(pool, clock):
    with pool.use(model("idle")):
        pass
    with pool.use(model("used")):
        clock.now = 61
        pool.drop_idle()
        assert pool.loaded() == {"used"}


def test_one_that_cannot_be_loaded_takes_no_room(pool):
    def fail():
        raise OSError("no file")

    with pytest.raises(OSError, match="no file"), pool.use(model("a", load=fail)):
        pass
    assert pool.megabytes() == 0
    with pool.use(model("a")):
        assert pool.loaded() == {"a"}
