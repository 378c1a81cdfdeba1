"""The benchmark: Luodi's pages as multiples of a bare Django view and of bare SQL, measured in one run."""
