"""The Workflow API, and operators, stages and workflows as CloudFormation resources."""

from typing import Any

from chalice import Chalice
from chalicelib.workflow_routes import (
    custom_resource,
    executions,
    health,
    operations,
    services,
    stages,
    system,
    workflows,
)

from mie import http

app = Chalice(app_name="workflowapi")
for blueprint in (
    health.routes,
    system.routes,
    operations.routes,
    stages.routes,
    workflows.routes,
    executions.routes,
    services.routes,
):
    app.register_blueprint(blueprint)
http.guard(app)


@app.lambda_function(name="WorkflowCustomResource")
def workflow_custom_resource(event: dict[str, Any], context: Any) -> None:
    custom_resource.answer(event, context)
