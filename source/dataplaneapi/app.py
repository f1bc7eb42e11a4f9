"""The Dataplane API: entry point of its Lambda function."""

from chalice import Chalice
from chalicelib.dataplane_routes import assets, media, metadata, search, system

from mie import http

app = Chalice(app_name="dataplaneapi")
for routes in (system.routes, assets.routes, metadata.routes, media.routes, search.routes):
    app.register_blueprint(routes)
http.guard(app)
