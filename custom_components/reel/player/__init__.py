"""What is played, how far it is, and what comes next: rules that need neither a player nor a server.

Standard library and what all kinds of sources agree on, nothing else; time and chance are arguments.
"""
