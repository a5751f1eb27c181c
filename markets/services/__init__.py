"""Commands: every write to the market, one public function and one transaction each."""
