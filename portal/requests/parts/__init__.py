"""What features above add to the page of a request."""
