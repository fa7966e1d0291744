"""The ground floor: values and web pieces that know no table and no room."""
