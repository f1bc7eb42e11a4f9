"""The entry point under the name that older templates know."""

from check_comprehend import get_entity_detection as lambda_handler

__all__ = ["lambda_handler"]
