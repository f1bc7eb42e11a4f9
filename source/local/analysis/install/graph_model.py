"""Reads a TensorFlow.js graph model: a JSON document with the graph, and a file of weights."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

STORED = {"float32": np.float32, "int32": np.int32, "bool": np.bool_}
QUANTIZED = {"float16": np.float16, "uint8": np.uint8, "uint16": np.uint16}
DATA_TYPES = {1: "DT_FLOAT", 3: "DT_INT32", 9: "DT_INT64", 10: "DT_BOOL"}


@dataclass(frozen=True)
class Node:
    """One operation of the graph. inputs: names of the tensors it reads, in order."""

    name: str
    op: str
    inputs: tuple[str, ...]
    attributes: dict[str, Any]

    def attribute(self, name: str, default: Any = None) -> Any:
        """An attribute as a plain value: text, number, truth or a list of them."""
        attribute = self.attributes.get(name)
        return default if attribute is None else _plain(attribute)


@dataclass(frozen=True)
class GraphModel:
    """nodes in an order in which each one's inputs come before it; weights by their names."""

    nodes: tuple[Node, ...]
    weights: dict[str, np.ndarray]


def read(path: Path) -> GraphModel:
    """The model whose graph is in ``path``, with the weights from the files beside it."""
    document = json.loads(path.read_text())
    nodes = tuple(
        Node(
            name=node["name"],
            op=node["op"],
            # a leading ^ only orders execution: no tensor flows there
            inputs=tuple(
                name.removesuffix(":0") for name in node.get("input", []) if name[0] != "^"
            ),
            attributes=node.get("attr", {}),
        )
        for node in document["modelTopology"]["node"]
    )
    return GraphModel(nodes, _weights(document["weightsManifest"], path.parent))


def _plain(attribute: dict[str, Any]) -> Any:
    if "list" in attribute:
        values = attribute["list"]
        if "s" in values:
            return [base64.b64decode(value).decode() for value in values["s"]]
        return [int(value) for value in values.get("i", [])]
    if "s" in attribute:
        return base64.b64decode(attribute["s"]).decode()
    if "i" in attribute:
        return int(attribute["i"])
    if "type" in attribute:
        return DATA_TYPES.get(attribute["type"], attribute["type"])
    return attribute.get("b", attribute.get("f"))


def _weights(manifest: list[dict[str, Any]], folder: Path) -> dict[str, np.ndarray]:
    weights = {}
    for group in manifest:
        stored = b"".join((folder / name).read_bytes() for name in group["paths"])
        offset = 0
        for entry in group["weights"]:
            values, offset = _weight(entry, stored, offset)
            weights[entry["name"]] = values
    return weights


def _weight(entry: dict[str, Any], stored: bytes, offset: int) -> tuple[np.ndarray, int]:
    """One tensor, and where the next one starts."""
    wanted = STORED[entry["dtype"]]
    quantization = entry.get("quantization")
    kept = np.dtype(QUANTIZED[quantization["dtype"]] if quantization else wanted)
    count = int(np.prod(entry["shape"], dtype=np.int64))
    values = np.frombuffer(stored, kept, count, offset)
    if quantization and "scale" in quantization:
        values = values.astype(np.float32) * quantization["scale"] + quantization["min"]
    return values.astype(wanted).reshape(entry["shape"]), offset + count * kept.itemsize
