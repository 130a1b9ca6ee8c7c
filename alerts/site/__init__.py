"""The archive as a folder of plain files: pages, charts, feeds and downloads, without a server, a script or a request."""

from alerts.site.build import build
from alerts.site.folder import Built, SiteError

__all__ = ["Built", "SiteError", "build"]
