"""How every route but the front page is called: signed with IAM credentials, from any origin."""

from chalice import CORSConfig, IAMAuthorizer

from mie.core.request_tokens import HEADER

AUTHORIZER = IAMAuthorizer()
# One for all routes, because those of one path share it.
SIGNED = {"authorizer": AUTHORIZER, "cors": CORSConfig(allow_headers=[HEADER])}
