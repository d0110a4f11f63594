#!/usr/bin/env python3
"""Builds what the fault tests run: workshop.py SOURCE FOLDER COMPILER

    FOLDER/programs/pairkeeper          the program, without sanitizers (they own malloc and ptrace)
    FOLDER/programs/NAME                the same with one fault planted: planted.py
    FOLDER/programs/fail-allocation.so  for LD_PRELOAD

The sources are copied, so nothing is ever planted in the tree itself.  What has not changed since
the last run is not built again.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess
import sys

from planted import PLANTED

HERE = pathlib.Path(__file__).resolve().parent
NEEDED = ("CMakeLists.txt", "cmake", "base", "adm", "desired-state", "drivers", "reconcilers",
          "agent", "packaging", "docs", "examples")
FLAGS = "-O1 -g"
LIBRARY_FLAGS = ("-std=c17", "-D_GNU_SOURCE", "-O1", "-Wall", "-Wextra", "-fPIC")
PRELOADED, LINKED = HERE / "preload" / "fail-allocation.c", HERE / "linked" / "first-authority.c"
AUTHORITIES = pathlib.Path("/etc/ssl/certs/ca-certificates.crt")
END = "-----END CERTIFICATE-----\n"


class Workshop:
    def __init__(self, source, folder, compiler):
        self.source, self.folder, self.compiler = source, folder, compiler
        self.tree, self.build = folder / "tree", folder / "build"
        self.programs = folder / "programs"
        self.programs.mkdir(parents=True, exist_ok=True)

    def copy_sources(self):
        """Only what differs is written, so that only that is compiled."""
        wanted = {}
        for name in NEEDED:
            top = self.source / name
            for path in [top] if top.is_file() else sorted(top.rglob("*")):
                if path.is_file():
                    wanted[path.relative_to(self.source)] = path.read_bytes()
        for path in sorted(self.tree.rglob("*")) if self.tree.exists() else ():
            if path.is_file() and path.relative_to(self.tree) not in wanted:
                path.unlink()
        for relative, content in wanted.items():
            self.put(relative, content)
        return hashlib.sha256(b"".join(
            str(path).encode() + b"\0" + content for path, content in wanted.items())).hexdigest()

    def put(self, relative, content):
        file = self.tree / relative
        if not file.exists() or file.read_bytes() != content:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)

    def make_linked(self):
        """What the program is linked with beside its own, see there."""
        first = self.folder / "first-authority.pem"
        if AUTHORITIES.exists():
            first.write_text(AUTHORITIES.read_text().partition(END)[0] + END)
        linked = self.folder / "first-authority.o"
        run(self.compiler, *LIBRARY_FLAGS, f'-DFIRST_AUTHORITY="{first}"', "-c", "-o", linked, LINKED)
        return linked

    def configure(self):
        launcher = ["-DCMAKE_C_COMPILER_LAUNCHER=ccache"] if shutil.which("ccache") else []
        run("cmake", "-S", self.tree, "-B", self.build, "-G", "Ninja", "-DPAIRKEEPER_TESTS=OFF",
            "-DCMAKE_BUILD_TYPE=Debug", f"-DCMAKE_C_COMPILER={self.compiler}",
            f"-DCMAKE_C_FLAGS={FLAGS}", f"-DCMAKE_EXE_LINKER_FLAGS={self.make_linked()}",
            "-DCMAKE_COMPILE_WARNING_AS_ERROR=OFF", *launcher)

    def make(self, name):
        run("cmake", "--build", self.build, "--target", "pairkeeper")
        replace(self.build / "agent" / "pairkeeper", self.programs / name)

    def make_planted(self, name, edits):
        originals = {}
        for path, old, new in edits:
            file = self.tree / path
            text = file.read_text()
            originals.setdefault(path, text)
            if text.count(old) != 1:
                sys.exit(f"workshop: the planted fault {name} does not apply: {path} holds "
                         f"{old!r} {text.count(old)} times; adjust its row in planted.py")
            file.write_text(text.replace(old, new))
        try:
            self.make(name)
        finally:
            for path, text in originals.items():
                (self.tree / path).write_text(text)

    def make_preload(self):
        run(self.compiler, *LIBRARY_FLAGS, "-shared", "-o", self.programs / "fail-allocation.so",
            PRELOADED)


def replace(file, target):
    """Running copies keep the old file."""
    fresh = target.with_suffix(".new")
    shutil.copy2(file, fresh)
    os.replace(fresh, target)


def run(*words):
    done = subprocess.run([str(word) for word in words], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"workshop: {' '.join(map(str, words))}\n{done.stdout}")


def main():
    shop = Workshop(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), sys.argv[3])
    stamp = shop.folder / "stamp"
    digest = shop.copy_sources() + hashlib.sha256(
        repr(PLANTED).encode() + PRELOADED.read_bytes() + LINKED.read_bytes()).hexdigest()
    if stamp.exists() and stamp.read_text() == digest:
        return
    stamp.unlink(missing_ok=True)
    shop.configure()
    shop.make("pairkeeper")
    for name, edits in PLANTED.items():
        shop.make_planted(name, edits)
    shop.make_preload()
    stamp.write_text(digest)


if __name__ == "__main__":
    main()
