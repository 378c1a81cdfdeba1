"""The machine room: starts and stops the processes that Luodi runs on. Knows nothing of Django."""
