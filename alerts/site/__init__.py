"""The archive as a folder of plain files: pages, charts, feeds, downloads; no server, no request, no script needed."""

from alerts.site.build import build
from alerts.site.folder import Built, SiteError

__all__ = ["Built", "SiteError", "build"]
