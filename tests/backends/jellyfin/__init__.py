"""What do we ask Jellyfin servers of every version, and what do we make of their answers?"""
