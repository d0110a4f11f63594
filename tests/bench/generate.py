"""Repositories for the bench: N scopes of one pair, realistic and always the same.

A scope is about 600 bytes of YAML: an id, a name, a range, three timers, options and two
reservations.  Three layouts: `packed` (100 scopes a file), `single` (one a file, sharded folders)
and `flat` (one a file, one folder).
"""

import os
import subprocess

SCOPES_A_FILE = 100
SHARD = 256
FIRST = 10 << 24
SCOPE_ADDRESSES = 64  # a /26: 262,144 of them fit into 10.0.0.0/8

RELATIONSHIPS = """\
relationships:
  campus:
    mode: load-balance
    servers: [dhcp-a, dhcp-b]
    scope-defaults:
      options:
        domain-name-servers: [10.255.255.53, 10.255.254.53]
        domain-search: [campus.example.edu, example.edu]
"""

SCOPE = """\
  - subnet: {net}/26
    relationship: campus
    id: {id}
    name: "Building {building}, floor {floor}"
    description: "Offices and meeting rooms, cabinet {cabinet}, switch {switch}"
    ranges: [{first}-{last}]
    lease-time: {lease}
    renew-time: 2h
    rebind-time: 5h
    options:
      routers: [{router}]
      domain-name: floor-{floor}.campus.example.edu
      ntp-servers: {{value: [10.255.255.123, 10.255.254.123], always-send: true}}
    reservations:
      - {{ip: {printer}, mac: "00:1a:2b:{m1:02x}:{m2:02x}:{m3:02x}", hostname: printer-{id}}}
      - {{ip: {camera}, mac: "00:1a:2c:{m1:02x}:{m2:02x}:{m3:02x}", hostname: camera-{id}}}
"""


def address(number):
    return ".".join(str(number >> shift & 255) for shift in (24, 16, 8, 0))


def scope(index, lease="8h"):
    base = FIRST + index * SCOPE_ADDRESSES
    number = index + 1
    return SCOPE.format(
        net=address(base), id=number, building=number // 40, floor=number % 40,
        cabinet=number % 700, switch=number % 48, router=address(base + 1),
        first=address(base + 10), last=address(base + 50), lease=lease,
        printer=address(base + 11), camera=address(base + 12),
        m1=number >> 16 & 255, m2=number >> 8 & 255, m3=number & 255)


def files(count, layout, lease=lambda index: "8h"):
    """(path, text) of every file; @p lease gives a scope's lease time by its index."""
    yield "dhcp/relationships.yaml", RELATIONSHIPS
    if layout == "packed":
        for first in range(0, count, SCOPES_A_FILE):
            indexes = range(first, min(first + SCOPES_A_FILE, count))
            yield (f"dhcp/part-{first // SCOPES_A_FILE:05}.yaml",
                   "scopes:\n" + "".join(scope(i, lease(i)) for i in indexes))
        return
    for index in range(count):
        folder = f"{index // SHARD:04}/" if layout == "single" else ""
        yield f"dhcp/{folder}scope-{index:06}.yaml", "scopes:\n" + scope(index, lease(index))


def git(repository, *arguments, **options):
    environment = {"PATH": os.environ["PATH"], "GIT_CONFIG_GLOBAL": "/dev/null",
                   "GIT_CONFIG_NOSYSTEM": "1", "HOME": str(repository)}
    return subprocess.run(["git", "-C", str(repository), *arguments], check=True, env=environment,
                          stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **options)


def commit(repository, branch, contents, parent=None):
    """One commit on @p branch, which then holds @p contents on top of @p parent."""
    lines = [f"commit refs/heads/{branch}\n"
             "committer bench <bench@example.edu> 1700000000 +0000\ndata 6\nbench\n".encode()]
    if parent is not None:
        lines.append(f"from refs/heads/{parent}\n".encode())
    for path, text in contents:
        body = text.encode()
        lines.append(f"M 644 inline {path}\ndata {len(body)}\n".encode() + body + b"\n")
    git(repository, "fast-import", "--quiet", "--force", input=b"".join(lines))


def repository(folder, count, layout):
    """A bare repository: `main`, `one` with one scope changed, `all` with every scope changed."""
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", "--bare", "--initial-branch=main", ".")
    commit(folder, "main", files(count, layout))
    middle = count // 2
    before = dict(files(count, layout))
    changed = files(count, layout, lambda index: "9h" if index == middle else "8h")
    commit(folder, "one", ((p, t) for p, t in changed if before[p] != t), parent="main")
    if layout == "packed":
        commit(folder, "all", files(count, layout, lambda index: "9h"), parent="main")
    git(folder, "gc", "--quiet")
