"""What the files that speak Home Assistant have to agree on."""

from typing import Final

DOMAIN: Final = "reel"

SUBENTRY_SOURCE: Final = "source"

# Keys of config entries and their subentries, and of the forms that fill them.
CONF_KIND: Final = "kind"
CONF_CLIENT_ID: Final = "client_id"
CONF_USER_ID: Final = "user_id"
CONF_IDENTITY: Final = "identity"
CONF_CONNECTIONS: Final = "connections"
CONF_MOUNTED: Final = "mounted"
CONF_SERVERS: Final = "servers"
