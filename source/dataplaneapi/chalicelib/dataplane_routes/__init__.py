"""Routes of the Dataplane API: they read a request, call the engine and answer."""
