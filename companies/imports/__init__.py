"""Companies from files: reading, matching columns, planning, writing and taking back."""
