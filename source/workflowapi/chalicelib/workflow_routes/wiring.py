"""The engine's interfaces, on the services that the environment names.

Adapters import boto3, which costs more than all the rest of the API: they are imported with the
first request that needs them.
"""

import random
import time
import uuid
from typing import Any

from mie import settings
from mie.core.asl import EngineLambdas
from mie.core.documents import Operation, Stage
from mie.core.lists import PageRequest
from mie.engine.lists import Listing, answer
from mie.engine.ports import (
    DefinitionPorts,
    ExecutionPorts,
    Executions,
    LanguageServices,
    SystemConfiguration,
)


def definition_ports(deadline: float | None = None) -> DefinitionPorts:
    """deadline: as DefinitionPorts says."""
    from mie.adapters.dataplane import DataplaneApi
    from mie.adapters.definitions import DefinitionTable, WorkflowTable
    from mie.adapters.machines import StateMachines
    from mie.adapters.operator_functions import LambdaFunctions
    from mie.adapters.scheduler import SchedulerFunction
    from mie.adapters.stacks import CloudFormationStacks

    environment = settings.api_settings()
    history = environment.history_table
    operations: DefinitionTable[Operation] = DefinitionTable(
        environment.operation_table, "operation", history
    )
    stages: DefinitionTable[Stage] = DefinitionTable(environment.stage_table, "stage", history)
    return DefinitionPorts(
        operations=operations,
        stages=stages,
        workflows=WorkflowTable(environment.workflow_table, history),
        executions=_executions(environment),
        machines=StateMachines(environment.short_uuid, environment.complete_stage_lambda),
        dataplane=DataplaneApi(environment.dataplane_function),
        scheduler=SchedulerFunction(environment.scheduler_lambda),
        functions=LambdaFunctions(),
        lambdas=EngineLambdas(
            environment.complete_stage_lambda, environment.operator_failed_lambda
        ),
        execution_role=environment.execution_role,
        stacks=CloudFormationStacks(),
        clock=time.time,
        pause=_pause,
        new_id=_new_id,
        deadline=deadline,
    )


def execution_ports() -> ExecutionPorts:
    from mie.adapters.dataplane import DataplaneApi
    from mie.adapters.definitions import WorkflowTable
    from mie.adapters.machines import StateMachines
    from mie.adapters.objects import BucketObjects
    from mie.adapters.operator_functions import LambdaFunctions
    from mie.adapters.queue import ExecutionQueue
    from mie.adapters.request_tokens import RequestTokenTable
    from mie.adapters.scheduler import SchedulerFunction

    environment = settings.api_settings()
    return ExecutionPorts(
        workflows=WorkflowTable(environment.workflow_table, environment.history_table),
        functions=LambdaFunctions(),
        executions=_executions(environment),
        machines=StateMachines(environment.short_uuid, environment.complete_stage_lambda),
        dataplane=DataplaneApi(environment.dataplane_function),
        queue=ExecutionQueue(environment.queue_url),
        scheduler=SchedulerFunction(environment.scheduler_lambda),
        tokens=RequestTokenTable(environment.claim_table, time.time, _new_id),
        objects=BucketObjects(environment.dataplane_bucket),
        clock=time.time,
        new_id=_new_id,
    )


def listed(listing: Listing, page: PageRequest | None) -> Any:
    """A list as a whole, or a page of it. Raises BadRequest, TooLarge."""
    from mie.adapters.system import SystemTable

    secrets = SystemTable(settings.api_settings().system_table)
    return answer(listing, page, secrets.cursor_secret)


def system_configuration() -> SystemConfiguration:
    from mie.adapters.system import SystemTable

    return SystemTable(settings.api_settings().system_table)


def language_services() -> LanguageServices:
    from mie.adapters.language_services import AwsLanguageServices

    return AwsLanguageServices()


def _executions(environment: settings.ApiSettings) -> Executions:
    from mie.adapters.executions import ExecutionTable

    return ExecutionTable(
        environment.execution_table, environment.system_table, environment.claim_table
    )


def _pause(most: float) -> None:
    time.sleep(random.uniform(0, most))  # noqa: S311 - spreads retries, keeps no secret


def _new_id() -> str:
    return str(uuid.uuid4())
