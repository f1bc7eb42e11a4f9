"""The models that read texts; those that are there now lie in packages of their own."""

from analysis.weights.rows import ModelFile

TEXT: tuple[ModelFile, ...] = ()
