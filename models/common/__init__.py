"""What the making of all models shares."""
