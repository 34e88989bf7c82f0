"""Build step: compiles the translations (.po) into the catalogues that the program reads (.mo), and the templates."""

import os
import shutil
import sys
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

LOCALE_DIR = Path("src", "arena_cli", "locale")


class CompilingBuildHook(BuildHookInterface[BuilderConfig]):
    """Compiles catalogues and templates before the files of a wheel, an sdist or an editable install are collected."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002  # hatchling's call
        """Compile; hatchling calls this before each build."""
        compile_catalogues(Path(self.root))
        compile_templates(Path(self.root))


def compile_catalogues(root: Path) -> list[Path]:
    """Compile every .po file of the project and return the .mo files."""
    return [compile_catalogue(source) for source in sorted((root / LOCALE_DIR).rglob("*.po"))]


def compile_catalogue(source: Path) -> Path:
    """Compile one .po file to the .mo file beside it, which is never seen half-written."""
    target = source.with_suffix(".mo")
    unfinished = source.with_suffix(f".mo.{os.getpid()}")
    with source.open("rb") as po_file:
        catalogue = read_po(po_file, abort_invalid=True)
    with unfinished.open("wb") as mo_file:
        write_mo(mo_file, catalogue)
    unfinished.replace(target)
    return target


def compile_templates(root: Path) -> list[Path]:
    """Compile the built-in templates as the program would at each report, and return the folders they are in."""
    sys.path.insert(0, str(root / "src"))
    from arena_cli.render.templates import COMPILED, ESCAPES, compile_built_in

    shutil.rmtree(COMPILED, ignore_errors=True)  # what was made of other templates
    return [compile_built_in(form) for form in ESCAPES]
