"""The report window: the form of the header, how it is printed, and the report as it will be."""

from marrowdesk.app.report_desk.window import ReportWindow

__all__ = ["ReportWindow"]
