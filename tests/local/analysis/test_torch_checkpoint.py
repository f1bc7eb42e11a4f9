import io
import os
import pickle
import struct
import sys
from types import ModuleType

import numpy as np
import pytest

from analysis.torch_checkpoint import NotACheckpoint, read_tensors

MAGIC, VERSION = 0x1950A86A20F9469CFC6C, 1001


@pytest.fixture(autouse=True)
def torch(monkeypatch):
    """As much of PyTorch as a pickle needs to name it."""
    names = {"torch": ("FloatStorage", "LongStorage"), "torch._utils": ("_rebuild_tensor_v2",)}
    for module, members in names.items():
        fake = ModuleType(module)
        for name in members:
            setattr(fake, name, type(name, (), {"__module__": module}))
        monkeypatch.setitem(sys.modules, module, fake)
    sys.modules["torch"]._utils = sys.modules["torch._utils"]


class Tensor:
    def __init__(self, key, offset, shape, strides, kind="FloatStorage", count=6):
        self.key, self.offset, self.shape, self.strides = key, offset, shape, strides
        self.kind, self.count = kind, count


class Storage:
    def __init__(self, tensor):
        self.tensor = tensor


class Writer(pickle.Pickler):
    def reducer_override(self, value):
        if not isinstance(value, Tensor):
            return NotImplemented
        rebuild = sys.modules["torch._utils"]._rebuild_tensor_v2
        return rebuild, (Storage(value), value.offset, value.shape, value.strides, False, {})

    def persistent_id(self, value):
        if not isinstance(value, Storage):
            return None
        kind = getattr(sys.modules["torch"], value.tensor.kind)
        return ("storage", kind, value.tensor.key, "cpu", value.tensor.count, None)


def checkpoint(tensors, numbers, magic=MAGIC):
    file = io.BytesIO()
    for value in (magic, VERSION, {"little_endian": True}, tensors, list(numbers)):
        Writer(file, protocol=2).dump(value)
    for array in numbers.values():
        file.write(struct.pack("<q", array.size) + array.tobytes())
    return file.getvalue()


SIX = {"a": np.arange(6, dtype=np.float32)}


def test_tensors_are_read_as_they_lie():
    rows, columns = Tensor("a", 0, (2, 3), (3, 1)), Tensor("a", 0, (2, 3), (1, 2))
    found = read_tensors(checkpoint({"rows": rows, "columns": columns}, SIX))
    assert found["rows"].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert found["columns"].tolist() == [[0, 2, 4], [1, 3, 5]]


def test_a_tensor_may_be_a_part_of_a_storage_and_a_number_alone():
    tensors = {
        "part": Tensor("a", 2, (3, 1), (1, 7)),
        "count": Tensor("n", 0, (), (), "LongStorage"),
    }
    found = read_tensors(checkpoint(tensors, {**SIX, "n": np.array([9], np.int64)}))
    assert found["part"].tolist() == [[2], [3], [4]]
    assert found["count"] == 9


@pytest.mark.parametrize(
    "tensor",
    [
        Tensor("a", 0, (4, 3), (3, 1)),
        Tensor("a", 4, (3,), (1,)),
        Tensor("a", -1, (3,), (1,)),
        Tensor("a", 0, (3,), (2,)),
        Tensor("a", 0, (1_000_000, 2), (0, 1)),
        Tensor("a", 0, (2,), (1, 1)),
        Tensor("a", 0, (2.0,), (1,)),
        Tensor("b", 0, (2,), (1,)),
    ],
)
def test_a_tensor_that_leads_out_of_its_storage_is_refused(tensor):
    with pytest.raises(NotACheckpoint):
        read_tensors(checkpoint({"t": tensor}, SIX))


class Command:
    def __init__(self, folder):
        self.folder = folder

    def __reduce__(self):
        return os.mkdir, (str(self.folder),)


@pytest.mark.parametrize("place", ["a tensor", "the magic number"])
def test_a_checkpoint_that_names_a_function_is_refused_before_it_is_called(place, tmp_path):
    command = Command(tmp_path / "touched")
    wrong = {"t": command} if place == "a tensor" else {}
    magic = command if place == "the magic number" else MAGIC
    with pytest.raises(NotACheckpoint, match=r"posix\.mkdir, which is no part of a tensor"):
        read_tensors(checkpoint(wrong, {}, magic))
    assert not command.folder.exists()


@pytest.mark.parametrize("wrong", [{"t": 1}, {1: Tensor("a", 0, (6,), (1,))}, ["t"], None])
def test_what_is_no_dictionary_of_tensors_is_refused(wrong):
    with pytest.raises(NotACheckpoint):
        read_tensors(checkpoint(wrong, SIX))


def test_half_a_file_one_with_more_behind_it_and_no_checkpoint_are_refused():
    whole = checkpoint({"t": Tensor("a", 0, (6,), (1,))}, SIX)
    for data in (whole[:-1], whole[:100], whole + b"x", b"", b"text", b"\x80\x02."):
        with pytest.raises(NotACheckpoint):
            read_tensors(data)
