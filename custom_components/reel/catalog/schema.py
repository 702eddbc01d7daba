"""What does the file look like? Every step from an empty one to that of today."""

from collections.abc import Sequence
from typing import Final

# Each list of statements brings a file from the version of its index to the next. Lists are added, and never changed.
_CONNECTIONS: Final = (
    """
    CREATE TABLE connection_state (
        source TEXT PRIMARY KEY,
        state TEXT NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
    """
    CREATE TABLE discovery (
        account TEXT PRIMARY KEY,
        last REAL,
        last_emergency REAL,
        fruitless INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID
    """,
)

_ITEMS: Final = (
    # `key` is that of the configured source, the same as in `connection_state`.
    "CREATE TABLE source (id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE) STRICT",
    """
    CREATE TABLE library (
        id INTEGER PRIMARY KEY,
        source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
        identity TEXT NOT NULL,
        name TEXT NOT NULL,
        kinds TEXT NOT NULL,
        stamp TEXT,
        position INTEGER NOT NULL,
        synced_at REAL,
        UNIQUE (source, identity)
    ) STRICT
    """,
    # `work` is the id of the first item that is the same film, show, … by an external id, often its own. `sort_key` is
    # folded for sorting. `height` ranks copies. `fingerprint` tells whether anything changed. `body` holds the rest.
    """
    CREATE TABLE item (
        id INTEGER PRIMARY KEY,
        source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
        library INTEGER NOT NULL REFERENCES library ON DELETE CASCADE,
        identity TEXT NOT NULL,
        kind TEXT NOT NULL,
        work INTEGER NOT NULL,
        parent TEXT,
        grandparent TEXT,
        number INTEGER,
        parent_number INTEGER,
        title TEXT NOT NULL,
        sort_key TEXT NOT NULL,
        year INTEGER,
        aired TEXT,
        added_at REAL,
        rating REAL,
        duration_ms INTEGER,
        height INTEGER,
        fingerprint INTEGER NOT NULL,
        body TEXT NOT NULL,
        UNIQUE (source, identity)
    ) STRICT
    """,
    # Every order a library is listed in, ready made. `work` stands in them so that a list of all sources can tell by
    # the index alone which of several copies to show.
    "CREATE INDEX item_by_title ON item (library, kind, sort_key, work)",
    "CREATE INDEX item_by_addition ON item (library, kind, added_at, work)",
    "CREATE INDEX item_by_year ON item (library, kind, year, work)",
    "CREATE INDEX item_by_date ON item (library, kind, aired, work)",
    "CREATE INDEX item_by_rating ON item (library, kind, rating, work)",
    "CREATE INDEX item_of_parent ON item (source, parent, parent_number, number) WHERE parent IS NOT NULL",
    """
    CREATE INDEX item_of_grandparent ON item (source, grandparent, parent_number, number)
    WHERE grandparent IS NOT NULL
    """,
    "CREATE INDEX item_of_work ON item (work)",
    """
    CREATE TABLE external_id (
        item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
        provider TEXT NOT NULL,
        value TEXT NOT NULL,
        PRIMARY KEY (item, provider, value)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX external_id_value ON external_id (provider, value)",
    """
    CREATE TABLE genre (
        item INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
        name TEXT NOT NULL,
        PRIMARY KEY (item, name)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX genre_name ON genre (name, item)",
    """
    CREATE TABLE member (
        list INTEGER NOT NULL REFERENCES item ON DELETE CASCADE,
        position INTEGER NOT NULL,
        identity TEXT NOT NULL,
        PRIMARY KEY (list, position)
    ) STRICT, WITHOUT ROWID
    """,
    # By identity, not by item: what a user did with the files of a folder outlives a rename and back.
    """
    CREATE TABLE user_state (
        source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
        identity TEXT NOT NULL,
        watched INTEGER NOT NULL,
        plays INTEGER NOT NULL,
        position_ms INTEGER NOT NULL,
        viewed_at REAL,
        favorite INTEGER NOT NULL,
        unwatched INTEGER,
        PRIMARY KEY (source, identity)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX user_state_begun ON user_state (viewed_at) WHERE position_ms > 0",
    "CREATE INDEX user_state_viewed ON user_state (viewed_at) WHERE viewed_at IS NOT NULL",
    "CREATE INDEX user_state_watched ON user_state (source, identity) WHERE watched",
    "CREATE INDEX user_state_favorite ON user_state (source, identity) WHERE favorite",
    # What only a look at one item tells; a sync leaves it alone.
    """
    CREATE TABLE detail (
        item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE,
        fetched_at REAL NOT NULL,
        body TEXT NOT NULL
    ) STRICT
    """,
    # How many there are, so that no list has to count; `works` are those that a list of all sources shows.
    """
    CREATE TABLE tally (
        library INTEGER NOT NULL REFERENCES library ON DELETE CASCADE,
        kind TEXT NOT NULL,
        items INTEGER NOT NULL,
        works INTEGER NOT NULL,
        PRIMARY KEY (library, kind)
    ) STRICT, WITHOUT ROWID
    """,
    # What the last sync left to tell the next one.
    """
    CREATE TABLE sync_mark (
        source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
        look TEXT NOT NULL,
        mark TEXT,
        at REAL NOT NULL,
        PRIMARY KEY (source, look)
    ) STRICT, WITHOUT ROWID
    """,
    # Where a full sync was when it was cut off; a list that is not here has not been begun.
    """
    CREATE TABLE checkpoint (
        source INTEGER NOT NULL REFERENCES source ON DELETE CASCADE,
        library TEXT NOT NULL,
        kind TEXT NOT NULL,
        start INTEGER NOT NULL,
        finished INTEGER NOT NULL,
        begun_at REAL NOT NULL,
        PRIMARY KEY (source, library, kind)
    ) STRICT, WITHOUT ROWID
    """,
    # Items of a mass disappearance, until a second sync agrees.
    "CREATE TABLE held (item INTEGER PRIMARY KEY REFERENCES item ON DELETE CASCADE, since REAL NOT NULL) STRICT",
    # What is still to be said to servers. Without a source row: it outlives a catalog that is built anew.
    """
    CREATE TABLE report (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        identity TEXT NOT NULL,
        subject TEXT NOT NULL,
        content TEXT NOT NULL,
        at REAL NOT NULL,
        attempts INTEGER NOT NULL DEFAULT 0,
        UNIQUE (source, identity, subject)
    ) STRICT
    """,
    # Words of what an item is called, of what it belongs to, and of where it is found, which is `index_words` of
    # `folding.py` and leaves nothing to a tokenizer; `rowid` is that of the item.
    """
    CREATE VIRTUAL TABLE search USING fts5 (
        title, context, scope, content = '', contentless_delete = 1, detail = column, tokenize = ascii
    )
    """,
    # All words of titles and contexts, by `vocabulary`, to complete and correct what is typed.
    "CREATE TABLE word (word TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
    # `put_items` counts what it inserts by itself, page by page: a trigger for every row takes as long as the row.
    """
    CREATE TRIGGER item_moved AFTER UPDATE OF library, kind, work ON item WHEN
        old.library IS NOT new.library OR old.kind IS NOT new.kind OR old.work IS NOT new.work
    BEGIN
        UPDATE tally SET items = items - 1, works = works - (old.work = old.id)
            WHERE library = old.library AND kind = old.kind;
        INSERT INTO tally VALUES (new.library, new.kind, 1, new.work = new.id)
            ON CONFLICT DO UPDATE SET items = items + 1, works = works + (new.work = new.id);
    END
    """,
    """
    CREATE TRIGGER item_deleted AFTER DELETE ON item BEGIN
        UPDATE tally SET items = items - 1, works = works - (old.work = old.id)
            WHERE library = old.library AND kind = old.kind;
        DELETE FROM search WHERE rowid = old.id;
        UPDATE item SET work = (SELECT min(id) FROM item WHERE work = old.id) WHERE work = old.id;
    END
    """,
)

MIGRATIONS: Final[Sequence[Sequence[str]]] = (_CONNECTIONS, _ITEMS)
