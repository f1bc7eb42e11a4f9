"""Batches of stream records that are dealt with in order."""

from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor


class InOrder(BatchProcessor):
    """Stops at the first record that fails.

    Lambda sends that record and all behind it again, so that whatever was done behind it would be
    done twice, and before it.
    """

    def process(self) -> list[tuple[Any, ...]]:
        results: list[tuple[Any, ...]] = []
        for record in self.records:
            results.append(self._process_record(record))
            if self.fail_messages:
                break
        return results
