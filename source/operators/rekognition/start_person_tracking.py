"""The entry point under the name that older templates know."""

from start_rekognition import start_person_tracking as lambda_handler

__all__ = ["lambda_handler"]
