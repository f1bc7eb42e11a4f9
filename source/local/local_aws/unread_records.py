"""What nobody has read yet of the tables' streams is saved with the tables.

MiniStack 1.5.33 forgets it at its end, so that changes stay unseen. What every mapping has read is
left out: nothing asks for it again, and there is much of it.
"""

from collections.abc import Callable, Iterator
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import dynamodb, lambda_svc

Json = dict[str, Any]

_RECORDS, _TRIMMED = "stream_records", "stream_trimmed"


def enforce() -> None:
    dynamodb.get_state = _with_records(dynamodb.get_state)
    dynamodb._restore_state = _restoring_records(dynamodb._restore_state)


def _with_records(get: Callable[[], Json]) -> Callable[[], Json]:
    def got() -> Json:
        records, trimmed = AccountRegionScopedDict(), AccountRegionScopedDict()
        for (account, region, table), kept in dynamodb._stream_records.all_items():
            first = dynamodb._stream_trimmed.get_scoped(account, region, table, 0)
            end = first + len(kept)
            read = min((*_positions(account, region, table, first), end))
            records.set_scoped(account, region, table, kept[max(0, read - first) :])
            trimmed.set_scoped(account, region, table, max(first, read))
        return {**get(), _RECORDS: records, _TRIMMED: trimmed}

    return got


def _positions(account: str, region: str, table: str, first: int) -> Iterator[int]:
    """How far the mappings have read; first: the position of the first record that is there."""
    for (of, at, mapping), record in lambda_svc._esms.all_items():
        source = record.get("EventSourceArn", "")
        if (of, at) != (account, region) or f":table/{table}/stream/" not in source:
            continue
        position = lambda_svc._dynamodb_stream_positions.get_scoped(of, at, mapping)
        if position is not None:
            yield position
        elif record.get("StartingPosition") == "TRIM_HORIZON":
            yield first


def _restoring_records(restore: Callable[[Json], None]) -> Callable[[Json], None]:
    def restored(state: Json) -> None:
        restore(state)
        dynamodb._stream_records.update((state or {}).get(_RECORDS, {}))
        dynamodb._stream_trimmed.update((state or {}).get(_TRIMMED, {}))

    return restored


def bound_positions() -> None:
    """Nobody reads from beyond the end of a stream, as from saves without records."""
    positions = lambda_svc._dynamodb_stream_positions
    for (account, region, mapping), position in positions.all_items():
        record = lambda_svc._esms.get_scoped(account, region, mapping) or {}
        table = record.get("EventSourceArn", "").partition(":table/")[2].partition("/")[0]
        end = dynamodb.stream_end_position(table, account_id=account, region=region)
        positions.set_scoped(account, region, mapping, min(position, end))
