"""What people do with any list: keep it as a view, select from it, change one field or many rows, take it out."""
