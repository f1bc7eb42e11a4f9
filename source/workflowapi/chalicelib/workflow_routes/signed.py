"""How every route but the front page is called: signed with IAM credentials, from any origin."""

from chalice import IAMAuthorizer

AUTHORIZER = IAMAuthorizer()
SIGNED = {"authorizer": AUTHORIZER, "cors": True}
