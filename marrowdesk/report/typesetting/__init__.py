"""Any script on paper: fallback fonts, bidirectional order, shaping, lines, and fonts embedded as subsets."""
