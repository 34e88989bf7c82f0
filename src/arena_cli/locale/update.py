"""Bring the catalogues up to date with the messages in the code and the templates. Run from anywhere; needs Babel.

New messages arrive without a translation, those that are no longer used go. tests/test_language.py fails until every
message has its translation.
"""  # noqa: INP001 # a developer's tool beside what it works on; not in the wheel

from __future__ import annotations

from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.pofile import read_po, write_po

HERE = Path(__file__).resolve().parent
PACKAGE = HERE.parent
TEMPLATES = PACKAGE.parents[1] / "templates"

KEYWORDS = {**DEFAULT_KEYWORDS, "translatable": None, "plural": (1, 2)}
JINJA_OPTIONS = {"silent": "false", "trimmed": "true", "newstyle_gettext": "true"}


def messages() -> Catalog:
    """Every message in the code and the templates."""
    found = Catalog(project="arena", charset="utf-8", fuzzy=False)
    for root, method, pattern, options in (
        (PACKAGE, "python", "**.py", {}),
        (TEMPLATES, "jinja2", "**.j2", JINJA_OPTIONS),
    ):
        extracted = extract_from_dir(
            root, [(pattern, method)], {pattern: options}, keywords=KEYWORDS, comment_tags=("Translators:",)
        )
        for file, _, message, comments, context in extracted:
            found.add(message, None, [(f"{root.name}/{file}", 0)], auto_comments=comments, context=context)
    return found


def update(source: Path) -> bool:
    """Update one catalogue. Returns whether anything changed."""
    before = source.read_bytes()
    catalogue = read_po(BytesIO(before))
    catalogue.update(messages(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.msgid_bugs_address = catalogue.last_translator = ""
    after = BytesIO()
    write_po(after, catalogue, width=110, include_lineno=False, sort_by_file=True)
    if _without_date(before) == _without_date(after.getvalue()):
        return False
    source.write_bytes(after.getvalue())
    return True


def _without_date(source: bytes) -> list[bytes]:
    return [line for line in source.splitlines() if not line.startswith(b'"POT-Creation-Date')]


if __name__ == "__main__":
    for catalogue_file in sorted(HERE.rglob("*.po")):
        print(catalogue_file, "changed" if update(catalogue_file) else "up to date")  # noqa: T201 # a tool talks
