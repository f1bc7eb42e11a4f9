"""What can go wrong, as a small tree, and by which status codes both APIs say so."""


class MieError(Exception):
    """A situation that the caller is told about in plain words."""


class BadRequest(MieError):
    """The request itself is wrong; the message names the field."""


class Forbidden(MieError):
    """The request is understood and refused, whoever makes it."""


class NotFound(MieError):
    """A named object does not exist."""

    @classmethod
    def named(cls, kind: str, name: str) -> "NotFound":
        """In the wording that clients of the Workflow API match on."""
        return cls(f"Exception: {kind} '{name}' not found")


class Conflict(MieError):
    """The request does not fit the present state; trying again later may succeed."""


class Changed(Conflict):
    """Somebody else has changed what the caller had read; it may look again."""


class AlreadyExists(Conflict):
    """A definition of that name exists."""

    def __init__(self, kind: str, name: str) -> None:
        # "A operation …" is the wording that clients match on.
        super().__init__(f"A {kind} with the name '{name}' already exists")


class Busy(Conflict):
    """Something is on its way, and the same request will succeed once it has arrived."""


class TooLarge(MieError):
    """The request or an object that it names is larger than a documented limit."""


class TooManyRequests(MieError):
    """A service asked us to slow down; the same request may succeed later."""


class Unavailable(MieError):
    """A service that the request needs does not answer, or answers with nothing of use."""


class Malformed(MieError):
    """Stored or upstream data is not what its contract says; a fault on our side."""


# What trying again does not mend.
PERMANENT = (BadRequest, Conflict, Forbidden, NotFound, TooLarge)

# error -> HTTP status and the class name that clients of the APIs know
STATUSES: dict[type[MieError], tuple[int, str]] = {
    BadRequest: (400, "BadRequestError"),
    Forbidden: (403, "ForbiddenError"),
    NotFound: (404, "NotFoundError"),
    Conflict: (409, "ConflictError"),
    TooLarge: (413, "RequestTooLargeError"),
    TooManyRequests: (429, "TooManyRequestsError"),
    Unavailable: (503, "ServiceUnavailableError"),
}
