"""Why a call is refused, in the words of the service that is called."""


class ServiceError(Exception):
    """A refusal that travels to the caller: the service's own error code and one clear sentence."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
