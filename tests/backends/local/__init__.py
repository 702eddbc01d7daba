"""Do we notice when a folder is there, and when it is not?"""
