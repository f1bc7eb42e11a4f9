"""The entry point under the name that older templates know."""

from check_rekognition_status import check_face_search_status as lambda_handler

__all__ = ["lambda_handler"]
