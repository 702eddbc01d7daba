"""What do users look like on the wire? UserDto with its policy and its configuration."""

from .accounts import User
from .state import State
from .wire import Json, Object, date


def user_dto(state: State, user: User, server_id: str) -> Object:
    """Return a user."""
    return {
        "Name": user.name,
        "ServerId": server_id,
        "Id": user.id,
        "HasPassword": bool(user.password),
        "HasConfiguredPassword": bool(user.password),
        "HasConfiguredEasyPassword": False,
        "EnableAutoLogin": False,
        "LastLoginDate": date(state.now()),
        "LastActivityDate": date(state.now()),
        "Configuration": _configuration(user),
        "Policy": _policy(user),
    }


def _configuration(user: User) -> Object:
    return {
        "PlayDefaultAudioTrack": True,
        "SubtitleLanguagePreference": "",
        "DisplayMissingEpisodes": False,
        "GroupedFolders": [],
        "SubtitleMode": "Default",
        "DisplayCollectionsView": False,
        "EnableLocalPassword": False,
        "OrderedViews": [],
        "LatestItemsExcludes": [],
        "MyMediaExcludes": [],
        "HidePlayedInLatest": True,
        "RememberAudioSelections": True,
        "RememberSubtitleSelections": True,
        "EnableNextEpisodeAutoPlay": user.plays_next_episode,
        "CastReceiverId": "F007D354",
    }


def _policy(user: User) -> Object:
    return {
        "IsAdministrator": user.admin,
        "IsHidden": user.hidden,
        "EnableCollectionManagement": False,
        "EnableSubtitleManagement": False,
        "EnableLyricManagement": False,
        "IsDisabled": user.disabled,
        "BlockedTags": [],
        "AllowedTags": [],
        "EnableUserPreferenceAccess": True,
        "AccessSchedules": [],
        "BlockUnratedItems": [],
        "EnableRemoteControlOfOtherUsers": user.admin or user.may_control_others,
        "EnableSharedDeviceControl": True,
        "EnableRemoteAccess": True,
        "EnableLiveTvManagement": False,
        "EnableLiveTvAccess": True,
        "EnableMediaPlayback": user.may_play,
        "EnableAudioPlaybackTranscoding": user.may_transcode,
        "EnableVideoPlaybackTranscoding": user.may_transcode,
        "EnablePlaybackRemuxing": True,
        "ForceRemoteSourceTranscoding": False,
        "EnableContentDeletion": user.admin,
        "EnableContentDeletionFromFolders": [],
        "EnableContentDownloading": user.may_download,
        "EnableSyncTranscoding": True,
        "EnableMediaConversion": True,
        "EnabledDevices": [],
        "EnableAllDevices": True,
        "EnabledChannels": [],
        "EnableAllChannels": True,
        "EnabledFolders": list[Json](sorted(user.libraries or ())),
        "EnableAllFolders": user.libraries is None,
        "InvalidLoginAttemptCount": 0,
        "LoginAttemptsBeforeLockout": -1,
        "MaxActiveSessions": user.max_sessions,
        "EnablePublicSharing": True,
        "BlockedMediaFolders": [],
        "BlockedChannels": [],
        "RemoteClientBitrateLimit": 0,
        "AuthenticationProviderId": "Jellyfin.Server.Implementations.Users.DefaultAuthenticationProvider",
        "PasswordResetProviderId": "Jellyfin.Server.Implementations.Users.DefaultPasswordResetProvider",
        "SyncPlayAccess": "CreateAndJoinGroups",
    }
