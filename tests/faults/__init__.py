"""What is promised, tested by breaking it: `make test` a little, `make faults` at length."""
