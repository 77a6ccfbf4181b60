"""Connects the actions and panels of the window with what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from marrowdesk.app import sex, shortcuts

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QDockWidget, QWidget

    from marrowdesk.app.window import MainWindow


def wire(window: MainWindow) -> None:
    """Connect everything, once."""
    _wire_menus(window)
    _wire_review(window)
    _wire_look(window)
    _wire_panels(window)
    _wire_keys(window)
    _show_scheme(window)


def _wire_menus(window: MainWindow) -> None:
    acts, commands = window.acts, window.commands
    _connect(
        {
            acts.open_folder: commands.open_folder,
            acts.open_files: commands.open_files,
            acts.add_slide: commands.add_slide,
            acts.demo: commands.open_demonstration,
            acts.close_case: window.session.close,
            acts.report: commands.report,
            acts.export: window.handing_on.export,
            acts.worklist: window.handing_on.worklist,
            acts.sign_off: commands.sign_off,
            acts.pack: window.session.images.pack,
            acts.manual: commands.manual,
            acts.second_reading: commands.second_reading,
            acts.history: commands.history,
            acts.copies: commands.copies,
            acts.classes_dialog: commands.classes,
            acts.references_dialog: commands.references,
            acts.settings: commands.settings,
            acts.quit: window.close,
            acts.shortcuts: commands.shortcuts,
            acts.cases_folder: commands.show_cases_folder,
            acts.logs_folder: commands.show_logs_folder,
            acts.about: commands.about,
            acts.models: window.adapting.models,
            acts.classify: window.classifier.resume,
            acts.stop: window.standing.stop,
        }
    )
    window.menus.recent_chosen.connect(lambda path: commands.open([path]))
    window.handing_on.case_chosen.connect(lambda path: commands.open([path]))
    window.menus.sex_chosen.connect(lambda chosen: window.session.set_field("sex", sex.text_of(chosen)))
    window.start_page.recent_chosen.connect(lambda path: commands.open([path]))
    window.start_page.recent_forgotten.connect(
        lambda path: window.preferences.replace(window.preferences.now.without_recent(path))
    )
    window.drop.dropped.connect(commands.open)
    commands.cells_chosen.connect(lambda name, ids: _show_cells(window, name, ids))
    commands.task_changed.connect(window.status.show_task)
    window.status.reader_clicked.connect(commands.settings)
    window.status.model_clicked.connect(commands.about)


def _wire_review(window: MainWindow) -> None:
    acts, review = window.acts, window.review
    _connect(
        {
            acts.confirm: review.confirm,
            acts.confirm_screen: review.confirm_screen,
            acts.exclude: review.exclude,
            acts.unidentified: review.unidentified,
            acts.clear: review.clear,
            acts.next: review.next,
            acts.undo: review.undo,
            acts.redo: review.redo,
            acts.select_all: window.gallery.select_all,
            acts.invert: window.gallery.invert_selection,
        }
    )
    acts.class_chosen.connect(review.assign)
    window.model.reset.connect(lambda: _show_scheme(window))


def _wire_look(window: MainWindow) -> None:
    acts, viewer_panel, viewer = window.acts, window.viewer, window.viewer.actions
    for name, action in (
        ("zoom_in", viewer.zoom_in),
        ("zoom_out", viewer.zoom_out),
        ("fit", viewer.fit),
        ("toggle_map", viewer.show_map),
    ):
        action.setShortcuts(shortcuts.sequences(name))
        window.addAction(action)
    _connect(
        {
            acts.larger: lambda: window.gallery.zoom(1),
            acts.smaller: lambda: window.gallery.zoom(-1),
            acts.focus_gallery: window.focus_cells,
            acts.focus_classes: lambda: _go_to(window.docks.classes, window.classes),
            acts.focus_viewer: lambda: _go_to(window.docks.viewer, viewer_panel.canvas),
        }
    )
    acts.full_screen.toggled.connect(
        lambda on: window.setWindowState(
            window.windowState() | Qt.WindowState.WindowFullScreen
            if on
            else window.windowState() & ~Qt.WindowState.WindowFullScreen
        )
    )


def _wire_panels(window: MainWindow) -> None:
    gallery, viewer, preferences = window.gallery, window.viewer, window.preferences
    gallery.bind(window.classes)
    gallery.set_thumbnail_side(preferences.now.thumbnail_side)
    gallery.thumbnail_side_changed.connect(lambda side: preferences.change(thumbnail_side=side))
    gallery.context_menu_requested.connect(window.show_cell_menu)
    gallery.activated.connect(lambda row: _go_to(window.docks.viewer, viewer.canvas))
    viewer.left.connect(window.focus_cells)
    gallery.order_changed.connect(viewer.order_changed)
    window.differential.class_chosen.connect(gallery.set_class_filter)
    window.differential.cells_chosen.connect(lambda name, ids: _show_cells(window, name, ids))
    preferences.changed.connect(lambda: gallery.view.follow_mouse(preferences.now.keys_follow_mouse))
    gallery.view.follow_mouse(preferences.now.keys_follow_mouse)
    viewer.set_order(gallery.visible_order)
    viewer.set_map_opacity(preferences.now.map_opacity)
    viewer.map_bar.opacity_changed.connect(lambda opacity: preferences.change(map_opacity=opacity))


def _show_cells(window: MainWindow, name: str, ids: tuple[int, ...]) -> None:
    """Show some cells alone in the gallery, ready to be decided on."""
    try:
        rows = [window.model.row_of(each) for each in ids]
    except KeyError:  # a line that was still on the screen when another case was opened
        return
    window.gallery.show_listed(name, rows)
    if shown := window.gallery.visible_order():
        window.review.show(shown[0])  # the keys act on a cell that is in sight
    window.focus_cells()


def _wire_keys(window: MainWindow) -> None:
    keys, review = window.keys, window.review
    keys.bind("confirm", review.confirm)
    keys.bind("confirm_screen", review.confirm_screen)
    keys.bind("exclude", review.exclude)
    keys.bind("step_back", review.undo)
    keys.bind("next", review.next)
    keys.bind("shortcuts_too", window.commands.shortcuts, always=True)
    keys.compare_held.connect(window.compare.hold)
    keys.bind("hold_cell", window.compare.toggle_current)
    window.acts.hold_cell.triggered.connect(lambda _=False: window.compare.toggle_current())
    window.acts.compare.toggled.connect(window.compare.pin)
    window.compare.cell_chosen.connect(review.show)
    window.model.reset.connect(lambda: window.acts.compare.setChecked(False))
    keys.class_pressed.connect(review.assign)
    keys.map_held.connect(window.viewer.hold_map)
    for dock in (window.docks.viewer, window.docks.classes, window.docks.count):
        dock.topLevelChanged.connect(lambda floating, dock=dock: keys.watch(dock.window().windowHandle()))


def _show_scheme(window: MainWindow) -> None:
    scheme = window.model.scheme
    if window.acts.scheme == scheme:  # nearly always: half a hundred actions and keys stay
        return
    window.acts.show_scheme(scheme)
    window.menus.show_classes(window.acts.classes.values())
    window.keys.show_scheme(scheme)


def _go_to(dock: QDockWidget, panel: QWidget) -> None:
    dock.show()
    dock.raise_()
    target = panel if panel.focusPolicy() != Qt.FocusPolicy.NoFocus else panel.nextInFocusChain()
    target.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _connect(slots: dict[QAction, Callable[[], object]]) -> None:
    for action, slot in slots.items():
        action.triggered.connect(lambda _=False, slot=slot: slot())
