"""Labels of a video need support over time: what a single frame claims is voted out.

A model that errs does so for a frame: blurred, half covered, in the middle of a dissolve. What is
there is there a moment later, too. A label stays at a sampled frame when most of the frames around
it have it; where it is not seen it is not filled in, so that gaps are true.
"""

from collections import deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from typing import Any

Item = Mapping[str, Any]
# a time in milliseconds, and the items of its frame
Sample = tuple[int, Sequence[Item]]

# how many sampled frames on each side have a vote, besides the frame itself
REACH = 2


def vote(samples: Iterable[Sample], name: Callable[[Item], Hashable]) -> Iterator[Sample]:
    """The same samples, in their order, with the items that most of their neighbours have.

    name: what is the same in two frames. No more samples are held than vote on one.
    """
    window: deque[Sample] = deque(maxlen=2 * REACH + 1)
    waiting = 0
    for sample in samples:
        window.append(sample)
        waiting += 1
        if waiting > REACH:
            yield _settled(window, len(window) - waiting, name)
            waiting -= 1
    for place in range(len(window) - waiting, len(window)):
        # those behind the last frame do not vote, and those too far before it neither
        yield _settled([*window][max(0, place - REACH) :], min(place, REACH), name)


def _settled(window: Iterable[Sample], place: int, name: Callable[[Item], Hashable]) -> Sample:
    voters = list(window)
    time, items = voters[place]
    votes = [{name(item) for item in its} for _, its in voters]
    # at the ends of a video fewer vote
    majority = len(voters) // 2 + 1
    return time, [item for item in items if sum(name(item) in one for one in votes) >= majority]
