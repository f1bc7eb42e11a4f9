"""Why a call is refused, in the words of the service that is called."""


class ServiceError(Exception):
    """A refusal that travels to the caller: the service's own error code and one clear sentence.

    The HTTP status is that of the service's model, 400 where the model names none, unless one is
    given.
    """

    def __init__(self, code: str, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
