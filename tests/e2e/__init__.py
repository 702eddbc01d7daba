"""Does Reel work in a real browser? Run by `scripts/e2e`; plain pytest leaves these tests alone."""
