"""The messages above the cells that tell how the open case stands: signed, only read, moved, read twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from marrowdesk.app import numbers
from marrowdesk.store.errors import CaseFileInUse, CaseFileIsCopy

if TYPE_CHECKING:
    from pathlib import Path

    from marrowdesk.app.window import MainWindow
    from marrowdesk.core.errors import MarrowdeskError
    from marrowdesk.store.values import Relocation, Signature, Slide


class CaseMessages(QObject):
    """Listens to session and model, and keeps the window's messages about the case up to date."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._overtaken: Path | None = None
        self._relocated: Path | None = None
        session, model = window.session, window.model
        session.images.packing.connect(self._show_packing)
        session.images.missing_found.connect(self._tell_missing)
        session.images.relocated.connect(self._tell_relocated)
        session.copy_failed.connect(self._tell_no_copy)
        session.altered.connect(self._tell_altered)
        session.scheme_failed.connect(self._tell_no_scheme)
        model.refused.connect(self._tell_refused)
        model.overtaken.connect(self._tell_overtaken)

    def case_shown(self) -> None:
        """Take away what was said of the case before."""
        banner, case = self._window.banner, self._window.session.case
        for name in ("empty", "missing", "copy", "packing"):
            banner.take_away(name)
        if case is None or case.path != self._overtaken:
            banner.take_away("overtaken")
        if case is None or case.path != self._relocated:
            banner.take_away("other images")

    def show_empty(self) -> None:
        """Say that folders were read and gave no cell, and why."""
        session, banner = self._window.session, self._window.banner
        case = session.case
        # Asked of the file only where it matters: a worker may be at work in it.
        if case is None or session.reading or self._window.model.cells or not (slides := case.slides()):
            banner.take_away("empty")
            return
        folders, problems = {slide.folder for slide in slides}, len(session.problems)
        shut = next((each.path for each in session.problems if each.path in folders), None)
        if shut is not None:
            text = self.tr("The folder {} cannot be read; see Problems below.")
        elif problems == 1:
            text = self.tr("{}: 1 image, and it cannot be read; see Problems below.")
        elif problems:
            text = self.tr("{}: {} images, none can be read; see Problems below.")
        else:
            text = self.tr("No image of a cell was found in {}. Open a folder of JPEG, PNG or TIFF images.")
        banner.tell("empty", text.format(shut or slides[-1].folder, numbers.count(problems)), "warning")

    def show_standing(self) -> None:
        """Say whether the case is only read, read a second time, signed, or reopened."""
        model, banner = self._window.model, self._window.banner
        self._tell_only_read()
        self._show_sitting()
        banner.take_away("signature")
        banner.take_away("altered")
        if model.signed is not None:
            self._tell_signed()
        elif model.signatures and model.writable:
            self._tell_reopened(model.signatures[-1])

    def _show_sitting(self) -> None:
        """Say whose reading is shown, and whether differences are being settled."""
        window = self._window
        second, settling = window.model.sitting, window.model.resolving
        window.banner.take_away("sitting")
        if second is not None:
            text = self.tr("Second reading by {}. The decisions of the first reader are hidden.")
            message = window.banner.tell("sitting", text.format(second.reader))
            message.add_button(self.tr("En&d it"), window.session.end_second)
        elif settling is not None:
            text = self.tr(
                "What you decide now settles where {} and the first reader differ, and is kept as such."
            )
            message = window.banner.tell("sitting", text.format(settling.reader))
            message.add_button(self.tr("&Done"), lambda: self._settled())

    def _settled(self) -> None:
        self._window.model.resolve(None)
        self._window.gallery.clear_filters()

    def _tell_refused(self) -> None:
        """Say again why nothing can be decided, to a reader who tried."""
        if self._window.session.only_read is not None:
            self._tell_only_read()
        else:
            self._tell_signed()

    def _tell_only_read(self) -> None:
        window, why = self._window, self._window.session.only_read
        window.banner.take_away("only read")
        if why is None:
            return
        if isinstance(why, CaseFileIsCopy):
            text = self.tr(
                "This is an earlier copy of the case, and stays as it was made. To go on from it, put it "
                "back, or copy its file elsewhere as a case of its own."
            )
            message = window.banner.tell("only read", text, "warning")
            message.add_button(self.tr("E&arlier copies…"), window.commands.copies)
            return
        text = self.tr("{} You see it as it was when you opened it; nothing can be changed.").format(
            why.message
        )
        message = window.banner.tell("only read", text, "warning")
        case = window.session.case
        if case is not None:
            message.add_button(self.tr("Open a&gain"), lambda: window.session.open([case.path]))
        if isinstance(why, CaseFileInUse):
            message.add_button(self.tr("Ta&ke over…"), window.commands.take_over)

    def _tell_signed(self) -> None:
        signed = self._window.model.signed
        if signed is None:
            return
        text = self.tr("Signed by {} on {}, version {}. Nothing can be changed.").format(
            signed.reader, numbers.moment(signed.at), numbers.count(signed.version)
        )
        message = self._window.banner.tell("signature", text)
        if self._window.session.only_read is None:
            message.add_button(self.tr("Reo&pen…"), self._window.commands.sign_off)

    def _tell_reopened(self, before: Signature) -> None:
        if before.reopened is None:
            return
        text = self.tr("Version {}, signed by {}, was reopened by {} (“{}”). The next one is AMENDED.")
        text = text.format(
            numbers.count(before.version), before.reader, before.reopened.reader, before.reopened.reason
        )
        self._window.banner.tell("signature", text)

    def _tell_altered(self, signed: Signature) -> None:
        text = self.tr(
            "This case is not what {} signed: another program altered its file. Put an earlier copy back."
        ).format(signed.reader)
        message = self._window.banner.tell("altered", text, "warning")
        message.add_button(self.tr("E&arlier copies…"), self._window.commands.copies)

    def _tell_overtaken(self) -> None:
        text = self.tr(
            "This case is open in another window too. What was decided there is kept and shown now; "
            "of two decisions on one cell the later one counts."
        )
        case = self._window.session.case
        self._overtaken = None if case is None else case.path
        self._window.banner.tell("overtaken", text, "warning")

    def _tell_missing(self, slide: Slide, missing: list[Path]) -> None:
        window, case = self._window, self._window.session.case
        if len(missing) == 1:
            text = self.tr("1 image of this case is not where it was: {}.").format(missing[0])
        else:
            text = self.tr("{} images of this case are not where they were, for example {}.").format(
                numbers.count(len(missing)), missing[0]
            )
        message = window.banner.tell("missing", text, "warning")
        message.add_button(self.tr("F&ind folder…"), lambda: window.commands.find_images(slide))
        if case is not None and case.packed()[1]:
            message.add_button(self.tr("U&npack them…"), lambda: window.commands.unpack_images(slide))

    def _tell_relocated(self, slide: Slide, found: Relocation) -> None:
        """Say how many images are others; those missing are told when the case is shown anew."""
        window, case = self._window, self._window.session.case
        window.banner.take_away("other images")
        self._relocated = None if case is None else case.path
        if not found.altered:
            return
        text = self.tr(
            "{} of {} images in this folder are not the images that were read, for example {}. The decisions "
            "belong to the images that were read. Find the folder that holds those."
        ).format(
            numbers.count(len(found.altered)),
            numbers.count(found.found + len(found.altered) + len(found.missing)),
            found.altered[0],
        )
        message = window.banner.tell("other images", text, "warning")
        message.add_button(self.tr("Find ano&ther folder…"), lambda: window.commands.find_images(slide))

    def _show_packing(self, files: int, left: list[Path] | None) -> None:
        window, case = self._window, self._window.session.case
        text = self.tr("Packing images: {} files").format(numbers.count(files)) if files >= 0 else ""
        window.status.show_task("packing", text)
        if files >= 0 or case is None:
            return
        images, packed = case.packed()
        text = self.tr("{} of {} image files are in the case now.")
        text = text.format(numbers.count(packed), numbers.count(images))
        if left:
            text += " " + self.tr("Missing or altered, and left out: {} files, for example {}.").format(
                numbers.count(len(left)), left[0]
            )
        window.banner.tell("packing", text, "warning" if left else "info")

    def _tell_no_scheme(self, error: MarrowdeskError) -> None:
        text = self.tr("Your own classes cannot be used: {} New cases have the shipped classes.")
        message = self._window.banner.tell("classes", text.format(error), "warning")
        message.add_button(self.tr("C&lasses…"), self._window.commands.classes)

    def _tell_no_copy(self, error: MarrowdeskError) -> None:
        text = self.tr("No copy of this case was made today: {} Your decisions are kept all the same.")
        self._window.banner.tell("copy", text.format(error), "warning")
