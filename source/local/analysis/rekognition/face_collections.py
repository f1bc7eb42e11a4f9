"""Collections of faces on disk: a file each, which is written as a whole or not at all."""

import base64
import fcntl
import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.faults import ServiceError
from analysis.files import read_json, write_json
from analysis.local_stack import ACCOUNT, REGION

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# the version of the descriptors: those of another model cannot be compared with them
FACE_MODEL_VERSION = "dlib-resnet-1"
ARN = f"aws:rekognition:{REGION}:{ACCOUNT}:collection/{{}}"


@dataclass(frozen=True)
class StoredFace:
    """One face of a collection; `descriptor` is base64 of 128 float32, little-endian.

    Box and confidence are as the answers give them: ratios, and 0 to 100.
    """

    id: str
    image_id: str
    name: str | None
    box: Mapping[str, float]
    confidence: float
    descriptor: str

    @property
    def numbers(self) -> "NDArray[np.float32]":
        import numpy as np

        return np.frombuffer(base64.b64decode(self.descriptor), "<f4")

    def document(self) -> dict[str, Any]:
        """A Face structure."""
        named = {} if self.name is None else {"ExternalImageId": self.name}
        return {
            "FaceId": self.id,
            "BoundingBox": self.box,
            "ImageId": self.image_id,
            **named,
            # IndexFacesModelVersion holds numbers of the service's own models only
            "Confidence": self.confidence,
        }


@dataclass(frozen=True)
class Collection:
    """A collection; `created` is seconds since 1970, faces are in the order of their coming."""

    id: str
    created: float
    faces: tuple[StoredFace, ...] = ()
    model: str = FACE_MODEL_VERSION

    def find(self, face_id: str) -> StoredFace | None:
        return next((face for face in self.faces if face.id == face_id), None)


def encode_descriptor(numbers: "NDArray[np.float32]") -> str:
    """The numbers of a face as text."""
    return base64.b64encode(numbers.astype("<f4").tobytes()).decode("ascii")


class FaceCollections:
    """The collections of one folder; several of these, and several threads, may use it at once."""

    def __init__(self, state: Path) -> None:
        self._folder = state / "collections"

    def list(self) -> "list[Collection]":
        """All collections, by their ids."""
        found = (_read(path) for path in self._folder.glob("*.json"))
        return sorted(found, key=lambda collection: collection.id)

    def get(self, collection_id: str) -> Collection:
        """Raises ResourceNotFoundException when there is none of that id."""
        found = self.find(collection_id)
        if found is None:
            text = f"The collection id: {collection_id} does not exist"
            raise ServiceError("ResourceNotFoundException", text)
        return found

    def find(self, collection_id: str) -> Collection | None:
        """None when there is none of that id."""
        try:
            return _read(self._place(collection_id))
        except FileNotFoundError:
            return None

    def create(self, collection_id: str, clock: Callable[[], float] = time.time) -> Collection:
        """Raises ResourceAlreadyExistsException when there is one of that id."""
        with self._alone():
            if self.find(collection_id) is not None:
                text = f"The collection id: {collection_id} already exists"
                raise ServiceError("ResourceAlreadyExistsException", text)
            collection = Collection(collection_id, clock())
            self._write(collection)
        return collection

    def delete(self, collection_id: str) -> None:
        """Raises ResourceNotFoundException when there is none of that id."""
        with self._alone():
            self.get(collection_id)
            self._place(collection_id).unlink()

    def change(
        self,
        collection_id: str,
        change: "Callable[[tuple[StoredFace, ...]], tuple[StoredFace, ...]]",
    ) -> Collection:
        """Replace the faces of a collection, as it stands now, by what `change` makes of them.

        Raises ResourceNotFoundException.
        """
        with self._alone():
            collection = self.get(collection_id)
            changed = replace(collection, faces=change(collection.faces))
            self._write(changed)
        return changed

    def _write(self, collection: Collection) -> None:
        write_json(self._place(collection.id), asdict(collection))

    def _place(self, collection_id: str) -> Path:
        # an id may be longer than a file's name, and `..` is one
        return self._folder / f"{hashlib.sha256(collection_id.encode()).hexdigest()}.json"

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        with (self._folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield


def _read(path: Path) -> Collection:
    document = read_json(path)
    faces = tuple(StoredFace(**face) for face in document["faces"])
    return Collection(**{**document, "faces": faces})
