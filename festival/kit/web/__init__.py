"""HTTP pieces that every room's pages and api stand on."""
