"""What do we ask plex.tv and Plex Media Servers, and what do we make of their answers?"""
