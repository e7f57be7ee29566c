"""Acts for people of several poles at once that are of no request: sessions. They count as any other."""
