"""What lets a PDF be kept for decades (PDF/A-2b, ISO 19005-2): described in XMP, its colours defined.

The rest of the standard is kept where things are drawn: all fonts are embedded, no missing glyph is shown,
nothing is transparent, encrypted or active, and the file has an identifier. The document is not tagged: that
would be PDF/A-2a.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from PIL import ImageCms
from reportlab.pdfbase.pdfdoc import PDFArray, PDFDictionary, PDFName, PDFStream, PDFString, PDFZCompress

if TYPE_CHECKING:
    from datetime import datetime

    from reportlab.pdfbase.pdfdoc import PDFDocument

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/"
 xmlns:pdf="http://ns.adobe.com/pdf/1.3/"
 xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<dc:format>application/pdf</dc:format>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">{subject}</rdf:li></rdf:Alt></dc:description>
<xmp:CreatorTool>{creator}</xmp:CreatorTool>
<xmp:CreateDate>{date}</xmp:CreateDate>
<xmp:ModifyDate>{date}</xmp:ModifyDate>
<xmp:MetadataDate>{date}</xmp:MetadataDate>
<pdf:Producer>{creator}</pdf:Producer>
<pdfaid:part>2</pdfaid:part>
<pdfaid:conformance>B</pdfaid:conformance>
</rdf:Description>
</rdf:RDF>
</x:xmpmeta>
<?xpacket end="r"?>"""


@dataclass(frozen=True, slots=True)
class About:
    """What a document says about itself.

    Attributes:
        title: as a window shows it; text that can be printed.
        subject: what it is and is not; likewise.
        creator: the program.
    """

    title: str
    subject: str
    creator: str


class _Plain(PDFStream):  # type: ignore[misc]
    """A stream that is never compressed: XMP must be readable without a PDF reader."""

    def format(self, document: PDFDocument) -> bytes:
        compression, document.compression = document.compression, 0
        try:
            written: bytes = super().format(document)
            return written
        finally:
            document.compression = compression


def archive(document: PDFDocument, about: About, at: datetime) -> None:
    """Add the description and the meaning of the colours to a document."""
    document.Catalog.Metadata = _metadata(about, at)
    # reportlab writes of a catalogue what it knows, and output intents it does not know.
    document.Catalog.__NoDefault__ = [*document.Catalog.__NoDefault__, "OutputIntents"]
    document.Catalog.OutputIntents = PDFArray([_output_intent(document)])


def _metadata(about: About, at: datetime) -> PDFStream:
    packet = _PACKET.format(
        title=escape(about.title),
        subject=escape(about.subject),
        creator=escape(about.creator),
        date=at.isoformat(timespec="seconds"),
    )
    entries = PDFDictionary({"Type": PDFName("Metadata"), "Subtype": PDFName("XML")})
    return _Plain(entries, packet.encode("utf-8"))


def _output_intent(document: PDFDocument) -> PDFDictionary:
    profile = PDFStream(PDFDictionary({"N": 3}), srgb_profile(), [PDFZCompress])
    return PDFDictionary({
        "Type": PDFName("OutputIntent"), "S": PDFName("GTS_PDFA1"),
        "OutputConditionIdentifier": PDFString("sRGB IEC61966-2.1"), "Info": PDFString("sRGB IEC61966-2.1"),
        "DestOutputProfile": document.Reference(profile),
    })  # fmt: skip


@cache
def srgb_profile() -> bytes:
    """Give an ICC profile of sRGB; Little CMS makes it ("no copyright, use freely").

    The moment at which it was made (bytes 24 to 35, ICC.1:2010, 7.2) is left out, so that the same report
    gives the same bytes.
    """
    made: bytes = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return made[:24] + (2010).to_bytes(2, "big") + bytes((0, 1, 0, 1, 0, 0, 0, 0, 0, 0)) + made[36:]
