"""How does the catalog stay in step with its sources? By reading lists whole, in part, or only what changed."""
