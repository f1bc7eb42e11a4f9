"""Functions of operators: one contract for the adapter and its fake, and what AWS alone shows."""

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber
from tests.fakes.aws import LAMBDA, control_plane, create_function
from tests.fakes.control_plane import Functions

from mie import aws
from mie.adapters.operator_functions import LambdaFunctions
from mie.core.errors import Conflict, Forbidden, NotFound
from mie.core.operator_functions import TAG

ARN, VERSION = f"{LAMBDA}:start", f"{LAMBDA}:start:1"


@pytest.fixture
def environment():
    with control_plane() as variables:
        yield variables


@pytest.fixture(params=["fake", "lambda"])
def functions(request, environment):
    """A function without tags, and a version of it."""
    if request.param == "fake":
        return Functions(ARN, VERSION)
    create_function(environment, "start")
    aws.client("lambda").publish_version(FunctionName="start")
    return LambdaFunctions()


@pytest.mark.parametrize("arn", [ARN, VERSION])
def test_a_function_has_tags_and_its_versions_have_the_same(functions, arn):
    assert functions.tags(arn) == {}
    functions.tag(ARN, TAG)
    functions.tag(ARN, TAG)
    assert functions.tags(arn) == TAG


@pytest.mark.parametrize("arn", [f"{LAMBDA}:none", f"{LAMBDA}:start:7"])
def test_what_is_not_there_has_none(functions, arn):
    assert functions.tags(arn) is None


def test_those_that_are_not_there_are_told_of_many(functions):
    gone = {f"{LAMBDA}:none-{number}" for number in range(20)}
    assert functions.missing([ARN, *sorted(gone), VERSION]) == gone
    assert functions.missing([]) == set()


@pytest.mark.parametrize("code", ["TooManyRequestsException", "AccessDeniedException"])
def test_a_function_of_which_nobody_can_tell_is_taken_to_be_there(environment, code):
    with Stubber(aws.client("lambda")) as stub:
        stub.add_client_error("get_function", code, "not now")
        assert LambdaFunctions().missing([ARN]) == set()


def test_what_is_not_there_cannot_be_tagged(functions):
    with pytest.raises(NotFound, match="no Lambda function"):
        functions.tag(f"{LAMBDA}:none", TAG)


@pytest.mark.parametrize(
    ("code", "kind"),
    [("AccessDeniedException", Forbidden), ("ResourceConflictException", Conflict)],
)
def test_refusals_are_told_as_ours(environment, code, kind):
    with Stubber(aws.client("lambda")) as stub:
        stub.add_client_error("tag_resource", code, "not now")
        with pytest.raises(kind, match="not now"):
            LambdaFunctions().tag(ARN, TAG)


def test_a_function_that_may_not_be_looked_at_is_forbidden(environment):
    with Stubber(aws.client("lambda")) as stub:
        stub.add_client_error("get_function", "AccessDeniedException", "not allowed")
        with pytest.raises(Forbidden, match=f"{ARN}: not allowed"):
            LambdaFunctions().tags(ARN)


@pytest.mark.parametrize("method", ["get_function", "tag_resource"])
def test_a_throttle_stays_one(environment, method):
    """The API answers it with 429."""
    with Stubber(aws.client("lambda")) as stub:
        stub.add_client_error(method, "TooManyRequestsException", "slower")
        with pytest.raises(ClientError, match="slower"):
            LambdaFunctions().tags(ARN) if method == "get_function" else LambdaFunctions().tag(
                ARN, TAG
            )
