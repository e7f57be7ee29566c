"""What people are reminded of by itself: once each, in office hours, never too much at once."""
