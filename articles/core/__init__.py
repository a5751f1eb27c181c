"""Rules about texts: pure functions of the standard library, no clock and no input or output."""
