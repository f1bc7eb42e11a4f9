"""Processes that end in the middle of their work."""


class Killed(BaseException):
    """The function's process ends here; nothing can catch it."""


def die_at(world, port, step, *, before):
    """Lets the process end in its first call of a step of a port, before or after its effect."""
    adapter = getattr(world, port)
    function = getattr(adapter, step)

    def dies(*arguments, **keywords):
        setattr(adapter, step, function)
        if not before:
            function(*arguments, **keywords)
        raise Killed

    setattr(adapter, step, dies)
