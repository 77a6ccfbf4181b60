"""Texts that do harm where a program does not take them for texts."""

from __future__ import annotations

HOSTILE = {
    "formula": '=HYPERLINK("http://x","y")',
    "command": "+cmd|' /C calc'!A0",
    "semicolons": "a;=1+1;b",
    "markup": "<b>&amp;</b> <script>alert(1)</script> ]]> %s {0}",
    "separators": "|^~\\&#|\\F\\|\\.br\\|\\X0D\\",
    "quotes": '"\'`,;\t""',
    "path": "../../etc/passwd C:\\temp\\x",
    "right to left": "שלום (abc) \u202edef\u2066ghi محمد",
    "emoji": "😀 🩸 👩‍⚕️ 🇩🇪",
    "control": "".join(map(chr, range(32))) + "\x7f\x85\u2028",
    "broken unicode": "\ud800 \udfff \ufffe \U0010ffff",
    "excel escape": "_x0041_ _x000D_",
    "line breaks": "a\n\n=b\r\nc",
    "long": "x" * 10_000 + "😀" * 20_000,
    "blank": " \t\n ",
}
