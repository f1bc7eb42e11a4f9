"""Converts a TensorFlow.js graph model into an ONNX model that computes the same.

TensorFlow keeps pictures as [batch, height, width, channels], ONNX convolves
[batch, channels, height, width]: each such operation stands between two transpositions, most of
which the ONNX runtime removes again when it loads the model.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from analysis.install.graph_model import GraphModel, Node, read

OPERATOR_SET = 13
FORMAT_VERSION = 8
END = np.iinfo(np.int32).max  # past the end of every axis

PADDING = {"SAME": "SAME_UPPER", "VALID": "VALID"}
SAME_MEANING = {
    "Add": "Add",
    "AddV2": "Add",
    "Equal": "Equal",
    # both operands are counts here, never negative, so truncation is the floor
    "FloorDiv": "Div",
    "FloorMod": "Mod",
    "Identity": "Identity",
    "Maximum": "Max",
    "Minimum": "Min",
    "Mul": "Mul",
    "Prelu": "PRelu",
    "Relu": "Relu",
    "Sigmoid": "Sigmoid",
    "Sub": "Sub",
}
CONVOLUTIONS = (
    "Conv2D",
    "DepthwiseConv2dNative",
    "FusedDepthwiseConv2dNative",
    "_FusedConv2D",
)
CAST_TO = {
    "DT_BOOL": TensorProto.BOOL,
    "DT_FLOAT": TensorProto.FLOAT,
    "DT_INT32": TensorProto.INT32,
    "DT_INT64": TensorProto.INT32,
}


class UnknownOperation(Exception):
    """The graph has an operation that is not converted."""

    def __init__(self, node: Node) -> None:
        super().__init__(f"{node.op} of {node.name} has no conversion to ONNX")


class Conversion:
    """The ONNX graph that grows while the nodes of a graph model are translated."""

    def __init__(self, model: GraphModel) -> None:
        self.constants = {
            node.name: model.weights[node.name] for node in model.nodes if node.op == "Const"
        }
        self.nodes: list[onnx.NodeProto] = []
        self.inputs: list[onnx.ValueInfoProto] = []
        self.initializers = {
            name: numpy_helper.from_array(np.ascontiguousarray(values), name)
            for name, values in self.constants.items()
        }
        self._made = 0

    def new_name(self) -> str:
        self._made += 1
        return f"onnx/{self._made}"

    def constant(self, values: Any, kind: type = np.float32) -> str:
        """Adds a constant; returns its name."""
        name = self.new_name()
        array = np.ascontiguousarray(np.asarray(values, kind))
        self.initializers[name] = numpy_helper.from_array(array, name)
        return name

    def integers(self, values: Any) -> str:
        return self.constant(values, np.int64)

    def add(self, op: str, inputs: Any, output: str | None = None, **attributes: Any) -> str:
        """Adds an operation; returns the name of its first output."""
        name = output or self.new_name()
        self.nodes.append(helper.make_node(op, list(inputs), [name], **attributes))
        return name

    def channels_first(self, tensor: str) -> str:
        return self.add("Transpose", [tensor], perm=[0, 3, 1, 2])

    def channels_last(self, tensor: str, output: str) -> str:
        return self.add("Transpose", [tensor], output, perm=[0, 2, 3, 1])

    def proto(self, outputs: list[str]) -> onnx.ModelProto:
        """The whole model, without the constants that nothing reads any more."""
        read_names = {name for node in self.nodes for name in node.input}
        graph = helper.make_graph(
            self.nodes,
            "graph",
            self.inputs,
            [helper.make_empty_tensor_value_info(name) for name in outputs],
            [value for name, value in self.initializers.items() if name in read_names],
        )
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPERATOR_SET)],
            ir_version=FORMAT_VERSION,
        )


def convert(graph: Path, outputs: list[str]) -> bytes:
    """The ONNX file of the graph model in ``graph``, which returns the tensors ``outputs``.

    Raises UnknownOperation.
    """
    model = read(graph)
    conversion = Conversion(model)
    for node in model.nodes:
        _translate(conversion, node)
    return conversion.proto(outputs).SerializeToString(deterministic=True)


def _translate(conversion: Conversion, node: Node) -> None:
    if node.op == "Const":
        return
    if node.op in SAME_MEANING:
        conversion.add(SAME_MEANING[node.op], node.inputs, node.name)
        return
    translation = TRANSLATIONS.get(node.op)
    if translation is None:
        raise UnknownOperation(node)
    translation(conversion, node)


def _placeholder(conversion: Conversion, node: Node) -> None:
    sizes = [int(size["size"]) for size in node.attributes["shape"]["shape"]["dim"]]
    shape = [1 if size < 0 else size for size in sizes]  # one picture at a time
    conversion.inputs.append(helper.make_tensor_value_info(node.name, TensorProto.FLOAT, shape))


def _convolution(conversion: Conversion, node: Node) -> None:
    kernel = conversion.constants[node.inputs[1]]
    groups = 1
    if "Depthwise" in node.op:
        height, width, groups, multiplier = kernel.shape
        kernel = kernel.transpose(2, 3, 0, 1).reshape(groups * multiplier, 1, height, width)
    else:
        kernel = kernel.transpose(3, 2, 0, 1)
    fused = node.attribute("fused_ops", [])
    inputs = [conversion.channels_first(node.inputs[0]), conversion.constant(kernel)]
    if "BiasAdd" in fused:
        inputs.append(conversion.constant(conversion.constants[node.inputs[2]].reshape(-1)))
    convolved = conversion.add(
        "Conv",
        inputs,
        strides=node.attribute("strides")[1:3],
        dilations=(node.attribute("dilations") or [1, 1, 1, 1])[1:3],
        group=groups,
        auto_pad=PADDING[node.attribute("padding")],
    )
    conversion.channels_last(_activation(conversion, node, convolved, fused), node.name)


def _activation(conversion: Conversion, node: Node, tensor: str, fused: list[str]) -> str:
    for name in fused:
        if name == "Relu":
            tensor = conversion.add("Relu", [tensor])
        elif name == "Relu6":
            tensor = conversion.add(
                "Clip", [tensor, conversion.constant(0), conversion.constant(6)]
            )
        elif name == "Prelu":
            slope = conversion.constants[node.inputs[3]].reshape(-1, 1, 1)
            tensor = conversion.add("PRelu", [tensor, conversion.constant(slope)])
        elif name != "BiasAdd":
            raise UnknownOperation(node)
    return tensor


def _matrix_product(conversion: Conversion, node: Node) -> None:
    product = conversion.add("MatMul", node.inputs[:2])
    product = conversion.add("Add", [product, node.inputs[2]])
    activated = _activation(conversion, node, product, node.attribute("fused_ops", []))
    conversion.add("Identity", [activated], node.name)


def _relu6(conversion: Conversion, node: Node) -> None:
    limits = [conversion.constant(0), conversion.constant(6)]
    conversion.add("Clip", [node.inputs[0], *limits], node.name)


def _softmax(conversion: Conversion, node: Node) -> None:
    conversion.add("Softmax", node.inputs, node.name, axis=-1)


def _mean(conversion: Conversion, node: Node) -> None:
    axes = [int(axis) for axis in conversion.constants[node.inputs[1]].reshape(-1)]
    kept = int(bool(node.attribute("keep_dims", False)))
    conversion.add("ReduceMean", [node.inputs[0]], node.name, axes=axes, keepdims=kept)


def _max_pool(conversion: Conversion, node: Node) -> None:
    pooled = conversion.add(
        "MaxPool",
        [conversion.channels_first(node.inputs[0])],
        kernel_shape=node.attribute("ksize")[1:3],
        strides=node.attribute("strides")[1:3],
        auto_pad=PADDING[node.attribute("padding")],
    )
    conversion.channels_last(pooled, node.name)


def _resize_bilinear(conversion: Conversion, node: Node) -> None:
    picture = conversion.channels_first(node.inputs[0])
    shape = conversion.add("Shape", [picture])
    unchanged = conversion.add(
        "Slice", [shape, conversion.integers([0]), conversion.integers([2])]
    )
    wanted = conversion.integers(conversion.constants[node.inputs[1]])
    sizes = conversion.add("Concat", [unchanged, wanted], axis=0)
    alignment = "asymmetric"
    if node.attribute("half_pixel_centers", False):
        alignment = "half_pixel"
    elif node.attribute("align_corners", False):
        alignment = "align_corners"
    resized = conversion.add(
        "Resize",
        [picture, "", "", sizes],
        mode="linear",
        coordinate_transformation_mode=alignment,
    )
    conversion.channels_last(resized, node.name)


def _concatenation(conversion: Conversion, node: Node) -> None:
    *parts, axis = node.inputs
    conversion.add("Concat", parts, node.name, axis=int(conversion.constants[axis]))


def _reshape(conversion: Conversion, node: Node) -> None:
    shape = conversion.integers(conversion.constants[node.inputs[1]])
    conversion.add("Reshape", [node.inputs[0], shape], node.name)


def _pad(conversion: Conversion, node: Node) -> None:
    amounts = conversion.constants[node.inputs[1]]
    ordered = np.concatenate([amounts[:, 0], amounts[:, 1]])
    conversion.add("Pad", [node.inputs[0], conversion.integers(ordered)], node.name)


def _expand_dims(conversion: Conversion, node: Node) -> None:
    axis = int(conversion.constants[node.inputs[1]])
    conversion.add("Unsqueeze", [node.inputs[0], conversion.integers([axis])], node.name)


def _top_k(conversion: Conversion, node: Node) -> None:
    count = conversion.integers([int(conversion.constants[node.inputs[1]])])
    positions = conversion.new_name()
    conversion.nodes.append(
        helper.make_node("TopK", [node.inputs[0], count], [node.name, positions], axis=-1)
    )
    # TensorFlow's positions are 32 bits wide, and what reads them expects that
    conversion.add("Cast", [positions], f"{node.name}:1", to=TensorProto.INT32)


def _cast(conversion: Conversion, node: Node) -> None:
    conversion.add("Cast", node.inputs, node.name, to=CAST_TO[node.attribute("DstT")])


def _gather(conversion: Conversion, node: Node) -> None:
    axis = int(conversion.constants[node.inputs[2]])
    conversion.add("Gather", node.inputs[:2], node.name, axis=axis)


def _strided_slice(conversion: Conversion, node: Node) -> None:
    if node.attribute("ellipsis_mask", 0) or node.attribute("new_axis_mask", 0):
        raise UnknownOperation(node)
    begin, end, strides = (
        conversion.constants[name].astype(np.int64).copy() for name in node.inputs[1:4]
    )
    dropped = []
    for axis in range(len(begin)):
        bit = 1 << axis
        if node.attribute("begin_mask", 0) & bit:
            begin[axis] = 0
        if node.attribute("end_mask", 0) & bit:
            end[axis] = END
        if node.attribute("shrink_axis_mask", 0) & bit:
            end[axis] = END if begin[axis] == -1 else begin[axis] + 1
            dropped.append(axis)
    bounds = [begin, end, np.arange(len(begin)), strides]
    inputs = [node.inputs[0], *map(conversion.integers, bounds)]
    if not dropped:
        conversion.add("Slice", inputs, node.name)
        return
    cut = conversion.add("Slice", inputs)
    conversion.add("Squeeze", [cut, conversion.integers(dropped)], node.name)


TRANSLATIONS: dict[str, Callable[[Conversion, Node], None]] = {
    **dict.fromkeys(CONVOLUTIONS, _convolution),
    "Cast": _cast,
    "ConcatV2": _concatenation,
    "ExpandDims": _expand_dims,
    "GatherV2": _gather,
    "MaxPool": _max_pool,
    "Mean": _mean,
    "Pad": _pad,
    "Placeholder": _placeholder,
    "Relu6": _relu6,
    "Reshape": _reshape,
    "ResizeBilinear": _resize_bilinear,
    "Softmax": _softmax,
    "StridedSlice": _strided_slice,
    "TopKV2": _top_k,
    "_FusedMatMul": _matrix_product,
}
