"""What of a request documents can be on, as it is stored."""

REQUEST = "request"
ASSIGNMENT = "assignment"
