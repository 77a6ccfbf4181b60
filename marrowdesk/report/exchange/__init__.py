"""What a count exchanges with other programs, form by form: what to write, never where.

Each form takes a :class:`~marrowdesk.report.exchange.content.Content` and gives bytes; the same content gives
the same bytes. Names of patients are taken out of the content before (:mod:`.aliases`), not by each form.
"""
