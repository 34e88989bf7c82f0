"""The report as a tagged PDF (PDF/UA), from the same HTML that is read in a browser. Needs the extra `pdf`.

It says nothing of when it was made but what stands on its page, so the same figures give the same bytes. Nothing is
fetched, from wherever: the page is whole in itself.
"""

from __future__ import annotations

from typing import Final

from arena_cli.errors import CannotWrite, translatable

VARIANT: Final = "pdf/ua-1"


class NoPdfHere(CannotWrite):
    message = translatable(
        "A PDF needs WeasyPrint, which is not installed: `pip install 'arena-cli[pdf]'`. Without it, take html: "
        "a browser prints it on A4, and saves it as PDF."
    )


class NoPango(CannotWrite):
    message = translatable(
        "A PDF needs the system's library Pango, which is not there. On Debian and Ubuntu: "
        "`apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0`. Without it, take html: "
        "a browser prints it on A4, and saves it as PDF."
    )


def as_pdf(html: str) -> bytes:
    """The page as the bytes of a PDF file. Raises NoPdfHere and NoPango."""
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except ImportError:
        raise NoPdfHere from None
    except OSError:
        raise NoPango from None
    nothing = URLFetcher(allowed_protocols=())
    content: bytes = HTML(string=html, url_fetcher=nothing).write_pdf(pdf_variant=VARIANT)
    return content
