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

# What a user may decide per source; kept in its subentry beside what was found out.
CONF_PREFERRED: Final = "preferred"
CONF_REFUSE_RELAY: Final = "refuse_relay"
CONF_TRUST_CACHED_CHECKS: Final = "trust_cached_checks"
CONF_INTERVALS: Final = "intervals"
CONF_OWNERSHIP: Final = "ownership"

# The bus event of everything that happens to a connection; its `type` is one of the values of `Happening`.
EVENT_REEL: Final = "reel_event"
