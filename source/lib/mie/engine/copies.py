"""Copies sources behind the requests that made assets of them.

A message in the queue says that somebody should go on with a copy; how it stands is said by the
asset's item and by the parts that are in S3. So a message that comes twice does no harm, a worker
that is killed loses the parts that it was at, and whoever comes next goes on. Readers see the
object when all of it is there, and only then.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from mie.core import assets
from mie.core.copies import COPYING, FAILED, READY, Copy, CopyRequest, UploadGone
from mie.core.documents import Json, SourceObject
from mie.core.errors import PERMANENT, Conflict, TooManyRequests
from mie.engine.ports import CopyPorts, CopyQueue, ObjectParts
from mie.logs import logger

# A request has less time than this: what it has not registered by then is never registered.
_UNTIL_REGISTERED = 60.0
# Until the worker looks again for an asset, or asks an S3 that was busy.
_SOON = 15


class _Stopping(Protocol):
    @property
    def parts(self) -> ObjectParts: ...


def ask_for(copies: CopyQueue, asset_id: str, at: float) -> None:
    """Asks for the copy of an asset that is about to be registered.

    The message comes first: one without an asset does nothing, an asset without one would never
    get its object.
    """
    copies.send(CopyRequest(asset_id, at), delay=1)


def go_on(ports: CopyPorts, request: CopyRequest, deadline: float) -> None:
    """Copies what is missing, and asks for the rest when time is up.

    deadline: Unix time in seconds from which no part is begun any more. Raises what may pass.
    """
    item = ports.assets.get(request.asset_id)
    if item is None and ports.clock() - request.asked_at < _UNTIL_REGISTERED:
        ports.copies.send(request, delay=_SOON)
        return
    if item is None:
        # a worker that was killed may have completed the object behind the back of the deletion
        ports.objects.delete(ports.objects.keys(assets.prefix(request.asset_id)))
        ports.waiting.tell(request.asset_id)
        return
    copy = Copy.of_item(item)
    if copy is None or copy.state != COPYING:
        # told once more, when whoever ended it was killed before it did
        ports.waiting.tell(request.asset_id)
        return
    worker = _Worker(ports, request.asset_id, item["S3Key"], lambda: ports.clock() < deadline)
    try:
        ended = worker.work(copy)
    except UploadGone as error:
        ended = worker.look_again(error.upload)
    except TooManyRequests:
        logger("copies").warning("S3 is busy", extra={"AssetId": request.asset_id})
        ports.copies.send(request, delay=_SOON)
        return
    except PERMANENT as error:
        ended = worker.fail(str(error))
    if ended:
        ports.waiting.tell(request.asset_id)
    else:
        ports.copies.send(request)


def give_up(ports: CopyPorts, request: CopyRequest, reason: str) -> None:
    """Ends a copy that has failed too often."""
    item = ports.assets.get(request.asset_id)
    if item is not None and Copy.of_item(item) is not None:
        _Worker(ports, request.asset_id, item["S3Key"], lambda: False).fail(reason)
    ports.waiting.tell(request.asset_id)


def stop(ports: _Stopping, item: Json) -> None:
    """Gives up what there is of a copy whose asset is being deleted."""
    copy = Copy.of_item(item)
    if copy is not None and copy.upload is not None and copy.state != READY:
        ports.parts.abort(copy.upload, item["S3Key"])


class _Worker:
    """Of one asset, whose source becomes the object ``target``."""

    def __init__(
        self, ports: CopyPorts, asset_id: str, target: str, may_begin: Callable[[], bool]
    ) -> None:
        self._ports = ports
        self._asset_id = asset_id
        self._target = target
        self._may_begin = may_begin

    def work(self, copy: Copy) -> bool:
        """Whether the copy has ended. Raises UploadGone, and why the source cannot be had."""
        if copy.upload is None:
            begun = self._begun(copy)
            return begun is not None and self.work(begun)
        parts = self._ports.parts
        present = parts.present(copy.upload, self._target)
        missing = [part for part in copy.parts() if part.number not in present]
        copied = parts.copy(copy, copy.upload, self._target, missing, self._may_begin)
        logger("copies").info(
            "copied parts",
            extra={
                "AssetId": self._asset_id,
                "Present": len(present),
                "Copied": len(copied),
                "Missing": len(missing) - len(copied),
            },
        )
        if len(copied) < len(missing):
            return False
        parts.complete(copy.upload, self._target, {**present, **copied})
        return self._finish(copy)

    def look_again(self, gone: str) -> bool:
        """Whether the copy has ended, now that somebody ended an upload: another worker, a
        deletion, or S3 after some days."""
        copy = self._present()
        if copy is None or copy.state != COPYING:
            return True
        # nothing else writes there, and nothing but a completed upload is seen
        if self._ports.objects.first_key(self._target) == self._target:
            return self._finish(copy)
        if copy.upload == gone:
            # from the beginning
            self._ports.assets.set_copy(self._asset_id, replace(copy, upload=None), copy)
        return False

    def fail(self, reason: str) -> bool:
        copy = self._present()
        if copy is None or copy.state != COPYING:
            return True
        if copy.upload is not None:
            self._ports.parts.abort(copy.upload, self._target)
        failed = replace(copy, state=FAILED, upload=None, reason=reason)
        logger("copies").warning(
            "a copy failed", extra={"AssetId": self._asset_id, "Reason": reason}
        )
        return self._ports.assets.set_copy(self._asset_id, failed, copy)

    def _begun(self, copy: Copy) -> Copy | None:
        """The copy with an upload; None when somebody else changed it meanwhile."""
        upload = self._ports.parts.begin(self._source(copy), self._target)
        begun = replace(copy, upload=upload)
        if self._ports.assets.set_copy(self._asset_id, begun, copy):
            return begun
        self._ports.parts.abort(upload, self._target)
        return None

    def _source(self, copy: Copy) -> SourceObject:
        source = self._ports.objects.source(copy.bucket, copy.key)
        if source.etag != copy.etag:
            raise Conflict(
                f"the object s3://{copy.bucket}/{copy.key} was replaced before it was copied; try "
                "again"
            )
        return source

    def _finish(self, copy: Copy) -> bool:
        ready = replace(copy, state=READY, upload=None)
        done = self._ports.assets.set_copy(self._asset_id, ready, copy)
        if not done and self._ports.assets.get(self._asset_id) is None:
            # the deletion may have passed by the object
            self._ports.objects.delete([self._target])
            return True
        return done

    def _present(self) -> Copy | None:
        item = self._ports.assets.get(self._asset_id)
        if item is None:
            return None
        return Copy.of_item(item)


def check_whole(item: Json) -> Json:
    """The item of an asset whose object is there. Raises Conflict."""
    copy = Copy.of_item(item)
    if copy is None or copy.state == READY:
        return item
    if copy.state == FAILED:
        raise Conflict(f"the source of {item['AssetId']} could not be copied: {copy.reason}")
    raise Conflict(f"{item['AssetId']} is still being copied; try again when its State is {READY}")
