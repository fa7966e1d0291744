"""Programs and dates as spreadsheets: out as they are, in with a preview of what will change, all or nothing."""
