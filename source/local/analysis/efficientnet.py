"""Turns the weights of EfficientNet-Lite2 into an ONNX model, batch normalization folded in.

The network is that of the paper (Tan and Le, 2019) in its Lite form: no squeeze-and-excitation, and
ReLU6 in place of swish. The ONNX model takes rows, columns, channels of 0 to 255, as the other
models of pictures here, and answers the probabilities of the 1,000 classes of ImageNet and the
1,280 features that they come from.

`python -m analysis.efficientnet CHECKPOINT RESULT` converts a file; it needs the packages of
requirements-converter.txt, which the server does without.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from analysis.torch_checkpoint import read_tensors

_OPSET = 13
_IR_VERSION = 8
_SIDE = 260
_CLASSES, _FEATURES = 1_000, 1_280
# of pixels, as the weights were trained
_MEAN, _SCALE = 127.0, 128.0
_EPSILON = 1e-3
# of each stage: the side of its kernel, the stride of its first block, how many blocks it has
_STAGES = ((3, 1, 1), (3, 2, 3), (5, 2, 3), (3, 2, 4), (5, 1, 4), (5, 2, 5), (3, 1, 1))


def main(arguments: Sequence[str]) -> None:
    """Convert the file that the arguments name."""
    checkpoint, result = arguments
    model = convert(read_tensors(Path(checkpoint).read_bytes()))
    Path(result).write_bytes(model.SerializeToString(deterministic=True))


def convert(weights: Mapping[str, NDArray[Any]]) -> ModelProto:
    """The network with these weights. Raises KeyError when some are missing."""
    network = _Network(weights)
    now = network.convolve(network.normalized("picture"), "_conv_stem", "_bn0", stride=2)
    block = 0
    for kernel, stride, count in _STAGES:
        for place in range(count):
            now = network.block(now, block, kernel, stride if place == 0 else 1, place > 0)
            block += 1
    return network.classified(network.convolve(now, "_conv_head", "_bn1"))


class _Network:
    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._weights = weights
        self._nodes: list[NodeProto] = []
        self._values: list[TensorProto] = []
        self._none, self._most = self._value(np.float32(0)), self._value(np.float32(6))

    def normalized(self, picture: str) -> str:
        """The picture as the network was trained to see it, channels first."""
        centred = self._add("Sub", picture, self._value(np.float32(_MEAN)))
        scaled = self._add("Div", centred, self._value(np.float32(_SCALE)))
        return self._add("Transpose", scaled, perm=[0, 3, 1, 2])

    def block(self, now: str, number: int, kernel: int, stride: int, adds: bool) -> str:
        """An inverted bottleneck: widen, look around in each channel, narrow."""
        name, before = f"_blocks.{number}.", now
        if f"{name}_expand_conv.weight" in self._weights:
            now = self.convolve(now, f"{name}_expand_conv", f"{name}_bn0")
        now = self.convolve(now, f"{name}_depthwise_conv", f"{name}_bn1", kernel, stride, deep=True)
        now = self.convolve(now, f"{name}_project_conv", f"{name}_bn2", bounded=False)
        return self._add("Add", before, now) if adds else now

    def convolve(
        self,
        now: str,
        name: str,
        normalization: str,
        kernel: int | None = None,
        stride: int = 1,
        deep: bool = False,
        bounded: bool = True,
    ) -> str:
        """A convolution with the batch normalization behind it, and ReLU6 where it is bounded."""
        gain, shift, mean, variance = (
            self._weights[f"{normalization}.{part}"]
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        weight = self._weights[f"{name}.weight"]
        if kernel not in (None, weight.shape[2]):
            raise ValueError(f"the kernel of {name} is {weight.shape[2]} wide, not {kernel}")
        factor = gain / np.sqrt(variance + np.float32(_EPSILON))
        now = self._add(
            "Conv",
            now,
            self._value(weight * factor[:, None, None, None]),
            self._value(shift - mean * factor),
            strides=[stride, stride],
            group=weight.shape[0] if deep else 1,
            auto_pad="SAME_UPPER",
        )
        return self._add("Clip", now, self._none, self._most) if bounded else now

    def classified(self, now: str) -> ModelProto:
        """The whole model: the mean over the picture, and the probability of each class."""
        mean = self._add("GlobalAveragePool", now)
        self._nodes.append(helper.make_node("Flatten", [mean], ["features"]))
        weight, bias = (self._value(self._weights[f"_fc.{part}"]) for part in ("weight", "bias"))
        scores = self._add("Gemm", "features", weight, bias, transB=1)
        self._nodes.append(helper.make_node("Softmax", [scores], ["probabilities"]))
        sides: list[int] = [1, _SIDE, _SIDE, 3]
        picture = helper.make_tensor_value_info("picture", TensorProto.FLOAT, sides)
        answers = [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, count])
            for name, count in (("probabilities", _CLASSES), ("features", _FEATURES))
        ]
        graph = helper.make_graph(self._nodes, "graph", [picture], answers, self._values)
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
        )

    def _add(self, operation: str, *inputs: str, **more: Any) -> str:
        output = f"value_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operation, list(inputs), [output], **more))
        return output

    def _value(self, numbers: Any) -> str:
        name = f"constant_{len(self._values)}"
        array = np.ascontiguousarray(numbers, np.float32).reshape(np.shape(numbers))
        self._values.append(numpy_helper.from_array(array, name))
        return name


if __name__ == "__main__":
    main(sys.argv[1:])
