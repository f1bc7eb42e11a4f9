"""Routes that hand requests on to Amazon Transcribe and Amazon Translate."""

from collections.abc import Callable
from typing import Any

from chalice import Blueprint
from chalicelib.workflow_routes import requests, wiring
from chalicelib.workflow_routes.signed import SIGNED

from mie.core.language_services import PROXIES, Proxy
from mie.engine import language_services

routes = Blueprint(__name__)


def _view(proxy: Proxy) -> Callable[[], dict[str, Any]]:
    def hand_on() -> dict[str, Any]:
        if proxy.schema is None:
            requests.no_query(routes.current_request)
        body = requests.body(routes.current_request, proxy.schema) if proxy.schema else {}
        return language_services.answer(wiring.language_services(), proxy, body)

    # Chalice, logs and the API's description know a view by its name
    hand_on.__name__ = proxy.path.rpartition("/")[2]
    return hand_on


for _proxy in PROXIES:
    routes.route(_proxy.path, methods=[_proxy.method], **SIGNED)(_view(_proxy))
