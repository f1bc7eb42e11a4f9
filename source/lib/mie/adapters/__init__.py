"""The interfaces of :mod:`mie.engine.ports` on AWS services."""
