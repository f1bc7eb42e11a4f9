"""Reads the tensors of a PyTorch checkpoint without PyTorch, and nothing else that it may hold.

A checkpoint of the format before PyTorch 1.6 is a row of pickles — a magic number, the version of
the format, sizes of the machine that wrote it, a dictionary of tensors, the keys of their storages
— and then the numbers of each storage, its count before it. A pickle can name any function of the
machine that reads it: here it can name a dictionary, a tensor and two kinds of numbers.
"""

import io
import math
import pickle
import struct
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001


class NotACheckpoint(Exception):
    """Why a file is not read, as one sentence."""


@dataclass(frozen=True, slots=True)
class _Storage:
    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: _Storage
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


def read_tensors(checkpoint: bytes) -> dict[str, NDArray[Any]]:
    """The tensors by name. Raises NotACheckpoint for whatever is not a dictionary of tensors."""
    file = io.BytesIO(checkpoint)
    try:
        return _read(file)
    except NotACheckpoint:
        raise
    except (
        # what the pickle module says of bytes that are none, and of arguments that do not fit
        *(pickle.UnpicklingError, EOFError, IndexError, KeyError, AttributeError, TypeError),
        *(ValueError, OverflowError, MemoryError, struct.error),
    ) as error:
        raise NotACheckpoint(f"the bytes cannot be read: {error}") from error


def _read(file: io.BytesIO) -> dict[str, NDArray[Any]]:
    if (_load(file), _load(file)) != (_MAGIC, _VERSION):
        raise NotACheckpoint("it does not begin as a checkpoint does")
    _load(file)
    tensors, keys = _load(file), _load(file)
    if not isinstance(tensors, dict) or not isinstance(keys, list):
        raise NotACheckpoint("it is no dictionary of tensors")
    for name, tensor in tensors.items():
        if not isinstance(name, str) or not isinstance(tensor, _Tensor):
            raise NotACheckpoint(f"{name!r} is no tensor")
    numbers = _read_numbers(file, keys, tensors)
    return {name: _shape(name, tensor, numbers) for name, tensor in tensors.items()}


def _read_numbers(
    file: io.BytesIO, keys: list[Any], tensors: Mapping[str, _Tensor]
) -> dict[str, NDArray[Any]]:
    kinds = {tensor.storage.key: tensor.storage.kind for tensor in tensors.values()}
    numbers = {}
    for key in keys:
        kind = np.dtype(_KINDS[kinds[key]])
        (count,) = struct.unpack("<q", file.read(8))
        data = file.read(count * kind.itemsize) if count >= 0 else b""
        if len(data) != count * kind.itemsize:
            raise NotACheckpoint(f"storage {key} ends early")
        numbers[key] = np.frombuffer(data, kind)
    if file.read(1):
        raise NotACheckpoint("there are bytes behind its last storage")
    return numbers


def _shape(name: str, tensor: _Tensor, numbers: Mapping[str, NDArray[Any]]) -> NDArray[Any]:
    # the axes as the numbers lie, the slowest first; one place has no direction to go
    wide = [axis for axis, length in enumerate(tensor.shape) if length != 1]
    order = sorted(wide, key=lambda axis: -tensor.strides[axis])
    lengths = [tensor.shape[axis] for axis in order]
    steps = [math.prod(lengths[place + 1 :]) for place in range(len(lengths))]
    # other steps could lead out of the storage
    if [tensor.strides[axis] for axis in order] != steps or min((tensor.offset, *lengths)) < 0:
        raise NotACheckpoint(f"tensor {name} does not lie in one piece")
    size = math.prod(lengths)
    piece = numbers[tensor.storage.key][tensor.offset : tensor.offset + size]
    if piece.size != size:
        raise NotACheckpoint(f"tensor {name} is larger than its storage")
    turned = piece.reshape(lengths).transpose([order.index(axis) for axis in wide])
    return turned.reshape(tensor.shape)


def _tensor(
    storage: _Storage, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_unused: Any
) -> _Tensor:
    whole = isinstance(shape, tuple) and isinstance(strides, tuple) and len(shape) == len(strides)
    if not (whole and all(type(one) is int for one in (offset, *shape, *strides))):
        raise NotACheckpoint("a tensor's shape is not made of integers")
    if not isinstance(storage, _Storage):
        raise NotACheckpoint("a tensor has no storage")
    return _Tensor(storage, offset, shape, strides)


# the kinds of storage, by the names of PyTorch's classes, all little-endian
_KINDS = {"FloatStorage": "<f4", "LongStorage": "<i8"}
# what a pickle may name -> what it gets
_KNOWN: Mapping[tuple[str, str], Callable[..., Any] | str] = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _tensor,
    **{("torch", kind): kind for kind in _KINDS},
}


class _Reader(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if (module, name) not in _KNOWN:
            raise NotACheckpoint(f"it names {module}.{name}, which is no part of a tensor")
        return _KNOWN[module, name]

    def persistent_load(self, reference: Any) -> _Storage:
        what, kind, key, *_place_and_size = reference
        if what != "storage" or kind not in _KINDS or not isinstance(key, str):
            raise NotACheckpoint(f"it refers to {what!r}, which is no storage")
        return _Storage(kind, key)


def _load(file: io.BytesIO) -> Any:
    return _Reader(file).load()
