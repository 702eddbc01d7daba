"""What the files that speak Home Assistant have to agree on."""

from typing import Final

DOMAIN: Final = "reel"

SUBENTRY_SOURCE: Final = "source"

# Keys of config entries and their subentries, and of the forms that fill them.
CONF_KIND: Final = "kind"
CONF_CLIENT_ID: Final = "client_id"
CONF_USER_ID: Final = "user_id"
# Whether the token is an API key, which belongs to nobody: it acts as the user.
CONF_BY_API_KEY: Final = "by_api_key"
CONF_IDENTITY: Final = "identity"
CONF_CONNECTIONS: Final = "connections"
CONF_MOUNT: Final = "mount"
CONF_SERVERS: Final = "servers"
# In a discovery flow: the account that may use the server already.
CONF_ACCOUNT: Final = "account"

CONF_ADVANCED: Final = "advanced"
CONF_EXTRA_URLS: Final = "extra_urls"

# What a user may decide per source; kept in its subentry beside what was found out.
CONF_PREFERRED: Final = "preferred"
CONF_REFUSE_RELAY: Final = "refuse_relay"
CONF_TRUST_CACHED_CHECKS: Final = "trust_cached_checks"
CONF_INTERVALS: Final = "intervals"
CONF_LIBRARIES: Final = "libraries"
CONF_OWNERSHIP: Final = "ownership"
CONF_DELIVERY: Final = "delivery"
CONF_IGNORED_CLIENTS: Final = "ignored_clients"

# A Reel player: an entry of its own kind, the media player that it plays on, and what its user decides.
KIND_PLAYER: Final = "player"
CONF_OUTPUT: Final = "output"
CONF_RESUME: Final = "resume"
CONF_NEXT_EPISODE: Final = "next_episode"
CONF_SKIP_INTRO: Final = "skip_intro"
CONF_SKIP_CREDITS: Final = "skip_credits"

# The bus event of everything that happens to a connection; its `type` is one of the values of `Happening`.
EVENT_REEL: Final = "reel_event"
# How syncs go on, for whoever wants to follow them.
EVENT_REEL_SYNC: Final = "reel_sync_event"
