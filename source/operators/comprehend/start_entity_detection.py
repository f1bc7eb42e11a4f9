"""The entry point under the name that older templates know."""

from start_comprehend import start_entity_detection as lambda_handler

__all__ = ["lambda_handler"]
