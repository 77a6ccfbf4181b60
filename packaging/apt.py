"""Installs Debian's packages where that needs no question: as root on Debian, Ubuntu and their kin."""

import os
import shutil
import subprocess
import sys


def is_here():
    """Tell whether this system uses apt."""
    return sys.platform == "linux" and shutil.which("apt-get") is not None


def may_install():
    """Tell whether packages can be installed without a password."""
    return is_here() and os.geteuid() == 0


def line(packages):
    """Give what to type to install packages."""
    sudo = "" if sys.platform == "linux" and os.geteuid() == 0 else "sudo "
    return f"{sudo}apt-get install --no-install-recommends {' '.join(packages)}"


def install(packages):
    """Install packages without a question; give whether it succeeded. If not, apt's last words are shown."""
    surroundings = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    options = ["-q", "-y", "-o", "DPkg::Lock::Timeout=120"]
    wanted = ["apt-get", *options, "install", "--no-install-recommends", *packages]
    # The lists of a new machine are empty, those of an old one name files that are gone: fetched then.
    for command in (wanted, ["apt-get", *options, "update"], wanted):
        done = subprocess.run(
            command, env=surroundings, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
        )
        if command is wanted and done.returncode == 0:
            return True
    print("\n".join((done.stdout + done.stderr).strip().splitlines()[-8:]))
    return False
