"""Use cases over the interfaces of :mod:`mie.engine.ports`; nothing here knows AWS."""
