"""How fast the portal is, beside ceilings and bars."""
