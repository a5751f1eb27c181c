"""Why the embedded services refuse to start, each with a stable code."""


class StackError(Exception):
    """The embedded services cannot do what was asked; the sentence says what to do."""

    code = "stack_error"


class BinaryMissing(StackError):
    code = "stack_binary_missing"


class ServerDidNotStart(StackError):
    code = "stack_server_did_not_start"


class ServerDidNotStop(StackError):
    code = "stack_server_did_not_stop"


class PlaceUnsafe(StackError):
    code = "stack_place_unsafe"


class AlreadyRunning(StackError):
    code = "stack_already_running"
