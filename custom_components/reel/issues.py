"""Issues for Home Assistant's repairs: what is wrong with a source that its user can mend, while it is wrong."""

from typing import Final

from homeassistant.core import DOMAIN as HOMEASSISTANT_DOMAIN, Event, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.loader import async_get_loaded_integration
from homeassistant.util.hass_dict import HassKey

from .account import Source
from .connection.model import Quality
from .connection.state import SourceState
from .const import DOMAIN
from .coordinator import ReelCoordinator
from .rebinding import hides_addresses, private_names
from .troubles import ERRORS, VERDICTS, Look, Trouble

# Routers are set up once; and names are not asked for with every check.
RESOLVE_EVERY: Final = 6 * 3600.0


def issue_id(trouble: Trouble, source: Source) -> str:
    """Return the id of an issue of a source."""
    return f"{trouble}_{source.key}"


class TroubleWatch:
    """Keeps the issues of one source in step with how it is doing."""

    def __init__(self, coordinator: ReelCoordinator) -> None:
        self._coordinator = coordinator
        self._relay_since: float | None = None
        self._hidden: bool | None = None
        self._resolved_at: float | None = None

    @callback
    def start(self) -> None:
        """Watch from now on, until the account is unloaded: then nobody knows any more."""
        entry = self._coordinator.config_entry
        entry.async_on_unload(self._coordinator.async_add_listener(self.review))
        entry.async_on_unload(
            self._coordinator.hass.bus.async_listen(ir.EVENT_REPAIRS_ISSUE_REGISTRY_UPDATED, self._noted)
        )
        entry.async_on_unload(self._forget)
        watches = self._coordinator.hass.data.setdefault(WATCHES, {})
        watches[self._coordinator.source.key] = self

    async def look_again(self) -> None:
        """Try everything anew, because somebody says that it is mended."""
        await self._resolve()
        await self._coordinator.test()
        self.review()

    async def let_go(self) -> None:
        """Believe the source that what seems gone is gone."""
        await self._coordinator.catalog.let_go_of_held()
        self.review()

    @callback
    def review(self) -> None:
        """Create the issues of what is wrong, and delete those of what is cured."""
        state = self._coordinator.connector.state
        if not state.is_reached and not state.breaker.failures:
            # Nobody has looked yet. Deleting an issue now would forget that the user chose to ignore it.
            return
        self._resolve_now_and_then()
        catalog = self._coordinator.catalog.view
        held = catalog.held if catalog.is_read else None
        look = Look(self._coordinator.source, state, self._relay_for(state), self._hidden, held)
        for trouble, verdict in VERDICTS.items():
            wrong = verdict(look)
            if wrong and not (trouble is Trouble.SIGN_IN and self._core_asks()):
                self._create(trouble)
            elif wrong is not None:
                self._delete(trouble)

    def _resolve_now_and_then(self) -> None:
        now = self._coordinator.now
        if self._resolved_at is None or now - self._resolved_at >= RESOLVE_EVERY:
            self._resolved_at = now
            self._coordinator.config_entry.async_create_background_task(
                self._coordinator.hass, self._resolve_and_review(), f"{self._coordinator.name}: do its names resolve?"
            )

    async def _resolve_and_review(self) -> None:
        await self._resolve()
        self.review()

    async def _resolve(self) -> None:
        names = private_names(self._coordinator.source.target.candidates())
        self._hidden = await hides_addresses(self._coordinator.hass, names) if names else False

    def _relay_for(self, state: SourceState) -> float:
        now = self._coordinator.now
        if state.quality is not Quality.RELAY:
            self._relay_since = None
        elif self._relay_since is None:
            self._relay_since = now
        return now - self._relay_since if self._relay_since is not None else 0.0

    @callback
    def _noted(self, event: Event[ir.EventIssueRegistryUpdatedData]) -> None:
        if event.data["issue_id"] == self._core_issue:
            self.review()

    @property
    def _core_issue(self) -> str:
        """The id of the issue with which Home Assistant itself asks for this account to sign in again."""
        return f"config_entry_reauth_{DOMAIN}_{self._coordinator.config_entry.entry_id}"

    def _core_asks(self) -> bool:
        """Tell whether it asks already: once is enough."""
        registry = ir.async_get(self._coordinator.hass)
        return registry.async_get_issue(HOMEASSISTANT_DOMAIN, self._core_issue) is not None

    def _create(self, trouble: Trouble) -> None:
        source, hass = self._coordinator.source, self._coordinator.hass
        ir.async_create_issue(
            hass,
            DOMAIN,
            issue_id(trouble, source),
            data={
                "entry_id": self._coordinator.config_entry.entry_id,
                "subentry_id": source.key,
                "trouble": trouble,
            },
            is_fixable=True,
            learn_more_url=_learn_more(hass, trouble),
            severity=ir.IssueSeverity.ERROR if trouble in ERRORS else ir.IssueSeverity.WARNING,
            translation_key=trouble,
            translation_placeholders=self._placeholders(trouble),
        )

    def _placeholders(self, trouble: Trouble) -> dict[str, str]:
        named = {"name": self._coordinator.source.name}
        if trouble is Trouble.MASS_DISAPPEARANCE:
            return named | {"items": str(self._coordinator.catalog.view.held)}
        return named

    def _delete(self, trouble: Trouble) -> None:
        ir.async_delete_issue(self._coordinator.hass, DOMAIN, issue_id(trouble, self._coordinator.source))

    @callback
    def _forget(self) -> None:
        del self._coordinator.hass.data[WATCHES][self._coordinator.source.key]
        for trouble in Trouble:
            self._delete(trouble)


# The watches of all loaded sources, by their keys.
WATCHES: Final[HassKey[dict[str, TroubleWatch]]] = HassKey(f"{DOMAIN}_troubles")


def _learn_more(hass: HomeAssistant, trouble: Trouble) -> str:
    """Return where the README explains what to do."""
    return f"{async_get_loaded_integration(hass, DOMAIN).documentation}#{trouble.replace('_', '-')}"
