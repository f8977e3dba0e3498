"""The real nights the demo tells: data with its sources."""
