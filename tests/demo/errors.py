"""What ends a demo? One line that says why."""


class DemoError(Exception):
    """The demo cannot go on; the message is for whoever started it."""
