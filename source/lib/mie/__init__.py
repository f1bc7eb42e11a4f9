"""The Media Insights Engine: what its APIs, workers and stream handlers share.

``core`` decides, ``engine`` carries out the use cases, ``adapters`` talk to AWS.
"""
