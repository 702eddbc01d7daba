"""Do the backends ask real servers the right questions, and understand whatever comes back?"""
