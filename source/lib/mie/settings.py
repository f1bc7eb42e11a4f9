"""What a function is told by its environment, read once, on first use.

The names of the variables are those of the specification (control plane 2.3, data plane 2.1);
each Lambda's template sets exactly the ones that its settings object asks for.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any


class MissingSetting(RuntimeError):
    """A variable that the template must set is not there."""

    def __init__(self, name: str) -> None:
        super().__init__(f"the environment variable {name} is not set")


@dataclass(frozen=True)
class ApiSettings:
    """Workflow API and custom resource."""

    short_uuid: str
    system_table: str
    operation_table: str
    stage_table: str
    workflow_table: str
    history_table: str
    execution_table: str
    claim_table: str
    queue_url: str
    execution_role: str
    complete_stage_lambda: str
    operator_failed_lambda: str
    scheduler_lambda: str
    dataplane_function: str
    dataplane_bucket: str
    framework_version: str


@dataclass(frozen=True)
class WorkerSettings:
    """Scheduler, stage completion, wait operator, error handler."""

    system_table: str
    workflow_table: str
    execution_table: str
    claim_table: str
    queue_url: str
    scheduler_lambda: str
    dataplane_function: str
    dataplane_bucket: str
    default_max_concurrent_workflows: int
    short_uuid: str


@dataclass(frozen=True)
class DataplaneSettings:
    """Data plane API."""

    table: str
    bucket: str
    framework_version: str
    # ARN patterns of buckets whose objects may become assets; empty when there are none.
    external_buckets: tuple[str, ...]
    # URL of an OpenSearch or Elasticsearch endpoint; None when none is deployed
    search_endpoint: str | None
    copy_queue_url: str
    # Bytes of the largest source that is copied within a request.
    most_at_once: int
    claim_table: str


@dataclass(frozen=True)
class CopySettings:
    """Worker that copies large sources."""

    table: str
    bucket: str
    queue_url: str
    scheduler_lambda: str


@dataclass(frozen=True)
class StreamSettings:
    """Publisher of data plane changes."""

    stream: str
    bucket: str
    failure_queue_url: str


@dataclass(frozen=True)
class NotificationSettings:
    """Teller of status changes."""

    topic_arn: str
    failure_queue_url: str


@dataclass(frozen=True)
class SearchSettings:
    """Consumer that feeds search.

    endpoint: the URL of an OpenSearch or Elasticsearch endpoint. refresh_interval: how long a
    document waits until it is found, such as "30s".
    """

    endpoint: str
    region: str
    table: str
    bucket: str
    failure_queue_url: str
    refresh_interval: str


@cache
def api_settings() -> ApiSettings:
    return ApiSettings(
        short_uuid=_required("STACK_SHORT_UUID"),
        system_table=_required("SYSTEM_TABLE_NAME"),
        operation_table=_required("OPERATION_TABLE_NAME"),
        stage_table=_required("STAGE_TABLE_NAME"),
        workflow_table=_required("WORKFLOW_TABLE_NAME"),
        history_table=_required("HISTORY_TABLE_NAME"),
        execution_table=_required("WORKFLOW_EXECUTION_TABLE_NAME"),
        claim_table=_required("WORKFLOW_EXECUTION_CLAIM_TABLE_NAME"),
        queue_url=_required("STAGE_EXECUTION_QUEUE_URL"),
        execution_role=_required("STAGE_EXECUTION_ROLE"),
        complete_stage_lambda=_required("COMPLETE_STAGE_LAMBDA_ARN"),
        operator_failed_lambda=_required("OPERATOR_FAILED_LAMBDA_ARN"),
        scheduler_lambda=_required("WORKFLOW_SCHEDULER_LAMBDA_ARN"),
        dataplane_function=_required("DataplaneEndpoint"),
        dataplane_bucket=_required("DATAPLANE_BUCKET"),
        framework_version=_required("FRAMEWORK_VERSION"),
    )


@cache
def worker_settings() -> WorkerSettings:
    return WorkerSettings(
        system_table=_required("SYSTEM_TABLE_NAME"),
        workflow_table=_required("WORKFLOW_TABLE_NAME"),
        execution_table=_required("WORKFLOW_EXECUTION_TABLE_NAME"),
        claim_table=_required("WORKFLOW_EXECUTION_CLAIM_TABLE_NAME"),
        queue_url=_required("STAGE_EXECUTION_QUEUE_URL"),
        scheduler_lambda=_required("WORKFLOW_SCHEDULER_LAMBDA_ARN"),
        dataplane_function=_required("DataplaneEndpoint"),
        dataplane_bucket=_required("DATAPLANE_BUCKET"),
        default_max_concurrent_workflows=int(_required("DEFAULT_MAX_CONCURRENT_WORKFLOWS")),
        short_uuid=_required("ShortUUID"),
    )


@cache
def dataplane_settings() -> DataplaneSettings:
    return DataplaneSettings(
        table=_required("DATAPLANE_TABLE_NAME"),
        bucket=_required("DATAPLANE_BUCKET"),
        framework_version=_required("FRAMEWORK_VERSION"),
        external_buckets=tuple(os.environ.get("EXTERNAL_BUCKET_ARNS", "").split()),
        search_endpoint=_required("EsEndpoint") or None,
        copy_queue_url=_required("COPY_QUEUE_URL"),
        most_at_once=int(_required("LARGEST_COPY_IN_REQUEST")),
        claim_table=_required("WORKFLOW_EXECUTION_CLAIM_TABLE_NAME"),
    )


@cache
def copy_settings() -> CopySettings:
    return CopySettings(
        table=_required("DATAPLANE_TABLE_NAME"),
        bucket=_required("DATAPLANE_BUCKET"),
        queue_url=_required("COPY_QUEUE_URL"),
        scheduler_lambda=_required("WORKFLOW_SCHEDULER_LAMBDA_ARN"),
    )


@cache
def stream_settings() -> StreamSettings:
    return StreamSettings(
        stream=_required("StreamName"),
        bucket=_required("DATAPLANE_BUCKET"),
        failure_queue_url=_required("UNREAD_CHANGES_QUEUE_URL"),
    )


@cache
def notification_settings() -> NotificationSettings:
    return NotificationSettings(
        topic_arn=_required("TOPIC_ARN"),
        failure_queue_url=_required("UNTOLD_CHANGES_QUEUE_URL"),
    )


@cache
def search_settings() -> SearchSettings:
    return SearchSettings(
        endpoint=_required("EsEndpoint"),
        region=_required("AWS_REGION"),
        table=_required("DATAPLANE_TABLE_NAME"),
        bucket=_required("DataplaneBucket"),
        failure_queue_url=_required("UNREAD_CHANGES_QUEUE_URL"),
        refresh_interval=os.environ.get("SEARCH_REFRESH_INTERVAL", "30s"),
    )


def boto_config() -> Mapping[str, Any]:
    """Keyword arguments for botocore's Config; none when ``botoConfig`` is not set."""
    text = os.environ.get("botoConfig")  # noqa: SIM112 - the specification's spelling
    return json.loads(text) if text else {}


def forget() -> None:
    """Reads the environment anew at the next call; for tests that change it."""
    for settings in (
        api_settings,
        worker_settings,
        dataplane_settings,
        copy_settings,
        stream_settings,
        notification_settings,
        search_settings,
    ):
        settings.cache_clear()


def _required(name: str) -> str:
    try:
        return os.environ[name]
    except KeyError as error:
        raise MissingSetting(name) from error
