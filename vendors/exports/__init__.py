"""The queue as a sheet: the applications that are asked for, their answers as columns."""
