"""Tables, hand-resolved futures and a clock that only moves when it is told to."""
