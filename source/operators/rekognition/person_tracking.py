"""Tracking of persons, which Amazon Rekognition offers no more: what is answered instead."""

ERROR_KEY = "PersonTrackingError"
RETIRED = (
    "personTracking cannot run: AWS retired the people pathing of Amazon Rekognition "
    "(StartPersonTracking, GetPersonTracking) on 2025-10-31"
)
