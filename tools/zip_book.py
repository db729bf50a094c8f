"""Pack the built pages into one file, which opens without a server once unpacked.

    python tools/zip_book.py        build/rbm-book-html.zip, from _build/html

The same pages give the same bytes: names are sorted, and no time, owner or permission
of a file gets in.
"""

import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SITE = ROOT / "_build" / "html"
PACKED = ROOT / "build" / "rbm-book-html.zip"
FOLDER = "rbm-book-html"  # what unpacking makes
LEFT_OUT = {".buildinfo", ".nojekyll"}  # of Sphinx and of one web host
NO_TIME = (1980, 1, 1, 0, 0, 0)  # the first that the format knows


def pack(site, packed):
    """Write the files below a folder into a zip; return how many."""
    if not (site / "index.html").is_file():
        raise SystemExit(f"{site} holds no index.html: build the book first")
    packed.parent.mkdir(parents=True, exist_ok=True)
    files = {path.relative_to(site).as_posix(): path for path in site.rglob("*")}
    names = sorted(name for name, path in files.items() if path.is_file())
    names = [name for name in names if name not in LEFT_OUT]
    with zipfile.ZipFile(packed, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(f"{FOLDER}/{name}", NO_TIME)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16  # Unix
            archive.writestr(entry, files[name].read_bytes(), zipfile.ZIP_DEFLATED, 9)
    return len(names)


def main():
    n_files = pack(SITE, PACKED)
    size = PACKED.stat().st_size / 1e6
    print(f"{PACKED}: {n_files} files, {size:.1f} MB; open {FOLDER}/index.html in it")


if __name__ == "__main__":
    sys.exit(main())
