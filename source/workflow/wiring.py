"""The engine's interfaces, on the services that the environment names."""

import time

from mie import settings
from mie.adapters.dataplane import DataplaneApi
from mie.adapters.definitions import PresentWorkflows
from mie.adapters.executions import ExecutionTable
from mie.adapters.machines import StateMachines
from mie.adapters.objects import BucketObjects
from mie.adapters.queue import ExecutionQueue
from mie.adapters.scheduler import SchedulerFunction
from mie.adapters.system import SystemTable
from mie.engine.ports import WorkerPorts


def worker_ports() -> WorkerPorts:
    environment = settings.worker_settings()
    return WorkerPorts(
        workflows=PresentWorkflows(environment.workflow_table),
        executions=ExecutionTable(
            environment.execution_table, environment.system_table, environment.claim_table
        ),
        machines=StateMachines(environment.short_uuid, environment.scheduler_lambda),
        dataplane=DataplaneApi(environment.dataplane_function),
        queue=ExecutionQueue(environment.queue_url),
        scheduler=SchedulerFunction(environment.scheduler_lambda),
        system=SystemTable(environment.system_table),
        objects=BucketObjects(environment.dataplane_bucket),
        clock=time.time,
    )
