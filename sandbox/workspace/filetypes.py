"""What Slack calls a file's type, from its name and first bytes."""

from __future__ import annotations

from dataclasses import dataclass

# extension -> (filetype, pretty type, mimetype)
_BY_EXTENSION = {
    "csv": ("csv", "CSV", "text/csv"),
    "tsv": ("tsv", "TSV", "text/tab-separated-values"),
    "txt": ("text", "Plain Text", "text/plain"),
    "md": ("markdown", "Markdown (raw)", "text/plain"),
    "json": ("json", "JSON", "text/plain"),
    "jsonl": ("text", "Plain Text", "text/plain"),
    "diff": ("diff", "Diff", "text/plain"),
    "patch": ("diff", "Diff", "text/plain"),
    "py": ("python", "Python", "text/plain"),
    "js": ("javascript", "JavaScript/JSON", "text/plain"),
    "yaml": ("yaml", "YAML", "text/plain"),
    "yml": ("yaml", "YAML", "text/plain"),
    "html": ("html", "HTML", "text/html"),
    "svg": ("svg", "SVG", "image/svg+xml"),
    "png": ("png", "PNG", "image/png"),
    "jpg": ("jpg", "JPEG", "image/jpeg"),
    "jpeg": ("jpg", "JPEG", "image/jpeg"),
    "gif": ("gif", "GIF", "image/gif"),
    "webp": ("webp", "WebP", "image/webp"),
    "pdf": ("pdf", "PDF", "application/pdf"),
    "zip": ("zip", "Zip", "application/zip"),
    "xlsx": (
        "xlsx",
        "Excel Spreadsheet",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ),
}
_SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@dataclass(frozen=True, slots=True)
class FileType:
    """The three names that Slack gives to the kind of a file."""

    filetype: str
    pretty: str
    mimetype: str


def file_type(name: str, data: bytes) -> FileType:
    """The type of a file; an unknown extension is plain text if its bytes are text."""
    extension = name.rsplit(".", 1)[-1].lower() if "." in name else ""
    if extension in _BY_EXTENSION:
        return FileType(*_BY_EXTENSION[extension])
    if looks_like_text(data):
        return FileType("text", "Plain Text", "text/plain")
    return FileType("binary", "Binary", "application/octet-stream")


def looks_like_text(data: bytes) -> bool:
    """Whether the bytes are UTF-8 without a zero byte."""
    if b"\0" in data[:4096]:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def may_be_shown_inline(mimetype: str) -> bool:
    """Whether a browser may show the file in the page's own origin: only plain raster images."""
    return mimetype in _SHOWN_INLINE


def is_text_type(mimetype: str) -> bool:
    """Whether Slack keeps the file as an editable snippet."""
    return mimetype.startswith("text/")
