"""Which user a database server runs as.

PostgreSQL refuses to run as root, so a launcher that is root gives its rights up in the child. What the child has to
reach may lie beneath a folder that only root can enter (`/root`); it then keeps the one right to look into folders,
instead of the launcher opening those folders for everybody.
"""

import ctypes
import os
import pwd
import signal
import stat
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
_PR_SET_PDEATHSIG = 1
_PR_SET_KEEPCAPS = 8
_PR_CAPBSET_READ = 23
_PR_CAP_AMBIENT = 47
_PR_CAP_AMBIENT_RAISE = 2
_CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Identity:
    """An unprivileged user, and the capabilities it keeps because its folders are out of reach otherwise."""

    uid: int
    gid: int
    capabilities: tuple[int, ...] = ()

    def assume(self) -> None:
        """Become this user for good; called in the child between fork and exec."""
        if self.capabilities:
            _libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
        os.setgroups([])
        os.setgid(self.gid)
        os.setuid(self.uid)
        if self.capabilities:
            _keep(self.capabilities)

    def own(self, folder: Path) -> None:
        """Hand one folder (not what is in it) to this user."""
        os.chown(folder, self.uid, self.gid)


def identity_for(folder: Path, reach: Iterable[Path] = ()) -> Identity | None:
    """The user for servers whose data lie in `folder` and who need `reach` too; None when we are not root.

    A folder that exists keeps its owner, else the owner of the nearest folder above it, else `nobody`.
    """
    if os.geteuid() != 0:
        return None
    user = _owner_of(folder) or pwd.getpwnam("nobody")
    needed = [folder, *reach]
    if all(_reachable(path, user.pw_uid, user.pw_gid) for path in needed):
        return Identity(user.pw_uid, user.pw_gid)
    search_is_enough = all(_executable(path) for path in reach if path.is_file())
    wanted = CAP_DAC_READ_SEARCH if search_is_enough and _available(CAP_DAC_READ_SEARCH) else CAP_DAC_OVERRIDE
    return Identity(user.pw_uid, user.pw_gid, (wanted,))


def before_exec(identity: Identity | None, death_signal: signal.Signals) -> Callable[[], None]:
    """What a child does first: give up root, and ask the kernel for `death_signal` when its parent dies.

    The order matters: changing the user clears the request for the signal.
    """
    parent = os.getpid()

    def prepare() -> None:
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        if identity is not None:
            identity.assume()
        die_with_parent(parent, death_signal)

    return prepare


def die_with_parent(parent: int, death_signal: signal.Signals) -> None:
    """Have the kernel send this process a signal when its parent dies, however that happens."""
    _libc.prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def _owner_of(folder: Path) -> pwd.struct_passwd | None:
    nearest = next(path for path in [folder, *folder.parents] if path.exists())
    uid = nearest.stat().st_uid
    if uid == 0:
        return None
    try:
        return pwd.getpwuid(uid)
    except KeyError:
        return None


def _reachable(path: Path, uid: int, gid: int) -> bool:
    above = [parent for parent in path.resolve().parents if parent.exists()]
    return all(_may_enter(parent.stat(), uid, gid) for parent in above) and (not path.is_file() or _executable(path))


def _may_enter(status: os.stat_result, uid: int, gid: int) -> bool:
    if status.st_uid == uid:
        return bool(status.st_mode & stat.S_IXUSR)
    if status.st_gid == gid:
        return bool(status.st_mode & stat.S_IXGRP)
    return bool(status.st_mode & stat.S_IXOTH)


def _executable(path: Path) -> bool:
    mode = path.stat().st_mode
    return bool(mode & stat.S_IXOTH and mode & stat.S_IROTH)


def _available(capability: int) -> bool:
    return bool(_libc.prctl(_PR_CAPBSET_READ, capability, 0, 0, 0) == 1)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Data(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _keep(capabilities: tuple[int, ...]) -> None:
    mask = sum(1 << capability for capability in capabilities)
    header, data = _Header(_CAPABILITY_VERSION_3, 0), (_Data * 2)()
    data[0] = _Data(mask, mask, mask)
    if _libc.capset(ctypes.byref(header), data) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    for capability in capabilities:
        if _libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "prctl(PR_CAP_AMBIENT)")
