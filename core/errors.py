"""What an action may answer instead of doing its work."""


class Refused(ValueError):
    """The action cannot be done; the message says why and what to do, in the reader's language.

    `field` names the input that caused it, `code` is stable for programs, `status` is the API's HTTP status.
    """

    def __init__(self, message: object, *, field: str | None = None, code: str = "refused", status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.code = code
        self.status = status

    def __str__(self) -> str:
        return str(self.message)


class Conflict(Refused):
    """Somebody else was first: a claimed company, a decided payment, a second request for the same thing."""

    def __init__(self, message: object, *, field: str | None = None, code: str = "conflict") -> None:
        super().__init__(message, field=field, code=code, status=409)


class Stale(Refused):
    """The row was changed since it was read (HTTP 412)."""

    def __init__(self, message: object, *, field: str | None = None) -> None:
        super().__init__(message, field=field, code="stale", status=412)
