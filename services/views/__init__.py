"""Pages of the staff: the queue, one request, the catalogue."""
