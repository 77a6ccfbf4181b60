"""What a report says, and how it is written as PDF, CSV and JSON."""
