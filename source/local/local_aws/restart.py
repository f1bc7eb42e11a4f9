"""The local AWS begins with what it has saved, whatever its last end was like.

A mark lies beside the saves as long as it runs; whoever finds it starts after an end that nobody
expected: a kill, or a power cut. What is then amiss is put right here as far as this process knows
of it, and written down for the command (laptop.recovery), which knows the rest.
"""

import asyncio
import json
import logging
import os
import threading
import time
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from pathlib import Path
from typing import Any

from ministack import app
from ministack.core import persistence
from ministack.services import eventbridge, s3, sqs, stepfunctions

from local_aws import journal, left_objects, saved_documents, unread_records
from local_aws.changes import Changes, is_reading
from local_aws.machine_runs import Interrupted
from local_aws.saves import Manifest, Saves
from local_aws.saving import Saver

LOG = logging.getLogger(__name__)

Json = dict[str, Any]
Application = Callable[[Json, Any, Any], Awaitable[None]]
Handle = Callable[..., Awaitable[Any]]

_RUNNING = "RUNNING"
# an end of an execution this short before the save was perhaps still being told
_TELLING_SECONDS = 10.0
# what laptop.recovery reads, and removes when it is through
REPORT = "restarted"


class Beginning:
    """What a start finds, and what it makes of it. folder: where the saves are."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._mark = folder / "running"
        self._saves = Saves(folder)
        alone = self._saves.lock(wait=True)
        self.manifest = self._saves.newest()
        if alone is not None:
            os.close(alone)
        self.was_clean = not self._mark.exists()
        self._buckets: set[left_objects.Owned] = set()

    def load(self, service: str) -> Json | None:
        """The saved state of a service."""
        if self.manifest is None:
            return persistence.load_state(service) if self.was_clean else None
        content = self._saves.read(self.manifest, f"{service}.json")
        if content is None:
            return None
        state = saved_documents.decoded(content, self._saves.content)
        if service == "s3":
            self._buckets = set(state["buckets_meta"]._data)
        return state

    def begin(self, load_all: Callable[[], None]) -> None:
        """Puts right what is on disk, and loads what was saved."""
        objects = Path(s3.DATA_DIR)
        if not self.was_clean and left_objects.mend_half_written(objects):
            left_objects.read_again()
        load_all()
        unread_records.bound_positions()
        _show_what_is_in_flight()
        if not self.was_clean:
            removed = left_objects.remove_unknown_buckets(self._buckets)
            LOG.warning("the last end was none: %d buckets are in no save", len(removed))
            self._report()
        journal.forget(self._folder, self.saved_number)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._mark.touch()

    @property
    def saved_number(self) -> int:
        return self.manifest.number if self.manifest else 0

    def end(self) -> None:
        """The end is as it should be."""
        self._mark.unlink(missing_ok=True)

    def _report(self) -> None:
        """What the command has to tell and to tidy; it may not have done so the last time."""
        path = self._folder / REPORT
        saved = self.manifest.saved if self.manifest else None
        before = json.loads(path.read_text()) if path.exists() else {"saved": saved, "lost": []}
        lost = [*before["lost"], *journal.lost(self._folder, self.saved_number)]
        # what was left behind since the first of several ends is still there
        saved = before["saved"]
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps({"saved": saved, "at": time.time(), "lost": lost}))
        unfinished.replace(path)
        for one in self._folder.glob("journal-*"):
            one.unlink()


def _show_what_is_in_flight() -> None:
    """Whoever had received a message is gone, so that others may have it at once."""
    for queue in sqs._queues.all_values():
        for message in queue["messages"]:
            if message.get("receive_count"):
                message["visible_at"] = min(message["visible_at"], time.time())


def enforce(requested: ContextVar[str], interrupted: Interrupted) -> None:
    """requested: the ARN that the present request starts an execution with."""
    folder = Path(persistence.STATE_DIR)
    saved_documents.enforce()
    unread_records.enforce()
    beginning, changes = Beginning(folder), Changes()
    app.load_state = beginning.load
    load_all = app._load_persisted_state
    app._load_persisted_state = lambda: beginning.begin(load_all)
    saver = Saver(folder, changes, time.time)
    stepfunctions._emit_execution_status_event = _noting_ends(
        stepfunctions._emit_execution_status_event, changes
    )
    app._dispatch_service_request = _noting_writes(app._dispatch_service_request, changes)
    app._handle_special_data_plane_request = _noting_requests(
        app._handle_special_data_plane_request, changes, saver
    )

    def save(_: Json) -> None:
        if saver.save_at_the_end():
            beginning.end()

    app.save_all = save

    async def started() -> None:
        loop = asyncio.get_running_loop()
        going_on = _go_on(interrupted, requested, beginning.manifest)
        asyncio.run_coroutine_threadsafe(going_on, loop)
        threading.Thread(target=saver.run, args=(loop,), daemon=True, name="saver").start()

    app.app = _telling_when_started(app.app, started)


async def _go_on(
    interrupted: Interrupted, requested: ContextVar[str], manifest: Manifest | None
) -> None:
    """Lets executions go on once functions can call."""
    await app._wait_for_port(int(os.environ["GATEWAY_PORT"]))
    went_on = interrupted.go_on(requested)
    if went_on:
        LOG.info("%d executions go on", len(went_on))
    if manifest is not None:
        interrupted.tell_again(manifest.saved - _TELLING_SECONDS, manifest.saved)
        _make_due()


def _make_due() -> None:
    """What happens at intervals, above all looking after what got lost, happens now."""
    for scope, rule in eventbridge._rules.all_items():
        if eventbridge._parse_rate_seconds(rule.get("ScheduleExpression", "")) is not None:
            eventbridge._rule_last_fired[scope] = 0
    eventbridge._tick_scheduled_rules()


def _telling_when_started(
    application: Application, started: Callable[[], Awaitable[None]]
) -> Application:
    async def applied(scope: Json, receive: Any, send: Any) -> None:
        async def sent(message: Json) -> None:
            await send(message)
            if message["type"] == "lifespan.startup.complete":
                await started()

        if scope["type"] != "lifespan":
            await application(scope, receive, send)
            return
        try:
            await application(scope, receive, sent)
        # the server would go on without the state, and save that
        except BaseException:
            LOG.exception("the local AWS cannot begin with its state")
            logging.shutdown()
            os._exit(1)

    return applied


def _noting_ends(emit: Callable[[Json], None], changes: Changes) -> Callable[[Json], None]:
    def emitted(execution: Json) -> None:
        emit(execution)
        changes.note(soon=execution["status"] != _RUNNING)

    return emitted


def _noting_writes(handle: Handle, changes: Changes) -> Handle:
    """Of requests to services."""

    async def handled(method: str, path: str, headers: Json, body: bytes, *more: Any) -> Any:
        answer = await handle(method, path, headers, body, *more)
        if not is_reading(method, headers, body):
            changes.note()
        return answer

    return handled


def _noting_requests(handle: Handle, changes: Changes, saver: Saver) -> Handle:
    """Of requests to APIs, and to what else has an address of its own."""

    async def handled(
        method: str, path: str, headers: Json, body: bytes, *more: Any, **options: Any
    ) -> Any:
        answer = await handle(method, path, headers, body, *more, **options)
        if answer is not None and not is_reading(method, headers, body):
            status, _, content = answer
            told = content if isinstance(content, bytes) else b""
            entry = journal.entry(method, path, body, told, time.time()) if status < 300 else None
            if entry is not None:
                saver.journal.note(entry)
            changes.note(soon=entry is not None)
        return answer

    return handled
