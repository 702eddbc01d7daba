"""What do the versions of Jellyfin do differently?"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Version:
    """A version such as 10.11.11; its differences are named by what they mean to a client."""

    text: str

    def at_least(self, *numbers: int) -> bool:
        """Tell whether this version is as new as that one; 12.0 comes right after 10.11."""
        return tuple(int(part) for part in self.text.split(".")) >= numbers

    @property
    def has_media_segments(self) -> bool:
        """Whether intros and credits can be asked for."""
        return self.at_least(10, 10)

    @property
    def names_items_of_user_data(self) -> bool:
        """Whether UserData carries the id of its item."""
        return self.at_least(10, 10)

    @property
    def forgets_items_of_user_data(self) -> bool:
        """Whether that id is all zeros, as it was in just one release."""
        return self.text == "10.10.0"

    @property
    def filters_by_date_saved(self) -> bool:
        """Whether minDateLastSaved works by itself; the SQL of 10.9 and 10.10 binds another parameter name."""
        return self.at_least(10, 11) or not self.at_least(10, 9)

    @property
    def pushes_sessions_to_all(self) -> bool:
        """Whether anybody may ask for Sessions messages; before, only administrators got them, not even API keys."""
        return self.at_least(10, 11)

    @property
    def has_setup_server(self) -> bool:
        """Whether something answers while the database is migrated."""
        return self.at_least(10, 11)

    @property
    def names_token_modern(self) -> bool:
        """Whether the URLs it hands out say `ApiKey=` instead of `api_key=`."""
        return self.at_least(10, 11)

    @property
    def prefers_old_header(self) -> bool:
        """Whether X-Emby-Authorization wins over Authorization."""
        return not self.at_least(10, 11)

    @property
    def takes_legacy_authorization(self) -> bool:
        """Whether the forms of authorization inherited from Emby are seen, unless somebody switched them."""
        return not self.at_least(12, 0)

    @property
    def has_emby_prefixes(self) -> bool:
        """Whether `/emby/…` and `/mediabrowser/…` lead to the same routes."""
        return not self.at_least(12, 0)

    @property
    def recurses_for_types(self) -> bool:
        """Whether includeItemTypes on a library looks into its folders by itself."""
        return self.at_least(12, 0)

    @property
    def hides_empty_collections(self) -> bool:
        """Whether the library of collections is shown only while it holds any; that of playlists always was."""
        return self.at_least(12, 0)

    @property
    def tags_images(self) -> bool:
        """Whether images carry an ETag; before, they had only Last-Modified."""
        return self.at_least(12, 0)

    @property
    def writes_queue_items(self) -> bool:
        """Whether a session repeats its whole queue as items."""
        return not self.at_least(12, 0)
