"""Rekognition's operations: what is seen in a picture, in the service's own words."""
