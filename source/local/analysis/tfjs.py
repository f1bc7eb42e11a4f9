"""Reads graph models of TensorFlow.js: a JSON topology and one file of weights.

The format, as the converter of TensorFlow.js writes it: `modelTopology.node` is a GraphDef in its
JSON form, `weightsManifest` lists the constants in the order of their bytes; a constant may be
stored as float16 or as scaled integers.
"""

import base64
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

_TYPES = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}
_STORED = {"float16": np.float16, "uint8": np.uint8, "uint16": np.uint16}


@dataclass(frozen=True)
class Node:
    """One operation of the graph; `inputs` are names of nodes, without control inputs."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: Mapping[str, Any]


@dataclass(frozen=True)
class Graph:
    """Operations in an order in which they can run, and the constants by name."""

    nodes: tuple[Node, ...]
    constants: Mapping[str, NDArray[Any]]


def read_graph(model: bytes, weights: bytes) -> Graph:
    """Read a model of which all weights are in one file. Raises ValueError when bytes are left."""
    document = json.loads(model)
    specifications = [spec for group in document["weightsManifest"] for spec in group["weights"]]
    return Graph(
        tuple(_read_node(node) for node in document["modelTopology"]["node"]),
        dict(_read_constants(specifications, weights)),
    )


def _read_node(node: Mapping[str, Any]) -> Node:
    inputs = tuple(
        # "name:0" is the first output of a node, which has the node's own name here
        name.removesuffix(":0")
        for name in node.get("input", ())
        if not name.startswith("^")
    )
    attributes = {key: _attribute(value) for key, value in node.get("attr", {}).items()}
    return Node(node["name"], node["op"], inputs, attributes)


def _attribute(value: Mapping[str, Any]) -> Any:
    if "list" in value:
        kind, members = next(iter(value["list"].items()), ("i", []))
        return [_attribute({kind: member}) for member in members]
    if "s" in value:
        return base64.b64decode(value["s"]).decode()
    if "i" in value:
        return int(value["i"])
    if "shape" in value:
        return [int(dimension["size"]) for dimension in value["shape"].get("dim", ())]
    return next(iter(value.values()))


def _read_constants(
    specifications: Iterable[Mapping[str, Any]], weights: bytes
) -> Iterator[tuple[str, NDArray[Any]]]:
    offset = 0
    for specification in specifications:
        kind = _TYPES[specification["dtype"]]
        quantization = specification.get("quantization")
        stored = np.dtype(_STORED[quantization["dtype"]] if quantization else kind)
        size = int(np.prod(specification["shape"], dtype=np.int64))
        values = np.frombuffer(weights, stored, size, offset)
        offset += size * stored.itemsize
        if quantization and "scale" in quantization:
            values = values * np.float32(quantization["scale"]) + np.float32(quantization["min"])
        yield specification["name"], values.astype(kind).reshape(specification["shape"])
    if offset != len(weights):
        raise ValueError(f"{len(weights)} bytes of weights, of which the model uses {offset}")
