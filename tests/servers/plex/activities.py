"""What is the server busy with? Scans that begin and end, and everybody who listens hears of it."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from .element import Element, Json
from .shelves import Section
from .wire import Wire

NAMESPACE = UUID("8a9b4d0e-52c5-4c1b-9a55-8f1f7a3a8f10")


@dataclass(slots=True)
class Activity:
    """One thing the server is busy with."""

    uuid: str
    section: Section
    progress: int = 0

    @property
    def title(self) -> str:
        """What people read."""
        return "Scanning"

    @property
    def subtitle(self) -> str:
        """What people read below it."""
        return f"Scanning {self.section.title}"


class Activities:
    """Everything one server is busy with."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self._begun = 0
        self.running: list[Activity] = []

    def begin(self, section: Section) -> Activity:
        """Begin to scan a section."""
        self._begun += 1
        activity = Activity(str(uuid5(NAMESPACE, f"{section.uuid} {self._begun}")), section)
        self.running.append(activity)
        section.refreshing = True
        self._tell(activity, "started")
        return activity

    def advance(self, activity: Activity, progress: int) -> None:
        """Come further; progress is in percent."""
        activity.progress = progress
        self._tell(activity, "updated")

    def end(self, activity: Activity, now: float) -> None:
        """Be done with a scan."""
        self.running.remove(activity)
        activity.progress = 100
        activity.section.refreshing = False
        activity.section.scanned = int(now)
        self._tell(activity, "ended")
        done: Json = {"title": "Library scan complete", "description": "", "notificationName": "LIBRARY_UPDATE"}
        self._wire.push("status", "StatusNotification", [done])

    def elements(self) -> list[Element]:
        """Return what is running now."""
        return [
            Element(
                "Activity",
                {
                    "uuid": activity.uuid,
                    "type": "library.update.section",
                    "cancellable": False,
                    "userID": 1,
                    "title": activity.title,
                    "subtitle": activity.subtitle,
                    "progress": activity.progress,
                },
                [Element("Context", {"librarySectionID": activity.section.key}, single=True)],
            )
            for activity in self.running
        ]

    def _tell(self, activity: Activity, event: str) -> None:
        body: Json = {
            "uuid": activity.uuid,
            "type": "library.update.section",
            "cancellable": False,
            "userID": 1,
            "title": activity.title,
            "subtitle": activity.subtitle,
            "progress": activity.progress,
            "Context": {"librarySectionID": activity.section.key},
        }
        self._wire.push("activity", "ActivityNotification", [{"event": event, "uuid": activity.uuid, "Activity": body}])
