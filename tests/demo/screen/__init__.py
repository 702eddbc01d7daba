"""An integration of the demo's Home Assistant: a screen that plays what it is given, as far as anybody can tell."""
