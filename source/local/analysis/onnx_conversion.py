"""Turns a graph of TensorFlow.js into an ONNX model of the same operations.

TensorFlow keeps pictures as rows, columns, channels; ONNX convolves channels, rows, columns. Each
picture operation is therefore put between two transpositions, of which onnxruntime removes those
that cancel each other out.

`python -m analysis.onnx_conversion TOPOLOGY NUMBERS RESULT OUTPUT…` converts files; it needs the
packages of requirements-converter.txt, which the server does without.
"""

import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import ModelProto, NodeProto, TensorProto, helper, numpy_helper

from analysis.tfjs import Graph, Node, read_graph

_OPSET = 13
_IR_VERSION = 8
_CHANNELS_FIRST = [0, 3, 1, 2]
_CHANNELS_LAST = [0, 2, 3, 1]
_PADDING = {"SAME": "SAME_UPPER", "VALID": "VALID"}
_ONNX_TYPES = {
    "DT_FLOAT": TensorProto.FLOAT,
    "DT_INT32": TensorProto.INT32,
    "DT_INT64": TensorProto.INT64,
    "DT_BOOL": TensorProto.BOOL,
}
_LAST = 2**31 - 1


def main(arguments: Sequence[str]) -> None:
    """Convert the files that the arguments name."""
    topology, numbers, result, *outputs = arguments
    graph = read_graph(Path(topology).read_bytes(), Path(numbers).read_bytes())
    Path(result).write_bytes(convert(graph, outputs).SerializeToString(deterministic=True))


def convert(graph: Graph, outputs: Sequence[str]) -> ModelProto:
    """The graph as an ONNX model with one picture a call and the named outputs.

    Raises ValueError for an operation or a form of it that is not known here.
    """
    writer = _Writer(graph)
    for node in graph.nodes:
        writer.write(node)
    return writer.model(outputs)


class _Writer:
    """Collects the nodes of the ONNX model; names of TensorFlow's nodes are kept."""

    def __init__(self, graph: Graph) -> None:
        self.constants = graph.constants
        self._nodes: list[NodeProto] = []
        self._values: list[TensorProto] = []
        self._inputs: list[Any] = []
        self._count = 0

    def write(self, node: Node) -> None:
        convert_node = _OPERATIONS.get(node.op)
        if convert_node is None:
            raise ValueError(f"operation {node.op} of {node.name} cannot be converted")
        convert_node(self, node)

    def add(self, op: str, inputs: Sequence[str], output: str | None = None, **more: Any) -> str:
        """Add one ONNX node and return the name of its output."""
        output = output or self._fresh()
        self._nodes.append(helper.make_node(op, list(inputs), [output], **more))
        return output

    def add_top(self, inputs: Sequence[str], values: str, indices: str) -> None:
        """TopK is the one operation with two outputs."""
        self._nodes.append(helper.make_node("TopK", list(inputs), [values, indices], axis=-1))

    def value(self, array: NDArray[Any], name: str | None = None) -> str:
        """Add a constant and return its name."""
        name = name or self._fresh()
        self._values.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def integers(self, *numbers: int) -> str:
        return self.value(np.array(numbers, np.int64))

    def constant(self, node: Node, index: int) -> NDArray[Any]:
        """An input that must be known now, such as a shape. Raises ValueError when it is not."""
        name = node.inputs[index]
        if name not in self.constants:
            raise ValueError(f"input {name} of {node.name} is not a constant")
        return self.constants[name]

    def picture_input(self, name: str, shape: Sequence[int]) -> None:
        fixed = [1 if position == 0 else size for position, size in enumerate(shape)]
        self._inputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, fixed))

    def model(self, outputs: Sequence[str]) -> ModelProto:
        used = {name for node in self._nodes for name in node.input}
        graph = helper.make_graph(
            self._nodes,
            "graph",
            self._inputs,
            # onnxruntime infers what kind of value an output is
            [helper.make_empty_tensor_value_info(name) for name in outputs],
            [value for value in self._values if value.name in used],
        )
        return helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", _OPSET)], ir_version=_IR_VERSION
        )

    def _fresh(self) -> str:
        self._count += 1
        return f"onnx_{self._count}"


def _same(op: str, inputs: int | None = None) -> Callable[[_Writer, Node], None]:
    """An operation that ONNX has too, under this name."""

    def write(writer: _Writer, node: Node) -> None:
        writer.add(op, node.inputs[:inputs], node.name)

    return write


def _constant(writer: _Writer, node: Node) -> None:
    writer.value(writer.constants[node.name], node.name)


def _placeholder(writer: _Writer, node: Node) -> None:
    writer.picture_input(node.name, node.attributes["shape"])


def _convolution(writer: _Writer, node: Node) -> None:
    weights = writer.constant(node, 1)
    groups = 1
    if "Depthwise" in node.op:
        rows, columns, groups, multiplier = weights.shape
        weights = weights.transpose(2, 3, 0, 1).reshape(groups * multiplier, 1, rows, columns)
    else:
        weights = weights.transpose(3, 2, 0, 1)
    fused = node.attributes.get("fused_ops", [])
    inputs = [writer.add("Transpose", node.inputs[:1], perm=_CHANNELS_FIRST), writer.value(weights)]
    if "BiasAdd" in fused:
        inputs.append(writer.value(writer.constant(node, 2).reshape(-1)))
    result = writer.add(
        "Conv",
        inputs,
        strides=node.attributes["strides"][1:3],
        dilations=node.attributes.get("dilations", [1, 1, 1, 1])[1:3],
        group=groups,
        auto_pad=_PADDING[node.attributes["padding"]],
    )
    result = _activate(writer, node, fused, result)
    writer.add("Transpose", [result], node.name, perm=_CHANNELS_LAST)


def _activate(writer: _Writer, node: Node, fused: Sequence[str], result: str) -> str:
    for op in fused:
        if op == "BiasAdd":
            continue
        if op == "Relu":
            result = writer.add("Relu", [result])
        elif op == "Relu6":
            result = writer.add("Clip", [result, *_zero_and_six(writer)])
        elif op == "Prelu":
            slopes = writer.value(writer.constant(node, 3).reshape(-1, 1, 1))
            result = writer.add("PRelu", [result, slopes])
        else:
            raise ValueError(f"{op} fused into {node.name} cannot be converted")
    return result


def _zero_and_six(writer: _Writer) -> tuple[str, str]:
    return writer.value(np.array(0, np.float32)), writer.value(np.array(6, np.float32))


def _relu6(writer: _Writer, node: Node) -> None:
    writer.add("Clip", [*node.inputs, *_zero_and_six(writer)], node.name)


def _matrix_product(writer: _Writer, node: Node) -> None:
    fused = [op for op in node.attributes.get("fused_ops", []) if op != "BiasAdd"]
    product = writer.add("MatMul", node.inputs[:2])
    if not fused:
        writer.add("Add", [product, node.inputs[2]], node.name)
    elif fused == ["Relu"]:
        writer.add("Relu", [writer.add("Add", [product, node.inputs[2]])], node.name)
    else:
        raise ValueError(f"{fused} fused into {node.name} cannot be converted")


def _floor_division(writer: _Writer, node: Node) -> None:
    # the operands are positions in a picture: not negative, where ONNX's integer Div floors too
    if node.attributes.get("T") != "DT_INT32":
        raise ValueError(f"{node.name} divides other numbers than integers")
    writer.add("Div", node.inputs, node.name)


def _softmax(writer: _Writer, node: Node) -> None:
    writer.add("Softmax", node.inputs, node.name, axis=-1)


def _mean(writer: _Writer, node: Node) -> None:
    axes = [int(axis) for axis in writer.constant(node, 1).reshape(-1)]
    keep = int(bool(node.attributes.get("keep_dims", False)))
    writer.add("ReduceMean", node.inputs[:1], node.name, axes=axes, keepdims=keep)


def _resize(writer: _Writer, node: Node) -> None:
    channels_first = writer.add("Transpose", node.inputs[:1], perm=_CHANNELS_FIRST)
    batch_and_channels = writer.add(
        "Slice", [writer.add("Shape", [channels_first]), writer.integers(0), writer.integers(2)]
    )
    rows_and_columns = writer.integers(*(int(size) for size in writer.constant(node, 1)))
    size = writer.add("Concat", [batch_and_channels, rows_and_columns], axis=0)
    mode = "asymmetric"
    if node.attributes.get("half_pixel_centers"):
        mode = "half_pixel"
    elif node.attributes.get("align_corners"):
        mode = "align_corners"
    resized = writer.add(
        "Resize",
        [channels_first, "", "", size],
        mode="linear",
        coordinate_transformation_mode=mode,
    )
    writer.add("Transpose", [resized], node.name, perm=_CHANNELS_LAST)


def _maximum_pool(writer: _Writer, node: Node) -> None:
    pooled = writer.add(
        "MaxPool",
        [writer.add("Transpose", node.inputs[:1], perm=_CHANNELS_FIRST)],
        kernel_shape=node.attributes["ksize"][1:3],
        strides=node.attributes["strides"][1:3],
        auto_pad=_PADDING[node.attributes["padding"]],
    )
    writer.add("Transpose", [pooled], node.name, perm=_CHANNELS_LAST)


def _concatenate(writer: _Writer, node: Node) -> None:
    axis = int(writer.constant(node, len(node.inputs) - 1))
    writer.add("Concat", node.inputs[:-1], node.name, axis=axis)


def _reshape(writer: _Writer, node: Node) -> None:
    shape = writer.value(writer.constant(node, 1).astype(np.int64))
    writer.add("Reshape", [node.inputs[0], shape], node.name)


def _pad(writer: _Writer, node: Node) -> None:
    before_and_after = writer.constant(node, 1)
    pads = writer.value(before_and_after.T.reshape(-1).astype(np.int64))
    writer.add("Pad", [node.inputs[0], pads], node.name)


def _expand(writer: _Writer, node: Node) -> None:
    axis = writer.integers(int(writer.constant(node, 1)))
    writer.add("Unsqueeze", [node.inputs[0], axis], node.name)


def _top(writer: _Writer, node: Node) -> None:
    count = writer.integers(int(writer.constant(node, 1)))
    wide = f"{node.name}/wide_indices"
    writer.add_top([node.inputs[0], count], node.name, wide)
    # TensorFlow's indices have 32 bits, and what follows computes with them
    writer.add("Cast", [wide], f"{node.name}:1", to=TensorProto.INT32)


def _cast(writer: _Writer, node: Node) -> None:
    kind = node.attributes["DstT"]
    if kind not in _ONNX_TYPES:
        raise ValueError(f"{node.name} casts to {kind}, which cannot be converted")
    writer.add("Cast", node.inputs, node.name, to=_ONNX_TYPES[kind])


def _gather(writer: _Writer, node: Node) -> None:
    axis = int(writer.constant(node, 2)) if len(node.inputs) > 2 else 0
    writer.add("Gather", node.inputs[:2], node.name, axis=axis)


def _strided_slice(writer: _Writer, node: Node) -> None:
    if node.attributes.get("ellipsis_mask") or node.attributes.get("new_axis_mask"):
        raise ValueError(f"{node.name} slices in a way that cannot be converted")
    begin, end, strides = ([int(n) for n in writer.constant(node, i)] for i in (1, 2, 3))
    masks = [node.attributes.get(f"{kind}_mask", 0) for kind in ("begin", "end", "shrink_axis")]
    dropped = []
    for axis in range(len(begin)):
        from_first, to_last, drop = (mask >> axis & 1 for mask in masks)
        if from_first:
            begin[axis] = 0
        if drop:
            end[axis] = begin[axis] + 1 if begin[axis] != -1 else _LAST
            dropped.append(axis)
        elif to_last:
            end[axis] = _LAST
    limits = [writer.integers(*numbers) for numbers in (begin, end, range(len(begin)), strides)]
    if not dropped:
        writer.add("Slice", [node.inputs[0], *limits], node.name)
        return
    kept = writer.add("Slice", [node.inputs[0], *limits])
    writer.add("Squeeze", [kept, writer.integers(*dropped)], node.name)


_OPERATIONS: Mapping[str, Callable[[_Writer, Node], None]] = {
    "Add": _same("Add"),
    "AddV2": _same("Add"),
    "Cast": _cast,
    "ConcatV2": _concatenate,
    "Const": _constant,
    "Conv2D": _convolution,
    "DepthwiseConv2dNative": _convolution,
    "Equal": _same("Equal"),
    "ExpandDims": _expand,
    "FloorDiv": _floor_division,
    "FloorMod": _same("Mod"),
    "FusedDepthwiseConv2dNative": _convolution,
    "GatherV2": _gather,
    "Identity": _same("Identity", 1),
    "MaxPool": _maximum_pool,
    "Maximum": _same("Max"),
    "Mean": _mean,
    "Minimum": _same("Min"),
    "Mul": _same("Mul"),
    "Pad": _pad,
    "Placeholder": _placeholder,
    "Prelu": _same("PRelu"),
    "Relu": _same("Relu"),
    "Relu6": _relu6,
    "Reshape": _reshape,
    "ResizeBilinear": _resize,
    "Sigmoid": _same("Sigmoid", 1),
    "Softmax": _softmax,
    "StridedSlice": _strided_slice,
    "Sub": _same("Sub"),
    "TopKV2": _top,
    "_FusedConv2D": _convolution,
    "_FusedMatMul": _matrix_product,
}


if __name__ == "__main__":
    main(sys.argv[1:])
