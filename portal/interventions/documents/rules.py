"""What documents are on, as it is stored."""

INTERVENTION = "intervention"
