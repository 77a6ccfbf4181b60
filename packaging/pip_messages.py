"""What pip says, in a person's words: which lines are worth showing, and what an error means."""

import re

WORTH_TELLING = 5.0
"""Downloads from this size on are told one by one, MB."""

_DOWNLOAD = re.compile(
    r"\s*(Downloading|Using cached) (?:\S*/)?([^/\s]+?)-(\d[^-/\s]*)-[^/\s]+\.whl \(([\d.]+) ([kMG]B)\)"
)

_CAUSES = [
    (
        r"No space left on device|Errno 28\b|not enough space on the disk|Disk quota exceeded",
        "The disk is full.",
        "Make room (the set-up needs about 10 GB on Linux, 3 GB elsewhere) and start again.",
    ),
    (
        r"CERTIFICATE_VERIFY_FAILED|SSLCertVerificationError|certificate verify failed",
        "The package registry's certificate was not accepted.",
        "Behind an inspecting proxy, tell pip its certificate: pip config set global.cert FILE",
    ),
    (
        r"ProxyError|Tunnel connection failed|407 Proxy",
        "The proxy did not let pip through.",
        "Check the variables HTTPS_PROXY and NO_PROXY, or pip's setting 'proxy', and start again.",
    ),
    (
        r"NewConnectionError|ConnectTimeout|ReadTimeout|Read timed out|Connection (?:refused|reset|aborted)"
        r"|name resolution|getaddrinfo failed|Name or service not known|nodename nor servname"
        r"|Network is unreachable|No route to host|ConnectionResetError|IncompleteRead|Connection broken",
        "The package registry cannot be reached.",
        "The first start needs the network once. Connect (behind a proxy, set HTTPS_PROXY) and start again.",
    ),
    (
        r"Permission denied|Errno 13\b|Read-only file system",
        "A file of the environment cannot be written.",
        "See that the checkout belongs to you and that no other program holds its files; then start again.",
    ),
    (
        r"No matching distribution found for (?P<what>\S+)",
        "The registry has no {what} for this Python and this kind of machine.",
        "The tested set is for CPython 3.11 to 3.14 on 64-bit Linux with glibc, Windows, and Apple chips.",
    ),
]


def progress(line):
    """Give what to tell of one line of pip, or an empty text."""
    found = _DOWNLOAD.match(line)
    if found:
        kind, name, version, amount, unit = found.groups()
        megabytes = float(amount) * {"kB": 0.001, "MB": 1.0, "GB": 1000.0}[unit]
        verb = "downloading" if kind == "Downloading" else "from pip's cache:"
        return f"{verb} {name} {version} ({megabytes:.0f} MB)" if megabytes >= WORTH_TELLING else ""
    if line.startswith("Installing collected packages:"):
        count = line.count(",") + 1
        return f"unpacking {count} packages (on a slow disk this takes minutes)" if count > 1 else ""
    return ""


def last_error(lines):
    """Give the last line that names an error, for a failure that has no known cause."""
    named = [line.strip() for line in lines if re.match(r"\s*(?:\w+(?:Error|Exception)|ERROR|error): ", line)]
    return (named or lines[-1:] or ["pip said nothing."])[-1]


def explanation(lines):
    """Give the likeliest cause of a failure and what to do about it, or an empty text when none is known.

    Args:
        lines: all that pip or venv said. A lost connection makes pip complain about missing packages in the
            end, so causes are looked for in the order in which one leads to the other.
    """
    text = "\n".join(lines)
    for pattern, sentence, hint in _CAUSES:
        found = re.search(pattern, text)
        if found:
            return sentence.format(**found.groupdict()) + "\n" + hint
    return ""
